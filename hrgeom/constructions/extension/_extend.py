"""Extend an embedding to a later version of its hierarchy, keeping the rows of what stayed."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.blocks import default_threads
from hrgeom.checker import Certificate, Earlier, certify, certify_extension
from hrgeom.constructions.extension._begin import begin_rows
from hrgeom.constructions.extension._changes import Changes, compare_hierarchies
from hrgeom.constructions.extension._free_positions import take_free_positions
from hrgeom.constructions.extension._free_rows import Side, settle
from hrgeom.constructions.extension._working_rows import WorkingRows
from hrgeom.core import DualEmbedding, Hierarchy, fitted
from hrgeom.errors import ConstructionError

__all__ = ["Extension", "extend"]

_AIM = 0.9  # of the margin there was, where a row rests
_FINEST = 1e-6  # margin that steps in float32 can find
_ROUNDING = 1.05  # times the share asked for: what rounding to a stored type may take


@dataclass(frozen=True, eq=False)
class Extension:
    """What `extend` returns.

    Attributes
    ----------
    embedding : DualEmbedding
        Rows of the new hierarchy, in its order.
    certificate : Certificate
        Over all pairs, from the earlier certificate and those of the pairs with a row that is new
        or changed.
    changes : Changes
        What became of the nodes.
    earlier : Earlier
        The embedding that was extended, its certificate, and where its rows are now.
    asked : float or None
        The normalized margin asked for; None if the earlier certificate states none, or all new
        nodes are at free positions and it is too small for the new certificate to state. No more
        is asked of them than the theorem gives: intervals with free positions have more margin.
    n_kept : int
        Old rows of both sides with the same numbers as before.
    n_rows : int
        Old rows of both sides whose nodes are still there.
    n_placed : int
        New nodes at free positions of an interval embedding, with rows by its theorem.
    """

    embedding: DualEmbedding
    certificate: Certificate
    changes: Changes
    earlier: Earlier
    asked: float | None
    n_kept: int
    n_rows: int
    n_placed: int

    @property
    def keeps_margin(self) -> bool:
        """Whether it holds, with the margin asked for."""
        margin = self.certificate.normalized_margin_lower_bound
        return self.certificate.holds and (
            self.asked is None or (margin is not None and margin >= self.asked)
        )

    def to_dict(self) -> dict[str, Any]:
        """Return what changed and what was kept, for JSON.

        Returns
        -------
        data : dict
            Numbers of nodes and rows, and both margins.
        """
        return {
            "changes": self.changes.to_dict(),
            "rows_kept": self.n_kept,
            "rows_of_old_nodes": self.n_rows,
            "placed": self.n_placed,
            "margin_before": self.earlier.certificate.normalized_margin_lower_bound,
            "margin_asked": self.asked,
            "margin": self.certificate.normalized_margin_lower_bound,
            "keeps_margin": self.keeps_margin,
        }

    def __str__(self) -> str:
        share = self.n_kept / max(1, self.n_rows)
        shown = f"{share:.3%}" if self.n_kept < self.n_rows else "all"
        placed = f"\nat free positions: {self.n_placed:,} new nodes" if self.n_placed else ""
        return (
            f"{self.changes}{placed}\n"
            f"rows kept: {shown} ({self.n_kept:,} of {self.n_rows:,} rows of old nodes, both sides)"
        )


def extend(
    embedding: DualEmbedding,
    old: Hierarchy,
    new: Hierarchy,
    *,
    certificate: Certificate | None = None,
    renames: Mapping[str, str] | None = None,
    keep_margin: float = 0.5,
    seed: int = 0,
    report: Callable[[str], None] | None = None,
    **checking: Any,
) -> Extension:
    """Return an embedding of a later version of its hierarchy, with the rows of what stayed.

    Only rows of new nodes, and queries with other ancestors than before, are looked for: by steps
    on their hardest pairs, with all other rows where they are. Where they do not reach the margin
    asked for, the rows nearest to them move too. In an interval embedding of whole numbers new
    nodes take free positions first, with rows by its theorem (its option `reserve` keeps some). The
    certificate builds on the earlier one.

    Parameters
    ----------
    embedding : DualEmbedding
        Certified in the global notion; its rows are found by their labels.
    old, new : Hierarchy
        What it was made for, and the later version.
    certificate : Certificate, optional
        Of the embedding and `old`. Default: all pairs are certified first.
    renames : mapping of str to str, optional
        New labels by old ones, for nodes that are the same under another label.
    keep_margin : float
        Share of the normalized margin that is to be kept, from 0 to 1.
    seed : int
        Of the rows that new nodes begin at.
    report : callable, optional
        Called with a line of text now and then.
    **checking
        Keywords of `certify`: kernel, filter, threads, memory, progress.

    Returns
    -------
    extension : Extension
        The embedding with its certificate, whose verdict may be any, and what was kept.

    Raises
    ------
    ConstructionError
        If the embedding is not for the global notion, or does not hold, or `keep_margin` is out of
        range; if it has free positions, but none for some new node, and its margin is too small
        for steps in float32.
    HierarchyError
        If the hierarchies share no node, or renames contradict them.
    ShapeError
        If embedding, hierarchy and certificate do not belong together.

    Examples
    --------
    >>> from hrgeom import construct
    >>> from hrgeom.datasets import later_version, random_tree
    >>> old = random_tree(100, seed=1)
    >>> new = later_version(old, leaves=5)
    >>> built = construct(old, method="descent", dim=16)
    >>> grown = extend(built.embedding, old, new, certificate=built.certificate)
    >>> grown.certificate.verdict, grown.n_kept, grown.n_rows
    ('holds', 200, 200)
    """
    if not 0 <= keep_margin <= 1:
        raise ConstructionError(f"keep_margin must be from 0 to 1: got {keep_margin}")
    before = fitted(embedding, old.relevance)
    changes = compare_hierarchies(old, new, renames=renames)
    certificate = certificate or certify(before, old, **checking)
    _check_holds(before, certificate)
    before = replace(before, threshold=certificate.threshold)
    if report is not None:
        report(str(changes))
    placed = take_free_positions(before, changes, new)
    rows = WorkingRows.of(before, changes.places, new.n_nodes, placed)
    both = rows.queries, rows.documents
    added = np.setdiff1d(_added(changes), placed.nodes)
    if report is not None and len(placed.nodes):
        report(f"{len(placed.nodes):,} new nodes take free positions")
    begin_rows(*both, new, added, seed)
    sides = _sides(rows, new, added, changes.moved)
    margin = rows.margin(certificate)
    if before.parameters.get("reserve") and margin < _FINEST:
        _require_placed(new, added, changes.moved)
    if margin > 0 and any(len(side.free) for side in sides):
        asked = min(1.0, _ROUNDING * keep_margin) * margin
        threads = checking.get("threads") or default_threads()
        again = itertools.count(1)

        def restart(queries: NDArray[np.int64], documents: NDArray[np.int64]) -> None:
            ours = np.union1d(added, changes.moved)
            nodes = np.intersect1d(np.union1d(queries, documents), ours)
            begin_rows(*both, new, nodes, seed, next(again), changes.moved)

        settle(
            *sides,
            rows.threshold,
            asked,
            max(asked, _AIM * margin),
            restart=restart,
            threads=threads,
            report=report,
        )
    found, places = rows.stored(before, new, sides[0].free, sides[1].free)
    earlier = Earlier(before, old, certificate, *places)
    normalized = certificate.normalized_margin_lower_bound
    certified = certify_extension(found, new, earlier, **checking)
    least = placed.margin if normalized is None else min(normalized, placed.margin)
    # A chain takes rounding off the normalized margin; of whole numbers the scores say enough.
    is_stated_by_scores = (
        certified.normalized_margin_lower_bound is None
        and len(placed.nodes) > 0
        and not any(len(side.free) for side in sides)
    )
    return Extension(
        found,
        certified,
        changes,
        earlier,
        asked=None if is_stated_by_scores or normalized is None else keep_margin * least,
        n_kept=sum(int((side >= 0).sum()) for side in places),
        n_rows=2 * int((changes.places >= 0).sum()),
        n_placed=len(placed.nodes),
    )


def _check_holds(embedding: DualEmbedding, certificate: Certificate) -> None:
    if embedding.notion != "global" or certificate.notion != "global":
        raise ConstructionError(
            "an embedding must be for the global notion to be extended: got one for the "
            f"{embedding.notion if embedding.notion != 'global' else certificate.notion} notion"
        )
    if not certificate.holds:
        raise ConstructionError(
            f"an embedding must hold to be extended: its certificate says {certificate.verdict}"
        )


def _added(changes: Changes) -> NDArray[np.int64]:
    return np.union1d(changes.added_leaves, changes.added_inner)


def _require_placed(new: Hierarchy, added: NDArray[np.int64], moved: NDArray[np.int64]) -> None:
    for nodes, what in ((added, "new"), (moved, "moved")):
        if len(nodes):
            raise ConstructionError(
                "new nodes must fit at free positions, and old ones stay under their ancestors, "
                "where the margin of an interval embedding is too small for anything else: got "
                f"{len(nodes):,} {what} nodes without a place, such as {new.labels[nodes[0]]!r}; "
                "construct it anew, with a larger reserve if there was none left"
            )


def _sides(
    rows: WorkingRows, new: Hierarchy, added: NDArray[np.int64], moved: NDArray[np.int64]
) -> tuple[Side, Side]:
    """Return both sides: new rows are free, and queries that match other documents than before."""
    relevance = new.relevance
    return (
        Side(
            rows.queries,
            np.union1d(added, moved),
            relevance.indptr,
            relevance.indices,
        ),
        Side(rows.documents, added, *relevance.transposed),
    )
