"""Tensors of a safetensors file, read without its package and written with it (extra `models`).

A file is the length of a header in eight bytes, the header in JSON, and the numbers. The package
returns no NumPy array for the types of fewer than 16 bits, so it is read here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.json_text import parse_json
from hrgeom._base.optional import imported
from hrgeom.core import DualEmbedding, as_dtype
from hrgeom.errors import FormatError
from hrgeom.io.vectors._alignment import Vectors
from hrgeom.io.vectors._format import NAMED_OPTIONS, VectorFormat, Wanted
from hrgeom.io.vectors._label_arrays import found_labels, restored_labels
from hrgeom.io.vectors._named_arrays import chosen_names
from hrgeom.io.vectors._record import (
    NUMBERED,
    RECORD,
    SCALES,
    arrays_of,
    parsed_record,
    record_of,
)

__all__ = ["SAFETENSORS", "read_safetensors"]

_EXTRA = "'hrgeom[models]'"
_PLAIN = {
    **{f"F{bits}": f"<f{bits // 8}" for bits in (16, 32, 64)},
    **{f"I{bits}": f"<i{bits // 8}" for bits in (8, 16, 32, 64)},
    **{f"U{bits}": f"<u{bits // 8}" for bits in (8, 16, 32, 64)},
    "BOOL": "?",
}
# Types of ml_dtypes, and a stored type that holds all of their numbers.
_NARROW = {
    "F8_E4M3": ("float8_e4m3fn", "float16"),
    "F8_E5M2": ("float8_e5m2", "float16"),
    "F8_E4M3FNUZ": ("float8_e4m3fnuz", "float16"),
    "F8_E5M2FNUZ": ("float8_e5m2fnuz", "float16"),
    "F8_E8M0": ("float8_e8m0fnu", "float32"),
    "F4": ("float4_e2m1fn", "float16"),
}
_LONGEST_HEADER = 100_000_000  # bytes; the package's own limit


def read_safetensors(path: str, wanted: Wanted) -> Vectors:
    """Read the two tensors from a safetensors file; no others are loaded.

    Labels are one-dimensional tensors of whole numbers, or lists of text in JSON among the
    metadata, with one of the usual names. Of a file that hrgeom wrote, labels, threshold and scales
    are read as well. Types of 8 and 4 bits become float16 (F8_E8M0: float32), which changes no
    number.

    Raises
    ------
    FormatError
        If it is no safetensors file, or does not say which tensors are wanted.
    """
    file = _File(path)
    text = file.metadata.get(RECORD)
    record: dict[str, Any] = {} if text is None else parsed_record(text, path)
    scales: dict[str, Any] = {
        name: file.tensor(name) for name in SCALES if record and name in file.tensors
    }
    shapes = {name: shape for name, shape in file.shapes.items() if name not in scales}
    if record:
        numbered = record.get(NUMBERED)
        of_queries, of_documents = (
            restored_labels(_recorded(record, f"{side}_labels", path), sides, numbered)
            for side, sides in (("query", "queries"), ("document", "documents"))
        )
    else:
        of_queries, of_documents, used = found_labels(file.label_arrays(), wanted, path)
        shapes = {name: shape for name, shape in shapes.items() if name not in used}
    n_rows = wanted.n_rows or (0, 0)
    needed = (
        n_rows[0] if of_queries is None else len(of_queries),
        n_rows[1] if of_documents is None else len(of_documents),
    )
    queries, documents = chosen_names(shapes, (wanted.queries, wanted.documents), needed, path)
    rows = file.tensor(queries)
    return Vectors(
        rows,
        rows if documents == queries else file.tensor(documents),
        of_queries,
        of_documents,
        path,
        threshold=record.get("threshold"),
        **scales,
    )


class _File:
    """The header of a safetensors file, checked; tensors are read when they are asked for."""

    def __init__(self, path: str) -> None:
        self.path = path
        with open(path, "rb") as file:
            size = file.seek(0, 2)
            file.seek(0)
            n = int.from_bytes(file.read(8), "little")
            if size < 8 or n > min(size - 8, _LONGEST_HEADER):
                raise self.error(f"a header of {n:,} bytes in a file of {size:,}")
            text = file.read(n)
        self.start, self.end = 8 + n, size
        self.metadata, self.tensors = self._parsed(text)
        self.shapes = {name: tuple(tensor["shape"]) for name, tensor in self.tensors.items()}

    def error(self, found: str) -> FormatError:
        return FormatError(f"{self.path} must be a safetensors file: got {found}")

    def _parsed(self, text: bytes) -> tuple[dict[str, str], dict[str, dict[str, Any]]]:
        """Return metadata and tensors; places and shapes of tensors must be possible."""
        try:
            header = parse_json(text.decode("utf-8"))
        except (UnicodeDecodeError, FormatError) as error:
            raise self.error(f"a header that is no JSON ({error})") from None
        if not isinstance(header, dict):
            raise self.error("a header that is no JSON object")
        metadata = header.pop("__metadata__", None) or {}
        if not isinstance(metadata, dict) or not all(map(_is_tensor, header.values())):
            raise self.error("a header that does not state dtype, shape and data_offsets")
        for name, tensor in header.items():
            begin, end = tensor["data_offsets"]
            if not 0 <= begin <= end <= self.end - self.start:
                raise self.error(f"{name!r} at bytes {begin} to {end}, where the file has ended")
        return {k: v for k, v in metadata.items() if isinstance(v, str)}, header

    def label_arrays(self) -> dict[str, NDArray[Any]]:
        """Return what may be labels: whole numbers on one axis, lists of text in the metadata."""
        found: dict[str, NDArray[Any]] = {
            name: self.tensor(name)
            for name, tensor in self.tensors.items()
            if len(tensor["shape"]) == 1 and tensor["dtype"][0] in "IU"
        }
        for name, text in self.metadata.items():
            try:
                labels = parse_json(text)
            except FormatError:
                continue
            if isinstance(labels, list) and all(isinstance(label, str) for label in labels):
                found[name] = np.array(labels, dtype=np.str_)
        return found

    def tensor(self, name: str) -> NDArray[Any]:
        """Return a tensor; one of 8 or 4 bits in a type that NumPy computes with."""
        stated = self.tensors[name]
        kind, shape = stated["dtype"], self.shapes[name]
        begin, end = stated["data_offsets"]
        bits = {"BF16": 16, "F4": 4}.get(kind) or (8 if kind in _NARROW else 0)
        bits = bits or (8 * np.dtype(_PLAIN[kind]).itemsize if kind in _PLAIN else 0)
        if not bits:
            known = ", ".join(("BF16", *_PLAIN, *_NARROW))
            raise FormatError(
                f"{self.path}: {name!r} must be in one of the types {known}: got {kind}"
            )
        n = int(np.prod(shape, dtype=object)) if shape else 1
        if (end - begin) * 8 != n * bits:
            raise self.error(f"{name!r} of shape {shape} and type {kind} in {end - begin:,} bytes")
        data = np.fromfile(self.path, np.uint8, end - begin, offset=self.start + begin)
        if kind in _PLAIN:
            return data.view(_PLAIN[kind]).reshape(shape)
        if kind == "BF16":
            bits16 = data.view("<u2").astype(np.uint16, copy=False)
            return bits16.view(as_dtype("bfloat16")).reshape(shape)
        return _widened(data, kind).reshape(shape)


def _widened(data: NDArray[np.uint8], kind: str) -> NDArray[Any]:
    """Return numbers of 8 or 4 bits in a wider type, by a table of all of them."""
    library = imported("ml_dtypes", f"reading {kind}", "ml_dtypes")
    narrow, wide = _NARROW[kind]
    if not hasattr(library, narrow):
        raise FormatError(f"reading {kind} requires ml_dtypes 0.5 or newer; upgrade ml_dtypes")
    if kind == "F4":  # two in a byte, the first in its lower half
        data = np.stack((data & 15, data >> 4), axis=-1).ravel()
    codes = np.arange(16 if kind == "F4" else 256, dtype=np.uint8)
    with np.errstate(invalid="ignore"):
        table: NDArray[Any] = codes.view(getattr(library, narrow)).astype(wide)
    return table[data]


def _is_tensor(stated: Any) -> bool:
    if not isinstance(stated, dict):
        return False
    shape, places = stated.get("shape"), stated.get("data_offsets")
    return (
        isinstance(stated.get("dtype"), str)
        and bool(stated["dtype"])
        and isinstance(shape, list)
        and isinstance(places, list)
        and len(places) == 2
        and all(type(number) is int and number >= 0 for number in (*shape, *places))
    )


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


def _recorded(record: dict[str, Any], side: str, path: str) -> list[str] | None:
    labels = record.get(side)
    if labels is None:
        return None
    if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
        raise FormatError(f"{path} must state a list of text as {side}: got something else")
    return labels


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
