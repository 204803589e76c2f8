"""The second opinion on a certificate, and its result."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from typing import Any

from hrgeom._recheck._exact import ExactRows
from hrgeom._recheck._queries import Viewer
from hrgeom._recheck._statements import Statements
from hrgeom.checker import Certificate, Witness
from hrgeom.core import DualEmbedding, Hierarchy
from hrgeom.io.judgments import Judgments

__all__ = ["Recheck", "recheck"]


@dataclass(frozen=True)
class Recheck:
    """Result of a recheck.

    Attributes
    ----------
    agrees : bool
        True if nothing contradicts the certificate.
    contradictions : tuple of str
        One line for each thing that the certificate states wrongly.
    n_queries, n_pairs : int
        Numbers of queries and of pairs checked; all of them if n_queries is the embedding's.
    n_violations : int
        Number of wrong pairs among them.
    not_compared : tuple of str
        What the certificate and the description state, and nothing here can tell: it may be
        anything.
    is_whole : bool
        Whether all queries were checked. A sample that agrees does not say that the others do.
    """

    agrees: bool
    contradictions: tuple[str, ...]
    n_queries: int
    n_pairs: int
    n_violations: int
    not_compared: tuple[str, ...] = ()
    is_whole: bool = True


def recheck(
    embedding: DualEmbedding,
    certificate: Certificate,
    target: Hierarchy | Judgments,
    *,
    n_queries: int | None = 20,
    seed: int = 0,
    described: Mapping[str, Any] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Recheck:
    """Recheck a certificate in exact arithmetic.

    Checked are the digests of the arrays, of the target and of who matches what; the threshold,
    the dimension, the stored type and the basis, which must be the embedding's; the numbers of
    queries, documents, pairs and matches; scores, levels and sides of the witnesses; and every pair
    of some queries: those of the witnesses and `n_queries` random ones. Both margins must not
    exceed those of the queries looked at. Where these are all, the counts of violations must be the
    ones found, and the witnesses the extremes of all pairs, up to the rounding of float64.
    `not_compared` lists everything else.

    Parameters
    ----------
    embedding : DualEmbedding
        The embedding, as read from its folder; its rows are found by their labels.
    certificate : Certificate
        The certificate to check.
    target : Hierarchy or Judgments
        What the embedding was certified against (judgments from `hrgeom.io.load_judgments`).
    n_queries : int or None
        Number of random queries to check against all documents; None: all queries.
    seed : int
        Seed of the sample.
    described : mapping, optional
        What `embedding.json` states, as `hrgeom.io.vectors.describe` reads it, to have its digests
        checked as well.
    progress : callable, optional
        Called with (queries done, queries in all).

    Returns
    -------
    result : Recheck
        Whether the certificate stands, and what contradicts it.

    Examples
    --------
    >>> from hrgeom.checker import certify
    >>> from hrgeom.constructions import interval
    >>> from hrgeom.datasets import perfect_tree
    >>> tree = perfect_tree(2, 3)
    >>> e = interval(tree.relevance)
    >>> result = recheck(e, certify(e, tree), tree, n_queries=None)
    >>> result.agrees, result.n_violations, result.is_whole
    (True, 0, True)
    """
    stored = embedding.sha256  # of the rows as they are stored
    looked_at = _Target(target)
    in_order = embedding.aligned_to(target)
    rows = ExactRows(in_order)
    statements = Statements(certificate)
    sizes = [len(looked_at.matches(q)) for q in range(len(looked_at.queries))]
    statements.compare_sizes(in_order, sum(sizes))
    statements.compare_digests(stored, target, sizes, looked_at.matches)
    if described is not None:
        statements.compare_description(described, stored, target)
    statements.compare_presence(sizes, in_order.n_documents)
    witnesses = statements.compare_witnesses(rows, looked_at.places, looked_at.matches)
    viewer = Viewer(
        rows,
        certificate.notion,
        certificate.threshold,
        normalized=certificate.normalized_margin_lower_bound is not None,
    )
    queries = _chosen(in_order.n_queries, n_queries, seed, {q for q, _ in witnesses.values()})
    for done, query in enumerate(queries, start=1):
        viewer.look(query, looked_at.matches(query))
        if progress:
            progress(done, len(queries))
    is_whole = len(queries) == in_order.n_queries
    statements.compare_outcome(viewer.seen, whole=is_whole)
    if is_whole:
        statements.compare_extremes(witnesses, viewer.seen, rows)
    return Recheck(
        agrees=not statements.contradictions,
        contradictions=tuple(statements.contradictions),
        n_queries=len(queries),
        n_pairs=len(queries) * in_order.n_documents,
        n_violations=viewer.seen.n_violations,
        not_compared=tuple(statements.not_compared),
        is_whole=is_whole,
    )


def _chosen(n: int, n_queries: int | None, seed: int, needed: set[int]) -> list[int]:
    """Return the queries to look at: all, or a sample and those that are needed."""
    if n_queries is None or n_queries >= n:
        return list(range(n))
    return sorted(needed.union(random.Random(seed).sample(range(n), n_queries)))


class _Target:
    """Labels, numbers and matches of a hierarchy or judgments, found step by step."""

    def __init__(self, target: Hierarchy | Judgments) -> None:
        self.matches: Callable[[int], Set[int]]
        if isinstance(target, Hierarchy):
            queries, documents = target.labels, target.labels
            self.parents: dict[int, list[int]] = {}
            for child, parent in target.edges.tolist():
                self.parents.setdefault(child, []).append(parent)
            self.matches = self.ancestors
        else:
            queries, documents = target.queries, target.documents
            self.matches = target.sets.__getitem__
        self.queries = {label: i for i, label in enumerate(queries)}
        self.documents = {label: i for i, label in enumerate(documents)}

    def places(self, witness: Witness) -> tuple[int | None, int | None]:
        """Return the numbers of the query and of the document of a witness, None if unknown."""
        return self.queries.get(witness.query), self.documents.get(witness.document)

    def ancestors(self, query: int) -> set[int]:
        """Return the query itself and all its ancestors."""
        found, waiting = {query}, [query]
        while waiting:
            for parent in self.parents.get(waiting.pop(), ()):
                if parent not in found:
                    found.add(parent)
                    waiting.append(parent)
        return found
