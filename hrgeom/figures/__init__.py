"""Figures of frontiers and comparisons (needs matplotlib, extra `plots`)."""

from hrgeom.figures._compare import causes_figure, recall_figure
from hrgeom.figures._frontier import COLORS, MARKERS, frontier_figure

__all__ = ["COLORS", "MARKERS", "causes_figure", "frontier_figure", "recall_figure"]
