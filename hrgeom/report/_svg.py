"""Axes and marks of a small chart in SVG; colors come from classes, so that themes apply."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from html import escape

__all__ = ["HEIGHT", "WIDTH", "Axis", "Chart", "linear_ticks", "log_ticks", "short"]

WIDTH, HEIGHT = 460, 290
_LEFT, _RIGHT, _TOP, _BOTTOM = 66, 14, 14, 46


@dataclass(frozen=True)
class Axis:
    """From values to a length: `at` gives the share of the axis, 0 to 1.

    Attributes
    ----------
    low, high : float
        Ends; both above 0 for a logarithmic axis.
    ticks : sequence of float
        Where values are written.
    title : str
        What is measured.
    is_log : bool
        Whether equal factors are equally long.
    form : callable
        Value -> text of a tick.
    """

    low: float
    high: float
    ticks: Sequence[float]
    title: str
    is_log: bool = False
    form: Callable[[float], str] = field(default_factory=lambda: short)

    def at(self, value: float) -> float:
        """Return where a value stands; what is outside stands at an end."""
        low, high = self.low, self.high
        if self.is_log:
            value = math.log(max(value, 1e-300))
            low, high = math.log(low), math.log(high)
        return min(1.0, max(0.0, (value - low) / (high - low))) if high > low else 0.5


def linear_ticks(low: float, high: float, n: int = 5) -> list[float]:
    """Return some round values within a range."""
    if high <= low:
        return [low]
    step = 10.0 ** math.floor(math.log10((high - low) / n))
    step *= next(k for k in (1, 2, 5, 10) if (high - low) / (step * k) <= n)
    first = math.ceil(low / step - 1e-9)
    return [k * step for k in range(first, math.floor(high / step + 1e-9) + 1)]


def log_ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Return powers of ten within a range, or 1, 2 and 5 times them where there are few."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    tens = [10.0**p for p in powers if low <= 10.0**p <= high]
    if len(tens) < 2:
        return [k * 10.0**p for p in powers for k in (1, 2, 5) if low <= k * 10.0**p <= high]
    return tens[:: max(1, math.ceil(len(tens) / most))]


def short(value: float) -> str:
    """Return a value in few signs.

    >>> short(25000), short(0.05), short(1e-7)
    ('25k', '0.05', '1e-7')
    """
    if value == 0:
        return "0"
    if abs(value) >= 1e6:
        return f"{value / 1e6:.3g}M"
    if abs(value) >= 10_000:
        return f"{value / 1e3:.3g}k"
    if abs(value) < 1e-3:
        digits, power = f"{value:.3e}".split("e")
        return f"{float(digits):g}e{int(power)}"
    return f"{value:.4g}"


class Chart:
    """A chart that is put together mark by mark.

    Parameters
    ----------
    x, y : Axis
    label : str
        What a screen reader says of it.
    """

    def __init__(self, x: Axis, y: Axis, label: str) -> None:
        self.x, self.y, self.label = x, y, label
        self._marks: list[str] = []

    def px(self, value: float) -> float:
        """Return the horizontal place of a value, in pixels."""
        return _LEFT + self.x.at(value) * (WIDTH - _LEFT - _RIGHT)

    def py(self, value: float) -> float:
        """Return the vertical place of a value, in pixels."""
        return HEIGHT - _BOTTOM - self.y.at(value) * (HEIGHT - _TOP - _BOTTOM)

    def bars(self, edges: Sequence[float], heights: Sequence[float], kind: str) -> None:
        """Draw bars between edges; those of height 0 are left out."""
        floor = self.py(self.y.low)
        for i, height in enumerate(heights):
            if height <= 0:
                continue
            left, right = self.px(edges[i]), self.px(edges[i + 1])
            top = min(self.py(height), floor - 1)
            self._marks.append(
                f'<rect class="bar {kind}" x="{left + 0.5:.1f}" y="{top:.1f}" '
                f'width="{max(0.8, right - left - 1):.1f}" height="{floor - top:.1f}"/>'
            )

    def line(self, points: Iterable[tuple[float, float]], kind: str) -> None:
        """Draw a line through points."""
        path = " ".join(f"{self.px(x):.1f},{self.py(y):.1f}" for x, y in points)
        self._marks.append(f'<polyline class="line {kind}" points="{path}"/>')

    def dot(self, x: float, y: float, kind: str, title: str = "", radius: float = 3.5) -> None:
        """Draw a point, with a title that a pointer over it shows."""
        inside = f"<title>{escape(title)}</title>" if title else ""
        self._marks.append(
            f'<circle class="dot {kind}" cx="{self.px(x):.1f}" cy="{self.py(y):.1f}" '
            f'r="{radius}">{inside}</circle>'
        )

    def diamond(self, x: float, y: float, kind: str, title: str) -> None:
        """Draw a large mark."""
        cx, cy, r = self.px(x), self.py(y), 8
        path = f"M{cx:.1f} {cy - r:.1f}l{r} {r}l-{r} {r}l-{r} -{r}z"
        self._marks.append(
            f'<path class="diamond {kind}" d="{path}"><title>{escape(title)}</title></path>'
        )

    def region(self, x0: float, x1: float, y0: float, y1: float, kind: str) -> None:
        """Shade a rectangle."""
        left, right, top, floor = self.px(x0), self.px(x1), self.py(y1), self.py(y0)
        self._marks.append(
            f'<rect class="region {kind}" x="{left:.1f}" y="{top:.1f}" '
            f'width="{max(0.0, right - left):.1f}" height="{max(0.0, floor - top):.1f}"/>'
        )

    def upright(self, x: float, kind: str) -> None:
        """Draw a vertical line from the floor to the top."""
        self._marks.append(
            f'<line class="rule {kind}" x1="{self.px(x):.1f}" x2="{self.px(x):.1f}" '
            f'y1="{_TOP}" y2="{HEIGHT - _BOTTOM}"/>'
        )

    def text(self, x: float, y: float, text: str, *, anchor: str = "start", up: float = 0) -> None:
        """Write beside a point."""
        self._marks.append(
            f'<text class="note" x="{self.px(x):.1f}" y="{self.py(y) - up:.1f}" '
            f'text-anchor="{anchor}">{escape(text)}</text>'
        )

    def svg(self) -> str:
        """Return the chart."""
        return (
            f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
            f'aria-label="{escape(self.label)}">{self._axes()}{"".join(self._marks)}</svg>'
        )

    def _axes(self) -> str:
        floor, right = HEIGHT - _BOTTOM, WIDTH - _RIGHT
        parts = [f'<line class="axis" x1="{_LEFT}" x2="{right}" y1="{floor}" y2="{floor}"/>']
        for tick in self.y.ticks:
            y = self.py(tick)
            parts.append(
                f'<line class="grid" x1="{_LEFT}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>'
                f'<text class="tick" x="{_LEFT - 7}" y="{y + 4:.1f}" text-anchor="end">'
                f"{escape(self.y.form(tick))}</text>"
            )
        parts += [
            f'<text class="tick" x="{self.px(tick):.1f}" y="{floor + 17}" '
            f'text-anchor="middle">{escape(self.x.form(tick))}</text>'
            for tick in self.x.ticks
        ]
        middle = (_LEFT + right) / 2
        parts.append(
            f'<text class="title" x="{middle:.0f}" y="{HEIGHT - 6}" text-anchor="middle">'
            f"{escape(self.x.title)}</text>"
        )
        upright = (_TOP + floor) / 2
        parts.append(
            f'<text class="title" x="13" y="{upright:.0f}" text-anchor="middle" '
            f'transform="rotate(-90 13 {upright:.0f})">{escape(self.y.title)}</text>'
        )
        return "".join(parts)
