"""Leaves held out, and every method asked for their ancestors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hrgeom.core import DualEmbedding, Hierarchy
from hrgeom.locate._texts import Texts
from hrgeom.locate.evaluation._values import Evaluation

__all__ = ["evaluate"]


def evaluate(
    hierarchy: Hierarchy,
    texts: Texts | None,
    encoder: Callable[[list[str]], Any],
    *,
    hold_out: float = 0.1,
    splits: int = 3,
    seed: int = 0,
    dims: Sequence[int] = (64, 256),
    construct: Callable[[Hierarchy, int], DualEmbedding] | None = None,
    most_queries: int = 1000,
    report: Callable[[str], None] | None = None,
) -> Evaluation:
    """Return how well leaves that were held out are placed by their text.

    In each split `hold_out` of the leaves are test queries (at most `most_queries` of them are
    asked), half as many more are set aside for tuning; documents, embeddings and all fitting use
    the other nodes only. Right are the ancestors of the held-out leaf, without itself.

    Parameters
    ----------
    hierarchy : Hierarchy
        With all nodes.
    texts : mapping of str to str or sequence of str, or None
        As for `fit`.
    encoder : callable
        As for `fit`.
    hold_out : float
        Share of the leaves, above 0 and at most 0.5.
    splits : int
        Number of splits.
    seed : int
        The splits are those of seed, seed + 1, ...
    dims : sequence of int
        Dimensions of the embeddings for the vector decisions; empty for none.
    construct : callable, optional
        From a hierarchy and a dimension to an embedding. Default: that of most margin that
        `hrgeom.construct` makes.
    most_queries : int
        Test queries asked in each split, at most.
    report : callable, optional
        Takes a line about what is being done.

    Returns
    -------
    evaluation : Evaluation
        One row per method.

    Raises
    ------
    ShapeError
        If `hold_out` or `splits` is out of range, or there are too few leaves to hold out.
    HierarchyError, FormatError, NotFiniteError
        As for `fit`.
    """
    raise NotImplementedError
