"""The passes in C."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._native.library import descent_library
from hrgeom.descent._passes import ByDocument, Bytes, Seen, Visit
from hrgeom.descent._problem import Problem
from hrgeom.descent._state import State

__all__ = ["NativePasses"]

_QUERIES, _DOCUMENTS = 0, 1
_NO_SCORES = np.zeros(0, dtype=np.int32)


@dataclass(frozen=True)
class NativePasses:
    """One set of kernels of the C library, by name."""

    name: str

    @property
    def _library(self) -> Any:
        return descent_library()  # by call, for a module does not pickle

    def step_queries(self, problem: Problem, state: State, visit: Visit, rows: range) -> Seen:
        """Look at queries and, unless frozen, step them."""
        return Seen(*self._steps(_QUERIES, problem, state, visit, rows))

    def step_documents(self, problem: Problem, state: State, visit: Visit, rows: range) -> None:
        """Step documents, by the weights that the queries' last step left."""
        self._steps(_DOCUMENTS, problem, state, visit, rows)

    def _steps(self, side: int, problem: Problem, state: State, visit: Visit, rows: range) -> Any:
        return self._library.steps(
            self.name,
            side,
            rows.start,
            rows.stop,
            problem.n_queries,
            problem.n_documents,
            state.queries.rows.shape[1],
            state.listed.shape[1],
            (
                state.queries.rows,
                state.queries.momentum,
                state.queries.scale,
                state.documents.rows,
                state.documents.momentum,
                state.documents.scale,
                state.thresholds,
                state.match_loss,
                state.other_loss,
                state.lowest_match,
                state.highest_other,
                state.lowest_listed,
                problem.indptr,
                problem.indices,
                state.n_listed,
                state.listed,
            ),
            (*visit.matching, *visit.listing, visit.shifts),
            (
                *visit.group,
                visit.temperature,
                visit.goal,
                visit.query_rate,
                visit.document_rate,
                visit.momentum,
                visit.damping,
                visit.n_query_steps,
                int(visit.is_by_row),
                int(visit.is_frozen),
                visit.sample_weight,
            ),
        )

    def list_hardest(
        self,
        problem: Problem,
        state: State,
        in_bytes: Bytes,
        cuts: NDArray[np.int32],
        reach: int,
        rows: range,
    ) -> None:
        """List the hardest non-matches above each query's cut, within reach of its hardest."""
        self._library.list_hardest(
            self.name,
            rows.start,
            rows.stop,
            problem.n_queries,
            problem.n_documents,
            in_bytes.queries.shape[1],
            state.listed.shape[1],
            reach,
            (
                in_bytes.queries,
                in_bytes.panels,
                problem.indptr,
                problem.indices,
                cuts,
                state.n_listed,
                state.listed,
                _NO_SCORES,
            ),
        )

    def by_document(self, problem: Problem, state: State, rows: range) -> ByDocument:
        """Return the lists of a range of queries by document."""
        starts = np.empty(problem.n_documents + 1, dtype=np.int64)
        queries = np.empty(int(state.n_listed[rows.start : rows.stop].sum()), dtype=np.int32)
        self._library.by_document(
            problem.n_documents,
            state.listed.shape[1],
            rows.start,
            rows.stop,
            (state.n_listed, state.listed, starts, queries),
        )
        return starts, queries
