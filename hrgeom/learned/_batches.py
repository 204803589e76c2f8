"""Training batches: sampled pairs, their candidate documents, and the labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hrgeom._base import csr
from hrgeom.learned._config import Stage
from hrgeom.learned._samplers import PairSampler, TrainingPairs

__all__ = ["Batch", "BatchMaker"]


@dataclass(frozen=True, eq=False)
class Batch:
    """B pairs, and the C candidate documents that every query of them is scored against.

    Attributes
    ----------
    queries, documents : ndarray of int64, shape (B,)
        The pairs.
    columns : ndarray of int64, shape (C,)
        Candidate documents; duplicates are possible.
    targets : ndarray of int64, shape (B,), or None
        Column of each pair's own document; None if that is scored separately.
    others : ndarray of bool, shape (B, C), or None
        Columns other than the target that match the query according to the labels, duplicates of
        the target included; None if there are none.
    """

    queries: NDArray[np.int64]
    documents: NDArray[np.int64]
    columns: NDArray[np.int64]
    targets: NDArray[np.int64] | None
    others: NDArray[np.bool_] | None


class BatchMaker:
    """Source of the batches of a stage.

    Parameters
    ----------
    pairs : TrainingPairs
        Pairs to draw from; exact labels know these and no others.
    stage : Stage
        Its sampler, columns, labels and batch size.
    """

    def __init__(self, pairs: TrainingPairs, stage: Stage) -> None:
        self.stage = stage
        self.pairs = pairs
        self.sampler = PairSampler(pairs, stage.sampler, share=stage.share, cut=stage.cut)
        # Column of every document in the current batch.
        self._place = np.full(pairs.n_documents, -1, dtype=np.int64)

    def draw(self, rng: np.random.Generator) -> Batch:
        """Draw the next batch."""
        stage, m = self.stage, self.pairs.n_documents
        places = self.sampler.draw(stage.batch, rng)
        queries = self.pairs.queries[places].astype(np.int64)
        documents = self.pairs.documents[places].astype(np.int64)
        extra = rng.integers(0, m, stage.uniform)
        targets: NDArray[np.int64] | None
        if stage.columns == "all":
            columns, targets = np.arange(m), documents
        elif stage.columns == "sampled":
            columns, targets = extra, None
        elif stage.columns == "unique":
            columns = np.unique(np.concatenate((documents, extra)))
            targets = np.searchsorted(columns, documents)
        else:
            columns = np.concatenate((documents, extra))
            targets = np.arange(len(documents))
        return Batch(
            queries, documents, columns, targets, self._others(queries, documents, columns, targets)
        )

    def _others(
        self,
        queries: NDArray[np.int64],
        documents: NDArray[np.int64],
        columns: NDArray[np.int64],
        targets: NDArray[np.int64] | None,
    ) -> NDArray[np.bool_] | None:
        if self.stage.labels == "exact":
            others = self.matches(queries, columns)
        elif targets is None:
            # Sampled softmax: if the pair's own document is drawn, it must not count twice.
            hits: NDArray[np.bool_] = documents[:, None] == columns
            return hits
        else:
            return None
        if targets is not None:
            others[np.arange(len(queries)), targets] = False
        return others

    def matches(self, queries: NDArray[np.int64], columns: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which queries match which columns, shape (B, C).

        Goes through S(q), which is small, and looks each document up among the columns, so that
        the time is that of writing the result.
        """
        unique, inverse = np.unique(columns, return_inverse=True)
        self._place[unique] = np.arange(len(unique))
        entries, starts = csr.entries_of(self.pairs.indptr, queries)
        at = self._place[self.pairs.documents[entries]]
        self._place[unique] = -1
        result = np.zeros((len(queries), len(unique)), dtype=np.bool_)
        found = at >= 0
        result[csr.row_numbers(starts)[found], at[found]] = True
        if len(unique) == len(columns) and np.array_equal(unique, columns):
            return result
        return result[:, inverse]
