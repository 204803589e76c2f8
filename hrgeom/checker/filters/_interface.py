"""What a filter is, and its entry in the registry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.checker.kernels import Bounds, Kernel, Level, Rows, Tally

__all__ = ["FilterEntry", "Trial"]


@dataclass(frozen=True, eq=False)
class Trial:
    """The documents of a sweep and a sample of its queries.

    Attributes
    ----------
    documents : ndarray of float32 or float64, shape (m, d)
        All of them, in the order of the sweep.
    work : dtype
        The type to score them in at first.
    n_pairs : int
        Of the whole sweep.
    rows, level, bounds : Rows, Level, Bounds
        Of the queries of the sample.
    """

    documents: NDArray[Any]
    work: np.dtype[Any]
    n_pairs: int
    rows: Rows
    level: Level
    bounds: Bounds


@dataclass(frozen=True)
class FilterEntry:
    """A filter in the registry; everything that lists filters is derived from these fields.

    A filter goes around a kernel and is itself one: the same extremes and the same counts, with
    most pairs decided by less than a score. The tallies of its sweep say how many.

    Attributes
    ----------
    name : str
        For `--filter`, HRGEOM_FILTER and the stages that certificates state.
    summary : str
        One line for help and docs.
    around : callable
        Returns the filtered form of a kernel, or None where the filter cannot go around it.
    cost : callable
        Takes the tally of a sweep, the number of documents and the dimension; returns what the
        sweep cost, as a share of what it costs without the filter. From counts alone, so that
        the choice does not depend on the machine's mood.
    suited : callable or None
        Takes the filtered kernel and the trial; returns the form of it that suits their vectors,
        and whether it may pay: a quick look, before all documents are packed. None: there is
        one form, and the sample of the queries alone decides.
    """

    name: str
    summary: str
    around: Callable[[Kernel], Kernel | None]
    cost: Callable[[Tally, int, int], float]
    suited: Callable[[Kernel, Trial], tuple[Kernel, bool]] | None = None
