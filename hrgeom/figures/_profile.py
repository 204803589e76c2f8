"""Figure of the depth profile of a hierarchy; importing this module imports matplotlib."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from hrgeom.core import Hierarchy
from hrgeom.figures._frontier import COLORS

__all__ = ["profile_figure"]


def profile_figure(hierarchy: Hierarchy) -> Figure:
    """Plot how many nodes are on each level, and how many ancestors nodes have.

    Parameters
    ----------
    hierarchy : Hierarchy
        What to draw.

    Returns
    -------
    figure : matplotlib.figure.Figure
        Left: nodes by level, leaves among them. Right: nodes by number of ancestors, themselves
        included.

    Examples
    --------
    >>> from hrgeom.datasets import perfect_tree
    >>> profile_figure(perfect_tree(2, 3)).axes[0].get_xlabel()
    'level, roots 0'
    """
    figure = Figure(figsize=(8.5, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    n_levels = hierarchy.n_levels
    nodes = np.bincount(hierarchy.levels, minlength=n_levels)
    leaves = np.bincount(hierarchy.levels[hierarchy.leaves], minlength=n_levels)
    at = np.arange(n_levels)
    left.bar(at, nodes - leaves, color=COLORS[0], label="with children", width=0.9)
    left.bar(at, leaves, bottom=nodes - leaves, color=COLORS[5], label="leaves", width=0.9)
    left.set(xlabel="level, roots 0", ylabel="nodes")
    left.legend(fontsize=8, frameon=False)
    counts = hierarchy.relevance.histogram
    right.bar(np.arange(len(counts)), counts, color=COLORS[2], width=0.9)
    right.set(xlabel="ancestors of a node, itself included", ylabel="nodes")
    for axes in (left, right):
        axes.grid(alpha=0.3, axis="y")
        axes.spines[["top", "right"]].set_visible(False)
    return figure
