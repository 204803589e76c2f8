r"""A certificate from an earlier one: only pairs with a row that is new or changed are scored.

Let a query be *touched* if its row is not one of the earlier embedding's, bit for bit, or if it
matches other documents than before among those with earlier rows; a document, if its row is not an
earlier one. Every pair of a query and a document is in one of three parts:

- a touched query and any document: certified as an embedding of its own;
- an untouched query and a touched document: likewise, with the roots' documents added, so that
  every query has a match in it;
- an untouched query and an untouched document: the same numbers, on the same side, as a pair of the
  earlier embedding, for which the earlier certificate speaks. Its threshold is the new one.

So the verdicts add up to one for all pairs, and the least of the three margins is a bound for all.

Normalized margin. Let L be the least normalized score of all matches of an embedding and H the
greatest of its other pairs; a certificate with the bound e says that (L - H)/2 >= e, so
H <= L - 2 e. Of each part (and of the earlier embedding) L is computed here: matches are few. With
H' the greatest of the three bounds on H, the extended embedding has at least the margin (L' - H')/2
for its own L'. L is computed in float64, off by less than (d + 16) 2^-51 for rows of length 1
(Higham 2002, section 3.1), which is taken off.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base import csr
from hrgeom._version import __version__
from hrgeom.checker._certificate import Certificate, Verdict, Witness
from hrgeom.checker._certify import certify
from hrgeom.checker._relevance_digest import relevance_digest
from hrgeom.core import DualEmbedding, Hierarchy, Relevance, fitted, moved_queries
from hrgeom.errors import ShapeError

__all__ = ["Earlier", "certify_extension"]

_PRODUCTS_AT_A_TIME = 2**22
Places = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Earlier:
    """An embedding that is certified, and where its rows are in one that extends it.

    Parameters
    ----------
    embedding : DualEmbedding
        The earlier embedding, its rows in the order of `target`.
    target : Hierarchy
        What it was certified against.
    certificate : Certificate
        Its certificate, global, which holds.
    query_places, document_places : ndarray of int64, shapes (n,) and (m,)
        For every earlier row the number of the row of the extended embedding that has the same
        numbers; -1 where there is none. No number twice.

    Examples
    --------
    >>> h = Hierarchy(["animal", "dog"], [(1, 0)])
    >>> e = DualEmbedding([[-1.0, 1.0], [1.0, 1.0]], [[0.0, 1.0], [1.0, -0.5]], threshold=0.0)
    >>> earlier = Earlier(e, h, certify(e, h), np.arange(2), np.arange(2))
    >>> earlier.certificate.holds
    True
    """

    embedding: DualEmbedding
    target: Hierarchy
    certificate: Certificate
    query_places: Places
    document_places: Places


def certify_extension(
    embedding: DualEmbedding, target: Hierarchy, earlier: Earlier, **options: Any
) -> Certificate:
    """Return a certificate over all pairs, of which an earlier one has decided most.

    Parameters
    ----------
    embedding : DualEmbedding
        With one row per node of `target`, found by their labels, and the threshold of the earlier
        certificate.
    target : Hierarchy
        In which a query matches its ancestors and itself.
    earlier : Earlier
        The certificate to build on, and the rows it speaks of. Their numbers are compared.
    **options
        Further keywords of `certify`, such as `threads`.

    Returns
    -------
    certificate : Certificate
        As of `certify`, but for the margins, which may be lower bounds further from the truth, and
        `best_other`, which is the best of the pairs that were scored where the earlier certificate
        names a pair that is gone. `seconds` and `n_exact_rechecks` are those of the parts that were
        scored now.

    Raises
    ------
    ShapeError
        If the earlier certificate does not hold, is not of the earlier embedding and its
        hierarchy, or of another notion or threshold; if rows are said to be kept whose numbers
        differ.

    References
    ----------
    Higham 2002, *Accuracy and Stability of Numerical Algorithms*, 2nd ed., section 3.1, for the
    rounding of a dot product.

    Examples
    --------
    >>> h = Hierarchy(["animal", "dog"], [(1, 0)])
    >>> e = DualEmbedding([[-1.0, 1.0], [1.0, 1.0]], [[0.0, 1.0], [1.0, -0.5]], threshold=0.0)
    >>> grown = Hierarchy(["animal", "dog", "cat"], [(1, 0), (2, 0)])
    >>> rows = [[-1.0, 1.0], [1.0, 1.0], [-3.0, 1.0]], [[0.0, 1.0], [1.0, -0.5], [-1.0, -2.0]]
    >>> earlier = Earlier(e, h, certify(e, h), np.arange(2), np.arange(2))
    >>> certify_extension(DualEmbedding(*rows, threshold=0.0), grown, earlier).verdict
    'holds'
    """
    started = time.perf_counter()
    now = fitted(embedding, target.relevance)
    _check_earlier(earlier, now)
    digests = embedding.sha256
    parts = _Parts(now, target, earlier)
    found = [
        certify(*part, notion="global", **options) for part in parts.embeddings if part is not None
    ]
    certificate = parts.joined(found, time.perf_counter() - started)
    sha256 = {
        **digests,
        "relevance": relevance_digest(target.relevance),
        "hierarchy": target.sha256,
    }
    return replace(certificate, sha256=sha256, dtype=str(embedding.dtype))


def _check_earlier(earlier: Earlier, now: DualEmbedding) -> None:
    e, c = earlier.embedding, earlier.certificate
    if not c.holds or c.notion != "global":
        raise ShapeError(
            f"the earlier certificate must hold in the global notion: got {c.verdict}, {c.notion}"
        )
    if now.threshold != c.threshold:
        raise ShapeError(
            f"threshold must be that of the earlier certificate, {c.threshold}: got {now.threshold}"
        )
    stated = {name: digest for name, digest in c.sha256.items() if name != "relevance"}
    found = {**e.sha256, "hierarchy": earlier.target.sha256}
    for name in sorted(stated.keys() | found.keys()):
        if stated.get(name) != found.get(name):
            raise ShapeError(
                f"the earlier certificate must be that of the earlier embedding: got sha256 of "
                f"{name} {stated.get(name)} for {found.get(name)}"
            )
    for side, places in (("query", earlier.query_places), ("document", earlier.document_places)):
        _check_rows(e, now, side, places)


def _check_rows(before: DualEmbedding, now: DualEmbedding, side: str, places: Places) -> None:
    """Raise ShapeError unless the rows of these places have the numbers of the earlier ones."""
    rows = "queries" if side == "query" else "documents"
    old, new = getattr(before, rows), getattr(now, rows)
    kept = np.flatnonzero(places >= 0)
    is_in = len(places) == len(old) and (places < len(new)).all()
    if not is_in or len(np.unique(places[kept])) < len(kept):
        raise ShapeError(f"{side}_places must name rows, none twice: got {places}")
    scales = [getattr(e, f"{side}_scale") for e in (before, now)]
    spread = [
        np.broadcast_to(np.asarray(s), len(r)) for s, r in zip(scales, (old, new), strict=True)
    ]
    same = old.dtype == new.dtype and old.shape[1] == new.shape[1]
    if not (
        same
        and np.array_equal(_bits(old[kept]), _bits(new[places[kept]]))
        and np.array_equal(spread[0][kept], spread[1][places[kept]])
    ):
        raise ShapeError(f"{rows} that are kept must have the numbers of the earlier embedding")


def _bits(rows: NDArray[Any]) -> NDArray[np.uint8]:
    return np.ascontiguousarray(rows).view(np.uint8)


class _Parts:
    """The touched rows, the embeddings to certify, and what their certificates add up to."""

    def __init__(self, now: DualEmbedding, target: Hierarchy, earlier: Earlier) -> None:
        self.now, self.target, self.earlier = now, target, earlier
        relevance = target.relevance
        places = earlier.query_places, earlier.document_places
        moved = moved_queries(earlier.target.relevance, relevance, *places)
        is_kept = [_are_in(side, relevance.n_queries) for side in places]
        is_kept[0][moved] = False
        self.untouched, touched = np.flatnonzero(is_kept[0]), np.flatnonzero(~is_kept[0])
        new_documents = np.flatnonzero(~is_kept[1])
        everything = np.arange(relevance.n_documents)
        self.embeddings: list[tuple[DualEmbedding, Relevance] | None] = [None, None]
        if len(touched):
            self.embeddings[0] = self._part(touched, everything)
        if len(self.untouched) and len(new_documents):
            some = np.union1d(new_documents, target.roots)
            self.embeddings[1] = self._part(self.untouched, some)

    def _part(
        self, queries: NDArray[np.int64], documents: NDArray[np.int64]
    ) -> tuple[DualEmbedding, Relevance]:
        e = self.now
        labels = (
            tuple(e.query_labels[i] for i in queries.tolist()),
            tuple(e.document_labels[i] for i in documents.tolist()),
        )
        part = replace(
            e,
            queries=e.queries[queries],
            documents=e.documents[documents],
            query_scale=_some(e.query_scale, queries),
            document_scale=_some(e.document_scale, documents),
            query_labels=labels[0],
            document_labels=labels[1],
        )
        entries, indptr = csr.entries_of(self.target.relevance.indptr, queries)
        place = np.full(e.n_documents, -1, dtype=np.int64)
        place[documents] = np.arange(len(documents))
        columns = place[self.target.relevance.indices[entries]]
        before = csr.indptr_from_counts((columns >= 0).astype(np.int64))
        relevance = Relevance(
            before[indptr],
            columns[columns >= 0],
            len(documents),
            query_labels=labels[0],
            document_labels=labels[1],
        )
        return part, relevance

    def joined(self, found: Sequence[Certificate], seconds: float) -> Certificate:
        """Return the certificate of all pairs; digests are still those of the earlier one."""
        before, relevance = self.earlier.certificate, self.target.relevance
        all_ = [before, *found]
        n_wrong = sum(c.n_violations for c in found)
        verdict: Verdict = "fails" if n_wrong else "holds"
        if not n_wrong and not all(c.holds for c in found):
            verdict = "undecided"
        margins = [c.margin_lower_bound for c in all_ if c.margin_lower_bound is not None]
        return replace(
            before,
            verdict=verdict,
            n_queries=relevance.n_queries,
            n_documents=relevance.n_documents,
            n_pairs=relevance.n_queries * relevance.n_documents,
            n_matches=relevance.n_pairs,
            n_violations=n_wrong,
            n_violating_queries=sum(c.n_violating_queries for c in found),
            n_undecided=sum(c.n_undecided for c in found),
            n_exact_rechecks=sum(c.n_exact_rechecks for c in found),
            margin_lower_bound=min(margins, default=None),
            normalized_margin_lower_bound=self._normalized(found),
            rounding_bound=max(c.rounding_bound for c in all_),
            arithmetic="integer"
            if all(c.arithmetic == "integer" for c in all_)
            else "float-with-bound",
            worst_match=self._worst_match(),
            best_other=self._best_other(found),
            kernel=found[0].kernel if found else before.kernel,
            threads=found[0].threads if found else before.threads,
            seconds=seconds,
            version=__version__,
            basis=self.now.basis,
            stages=None,
            n_unchecked=None,
            chain=None,
        )

    def _normalized(self, found: Sequence[Certificate]) -> float | None:
        before = self.earlier
        known = [(before.embedding, before.target.relevance, before.certificate)]
        parts = [part for part in self.embeddings if part is not None]
        known += [(*part, c) for part, c in zip(parts, found, strict=True)]
        slack = (self.now.dim + 16) * 2.0**-51
        highest = -np.inf
        for e, relevance, certificate in known:
            bound = certificate.normalized_margin_lower_bound
            if bound is None:
                return None
            highest = max(highest, _least_unit_match(e, relevance) + slack - 2 * bound)
        margin = (_least_unit_match(self.now, self.target.relevance) - slack - highest) / 2
        margin -= abs(margin) * 1e-12  # more than these few operations round
        return margin if 0 < margin < np.inf else None

    def _worst_match(self) -> Witness:
        relevance = self.target.relevance
        scores = _match_scores(*self.now.values(), relevance)
        least = int(scores.argmin())
        query = int(csr.row_numbers(relevance.indptr)[least])
        return self._witness(query, int(relevance.indices[least]), is_match=True)

    def _best_other(self, found: Sequence[Certificate]) -> Witness | None:
        """Return the best non-match of those the certificates name that is still one."""
        named = [c.best_other for c in found if c.best_other is not None]
        earlier, old = self.earlier, self.earlier.certificate.best_other
        if old is not None:
            query = int(earlier.query_places[earlier.target.index(old.query)])
            document = int(earlier.document_places[earlier.target.index(old.document)])
            if document >= 0 and query in self.untouched:
                named.append(self._witness(query, document, is_match=False))
        return max(named, key=lambda witness: witness.score, default=None)

    def _witness(self, query: int, document: int, *, is_match: bool) -> Witness:
        queries, documents = self.now.values()
        pairs = zip(queries[query].tolist(), documents[document].tolist(), strict=True)
        score = sum((Fraction(a) * Fraction(b) for a, b in pairs), Fraction(0))
        assert self.now.threshold is not None
        level = Fraction(self.now.threshold)
        return Witness(
            self.now.query_labels[query],
            self.now.document_labels[document],
            float(score),
            self.now.threshold,
            score <= level if is_match else score >= level,
        )


def _are_in(places: Places, n: int) -> NDArray[np.bool_]:
    found = np.zeros(n, dtype=np.bool_)
    found[places[places >= 0]] = True
    return found


def _some(scale: Any, rows: NDArray[np.int64]) -> Any:
    return scale[rows] if np.ndim(scale) else scale


def _match_scores(
    queries: NDArray[Any], documents: NDArray[Any], relevance: Relevance
) -> NDArray[np.float64]:
    """Return the float64 score of every match, in the order of the relevance's indices."""
    rows = csr.row_numbers(relevance.indptr)
    scores = np.empty(len(rows))
    step = max(1, _PRODUCTS_AT_A_TIME // queries.shape[1])
    for start in range(0, len(rows), step):
        part = slice(start, start + step)
        left = queries[rows[part]].astype(np.float64)
        scores[part] = np.einsum("ij,ij->i", left, documents[relevance.indices[part]])
    return scores


def _least_unit_match(embedding: DualEmbedding, relevance: Relevance) -> float:
    """Return the least score of a match with both rows scaled to length one; inf without any."""
    queries, documents = embedding.values()
    scores = _match_scores(queries, documents, relevance)
    with np.errstate(all="ignore"):
        lengths = [
            np.sqrt(np.einsum("ij,ij->i", side, side, dtype=np.float64))
            for side in (queries, documents)
        ]
        rows = csr.row_numbers(relevance.indptr)
        unit = scores / lengths[0][rows] / lengths[1][relevance.indices]
    return float(unit.min(initial=np.inf))
