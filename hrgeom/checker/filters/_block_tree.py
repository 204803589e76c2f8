r"""A tree of blocks of documents, and what bounds the scores of a block; proved.

Documents are put in an order in which neighbors are close. A leaf is a panel of them, a node of
the next level 16 nodes of the level below. Per node a few floats are stored; whatever they are,
the statements hold for them, so neither order nor directions need to be exact.

Coordinates. Column k of the documents is divided by :math:`s_k`, the power of two above its largest
entry, and of the queries multiplied by it: no score changes. Below, q and x are such rows.

**Theorem 1 (axis).** Let a block have floats c, u, and for each of its documents x let t be some
float with :math:`|t| \le \tau`, and :math:`r = x - c - t u`, with :math:`|r_k| \le w_k` and
:math:`|r|_2 \le R`. Then

.. math:: \langle q, x\rangle \le \langle q, c\rangle + |\langle q, u\rangle| \tau
          + \min\bigl(\textstyle\sum_k |q_k| w_k,\; |q|_2 R\bigr).

*Proof.* :math:`\langle q, x\rangle = \langle q, c\rangle + t\langle q, u\rangle + \langle q,
r\rangle`; the last term by Hoelder and by Cauchy-Schwarz. ∎ Along a curve, the axis follows the
tangent, and what it leaves is of second order: a ball or a box alone would be of first order, just
where the score along the curve is stationary.

**Theorem 2 (tent).** Let z be a column, the pole, and :math:`\sigma_k \ge 0` slopes of the
others. Let :math:`|x_k - c_k| \le w_k` and :math:`x_z \le T - \sum_k \sigma_k |x_k - c_k|` for
all documents x of a block, sums over :math:`k \ne z`. If :math:`q_z \ge 0`, then

.. math:: \langle q, x\rangle \le q_z T + \sum_k q_k c_k
          + \sum_k \max(0, |q_k| - q_z \sigma_k)\, w_k.

*Proof.* :math:`\langle q, x\rangle \le q_z T + \sum_k q_k c_k + \sum_k (|q_k| - q_z\sigma_k)
|x_k - c_k|`. ∎ If :math:`q_z < 0`, the box: slopes 0, and the pole a column like the others. In a
trie the last coordinate falls by as much as a code grows by digits: the bound is then the score
of the best code that continues the digits which the block has in common.

**Rounding.** The bounds are evaluated in float64, u its unit roundoff, n columns of the block not
all zero (n at most 2^20). Every product and addition meets at most n + 4 rounding factors, hence
what is computed is off by at most :math:`\gamma_{n+4}` times the sum of the sizes of the terms,
:math:`\sum_k |q_k|(|c_k| + \tau|u_k| + w_k)` for the axis; a computed length by the factor
:math:`1 + \gamma_{n+2}`. The numbers of a block are themselves computed: :math:`r_k` is off by at
most :math:`4u z_k` with :math:`z_k = \max|x_k| + |c_k| + \tau|u_k| + w_k`. What is stored is
therefore :math:`(w_k + g z_k)(1 + 10^{-6}) + 2^{-500}` and :math:`(R + g|z|_2)(1 + 10^{-6}) +
2^{-500}` with :math:`g = 2(n + 32)u`, which exceeds :math:`4u + 1.02\,\gamma_{n+4}`: the errors
of the build and of the evaluation are in the last term, by :math:`\sum|q_k|(|c_k| + \tau|u_k|)
\le |q|_2 |z|_2` in the ball, too. For the tent they are :math:`g(\max_k(\max|x_k| + |c_k| + w_k)
+ |T|)` times :math:`q_z + \sum|q_k|`, added apart; the difference :math:`|q_k| - q_z\sigma_k` is
off by at most :math:`3u|q_k|` where it, as computed or in truth, is positive. Underflow: divided
documents lose at most 2^-1074 each, which 2^-500 in the widths covers; squares below 2^-1022
belong to lengths below 2^-500, added to length and radius; products of the bound lose less than
2^-960, added at the end. Overflow: entries are at most 2^24, slopes at most 2^40; a query with
:math:`\sum|q_k| \ge 2^{900}` is checked against all documents. A bound that is not a number
prunes nothing.

**What is left out.** Let b be the bound on the rounding of reference scores. A document of a
block of bound U has a reference score of at most U + b. If :math:`U + b` is at most the best
reference score so far and below what could reach the level, the document changes neither extreme
nor counts. Where scores do not round (b = 0) and all are multiples of some :math:`2^g`, a better
one is better by :math:`2^g`: then :math:`U` less than the best so far plus :math:`2^g` is enough,
so that ties with the best are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["BlockTree", "Tent", "build_tree", "scales"]

_FANOUT = 16
_STEEPEST = 2.0**40


@dataclass(frozen=True, eq=False)
class Tent:
    """The column of the poles, and how steeply tents fall along every other column.

    Attributes
    ----------
    pole : int
    slope : ndarray of float64, shape (d,)
        Not negative; of the columns as they are stored.
    """

    pole: int
    slope: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class BlockTree:
    """The order of the documents and the numbers of all blocks; `hrgeom/_native/tree.h`.

    Attributes
    ----------
    order, place : ndarray of int32, shape (m,)
        The document at every place, and the place of every document.
    level_start, column_start, column, shape
        The groups of every level, the columns of every group, and their numbers.
    scale : ndarray of float64, shape (d,)
        Powers of two by which documents are divided and queries multiplied.
    unit : ndarray of int32, shape (d,)
        Documents are multiples of 2^unit, column by column.
    pole : int
        -1: blocks have axes.
    slope : ndarray of float64, shape (d,)
        Of tents, divided columns.
    sorted_by : ndarray of int32
        Columns by whose signs documents are sorted; empty: they are split across axes.
    """

    order: NDArray[np.int32]
    place: NDArray[np.int32]
    level_start: NDArray[np.int64]
    column_start: NDArray[np.int64]
    column: NDArray[np.int32]
    shape: NDArray[np.float64]
    scale: NDArray[np.float64]
    unit: NDArray[np.int32]
    pole: int
    slope: NDArray[np.float64]
    sorted_by: NDArray[np.int32]


def build_tree(
    library: Any, documents: NDArray[Any], tent: Tent | None
) -> tuple[BlockTree, NDArray[Any]]:
    """Return the tree over documents (m, d), float32 or float64, and them in its order."""
    m, d = documents.shape
    is_double = int(documents.dtype == np.float64)
    width = library.PANEL_F64 if is_double else library.PANEL_F32
    scale = scales(documents)
    pole, slope = -1, np.zeros(d)
    if tent is not None:
        pole = tent.pole
        slope = np.minimum(tent.slope * (scale / scale[pole]), _STEEPEST)
    sorted_by = _columns_to_sort_by(documents, pole)
    order = _order(library, documents, scale, width, sorted_by)
    rows = documents[order]
    n_groups = _groups(m, width)
    support = np.zeros((n_groups[0], d), dtype=np.uint8)
    unit = np.empty(d, dtype=np.int32)
    library.tree_support(is_double, m, d, rows, support, unit)
    level_start, column_start, column = _columns(support, n_groups)
    per_column = 3 if tent is None else 2
    shape = np.zeros(_FANOUT * (per_column * len(column) + 2 * (len(column_start) - 1)))
    for level, first in enumerate(level_start[:-1].tolist()):
        library.tree_shape(
            is_double, m, d, rows, 1 / scale, level, column_start, column, first, pole, slope, shape
        )
    place = np.empty(m, dtype=np.int32)
    place[order] = np.arange(m, dtype=np.int32)
    tree = BlockTree(
        order=order,
        place=place,
        level_start=level_start,
        column_start=column_start,
        column=column,
        shape=shape,
        scale=scale,
        unit=unit,
        pole=pole,
        slope=slope,
        sorted_by=sorted_by,
    )
    return tree, rows


def scales(rows: NDArray[Any]) -> NDArray[np.float64]:
    """Return per column the least power of two above all entries, within 2^-1000 to 2^1000."""
    peak = np.maximum(rows.max(axis=0), -rows.min(axis=0)).astype(np.float64)
    exponent = np.where(peak > 0, np.frexp(peak)[1], 0)
    return np.ldexp(1.0, np.clip(exponent, -1000, 1000))


def _columns_to_sort_by(documents: NDArray[Any], pole: int) -> NDArray[np.int32]:
    """Return the columns of a tent but its pole, those of the most documents first."""
    if pole < 0:
        return np.empty(0, dtype=np.int32)
    n_filled = np.count_nonzero(documents, axis=0)
    n_filled[pole] = -1
    return np.argsort(-n_filled, kind="stable")[:-1].astype(np.int32)


def _order(
    library: Any,
    rows: NDArray[Any],
    scale: NDArray[np.float64],
    width: int,
    sorted_by: NDArray[np.int32],
) -> NDArray[np.int32]:
    """Return an order in which neighbors are close."""
    m, d = rows.shape
    is_double = int(rows.dtype == np.float64)
    order = np.empty(m, dtype=np.int32)
    if len(sorted_by):
        library.tree_sort(is_double, m, d, rows, sorted_by, order)
        return order
    kind = _kinds(library, rows, width)
    order[:] = np.argsort(kind, kind="stable")
    library.tree_order(is_double, m, d, rows, 1 / scale, kind, order)
    return order


def _kinds(library: Any, rows: NDArray[Any], width: int) -> NDArray[np.int32]:
    """Return a number per set of columns in use, or 0 for all rows where most sets are rare.

    The classes of a cover use columns of their own: what mixes them is never close.
    """
    m, d = rows.shape
    hashed = np.empty(m, dtype=np.uint64)
    library.tree_kinds(int(rows.dtype == np.float64), m, d, rows, hashed)
    found, kind = np.unique(hashed, return_inverse=True)
    if 2 * width * len(found) > m:
        return np.zeros(m, dtype=np.int32)
    return kind.astype(np.int32)


def _groups(m: int, width: int) -> list[int]:
    """Return the number of groups of every level, those of leaves first."""
    groups = [-(-m // (width * _FANOUT))]
    while groups[-1] > 1:
        groups.append(-(-groups[-1] // _FANOUT))
    return groups


def _columns(
    support: NDArray[np.uint8], n_groups: list[int]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32]]:
    """Return where levels and columns of groups start, and the columns in use of every group."""
    levels = [support]
    for n in n_groups[1:]:
        levels.append(np.maximum.reduceat(levels[-1], np.arange(n) * _FANOUT, axis=0))
    every = np.concatenate(levels)
    column_start = np.concatenate(([0], np.cumsum(every.sum(axis=1, dtype=np.int64))))
    level_start = np.concatenate(([0], np.cumsum(n_groups))).astype(np.int64)
    return level_start, column_start, np.nonzero(every)[1].astype(np.int32)
