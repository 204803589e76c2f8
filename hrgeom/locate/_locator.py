"""The locator: new text to a posterior over nodes, and that to a query vector."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.core import DualEmbedding, Hierarchy, fitted
from hrgeom.errors import FormatError, ShapeError
from hrgeom.locate._calibration import conformal_levels
from hrgeom.locate._decisions import Decided, decide
from hrgeom.locate._engine import Engine, rows_of_texts
from hrgeom.locate._located import DECISIONS, ConformalLevels, Decision, Located, Locations
from hrgeom.locate._posterior import Posteriors
from hrgeom.locate._storing import Stored, read_locator, write_locator
from hrgeom.locate._texts import joined_texts
from hrgeom.locate._vectors import Vectors

__all__ = ["Locator"]

_CHUNK = 2048  # texts worked on at a time


class Locator:
    """Finds the place of new text in a hierarchy, and a query vector for it.

    `fit` makes one.

    Parameters
    ----------
    embedding : DualEmbedding
        Of the hierarchy.
    engine : object
        What `fit` found; not to be made by hand.
    encoder : callable
        From a list of texts to an array with one row per text.
    rank_threshold : float or None
        Threshold of the decision "rank".

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
    rank_threshold : float or None
        Threshold of the decision "rank", the best on the calibration texts; None without any.

    Examples
    --------
    >>> import hrgeom
    >>> kinds = ["dog", "cat"]
    >>> labels = ["all", *kinds, *(f"{kinds[i % 2]} {i}" for i in range(100))]
    >>> h = Hierarchy(labels, [(1, 0), (2, 0), *((3 + i, 1 + i % 2) for i in range(100))])
    >>> embedding = hrgeom.construct(h).embedding
    >>> encoder = lambda texts: [[t.count(kind) for kind in kinds] for t in texts]
    >>> locator = hrgeom.locate.fit(embedding, h, None, encoder)
    >>> located = locator(["a small dog"])[0]
    >>> located.node, located.ancestors
    ('dog', ('dog', 'all'))
    """

    def __init__(
        self,
        embedding: DualEmbedding,
        engine: Engine,
        encoder: Callable[[list[str]], Any],
        rank_threshold: float | None = None,
    ) -> None:
        self.hierarchy: Hierarchy = engine.tree.hierarchy
        self.embedding = fitted(embedding, self.hierarchy.relevance)
        self.encoder = encoder
        name = getattr(encoder, "model_name", None)
        self.model_name: str | None = name if isinstance(name, str) else None
        self.rank_threshold = rank_threshold
        self._engine = engine
        self._vectors = Vectors(self.embedding)

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
            If the encoder does not return rows of the length it was fitted with, or `min_expected`
            or `alpha` is out of range.
        NotFiniteError
            If the encoder returns NaN or infinity.
        """
        self._check(decision, min_expected)
        levels = None if alpha is None else self.conformal(alpha)
        asked = joined_texts(texts)
        rows = rows_of_texts(self.encoder, asked, self._engine.dim)
        parts = [
            self._located(rows[start : start + _CHUNK], asked[start : start + _CHUNK], min_expected)
            for start in range(0, len(asked), _CHUNK)
        ]
        posteriors = Posteriors.together([each for each, _ in parts])
        decided = Decided.together([each for _, each in parts])
        vectors = self._vectors_of(posteriors, decided, decision)
        threshold = self.rank_threshold if decision == "rank" else self.embedding.threshold

        def detail(i: int) -> Located:
            return self._detail(i, asked[i], posteriors, decided, vectors[i], decision, levels)

        return Locations(
            tuple(asked),
            decision,
            decided.nodes,
            decided.expected,
            decided.states,
            vectors,
            threshold,
            detail,
        )

    def _check(self, decision: Decision, min_expected: float | None) -> None:
        if decision not in DECISIONS:
            raise FormatError(f"decision must be one of {', '.join(DECISIONS)}: got {decision!r}")
        if min_expected is not None and not 0 <= min_expected <= 1:
            raise ShapeError(f"min_expected must be from 0 to 1: got {min_expected}")
        if decision == "majority" and self.embedding.threshold is None:
            raise ShapeError("decision 'majority' needs an embedding with a threshold: got none")

    def _located(
        self, rows: NDArray[np.float32], texts: list[str], min_expected: float | None
    ) -> tuple[Posteriors, Decided]:
        engine = self._engine
        posteriors = engine.posteriors(rows, texts)
        return posteriors, decide(engine.tree, posteriors, engine.calibration, min_expected)

    def _vectors_of(
        self, posteriors: Posteriors, decided: Decided, decision: Decision
    ) -> NDArray[Any]:
        if decision == "node":
            return self._vectors.of_nodes(decided.nodes)
        means = self._vectors.means(posteriors)
        means[decided.nodes < 0] = 0
        return means

    def means(self, posteriors: Posteriors) -> NDArray[Any]:
        """Return the mean query vectors of posteriors, shape (b, d); for evaluation.

        Parameters
        ----------
        posteriors : object
            As the engine of this locator gives them.

        Returns
        -------
        means : ndarray, shape (b, d)
            In the type of `embedding.values()`.
        """
        return self._vectors.means(posteriors)

    def _detail(
        self,
        i: int,
        text: str,
        posteriors: Posteriors,
        decided: Decided,
        vector: NDArray[Any],
        decision: Decision,
        levels: ConformalLevels | None,
    ) -> Located:
        node = int(decided.nodes[i])
        ancestors = () if node < 0 else self._labels(self._engine.tree.ancestors_upward(node))
        is_node = decision == "node"
        retrieved = ancestors if is_node else self._retrieved(vector, decision, node)
        mine = posteriors.part([i])
        possible, sure = self._conformal_sets(mine, levels)
        others, f1 = decided.others[i]
        there = mine.nodes[0] >= 0
        return Located(
            text=text,
            node=None if node < 0 else self.hierarchy.labels[node],
            expected_f1=float(decided.expected[i]),
            state=decided.states[i],
            ancestors=ancestors,
            retrieved=retrieved,
            posterior=self._pairs(mine.nodes[0][there], mine.shares[0][there]),
            p_none=float(mine.none[0]),
            runners_up=self._pairs(others[others != node], f1[others != node]),
            vector=vector,
            known=self._labels(np.array(self._by_text.get(_folded(text), []), dtype=np.int64)),
            possible=possible,
            sure=sure,
        )

    def _labels(self, nodes: NDArray[np.int64]) -> tuple[str, ...]:
        return tuple(self.hierarchy.labels[node] for node in nodes.tolist())

    def _pairs(self, nodes: NDArray[Any], values: NDArray[Any]) -> tuple[tuple[str, float], ...]:
        return tuple(zip(self._labels(nodes), map(float, values), strict=True))

    def _retrieved(self, vector: NDArray[Any], decision: Decision, node: int) -> tuple[str, ...]:
        level = self.rank_threshold if decision == "rank" else self.embedding.threshold
        if node < 0 or level is None:
            return ()
        scores = self._vectors.scores(vector[None])[0]
        above = np.flatnonzero(scores > level)
        return self._labels(above[np.argsort(-scores[above], kind="stable")])

    def _conformal_sets(
        self, posterior: Posteriors, levels: ConformalLevels | None
    ) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None]:
        if levels is None:
            return None, None
        shares = posterior.of_ancestors(self._engine.tree).toarray()[0]
        order = np.lexsort((np.arange(len(shares)), -shares))
        possible = order[shares[order] >= levels.possible_from]
        return self._labels(possible), self._labels(order[shares[order] > levels.sure_above])

    @cached_property
    def _by_text(self) -> dict[str, list[int]]:
        """Nodes by their text, and by the name that it begins with."""
        found: dict[str, list[int]] = {}
        for node, text in enumerate(self._engine.corpus.texts):
            for known in {_folded(text), _folded(text.split(": ", 1)[0].split(", ", 1)[0])}:
                found.setdefault(known, []).append(node)
        return found

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

        References
        ----------
        .. [1] V. Vovk, A. Gammerman and G. Shafer, *Algorithmic Learning in a Random World*,
           Springer 2005, proposition 2.3.
        """
        return conformal_levels(self._engine.calibration, alpha)

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
        stored = Stored(self._engine, self.model_name, self.rank_threshold, self.embedding.sha256)
        return write_locator(stored, Path(folder), overwrite)

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
        embedding, encoder, stored = read_locator(Path(folder), encoder, embedding, hierarchy)
        return cls(embedding, stored.engine, encoder, stored.rank_threshold)

    def __repr__(self) -> str:
        model = self.model_name or "an encoder without a name"
        return f"Locator({self.hierarchy.n_nodes:,} nodes, {model}, d = {self.embedding.dim})"


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
