"""Other ways to read the vectors of a model that fails: by cosine, exchanged, in another order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.core import DualEmbedding, Hierarchy, Target
from hrgeom.metrics import ranking_metrics
from hrgeom.models import Model

__all__ = ["Reading", "other_reading"]

N_READ = 500  # queries that each reading is tried on
GAIN = 0.05  # of all pairs: what another reading must retrieve more to be mentioned


@dataclass(frozen=True)
class Reading:
    """Another way to read a model's vectors that retrieves more, or a sign that rows are mixed up.

    Attributes
    ----------
    how : {"cosine", "exchanged", "sorted", "chance"}
        Scores of rows scaled to unit length; the two sides exchanged; rows without labels in the
        order of sorted labels. "chance": rows without labels, and beyond the node itself they
        retrieve about what a random order would.
    recall, as_read : float
        Shares of the pairs of a sample that are retrieved, in the top |S(q)|, so read and as the
        model was read. For "chance", of pairs of distance 1 or more: those of a random order, and
        those retrieved.

    Examples
    --------
    >>> Reading("cosine", 0.65, 0.48).to_dict()
    {'how': 'cosine', 'recall': 0.65, 'as_read': 0.48}
    """

    how: str
    recall: float
    as_read: float

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {"how": self.how, "recall": self.recall, "as_read": self.as_read}


def other_reading(model: Model, target: Target, *, seed: int = 0) -> Reading | None:
    """Return the reading of a model's vectors that retrieves most, if not the one at hand.

    Parameters
    ----------
    model : Model
        With rows in the order of the target.
    target : Hierarchy, Relevance or Judgments
        Which documents each query matches.
    seed : int
        Seed of the sample of queries.

    Returns
    -------
    reading : Reading or None
        None if no other way is better by a twentieth of the pairs, and rows without labels beat
        chance. Observed, over a sample of the queries.
    """
    if model.score != "dot":
        return None

    def tried(embedding: DualEmbedding) -> Any:
        return ranking_metrics(embedding, target, n_queries=N_READ, seed=seed)

    now = tried(model.embedding)
    is_unlabeled = any(remark.code == "rows-in-order" for remark in model.remarks)
    found = [
        Reading(how, tried(other).pair_recall, now.pair_recall)
        for how, other in _others(model.embedding, is_unlabeled)
    ]
    best = max(found, key=lambda reading: reading.recall, default=None)
    if best is not None and best.recall >= best.as_read + GAIN:
        return best
    if is_unlabeled and isinstance(target, Hierarchy):
        return _chance(target, now.recall, now.n_pairs)
    return None


def _others(e: DualEmbedding, is_unlabeled: bool) -> Iterator[tuple[str, DualEmbedding]]:
    """Yield the other ways to read an embedding, by name."""
    queries, documents = e.values()
    plain = DualEmbedding(
        queries, documents, query_labels=e.query_labels, document_labels=e.document_labels
    )
    unit = replace(plain, queries=_unit(queries), documents=_unit(documents))
    yield "cosine", unit
    if not np.array_equal(queries, documents) and e.n_queries == e.n_documents:
        yield "exchanged", replace(plain, queries=documents, documents=queries)
    if is_unlabeled:
        order = _ranks(e.query_labels), _ranks(e.document_labels)
        if any((one != np.arange(len(one))).any() for one in order):
            rows = queries[order[0]], documents[order[1]]
            yield "sorted", replace(plain, queries=rows[0], documents=rows[1])


def _unit(rows: NDArray[Any]) -> NDArray[np.float64]:
    lengths = np.linalg.norm(rows.astype(np.float64), axis=1, keepdims=True)
    return rows / np.where(lengths > 0, lengths, 1)


def _ranks(labels: Any) -> NDArray[np.int64]:
    """Return for every label its place in the sorted list: the row that it has if rows are so."""
    ranks = np.empty(len(labels), dtype=np.int64)
    ranks[sorted(range(len(labels)), key=labels.__getitem__)] = np.arange(len(labels))
    return ranks


def _chance(
    target: Hierarchy, recall: NDArray[np.float64], n_pairs: NDArray[np.int64]
) -> Reading | None:
    """Return the reading "chance" if pairs of distance 1 or more are retrieved about that often.

    In a random order a match is among the top |S(q)| of m documents with probability |S(q)|/m.
    """
    relevance = target.relevance
    sizes = np.diff(relevance.indptr).astype(np.float64)
    beyond = float((sizes - 1).sum())  # without the pair of the node and itself
    if not beyond or not n_pairs[1:].sum():
        return None
    expected = float((sizes * (sizes - 1)).sum()) / beyond / relevance.n_documents
    shares = np.where(n_pairs[1:] > 0, recall[1:], 0.0)
    retrieved = float((shares * n_pairs[1:]).sum() / n_pairs[1:].sum())
    if retrieved >= 2 * expected or expected > 1 / 8:  # small trees: chance retrieves much
        return None
    return Reading("chance", expected, retrieved)
