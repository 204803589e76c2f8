r"""Arc: intervals as arcs of a circle, unit rows.

Theorem. With N positions put :math:`a = 2\pi/N`. Let a query at p have the coordinates
:math:`(\cos ap, \sin ap)` and :math:`\beta` last; let a document that matches positions l to r,
centre c = (l + r)/2 and half-width h = (r - l)/2, have :math:`(\cos ac, \sin ac)` and
:math:`-\tau/\beta` last, :math:`\tau = (\cos ah + \cos a(h + 1))/2`. Then every score is at least
:math:`g` inside and at most :math:`-g` outside, :math:`g = \sin(a(2h + 1)/2) \sin(a/2)`.

Proof. The score is :math:`\cos a(p - c) - \tau`. Inside, p is within h of c; outside, the nearest
positions on the circle are at h + 1, and since r - l + 1 < N the angle a(h + 1) is at most pi, so
the cosine decreases over the whole range. Half the difference of the cosines is g. ∎

Queries have length :math:`\sqrt{k + \beta^2}` for k classes, documents
:math:`\sqrt{1 + \tau^2/\beta^2}`; :math:`\beta^2 = \sqrt k` makes the product least for tau = 1,
and the normalized margin is g over it, at least about :math:`(\pi/N)^2/(\sqrt k + 1)`.

Rounding is part of the construction: the last coordinate is set from the *rounded* others, in the
middle between the ends of the interval and their outer neighbors.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.constructions.codes._block import CodeBlock
from hrgeom.constructions.covers import IntervalClass

__all__ = ["ArcCode", "unit_directions"]

# Three products t1, t2, t3 are not zero, t1 + t2 close to -t3 at the ends of an interval. Their
# roundings cost u(|t1| + |t2| + |t3|), at most u(sqrt 2 + 1)|t3|; the first addition gives a sum of
# about |t3| at most in any order and costs u|t3|; the last is exact or costs u times the tiny
# result. Together below 2u(|t1 + t2| + |t3|) = 4u|t3|.
_EVALUATION_ROUNDINGS = 2


class ArcCode:
    """The arc code for one stored type: unit rows on a circle.

    Parameters
    ----------
    dtype : numpy.dtype
        The stored type that coordinates are rounded to.

    Examples
    --------
    >>> from hrgeom.constructions.covers import laminar_cover
    >>> from hrgeom.core import Relevance
    >>> (class_,) = laminar_cover(Relevance.from_sets([{0}, {0, 1}, {0, 2}], 3))
    >>> block = ArcCode(np.dtype("float32")).block(class_, n_classes=1)
    >>> block.table.shape, block.fits, round(block.margin, 4)
    ((3, 2), True, 0.5145)
    """

    name = "arc"

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self.dtype = dtype
        work = np.float64 if dtype == np.float64 else np.float32
        self._unit = float(np.finfo(work).eps) / 2
        self._stored_unit = 2.0**-8 if dtype.name == "bfloat16" else float(np.finfo(dtype).eps) / 2

    def _beta(self, n_classes: int) -> float:
        return float(n_classes**0.25)

    def _query_length(self, n_classes: int) -> float:
        return float(np.sqrt(n_classes + self._beta(n_classes) ** 2))

    def query_constant(self, n_classes: int) -> float:
        """Return the last coordinate that all queries have, before rounding.

        Parameters
        ----------
        n_classes : int
            Number k of classes, whose coordinates make a unit row with it.

        Returns
        -------
        constant : float
            The beta of the theorem over the length of a query.
        """
        return self._beta(n_classes) / self._query_length(n_classes)

    def block(self, class_: IntervalClass, n_classes: int) -> CodeBlock:
        """Return the coordinates of one class, rounded to the stored type.

        Parameters
        ----------
        class_ : IntervalClass
            Intervals of positions.
        n_classes : int
            Number of classes that share a query's unit length.

        Returns
        -------
        block : CodeBlock
            With `fits` False where rounding could cost a sign.
        """
        n = class_.n_positions
        a = 2 * np.pi / n
        beta, length = self._beta(n_classes), self._query_length(n_classes)
        table = (unit_directions(a * np.arange(n)) / length).astype(self.dtype)
        left, right = class_.left, class_.right
        empty, full = class_.is_empty, right - left + 1 == n
        half = (right - left) / 2
        tau = (np.cos(a * half) + np.cos(a * (half + 1))) / 2
        gap = np.sin(a * (half + 0.5)) * np.sin(a / 2)
        document = np.hypot(1.0, tau / beta)
        rows = unit_directions(a * (left + right) / 2) / document[:, None]
        rows[empty | full] = 0
        rows = rows.astype(self.dtype)
        constant = float(self.dtype.type(self.query_constant(n_classes)))
        inside, outside = self._ends(table, rows, class_)
        constants = -(inside + outside) / (2 * constant)
        constants[empty], constants[full] = -1.0, 1.0
        constants = constants.astype(self.dtype)
        return CodeBlock(
            table=table,
            rows=rows,
            constants=constants,
            fits=self._fits(class_, inside, outside, constants, constant),
            margin=float((gap / (length * document))[~(empty | full)].min(initial=constant)),
            stored_margin=self._stored_margin(inside, outside, constants, constant, empty | full),
        )

    def _stored_margin(
        self,
        inside: NDArray[np.float64],
        outside: NDArray[np.float64],
        constants: NDArray[Any],
        constant: float,
        trivial: NDArray[np.bool_],
    ) -> float:
        """The margin of the rounded numbers, whose rows are as good as unit rows."""
        shift = constants.astype(np.float64) * constant
        gap = np.minimum(inside + shift, -(outside + shift))[~trivial]
        return float(gap.min(initial=constant)) * (1 - 8 * self._stored_unit) - 1e-15

    @staticmethod
    def _ends(
        table: NDArray[Any], rows: NDArray[Any], class_: IntervalClass
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the least score inside each interval, and the largest outside.

        Of the stored numbers in float64, at the ends; two positions deep, as rounding may swap
        close ones.
        """
        n = class_.n_positions
        width = class_.right - class_.left + 1

        def scores(position: NDArray[np.int64]) -> NDArray[np.float64]:
            q = table[position % n].astype(np.float64)
            return np.asarray((q * rows.astype(np.float64)).sum(axis=1))

        one = np.minimum(1, np.maximum(width - 1, 0))
        inside = np.minimum.reduce(
            [scores(p) for p in (class_.left, class_.left + one, class_.right, class_.right - one)]
        )
        two = np.minimum(2, np.maximum(n - width, 1))
        outside = np.maximum.reduce(
            [
                scores(p)
                for p in (class_.left - 1, class_.left - two, class_.right + 1, class_.right + two)
            ]
        )
        return inside, outside

    def _fits(
        self,
        class_: IntervalClass,
        inside: NDArray[np.float64],
        outside: NDArray[np.float64],
        constants: NDArray[Any],
        constant: float,
    ) -> bool:
        shift = constants.astype(np.float64) * constant
        usual = ~(class_.is_empty | (class_.right - class_.left + 1 == class_.n_positions))
        gap = np.minimum(inside + shift, -(outside + shift))[usual]
        lost = _EVALUATION_ROUNDINGS * self._unit * (np.abs(inside) + np.abs(shift))[usual]
        return bool(np.all(gap > lost))


def unit_directions(angles: NDArray[Any]) -> NDArray[np.float64]:
    """Return the unit vectors of some angles.

    Parameters
    ----------
    angles : ndarray of float, shape (n,)
        In radians, counterclockwise from the first axis.

    Returns
    -------
    directions : ndarray of float64, shape (n, 2)
        Cosine and sine of each angle.

    Examples
    --------
    >>> unit_directions(np.array([0.0, np.pi / 2])).round(6)
    array([[1., 0.],
           [0., 1.]])
    """
    return np.column_stack((np.cos(angles), np.sin(angles)))
