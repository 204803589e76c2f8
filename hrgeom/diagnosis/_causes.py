r"""Diagnosis of an embedding: the cause of every failing query.

- *exact*: the query does not fail. Its matches score above its threshold, all other documents
  below.
- *queries*: another query vector would be exact for the documents as they are. It is returned with
  a certified margin.
- *documents*: no query vector is exact for the documents as they are. A few of them prove it.
- *undecided*: neither was proved. The floats separate so narrowly, or coincide so nearly, that no
  proof succeeds.

The verdict over all queries is *impossible* if a lower bound says that no embedding of this
dimension, however well trained, is exact for all queries. Then, whatever the documents are, some
query has the cause *documents*: whether a query has an exact vector does not depend on the others.
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
from hrgeom.core import DualEmbedding, Notion, Relevance, Target, as_relevance, fitted
from hrgeom.diagnosis._certificates import Inseparable, level_of
from hrgeom.diagnosis._limits import Limit
from hrgeom.diagnosis._separation import BetterQuery, Documents, Search, separated_margin
from hrgeom.metrics import sample

__all__ = ["CAUSES", "Cause", "Diagnosis", "diagnose"]

Cause = Literal["exact", "queries", "documents", "undecided"]
CAUSES: tuple[Cause, ...] = ("exact", "queries", "documents", "undecided")


@dataclass(frozen=True)
class Diagnosis:
    """Causes of the failing queries of an embedding.

    Attributes
    ----------
    notion : {"global", "row"}
        One threshold for all queries, or one per query.
    threshold : float or None
        Threshold of the global notion; None for the row notion.
    dim : int
        Dimension of the embedding.
    n_queries : int
        Number of queries of the relevance.
    numbers : ndarray of int64, shape (k,)
        The diagnosed queries: all of them, or a sample.
    causes : tuple of str
        Cause of each of them: "exact", "queries", "documents" or "undecided".
    better : tuple of BetterQuery
        An exact vector for each query with the cause "queries".
    inseparable : tuple of Inseparable
        A certificate for each query with the cause "documents".
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
        """Number of diagnosed queries with each cause."""
        return {cause: self.causes.count(cause) for cause in CAUSES}

    @property
    def is_impossible(self) -> bool:
        """True if the limit says that no embedding of this dimension is exact for all queries."""
        return self.limit is not None and self.dim < self.limit.dim

    @property
    def verdict(self) -> str:
        """Verdict over all queries: "impossible", or else the gravest cause among the diagnosed."""
        if self.is_impossible:
            return "impossible"
        gravest: tuple[Cause, ...] = ("documents", "undecided", "queries")
        return next((cause for cause in gravest if cause in self.causes), "exact")

    def mended(self, embedding: DualEmbedding) -> DualEmbedding:
        """Return an embedding with the better queries put in, in float64.

        Parameters
        ----------
        embedding : DualEmbedding
            The diagnosed embedding.

        Returns
        -------
        mended : DualEmbedding
            Its documents are the same; only queries with the cause "queries" differ.
        """
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
        """Return the JSON form.

        Parameters
        ----------
        proofs : bool
            Whether to include the better queries and the certificates.

        Returns
        -------
        data : dict
            Verdict, numbers of queries by cause, and the limit.
        """
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
    target: Target,
    *,
    notion: Notion | None = None,
    threshold: float | None = None,
    limit: Limit | SupportsIndex | None = None,
    n_queries: int | None = None,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Diagnosis:
    """Diagnose for every query whether it is exact, and if not, what would have to change.

    Parameters
    ----------
    embedding : DualEmbedding
        An embedding of any origin; row i of its queries and documents are number i of `target`.
    target : Hierarchy, Relevance or Judgments
        Which documents each query matches: in a hierarchy, its ancestors and itself.
    notion : {"global", "row"}, optional
        One threshold for all queries, or one per query. Default: the embedding's.
    threshold : float, optional
        Threshold of the global notion, which is held fixed. Default: the embedding's.
    limit : Limit or int, optional
        A lower bound on the dimension, as `dimension_limit` gives. A number is taken to be one for
        this notion and threshold.
    n_queries : int, optional
        Size of a random sample of the queries. Default: all queries.
    seed : int
        Seed of the sample.
    progress : callable, optional
        Called with (queries done, queries in all).

    Returns
    -------
    diagnosis : Diagnosis
        Every cause but "undecided" is certified: margins by a bound on rounding or in fractions,
        inseparable documents by `is_inseparable`, neither by the solver.

    Raises
    ------
    ShapeError
        If the embedding does not fit, scores could overflow float64, the global notion has no
        threshold, or the limit is one for another notion or threshold.

    Notes
    -----
    A query has no exact vector if and only if some point is both a mean of its matches and a mean
    of other documents (row notion): Gordan's theorem [1]_. The candidates come from non-negative
    least squares [2]_ over a growing set of documents.

    Memory: the documents in float64, twice, 64 MiB of scores and a quarter of that. Time: per
    query, a few rounds of non-negative least squares over some hundred documents, and as many
    matrix products.

    References
    ----------
    .. [1] P. Gordan, "Ueber die Auflösung linearer Gleichungen mit reellen Coefficienten",
       Mathematische Annalen 6, 1873.
    .. [2] C. L. Lawson and R. J. Hanson, *Solving Least Squares Problems*, Prentice-Hall, 1974,
       chapter 23.

    Examples
    --------
    Two equal documents: no query can retrieve one without the other.

    >>> r = Relevance.from_sets([{0}, {0, 1}], 2)
    >>> e = DualEmbedding([[1.0, 0.0], [1.0, 0.0]], [[1.0, 0.0], [1.0, 0.0]], notion="row")
    >>> diagnose(e, r).causes
    ('documents', 'exact')
    """
    relevance = as_relevance(target)
    embedding = fitted(embedding, relevance)
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
