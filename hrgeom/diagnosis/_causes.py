r"""Diagnosis of an embedding: for every query that fails, what would have to change.

- *exact*: nothing. The query's matches score above its threshold and the other documents below.
- *queries*: another query vector does, for the documents as they are. It is given, with a certified
  margin.
- *documents*: no query vector does, for the documents as they are. Some of them prove it.
- *undecided*: neither was proved. Floats separate so narrowly, or coincide so nearly, that the
  proofs do not get through.

And over all: *impossible*, if a lower bound says that no embedding of this dimension, be it ever so
well trained, serves all queries. Then whatever the documents are, some query has the cause
*documents*: as each has a vector or has none by itself, the queries together fail one by one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import index
from typing import Any, Literal, SupportsIndex

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.blocks import ScoreBlock, score_blocks
from hrgeom.checker import check_scores_fit, product_sums
from hrgeom.core import DualEmbedding, Hierarchy, Notion, Relevance, as_relevance, check_fit
from hrgeom.diagnosis._certificates import Inseparable, level_of
from hrgeom.diagnosis._limits import Limit
from hrgeom.diagnosis._separation import BetterQuery, Documents, Search, separated_margin
from hrgeom.metrics import sample

__all__ = ["CAUSES", "Cause", "Diagnosis", "diagnose"]

Cause = Literal["exact", "queries", "documents", "undecided"]
CAUSES: tuple[Cause, ...] = ("exact", "queries", "documents", "undecided")


@dataclass(frozen=True)
class Diagnosis:
    """What is wrong with an embedding.

    Attributes
    ----------
    notion : {"global", "row"}
    threshold : float or None
        Of the global notion.
    dim : int
    n_queries : int
        Of the relevance.
    numbers : ndarray of int64
        The queries looked at: all of them, or a sample.
    causes : tuple of str
        Of each of them: "exact", "queries", "documents" or "undecided".
    better : tuple of BetterQuery
        One for each of the cause "queries".
    inseparable : tuple of Inseparable
        One for each of the cause "documents".
    limit : Limit or None
        A lower bound on the dimension, if one was given.
    """

    notion: Notion
    threshold: float | None
    dim: int
    n_queries: int
    numbers: NDArray[np.int64]
    causes: tuple[Cause, ...]
    better: tuple[BetterQuery, ...]
    inseparable: tuple[Inseparable, ...]
    limit: Limit | None = None

    @property
    def counts(self) -> dict[str, int]:
        """How many of the queries looked at have each cause."""
        return {cause: self.causes.count(cause) for cause in CAUSES}

    @property
    def is_impossible(self) -> bool:
        """True if no embedding of this dimension serves all queries, as the limit says."""
        return self.limit is not None and self.dim < self.limit.dim

    @property
    def verdict(self) -> str:
        """Over all: "impossible", or else the gravest cause among the queries looked at."""
        if self.is_impossible:
            return "impossible"
        gravest: tuple[Cause, ...] = ("documents", "undecided", "queries")
        return next((cause for cause in gravest if cause in self.causes), "exact")

    def mended(self, embedding: DualEmbedding) -> DualEmbedding:
        """Return the diagnosed embedding with the better queries in their places, in float64."""
        queries, documents = (rows.astype(np.float64) for rows in embedding.values())
        for found in self.better:
            queries[found.query] = found.vector
        return DualEmbedding(
            queries,
            documents,
            self.threshold,
            self.notion,
            query_labels=embedding.query_labels,
            document_labels=embedding.document_labels,
            construction=embedding.construction,
            parameters={**embedding.parameters, "better_queries": len(self.better)},
            source_sha256=embedding.source_sha256,
        )

    def to_dict(self, *, proofs: bool = False) -> dict[str, Any]:
        """Return the JSON form, with the better queries and the certificates if `proofs`."""
        data: dict[str, Any] = {
            "verdict": self.verdict,
            "notion": self.notion,
            "threshold": self.threshold,
            "dim": self.dim,
            "n_queries": self.n_queries,
            "n_sampled": len(self.numbers),
            "counts": self.counts,
            "documents_how": {
                how: sum(found.how == how for found in self.inseparable)
                for how in ("equal", "exact", "rounding bound")
            },
            "limit": None if self.limit is None else self.limit.to_dict(),
        }
        if proofs:
            data["queries"] = self.numbers.tolist()
            data["causes"] = list(self.causes)
            data["better"] = [found.to_dict() for found in self.better]
            data["inseparable"] = [found.to_dict() for found in self.inseparable]
        return data

    def __str__(self) -> str:
        counts = ", ".join(f"{n:,} {cause}" for cause, n in self.counts.items() if n)
        scope = "all" if len(self.numbers) == self.n_queries else "sampled"
        text = f"{self.verdict} ({len(self.numbers):,} queries, {scope}: {counts})"
        if self.is_impossible and self.limit is not None:
            text += f"; {self.limit.theorem}: d >= {self.limit.dim}, got {self.dim}"
        return text


def diagnose(
    embedding: DualEmbedding,
    target: Hierarchy | Relevance,
    *,
    notion: Notion | None = None,
    threshold: float | None = None,
    limit: Limit | SupportsIndex | None = None,
    n_queries: int | None = None,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Diagnosis:
    """Diagnose failing queries: prove which side, query or documents, has to change.

    Parameters
    ----------
    embedding : DualEmbedding
        From whatever source; row i of its queries and documents are number i of `target`.
    target : Hierarchy or Relevance
        Who matches what.
    notion : {"global", "row"}, optional
        Default: the embedding's.
    threshold : float, optional
        Of the global notion; default: the embedding's. It is held fixed: queries have to meet it.
    limit : Limit or int, optional
        A lower bound on the dimension, as `dimension_limit` gives. A number is taken to be one for
        this notion and threshold.
    n_queries : int, optional
        Size of a random sample. Default: all queries.
    seed : int
        Of the sample.
    progress : callable, optional
        Called with (queries done, queries in all).

    Returns
    -------
    diagnosis : Diagnosis
        Every cause but "undecided" is certified: margins by a bound on rounding or in fractions,
        certificates by `certificates.proven_weights`, neither by the solver.

    Raises
    ------
    ShapeError
        If the embedding does not fit, scores could overflow float64, the global notion has no
        threshold, or the limit is one for another notion or threshold.

    Notes
    -----
    Memory: the documents in float64, twice, 64 MiB of scores and a quarter of that. Time: a few
    rounds of non-negative least squares over some hundred documents a query, and as many matrix
    products.

    Examples
    --------
    Two documents in one place: no query can have the one without the other.

    >>> r = Relevance.from_sets([{0}, {0, 1}], 2)
    >>> e = DualEmbedding([[1.0, 0.0], [1.0, 0.0]], [[1.0, 0.0], [1.0, 0.0]], notion="row")
    >>> diagnose(e, r).causes
    ('documents', 'exact')
    """
    relevance = as_relevance(target)
    check_fit(embedding, relevance)
    notion = notion or embedding.notion
    level = level_of(notion, embedding.threshold if threshold is None else threshold)
    if limit is not None:
        limit = limit if isinstance(limit, Limit) else Limit(index(limit), "given", notion, level)
        limit.check(notion, level)
    queries, points = (rows.astype(np.float64) for rows in embedding.values())
    check_scores_fit(product_sums(queries, points))
    documents = Documents(points, level)
    numbers = sample(relevance.n_queries, n_queries, seed)
    causes: list[Cause] = []
    better: list[BetterQuery] = []
    inseparable: list[Inseparable] = []
    for block in score_blocks(queries, points, numbers):
        searches = _first_look(documents, queries, block, relevance)
        del block  # frees the scores: the searches need room for others
        _search_on(documents, searches)
        for search in searches:
            causes.append(_cause(search))
            if search is not None:
                better += [search.better] if search.better is not None else []
                inseparable += [search.inseparable] if search.inseparable is not None else []
        if progress is not None:
            progress(len(causes), len(numbers))
    return Diagnosis(
        notion=notion,
        threshold=level,
        dim=embedding.dim,
        n_queries=relevance.n_queries,
        numbers=numbers,
        causes=tuple(causes),
        better=tuple(better),
        inseparable=tuple(inseparable),
        limit=limit,
    )


def _first_look(
    documents: Documents,
    queries: NDArray[np.float64],
    block: ScoreBlock,
    relevance: Relevance,
) -> list[Search | None]:
    """Return a search for every query of a block, None for those that are exact."""
    searches: list[Search | None] = []
    for number, row in block.rows():
        vector = queries[number]
        is_match = np.zeros(len(row), dtype=np.bool_)
        is_match[relevance.matches(number)] = True
        if separated_margin(documents, is_match, vector, row) is not None:
            searches.append(None)
            continue
        search = Search(documents, number, is_match)
        search.look(row, vector)
        searches.append(search)
    return searches


def _search_on(documents: Documents, searches: list[Search | None]) -> None:
    """Round after round, score the candidates of all searches that are not over."""
    pending = [search for search in searches if search is not None and not search.is_over]
    while pending:
        tried = [(search, search.improve()) for search in pending]
        open_ones = [(search, vector) for search, vector in tried if vector is not None]
        if open_ones:
            vectors = np.stack([vector for _, vector in open_ones])
            with np.errstate(over="ignore", invalid="ignore"):  # such scores decide nothing
                # One block: they are among the queries of one.
                blocks = list(score_blocks(vectors, documents.points))
            for (search, vector), (_, row) in zip(open_ones, blocks[0].rows(), strict=True):
                search.look(row, vector)
            del blocks
        pending = [search for search, _ in open_ones if not search.is_over]


def _cause(search: Search | None) -> Cause:
    if search is None:
        return "exact"
    if search.better is not None:
        return "queries"
    return "undecided" if search.inseparable is None else "documents"
