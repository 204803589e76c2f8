"""The charts of a report: margins, recall, frontier, levels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.bounds import strongest
from hrgeom.checker import Certificate
from hrgeom.report._facts import Facts
from hrgeom.report._measured import histogram
from hrgeom.report._report import EmbeddingReport, Report
from hrgeom.report._svg import Axis, Chart, linear_ticks, log_ticks
from hrgeom.report._words import number, shown

__all__ = ["Drawn", "frontier_chart", "levels_chart", "margin_chart", "recall_chart"]

_BINS = 60
_MOST_ROWS = 60  # of a table, and marks of a line


@dataclass(frozen=True)
class Drawn:
    """A chart and its numbers.

    Attributes
    ----------
    svg : str
    head : tuple of str
        Columns of the table.
    rows : tuple of tuple of str
        The numbers in it.
    keys : tuple of (str, str)
        Class of a mark -> what it stands for.
    """

    svg: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    keys: tuple[tuple[str, str], ...] = ()


def margin_chart(one: EmbeddingReport) -> Drawn:
    """Return how far the extreme scores of each query are from the threshold."""
    certificate = one.certificate
    level = certificate.threshold if certificate.notion == "global" else None
    kinds = one.measured.extremes.gaps(level)
    values = np.concatenate([*kinds.values(), np.zeros(1)])
    low, high = float(values.min()), float(values.max())
    low, high = (low, high) if high > low else (low - 1, high + 1)
    counts = {name: histogram(found, low, high, _BINS) for name, found in kinds.items()}
    most = max(1, *(int(found.max()) for found in counts.values()))
    title = "score minus threshold" if level is not None else "half the gap of a query's scores"
    chart = Chart(
        Axis(low, high, linear_ticks(low, high), title),
        Axis(0, most * 1.06, linear_ticks(0, most, 4), "queries"),
        f"Histogram of {title}; the table below has its numbers",
    )
    margin = certificate.margin_lower_bound or 0.0
    is_free = certificate.holds and level is not None and margin > 0
    if is_free:
        chart.region(-margin, margin, 0, most * 1.06, "free")
    edges = np.linspace(low, high, _BINS + 1).tolist()
    for name, found in counts.items():
        chart.bars(edges, found.tolist(), name)
    chart.upright(0, "level")
    rows = [
        (f"{edges[i]:.4g} to {edges[i + 1]:.4g}", *(f"{c[i]:,}" for c in counts.values()))
        for i in range(_BINS)
        if any(c[i] for c in counts.values())
    ]
    keys = [(name, f"{_KIND[name]}, per query") for name in counts]
    if is_free:
        keys.append(("free", f"no score at all, certified: {number(margin)} to each side"))
    return Drawn(chart.svg(), (title, *map(_KIND.__getitem__, counts)), tuple(rows), tuple(keys))


_KIND = {
    "matches": "lowest score of an ancestor",
    "others": "highest score of any other document",
    "gaps": "half the gap",
}


def recall_chart(report: Report) -> Drawn | None:
    """Return recall by distance of all embeddings, or None if it is not known."""
    known = [(one, one.measured.recall) for one in report.embeddings]
    found = [(one, recall) for one, recall in known if recall is not None]
    if not found:
        return None
    n = max(len(recall.recall) for _, recall in found)
    shown_at = range(0, n, math.ceil(n / _MOST_ROWS))
    chart = Chart(
        Axis(-0.5, n - 0.5, _whole_ticks(n), "steps from query up to ancestor"),
        Axis(0, 104, [0, 25, 50, 75, 100], "retrieved, %"),
        "Recall by distance; the table below has its numbers",
    )
    for i, (one, recall) in enumerate(found):
        kind = f"series{i % 6}"
        known_at = np.flatnonzero(np.isfinite(recall.recall)).tolist()
        at = [(d, 100 * float(recall.recall[d])) for d in known_at if d in shown_at]
        chart.line(at, kind)
        for x, y in at:
            chart.dot(x, y, kind, f"{shown(one.name)}, distance {x}: {y:.2f} %")
    pairs = max((recall.n_pairs for _, recall in found), key=len)
    rows = [
        (str(d), f"{pairs[d]:,}", *(_per_cent(recall.recall, d) for _, recall in found))
        for d in shown_at
    ]
    keys = tuple((f"series{i % 6}", shown(one.name)) for i, (one, _) in enumerate(found))
    return Drawn(chart.svg(), ("steps", "pairs", *(name for _, name in keys)), tuple(rows), keys)


def _whole_ticks(n: int) -> list[float]:
    step = max(1, math.ceil(n / 12))
    return [float(k) for k in range(0, n, step)]


def _per_cent(recall: NDArray[Any], distance: int) -> str:
    value = float(recall[distance]) if distance < len(recall) else math.nan
    return "none" if value != value else f"{100 * value:.2f} %"


def frontier_chart(report: Report) -> Drawn | None:
    """Return margin against dimension: what is promised, what is here, what is impossible."""
    here = [(one, _margin(one.certificate)) for one in report.embeddings]
    mine = [(one, margin) for one, margin in here if margin]
    points = [point for point in report.points if point.margin]
    if not mine and not points:
        return None
    dims = [p.dim for p in points] + [one.embedding.dim for one, _ in mine]
    margins = [p.margin or 0.0 for p in points] + [margin for _, margin in mine]
    ceiling = strongest(report.bounds, "margin", "upper", "global")
    least = strongest(report.bounds, "dimension", "lower", "global")
    top = max([*margins, float(ceiling.value or 0) if ceiling else 0.0]) * 1.6
    left = max(1.0, min([*dims, float(least.value or 1e9) if least else 1e9]) * 0.8)
    x = Axis(left, max(dims) * 1.25, [], "dimensions d", is_log=True)
    y = Axis(min(margins) / 1.6, top, [], "margin, unit rows", is_log=True)
    x = Axis(x.low, x.high, _dim_ticks(x.low, x.high), x.title, is_log=True)
    y = Axis(y.low, y.high, log_ticks(y.low, y.high), y.title, is_log=True)
    chart = Chart(x, y, "Margin against dimension; the table below has its numbers")
    if ceiling is not None and ceiling.value:
        chart.region(x.low, x.high, float(ceiling.value), y.high, "never")
    if least is not None and least.value and least.value > x.low:
        chart.region(x.low, float(least.value), y.low, y.high, "never")
    rows = []
    for dtype in dict.fromkeys(point.dtype for point in points):
        line = [point for point in points if point.dtype == dtype]
        chart.line([(p.dim, p.margin or 0.0) for p in line], "promised")
        for p in line:
            said = f"{p.construction}, {dtype}: d = {p.dim}, margin {number(p.margin)}, promised"
            chart.dot(p.dim, p.margin or 0.0, "promised", said)
            rows.append((p.construction, dtype, f"{p.dim:,}", number(p.margin), "promised"))
    for i, (one, margin) in enumerate(mine):
        name, dtype = shown(one.name), str(one.embedding.dtype)
        said = f"{name}: d = {one.embedding.dim}, margin {number(margin)}, certified"
        chart.diamond(one.embedding.dim, margin, f"series{i % 6}", said)
        rows.insert(i, (name, dtype, f"{one.embedding.dim:,}", number(margin), "certified"))
    keys = [(f"series{i % 6}", shown(one.name)) for i, (one, _) in enumerate(mine)]
    keys.append(("promised", "promised by constructions"))
    if ceiling is not None or least is not None:
        keys.append(("never", "no embedding can be here"))
    head = ("embedding or construction", "stored type", "d", "margin", "how sure")
    return Drawn(chart.svg(), head, tuple(rows), tuple(keys))


def _margin(certificate: Certificate) -> float | None:
    return certificate.normalized_margin_lower_bound if certificate.holds else None


def _dim_ticks(low: float, high: float) -> list[float]:
    powers = [2.0**k for k in range(0, 40) if low <= 2.0**k <= high]
    return powers[:: max(1, math.ceil(len(powers) / 8))]


def levels_chart(facts: Facts) -> Drawn:
    """Return the number of nodes on each level, or on each few where there are many."""
    per_bar = math.ceil(len(facts.nodes_by_level) / _MOST_ROWS)
    starts = list(range(0, len(facts.nodes_by_level), per_bar))
    counts = [sum(facts.nodes_by_level[k : k + per_bar]) for k in starts]
    most, n = max(counts), len(counts) * per_bar
    marks = [k + 0.5 * per_bar for k in starts[:: max(1, math.ceil(len(starts) / 12))]]
    chart = Chart(
        Axis(0, n, marks, "level, roots 0", form=lambda at: f"{at - 0.5 * per_bar:.0f}"),
        Axis(0, most * 1.06, linear_ticks(0, most, 4), "nodes"),
        "Nodes by level; the table below has its numbers",
    )
    chart.bars([*map(float, starts), float(n)], list(map(float, counts)), "plain")
    rows = tuple((str(k), f"{count:,}") for k, count in zip(starts, counts, strict=True))
    return Drawn(chart.svg(), ("from level", "nodes"), rows)
