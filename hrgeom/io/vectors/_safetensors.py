"""Tensors of a safetensors file (package `safetensors`, extra `models`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hrgeom._base.optional import imported
from hrgeom.core import DualEmbedding
from hrgeom.errors import FormatError
from hrgeom.io.vectors._alignment import Vectors
from hrgeom.io.vectors._format import NAMED_OPTIONS, VectorFormat, Wanted
from hrgeom.io.vectors._named_arrays import chosen_names
from hrgeom.io.vectors._record import RECORD, SCALES, arrays_of, parsed_record, record_of

__all__ = ["SAFETENSORS", "read_safetensors"]

_EXTRA = "'hrgeom[models]'"


def read_safetensors(path: str, wanted: Wanted) -> Vectors:
    """Read the two tensors from a safetensors file; no others are loaded.

    Of a file that hrgeom wrote, labels, threshold and scales are read as well.

    Raises
    ------
    FormatError
        If it is no safetensors file, or does not say which tensors are wanted.
    HrgeomError
        If the package is not installed.
    """
    library = imported("safetensors", "reading safetensors files", _EXTRA)
    try:
        imported("ml_dtypes", "reading bfloat16", "ml_dtypes")  # the library then knows the type
        with library.safe_open(path, framework="np") as file:
            shapes = {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118
            text = (file.metadata() or {}).get(RECORD)
            record: dict[str, Any] = {} if text is None else parsed_record(text, path)
            scales = {name: file.get_tensor(name) for name in SCALES if record and name in shapes}
            n_rows = wanted.n_rows or (0, 0)
            names = {name: s for name, s in shapes.items() if name not in scales}
            queries, documents = chosen_names(
                names, (wanted.queries, wanted.documents), _rows_needed(record, n_rows), path
            )
            rows = file.get_tensor(queries)
            others = rows if documents == queries else file.get_tensor(documents)
            return Vectors(
                rows,
                others,
                _labels(record, "query_labels", path),
                _labels(record, "document_labels", path),
                path,
                threshold=record.get("threshold"),
                **scales,
            )
    except library.SafetensorError as error:
        raise FormatError(f"{path} must be a safetensors file: {error}") from None


def write_safetensors(embedding: DualEmbedding, path: Path) -> None:
    """Write queries, documents, scales other than 1, and the record with the labels as metadata.

    Raises
    ------
    HrgeomError
        If the package is not installed.
    """
    library = imported("safetensors.numpy", "writing safetensors files", _EXTRA)
    labels = {side: getattr(embedding, side) for side in ("query_labels", "document_labels")}
    record = record_of(embedding, **labels)
    library.save_file(arrays_of(embedding), path, metadata={RECORD: record})


def _rows_needed(record: dict[str, Any], n_rows: tuple[int, int]) -> tuple[int, int]:
    sides = ("query_labels", "document_labels")
    found = [len(record[s]) if s in record else n for s, n in zip(sides, n_rows, strict=True)]
    return found[0], found[1]


def _labels(record: dict[str, Any], side: str, path: str) -> tuple[str, ...] | None:
    labels = record.get(side)
    if labels is None:
        return None
    if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
        raise FormatError(f"{path} must state a list of text as {side}: got something else")
    return tuple(labels)


def _certainty(path: Path, start: bytes) -> float:
    return 0.7 if path.suffix.lower() == ".safetensors" or start[8:9] == b"{" else 0.0


SAFETENSORS = VectorFormat(
    name="safetensors",
    suffixes=(".safetensors",),
    description="named tensors of safetensors",
    options=NAMED_OPTIONS,
    extra=_EXTRA,
    sniff=_certainty,
    read=read_safetensors,
    write=write_safetensors,
    keeps=("labels", "scales", "threshold"),
)
