"""Names of nodes inside texts: where they stand, and how much of the text they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.locate._words import names_of, words_of

__all__ = ["MENTION_FEATURES", "Mentions", "NameIndex"]

_LONGEST = 5  # words of a name
_MOST_WORDS = 60  # of a text that is looked through
_MOST_NODES = 50  # of one name

MENTION_FEATURES = 6
"""Start, words, share of the text, words after it, whether it ends the text, 1/nodes so named."""


@dataclass(frozen=True, eq=False)
class Mentions:
    """The longest mention of a name of each node in each text.

    Attributes
    ----------
    texts, nodes : ndarray of int, shape (k,)
        Which text mentions which node; each pair once.
    features : ndarray of float32, shape (k, MENTION_FEATURES)
        As the columns are named there.
    """

    texts: NDArray[np.int64]
    nodes: NDArray[np.int64]
    features: NDArray[np.float32]

    def without(self, left: NDArray[np.int64]) -> Mentions:
        """Return the mentions of other nodes than the one that each text is."""
        keep = self.nodes != left[self.texts]
        return Mentions(self.texts[keep], self.nodes[keep], self.features[keep])

    def of_parents(self, parents: Any) -> Mentions:
        """Return each mention as one of the parents of its node; pairs may come twice."""
        rows = parents[self.nodes]
        times = np.diff(rows.indptr)
        return Mentions(
            np.repeat(self.texts, times),
            rows.indices.astype(np.int64),
            np.repeat(self.features, times, axis=0),
        )


class NameIndex:
    """Names of the nodes, each as its words."""

    def __init__(self, texts: Sequence[str]) -> None:
        # Most names are of one node: a list for each would take three times the memory.
        self._first: dict[str, int] = {}
        self._others: dict[str, list[int]] = {}
        for node, text in enumerate(texts):
            for words in dict.fromkeys(names_of(text)):
                if len(words) <= _LONGEST:
                    name = " ".join(words)
                    if self._first.setdefault(name, node) != node:
                        self._others.setdefault(name, []).append(node)

    def mentions(self, texts: Sequence[str]) -> Mentions:
        """Return where the names of nodes stand in texts."""
        rows = [(i, *found) for i, text in enumerate(texts) for found in self._in_text(text)]
        table = np.array(rows, dtype=np.float64).reshape(-1, 2 + MENTION_FEATURES)
        return Mentions(
            table[:, 0].astype(np.int64),
            table[:, 1].astype(np.int64),
            table[:, 2:].astype(np.float32),
        )

    def _in_text(self, text: str) -> Iterator[tuple[float, ...]]:
        words = words_of(text)[:_MOST_WORDS]
        longest: dict[int, tuple[int, int, int]] = {}
        for start, length, nodes in self._runs(words):
            for node in nodes[:_MOST_NODES]:
                if node not in longest or length > longest[node][1]:
                    longest[node] = (start, length, len(nodes))
        n = max(1, len(words))
        for node, (start, length, namesakes) in longest.items():
            after = n - start - length
            yield node, start / n, length, length / n, after / n, after == 0, 1 / namesakes

    def _runs(self, words: list[str]) -> Iterator[tuple[int, int, list[int]]]:
        for start in range(len(words)):
            for length in range(1, min(_LONGEST, len(words) - start) + 1):
                name = " ".join(words[start : start + length])
                first = self._first.get(name)
                if first is not None:
                    yield start, length, [first, *self._others.get(name, ())]
