"""Fitting a locator: texts of the nodes, a reranker, calibration."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hrgeom.core import DualEmbedding, Hierarchy
from hrgeom.locate._locator import Locator
from hrgeom.locate._texts import Texts

__all__ = ["fit"]


def fit(
    embedding: DualEmbedding,
    hierarchy: Hierarchy,
    texts: Texts | None,
    encoder: Callable[[list[str]], Any],
    *,
    seed: int = 0,
) -> Locator:
    """Return a locator for new text.

    Parameters
    ----------
    embedding : DualEmbedding
        Certified for this hierarchy, so that the decision "node" is exact.
    hierarchy : Hierarchy
        Where texts are to be placed.
    texts : mapping of str to str or sequence of str, or None
        Label to name, synonyms, definitions. Nodes without a text have that of their label
        (`hrgeom.models.text_of`) or their name; None: all nodes.
    encoder : callable
        From a list of texts to an array with one row per text, such as
        `hrgeom.models.text_encoder("wordllama")`.
    seed : int
        Which leaves the reranker is fitted on, and where its weights begin.

    Returns
    -------
    locator : Locator
        The same for the same arguments.

    Raises
    ------
    HierarchyError
        If a text has a label that no node has.
    FormatError
        If a text is not text.
    ShapeError
        If the embedding does not fit the hierarchy, or the encoder does not return one row per
        text.
    NotFiniteError
        If the encoder returns NaN or infinity.
    """
    raise NotImplementedError
