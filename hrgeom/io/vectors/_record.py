"""The record that hrgeom leaves in files of named arrays, so that it reads back what it wrote.

It is a JSON object: format and version, the threshold, and labels where the format has no other
place for them. Files without it are read as they are.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.checks import RowNumbers
from hrgeom._base.floats import is_float
from hrgeom._base.json_text import parse_json
from hrgeom._base.versions import check_version
from hrgeom.core import DualEmbedding
from hrgeom.errors import FormatError

__all__ = [
    "NUMBERED",
    "RECORD",
    "SCALES",
    "arrays_of",
    "numbered_sides",
    "parsed_record",
    "record_of",
]

RECORD = "_hrgeom"
"""Name of the record among the arrays or metadata of a file."""
SCALES = ("query_scale", "document_scale")
"""Arrays of scales, of no axis or one number per row; scales of 1 are left out."""
NUMBERED = "numbered"
"""Field that names the sides without labels of their own; files of earlier versions lack it."""
_FORMAT = ("hrgeom-vectors", 1)


def numbered_sides(embedding: DualEmbedding) -> list[str]:
    """Return the sides of an embedding that nobody gave labels, among queries and documents."""
    labels = {"queries": embedding.query_labels, "documents": embedding.document_labels}
    return [side for side, given in labels.items() if isinstance(given, RowNumbers)]


def record_of(embedding: DualEmbedding, **more: Any) -> str:
    """Return the record of an embedding as text."""
    format, version = _FORMAT
    head = {
        "format": format,
        "format_version": version,
        "threshold": embedding.threshold,
        NUMBERED: numbered_sides(embedding),
    }
    return json.dumps(head | more, allow_nan=False)


def parsed_record(text: str, path: str) -> dict[str, Any]:
    """Return a record, its version checked.

    Raises
    ------
    FormatError
        If it is no record, or that of a newer version.
    """
    try:
        record = parse_json(text)
    except FormatError as error:
        raise FormatError(f"{path} must hold a readable record {RECORD!r}: {error}") from None
    if not isinstance(record, dict):
        raise FormatError(f"{path} must hold a JSON object as {RECORD!r}: got {record!r}")
    check_version(record.get("format"), record.get("format_version"), expected=_FORMAT, what=path)
    threshold = record.get("threshold")
    if not (threshold is None or is_float(threshold)):
        raise FormatError(
            f"{path} must state a number that float64 holds as threshold: got {threshold!r}"
        )
    return record


def arrays_of(embedding: DualEmbedding) -> dict[str, NDArray[Any]]:
    """Return the arrays of an embedding by name: both sides, and scales other than 1."""
    arrays = {"queries": embedding.queries, "documents": embedding.documents}
    for name in SCALES:
        scale = np.asarray(getattr(embedding, name), dtype=np.float32)
        if scale.ndim or scale != 1:
            arrays[name] = scale
    return arrays
