"""The locator: new text to a posterior over nodes, and that to a query vector."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from hrgeom.core import DualEmbedding, Hierarchy
from hrgeom.locate._located import ConformalLevels, Decision, Locations

__all__ = ["Locator"]


class Locator:
    """Finds the place of new text in a hierarchy, and a query vector for it.

    `fit` makes one.

    Attributes
    ----------
    embedding : DualEmbedding
        Rows in the order of the hierarchy.
    hierarchy : Hierarchy
        Where texts are placed.
    encoder : callable
        From a list of texts to an array with one row per text.
    model_name : str or None
        What `hrgeom.models.text_encoder` takes to make the encoder again; None of an encoder
        without the attribute `model_name`.
    """

    embedding: DualEmbedding
    hierarchy: Hierarchy
    encoder: Callable[[list[str]], Any]
    model_name: str | None

    def __call__(
        self,
        texts: Sequence[str | Sequence[str]],
        *,
        decision: Decision = "node",
        min_expected: float | None = None,
        alpha: float | None = None,
    ) -> Locations:
        """Return where texts belong.

        Parameters
        ----------
        texts : sequence of str, or of sequences of str
            New texts; several texts of one thing (name, synonyms, definition) in a sequence.
        decision : {"node", "majority", "rank"}
            "node": the certified query vector of the node of most expected F1, which retrieves
            exactly S(node). "majority": the mean of the query vectors under the posterior, at the
            threshold of the embedding. "rank": the same mean, at the threshold that was best on the
            calibration texts, for those who rank.
        min_expected : float, optional
            From 0 to 1. Where the best node has less expected F1, the deepest node that is an
            ancestor with at least this probability is taken; where there is none, the locator
            abstains. Default: the best node always.
        alpha : float, optional
            Gives each `Located` its conformal sets `possible` and `sure` at this level.

        Returns
        -------
        locations : Locations
            One `Located` per text, in order.

        Raises
        ------
        FormatError
            If a text is not text or is empty, or the decision is another.
        ShapeError
            If the encoder does not return rows of the length it was fitted with.
        NotFiniteError
            If the encoder returns NaN or infinity.
        """
        raise NotImplementedError

    def conformal(self, alpha: float) -> ConformalLevels:
        """Return the levels of probability for conformal sets.

        Parameters
        ----------
        alpha : float
            Between 0 and 1: allowed probability that a right ancestor is not possible, or that a
            sure node is not a right ancestor.

        Returns
        -------
        levels : ConformalLevels
            From the calibration texts, by split conformal prediction: valid on average over texts
            exchangeable with them.

        Raises
        ------
        ShapeError
            If alpha is not between 0 and 1.
        """
        raise NotImplementedError

    def save(self, folder: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
        """Write the locator into a folder in one step, without the embedding.

        Parameters
        ----------
        folder : path
            Usually `locator` in the folder of the embedding. Its parent must exist.
        overwrite : bool
            Replace a locator of that name; anything else is never replaced.

        Returns
        -------
        path : Path
            The folder.

        Raises
        ------
        FormatError
            If the target exists and may not be replaced, or its parent is missing.
        """
        raise NotImplementedError

    @classmethod
    def load(
        cls,
        folder: str | os.PathLike[str],
        encoder: Callable[[list[str]], Any] | None = None,
        *,
        embedding: DualEmbedding | None = None,
        hierarchy: Hierarchy | None = None,
    ) -> Locator:
        """Read a locator.

        Parameters
        ----------
        folder : path
            What `save` wrote, or the folder of an embedding with a locator in it.
        encoder : callable, optional
            Default: that of the recorded name (`hrgeom.models.text_encoder`). Encoders that run a
            function of one's own (`py:`) are never made by themselves: give them.
        embedding : DualEmbedding, optional
            Default: that of the folder in which the locator stands.
        hierarchy : Hierarchy, optional
            Default: the one kept in the folder of the embedding.

        Returns
        -------
        locator : Locator
            Gives what the saved one gave.

        Raises
        ------
        FormatError
            If it is no locator, its files contradict each other or the embedding, it is of a newer
            version, or an encoder, embedding or hierarchy must be given.
        """
        raise NotImplementedError
