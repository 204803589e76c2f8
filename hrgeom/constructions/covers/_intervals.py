"""Classes of intervals: the interface between covers and the codes for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["IntervalClass", "IntervalCover"]


@dataclass(frozen=True)
class IntervalClass:
    """One class: queries stand at positions on a line, each document matches an interval.

    Attributes
    ----------
    documents : ndarray of int32, shape (c,)
        The documents of this class.
    left, right : ndarray of int64, shape (c,)
        Document i matches exactly the queries at positions left[i] to right[i]; none if
        left[i] > right[i].
    positions : ndarray of int64, shape (n_queries,)
        Where each query stands.
    n_positions : int
        Positions run from 0 to n_positions - 1. Each holds a query, unless some are kept free.
    """

    documents: NDArray[np.int32]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    positions: NDArray[np.int64]
    n_positions: int

    @property
    def is_empty(self) -> NDArray[np.bool_]:
        """True for documents that match no query."""
        return self.left > self.right


class IntervalCover(Protocol):
    """A partition of the documents into classes with intervals; iterate to get the classes.

    Classes are made one at a time, so that many of them never take memory together.

    Attributes
    ----------
    n_queries, n_documents, n_classes : int
        Numbers of queries and of documents covered, and of classes.
    lower_bound : int
        No cover of this kind has fewer classes: proved.
    """

    n_queries: int
    n_documents: int
    n_classes: int
    lower_bound: int

    def __iter__(self) -> Iterator[IntervalClass]: ...
