"""Promises of constructions in float64, worked out once."""

from __future__ import annotations

from hrgeom.constructions import REGISTRY, Promise
from hrgeom.constructions.covers import ConsecutivePalette
from hrgeom.core import Relevance

__all__ = ["float64_promise"]


def float64_promise(
    relevance: Relevance, name: str, effort: float, seed: int, dim: int | None = None
) -> Promise | None:
    """Return the promise of a construction in float64, kept with the relevance.

    Parameters
    ----------
    relevance : Relevance
    name : str
        In `REGISTRY`. Half planes are chosen by name only, so that they make no promise of their
        own: 2k for the classes found, no margin.
    effort, seed
        Of the construction's search.
    dim : int, optional
        At most so many dimensions. Default: the fewest.

    Returns
    -------
    promise : Promise or None
        None where nothing is promised.

    Examples
    --------
    >>> float64_promise(Relevance.from_sets([{0}, {0, 1}], 2), "half-plane", 0.0, 0)
    Promise(dim=2, margin=None)
    """
    return relevance.cached(_promise, name, effort, seed, dim)


def _promise(
    relevance: Relevance, name: str, effort: float, seed: int, dim: int | None
) -> Promise | None:
    if name == "half-plane":
        k = ConsecutivePalette.of(relevance, seed=seed, effort=effort).n_colors
        return Promise(2 * k, None)
    construction = REGISTRY[name]
    if construction.promise is None:
        return None
    searching = {"effort": effort} if "effort" in construction.options else {}
    return construction.promise(relevance, dim=dim, dtype="float64", seed=seed, **searching)
