"""Figures of hierarchies, frontiers and comparisons (needs matplotlib, extra `plots`)."""

from hrgeom.figures._arcs import MOST_ARCS, arcs_figure
from hrgeom.figures._compare import causes_figure, recall_figure
from hrgeom.figures._frontier import COLORS, MARKERS, frontier_figure
from hrgeom.figures._profile import profile_figure

__all__ = [
    "COLORS",
    "MARKERS",
    "MOST_ARCS",
    "arcs_figure",
    "causes_figure",
    "frontier_figure",
    "profile_figure",
    "recall_figure",
]
