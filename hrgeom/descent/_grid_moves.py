r"""Moves of single entries on a grid, which lower the loss of the active pairs.

Let :math:`m = \sigma(\langle q, x\rangle - t)` be the signed margin of a pair, :math:`\sigma` = 1
for a match and -1 otherwise, and :math:`\varphi(z) = e^{-z}`, continued by :math:`1 - z + z^2/2`
where z < 0. The loss is :math:`\Phi = \sum w\,\varphi(T m)` over the active pairs. Every pair
belongs to one query and one document, so that :math:`\Phi` is a sum over the rows of either side,
and rows of one side can move independently.

What is guaranteed: no move raises :math:`\Phi`, whose sum never rises while pairs, weights, T and
t stay. What is not: the least margin itself may fall for a while, and pairs outside the lists may
turn wrong. A look over all pairs tells, and the best rows seen there are kept.

:math:`\varphi` is convex, so a step of an entry lowers a row's loss by at most the step times its
slope: entries are tried in the order of this bound, and the search ends where it promises nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._native.library import descent_library
from hrgeom.descent._active_lists import Lists
from hrgeom.descent._grids import Grid
from hrgeom.descent._hardest import in_ranges

__all__ = ["Moves", "move_rows"]

Rows = NDArray[np.float32]
_LEAST_FALL = 1e-5  # of the loss, for a move: beyond rounding
_PAIR_ITEMS = 2**19  # of a row, times first entries of two, at most: rows of a hub are long
_RANGE = 2048


@dataclass(frozen=True)
class Moves:
    """How rows may move: T and the most moves of a row, on a grid; two at once for wrong pairs."""

    grid: Grid
    sharpness: float
    most: int
    in_pairs: bool = True


def move_rows(
    own: Rows,
    units: NDArray[np.float32],
    own_levels: NDArray[np.float32],
    other: Rows,
    other_levels: NDArray[np.float32],
    lists: Lists,
    moves: Moves,
    threads: int = 1,
) -> tuple[float, int]:
    """Move rows of one side in place; return their loss and the number of moves.

    Parameters
    ----------
    own : ndarray of float32, shape (n, d)
        Rows on the grid; C-contiguous.
    units : ndarray of float32, shape (n,)
        Step of every row.
    own_levels, other_levels : ndarray of float32, shapes (n,) and (m,)
        A pair's threshold is the sum of the two.
    other : ndarray of float32, shape (m, d)
        Rows of the other side.
    lists : Lists
        The items of every row.
    moves : Moves
        How rows may move.
    threads : int
        Threads of the C kernel; what it finds does not depend on them.
    """
    library: Any = descent_library()
    losses, counts = np.zeros(len(own)), np.zeros(len(own), dtype=np.int32)
    if library is None:
        for i in range(len(own)):
            losses[i], counts[i] = _move_row(
                own, i, units[i], own_levels[i], other, other_levels, lists, moves
            )
        return float(losses.sum()), int(counts.sum())
    grid = moves.grid

    def work(first: int, last: int) -> None:
        library.relax_rows(
            own.shape[1], grid.code, moves.most, moves.in_pairs, moves.sharpness, 0.0,
            grid.largest, first, last, own, other, lists.start, lists.items, lists.n_matches,
            lists.importance, own_levels, other_levels, units, losses, counts,
        )  # fmt: skip

    in_ranges(work, len(own), _RANGE, threads)
    return float(losses.sum()), int(counts.sum())


def _loss(z: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(z < 0, 1 - z + z * z / 2, np.exp(-np.maximum(z, 0)))


def _slope(z: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(z < 0, z - 1, -np.exp(-np.maximum(z, 0)))


def _neighbors(row: NDArray[Any], unit: float, grid: Grid) -> NDArray[np.float64]:
    """Return the next values of every entry, below and above; the entry itself at the end."""
    if grid.is_float:
        bits = row.view(np.int32)
        step = np.int32(0x10000 if grid.dtype == "bfloat16" else 0x2000)
        away, toward = (bits + step).view(np.float32), (bits - step).view(np.float32)
        both = np.where(row > 0, (toward, away), (away, toward))
        return np.where(np.abs(row) < 6.2e-5, row, both).astype(np.float64)
    if grid.bits == 1:
        return np.array([np.full_like(row, -1), np.full_like(row, 1)], dtype=np.float64)
    both = np.array([row - unit, row + unit], dtype=np.float64)
    return np.where(np.abs(both) <= (grid.largest + 0.5) * unit, both, row)


def _move_row(
    own: Rows,
    i: int,
    unit: float,
    level: float,
    other: Rows,
    other_levels: NDArray[np.float32],
    lists: Lists,
    moves: Moves,
) -> tuple[float, int]:
    """The moves of one row in NumPy: the twin of finish.c."""
    at = slice(int(lists.start[i]), int(lists.start[i + 1]))
    items = lists.items[at]
    if not len(items):
        return 0.0, 0
    weight = np.where(np.arange(len(items)) < lists.n_matches[i], 1.0, -1.0) * moves.sharpness
    weights = lists.importance[at] if len(lists.importance) else np.float32(1)
    points = other[items].astype(np.float64)
    row = own[i]
    z = weight * (points @ row - level - other_levels[items])
    steps = weight[:, None] * points  # change of z per unit of an entry
    loss = float((weights * _loss(z)).sum())
    for n_moves in range(moves.most):
        found = _one(row, unit, z, steps, weights, loss, moves.grid)
        if found is None and moves.in_pairs and (z < 0).any():
            found = _two(row, unit, z, steps, weights, loss, moves.grid)
        if found is None:
            return loss, n_moves
        for k, value in found:
            z = z + steps[:, k] * (value - float(row[k]))
            row[k] = value
        loss = float((weights * _loss(z)).sum())
    return loss, moves.most


Found = list[tuple[int, float]] | None


def _one(
    row: NDArray[Any], unit: float, z: Any, steps: Any, weights: Any, loss: float, grid: Grid
) -> Found:
    slopes = steps.T @ (weights * _slope(z))
    nexts = _neighbors(row, unit, grid)[(slopes < 0).astype(int), np.arange(len(row))]
    gains = slopes * (row - nexts)
    for k in np.argsort(-gains, kind="stable"):
        if not gains[k] > _LEAST_FALL * loss:
            return None
        after = (weights * _loss(z + steps[:, k] * (nexts[k] - row[k]))).sum()
        if after < loss * (1 - _LEAST_FALL):
            return [(int(k), float(nexts[k]))]
    return None


def _two(
    row: NDArray[Any], unit: float, z: Any, steps: Any, weights: Any, loss: float, grid: Grid
) -> Found:
    nexts = _neighbors(row, unit, grid)
    firsts = [(k, value) for k in range(len(row)) for value in nexts[:, k]]
    for k, value in firsts[: _PAIR_ITEMS // len(z) + 1]:
        if value == row[k]:
            continue
        moved = row.copy()
        moved[k] = value
        then = z + steps[:, k] * (value - row[k])
        second = _one(moved, unit, then, steps, weights, loss, grid)
        if second is not None and second[0][0] != k:
            return [(k, float(value)), *second]
    return None
