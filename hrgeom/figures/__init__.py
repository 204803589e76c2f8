"""Figures with matplotlib (extra `plots`)."""

from hrgeom.figures._compare import causes_figure, recall_figure
from hrgeom.figures._frontier import COLOURS, MARKERS, frontier_figure

__all__ = ["COLOURS", "MARKERS", "causes_figure", "frontier_figure", "recall_figure"]
