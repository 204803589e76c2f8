"""Figures of a comparison of models; importing this module imports matplotlib."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from hrgeom.diagnosis import Comparison
from hrgeom.figures._frontier import COLORS, MARKERS

__all__ = ["CAUSE_COLORS", "causes_figure", "recall_figure"]

CAUSE_COLORS = {
    "holds": "#009E73",
    "exact": "#56B4E9",
    "queries": "#E69F00",
    "documents": "#D55E00",
    "undecided": "#BBBBBB",
}
_MEANING = {
    "holds": "all of S(q) on top",
    "exact": "exact: a tie in floating point only",
    "queries": "another query vector would be exact",
    "documents": "no query vector is: the documents forbid it",
    "undecided": "undecided",
}


def recall_figure(comparison: Comparison) -> Figure:
    """Plot recall against the distance from query to ancestor, one line per model.

    Below, bars show the number of pairs at each distance: few pairs make recall uncertain.

    Parameters
    ----------
    comparison : Comparison
        Models compared on a hierarchy; judgments have no distances.

    Returns
    -------
    figure : matplotlib.figure.Figure
        Solid lines are models whose certificate holds, dashed lines are others.

    Examples
    --------
    >>> from hrgeom.datasets import perfect_tree
    >>> from hrgeom.diagnosis import compare
    >>> from hrgeom.models import read_model
    >>> tree = perfect_tree(2, 3)
    >>> found = compare([read_model("construction", tree.relevance)], tree)
    >>> [axes.get_ylabel() for axes in recall_figure(found).axes][1]
    'pairs'
    """
    figure = Figure(figsize=(7.5, 5.0), layout="constrained")
    axes, below = figure.subplots(2, 1, sharex=True, height_ratios=(4, 1))
    for i, report in enumerate(comparison.reports):
        known = np.flatnonzero(np.isfinite(report.recall))
        axes.plot(
            known,
            100 * report.recall[known],
            color=COLORS[i % len(COLORS)],
            marker=MARKERS[i % len(MARKERS)],
            # Lines may coincide: earlier ones show around later ones.
            markersize=max(4.0, 9.0 - 1.5 * i),
            linewidth=max(1.0, 2.5 - 0.4 * i),
            linestyle="-" if report.certificate.holds else "--",
            label=f"{report.name} (d = {report.dim}, {report.dtype})",
            zorder=3,
        )
    rule = "in the top |S(q)|" if comparison.notion == "row" else "above the threshold"
    axes.set(ylabel=f"recall, %\n({rule})", ylim=(-2, 103))
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8, loc="best", title="solid: certified, all pairs", title_fontsize=8)
    n_pairs = comparison.reports[0].metrics.n_pairs
    below.bar(np.arange(len(n_pairs)), n_pairs, color="0.6")
    below.set(xlabel="distance from query to ancestor", ylabel="pairs", yscale="log")
    below.set_xticks(np.arange(len(n_pairs)))
    below.grid(alpha=0.3, axis="y")
    return figure


def causes_figure(comparison: Comparison) -> Figure:
    """Plot one bar per model: the share of queries that hold, and of those that fail by cause.

    The share that fails is certified over all queries; its split by cause is that of the sample
    that was diagnosed.

    Parameters
    ----------
    comparison : Comparison
        Models compared on the same queries.

    Returns
    -------
    figure : matplotlib.figure.Figure
        Horizontal bars, in per cent of the queries.

    Examples
    --------
    >>> from hrgeom.datasets import perfect_tree
    >>> from hrgeom.diagnosis import compare
    >>> from hrgeom.models import read_model
    >>> tree = perfect_tree(2, 3)
    >>> found = compare([read_model("construction", tree.relevance)], tree)
    >>> causes_figure(found).axes[0].get_xlabel()
    'queries, %'
    """
    reports = comparison.reports
    figure = Figure(figsize=(7.5, 1.7 + 0.55 * len(reports)), layout="constrained")
    axes = figure.add_subplot()
    at = np.arange(len(reports))
    shares = {cause: np.zeros(len(reports)) for cause in CAUSE_COLORS}
    for i, report in enumerate(reports):
        failing = report.certificate.n_violating_queries / report.certificate.n_queries
        shares["holds"][i] = 1 - failing
        if report.diagnosis is None:
            shares["undecided"][i] = failing
            continue
        for cause, count in report.diagnosis.counts.items():
            shares[cause][i] = failing * count / len(report.failing)
    left = np.zeros(len(reports))
    for cause, share in shares.items():
        if not share.any():
            continue
        axes.barh(
            at,
            100 * share,
            left=100 * left,
            height=0.62,
            color=CAUSE_COLORS[cause],
            label=_MEANING[cause],
        )
        for i in np.flatnonzero(share >= 0.055).tolist():
            text = f"{100 * share[i]:.1f} %"
            axes.text(100 * (left[i] + share[i] / 2), i, text, ha="center", va="center", fontsize=8)
        left += share
    axes.set_yticks(at, [f"{r.name}\nd = {r.dim}" for r in reports], fontsize=9)
    axes.invert_yaxis()
    most = max(len(report.failing) for report in reports)
    split = f"; split by cause after at most {most:,} failing queries per model" if most else ""
    axes.set(xlabel=f"queries, %{split}", xlim=(0, 100))
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    handles = axes.get_legend_handles_labels()
    figure.legend(*handles, loc="outside upper center", ncols=2, fontsize=9, frameon=False)
    return figure
