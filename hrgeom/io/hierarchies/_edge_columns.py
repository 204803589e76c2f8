"""The edges of a table as numbers of distinct labels, whichever way the table was read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import count

import numpy as np
from numpy.typing import NDArray

from hrgeom.core import Remark
from hrgeom.io._layout import Layout

__all__ = ["EdgeColumns", "Numbering", "strangers"]


class Numbering:
    """Numbers of labels in the order in which they come, children before their parents."""

    def __init__(self) -> None:
        self._index: defaultdict[str, int] = defaultdict(count().__next__)
        self._index[""]  # no parent: 0 here, -1 in the end
        self._parts: list[NDArray[np.int32]] = []

    def add(self, children: list[str], parents: list[str]) -> None:
        """Take some rows; the parent "" is none."""
        cells = [""] * (2 * len(children))
        cells[0::2], cells[1::2] = children, parents
        numbers = map(self._index.__getitem__, cells)
        self._parts.append(np.fromiter(numbers, dtype=np.int32, count=len(cells)))

    @property
    def labels(self) -> list[str]:
        """The distinct labels, by number."""
        return list(map(str, self._index))[1:]

    def ends(self) -> NDArray[np.int32]:
        """Return the numbers of child and parent for every row, -1 for no label."""
        return np.concatenate(self._parts).reshape(-1, 2) - np.int32(1)


@dataclass(frozen=True)
class EdgeColumns:
    """The columns of a table that are children and parents.

    Attributes
    ----------
    labels : list of str
        The distinct labels.
    ends : ndarray of int32, shape (n_rows, 2)
        The child and the parent of every row as numbers of labels; -1 for no parent.
    line : callable
        Takes the number of a row, returns the number of its line.
    layout : Layout
        Where the columns are.
    comments : list of str
        The comment lines at the top.
    remarks : list of Remark
        What was repaired or found odd.
    is_list : bool
        Every row below a header has one cell.
    """

    labels: list[str]
    ends: NDArray[np.int32]
    line: Callable[[int], int]
    layout: Layout
    comments: list[str]
    remarks: list[Remark]
    is_list: bool = False

    @cached_property
    def n_edges(self) -> int:
        """How many rows have a parent."""
        return int(np.count_nonzero(self.ends[:, 1] >= 0))

    def below(self) -> set[str]:
        """Return the labels of children."""
        return set(_picked(self.labels, self.ends[:, 0]))

    def above(self) -> set[str]:
        """Return the labels of parents."""
        return set(_picked(self.labels, self.ends[:, 1]))


def strangers(labels: list[str], ends: NDArray[np.int32]) -> set[str]:
    """Return the labels that are no child of any row."""
    has_row = np.zeros(len(labels), dtype=np.bool_)
    has_row[ends[:, 0]] = True
    return {labels[node] for node in np.flatnonzero(~has_row)}


def _picked(labels: list[str], numbers: NDArray[np.int32]) -> Iterable[str]:
    return (labels[number] for number in np.unique(numbers).tolist() if number >= 0)
