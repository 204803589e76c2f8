"""Least dimensions of all four settings: what results of lower bounds have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod

from hrgeom.bounds._theorem import Setting, Statement

__all__ = ["LeastDimensions"]


class LeastDimensions(ABC):
    """Base of the results of lower bounds on the dimension.

    Every setting is a special case of the one before, so each property defaults to the one before:
    a theorem overrides those of which it says more.
    """

    @property
    @abstractmethod
    def row(self) -> int:
        """Least dimension with a threshold for every query."""

    @property
    def any_threshold(self) -> int:
        """Least dimension with one threshold, of any value, and rows of any length."""
        return self.row

    @property
    def normalized(self) -> int:
        """Least dimension with one threshold and a positive margin between rows of unit length."""
        return self.any_threshold

    @property
    def threshold_zero(self) -> int:
        """Least dimension with threshold 0."""
        return self.normalized

    @property
    def value(self) -> int:
        """The bound that holds in every setting, `row`."""
        return self.row

    def statements(self, reason: str, margin: float | None = None) -> list[Statement]:
        """Return the values that do not follow from an easier setting, the easiest first."""
        values: dict[Setting, int] = {
            "row": self.row,
            "global": self.any_threshold,
            "unit": self.normalized,
            "zero": self.threshold_zero,
        }
        found: list[Statement] = []
        for setting, value in values.items():
            if not found or value > found[-1].value:
                found.append(Statement(setting, value, reason, margin))
        return found
