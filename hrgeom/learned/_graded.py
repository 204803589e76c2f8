"""Training data: a hierarchy, or judgments with a distance for every match."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hrgeom.core import Relevance
from hrgeom.errors import ShapeError

__all__ = ["Graded", "GradedRelevance"]


class Graded(Protocol):
    """Object with matches and their distances, such as a `Hierarchy` or `GradedRelevance`."""

    @property
    def relevance(self) -> Relevance:
        """Who matches what."""
        ...

    @property
    def distances(self) -> NDArray[np.int32]:
        """Distance of every match, at least 0, in the order of `relevance`; shape (n_pairs,)."""
        ...

    @property
    def sha256(self) -> str:
        """Digest of matches and distances."""
        ...


@dataclass(frozen=True, eq=False)
class GradedRelevance:
    """Relevance with a distance for every match, such as that of graded judgments.

    Parameters
    ----------
    relevance : Relevance
        Which documents each query matches.
    distances : ndarray of int32, shape (n_pairs,)
        Distance of every match, at least 0: 0 for the nearest. Samplers with a `cut` choose pairs
        by it, and recall is split by it; losses do not use it.

    Raises
    ------
    ShapeError
        If there is not exactly one distance, at least 0, per match.

    Examples
    --------
    >>> r = Relevance.from_sets([{0, 1}, {1}], n_documents=2)
    >>> GradedRelevance(r, np.array([0, 1, 0])).distances.tolist()
    [0, 1, 0]
    """

    relevance: Relevance
    distances: NDArray[np.int32]

    def __post_init__(self) -> None:
        distances = np.asarray(self.distances)
        if distances.shape != (self.relevance.n_pairs,):
            raise ShapeError(
                "distances must have one entry per match: got shape "
                f"{distances.shape} for {self.relevance.n_pairs} matches"
            )
        if distances.dtype.kind not in "iu" or np.any(distances < 0):
            raise ShapeError(
                "distances must be integers of at least 0: got "
                f"{distances.dtype}, least {distances.min(initial=0)}"
            )
        object.__setattr__(self, "distances", distances.astype(np.int32))

    @cached_property
    def sha256(self) -> str:
        """Digest of matches and distances, whatever the labels."""
        relevance = self.relevance
        sizes = f"{relevance.n_queries} {relevance.n_documents}\n"
        digest = hashlib.sha256(f"hrgeom graded relevance {sizes}".encode())
        for array, dtype in (
            (relevance.indptr, "<i8"),
            (relevance.indices, "<i4"),
            (self.distances, "<i4"),
        ):
            digest.update(np.ascontiguousarray(array, dtype=dtype).tobytes())
        return digest.hexdigest()
