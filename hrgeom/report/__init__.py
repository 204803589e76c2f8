"""Reports: one page about embeddings of a hierarchy, and the explorer in it as a widget."""

from hrgeom.report._page import page
from hrgeom.report._report import N_QUERIES, EmbeddingReport, Report, build_report
from hrgeom.report._widget import explorer

__all__ = ["N_QUERIES", "EmbeddingReport", "Report", "build_report", "explorer", "page"]
