"""What a filter is, and its entry in the registry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hrgeom.checker.kernels import Kernel, Tally

__all__ = ["FilterEntry"]


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
    """

    name: str
    summary: str
    around: Callable[[Kernel], Kernel | None]
    cost: Callable[[Tally, int, int], float]
