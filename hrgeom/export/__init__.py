"""Exports to engines and files: written, queried as pasted, and checked against S(q)."""

from hrgeom.export._check import Check, Wrong
from hrgeom.export._export import SAMPLE, Exported, export_embedding
from hrgeom.export._interface import TARGET_GROUP, Engine, ExportTarget, Handover, Query
from hrgeom.export._registry import export_targets
from hrgeom.export._units import Units
from hrgeom.export._vector_files import vector_file_query

__all__ = [
    "SAMPLE",
    "TARGET_GROUP",
    "Check",
    "Engine",
    "ExportTarget",
    "Exported",
    "Handover",
    "Query",
    "Units",
    "Wrong",
    "export_embedding",
    "export_targets",
    "vector_file_query",
]
