"""Arrays of NumPy: a .npy file for both sides or one per side, or a .npz file with named arrays."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.npy_files import load_npy, read_member
from hrgeom._base.regular_files import check_archive
from hrgeom.core import DualEmbedding
from hrgeom.errors import FormatError
from hrgeom.io.vectors._alignment import Vectors
from hrgeom.io.vectors._format import (
    LABEL_OPTIONS,
    NAMED_OPTIONS,
    VectorFormat,
    Wanted,
    check_one_table,
)
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

__all__ = ["NPY", "NPZ", "read_archive", "read_npy", "read_npz"]

_TYPES = ("float64", "float32", "float16", "int8")  # NumPy has no bfloat16


def read_npy(path: str, wanted: Wanted) -> Vectors:
    """Read vectors from .npy files: one for both sides, or a second one for the documents.

    Raises
    ------
    FormatError
        If a file is no .npy file, or holds objects (a pickle, which is not read).
    """
    rows = _loaded(path)
    return Vectors(
        rows, rows if wanted.documents is None else _loaded(wanted.documents), source=path
    )


def write_npy(embedding: DualEmbedding, path: Path) -> None:
    """Write the one table of an embedding, without labels."""
    check_one_table(embedding, NPY.name)
    with path.open("xb") as file:
        np.save(file, embedding.queries, allow_pickle=False)


def read_npz(path: str, wanted: Wanted) -> Vectors:
    """Read vectors from a .npz file, and labels if it holds them.

    Labels are arrays of text, bytes or whole numbers with one of the usual names, such as `labels`,
    `ids` or `names` for both sides, `query_labels` and `doc_ids` for one; or an array of text with
    another name that holds labels which are wanted.
    Of a file that hrgeom wrote, threshold and scales are read as well.

    Raises
    ------
    FormatError
        If it is no .npz file, holds objects, or does not say which arrays are wanted.
    """
    arrays = read_archive(path)
    record: dict[str, Any] = {}
    scales: dict[str, Any] = {}
    if RECORD in arrays:
        record = parsed_record(str(arrays.pop(RECORD)), path)
        scales = {name: arrays.pop(name) for name in SCALES if name in arrays}
    of_queries, of_documents, used = found_labels(arrays, wanted, path)
    if record:
        of_queries = restored_labels(of_queries, "queries", record.get(NUMBERED))
        of_documents = restored_labels(of_documents, "documents", record.get(NUMBERED))
    n_rows = wanted.n_rows or (0, 0)
    needed = (
        n_rows[0] if of_queries is None else len(of_queries),
        n_rows[1] if of_documents is None else len(of_documents),
    )
    shapes = {name: array.shape for name, array in arrays.items() if name not in used}
    queries, documents = chosen_names(shapes, (wanted.queries, wanted.documents), needed, path)
    return Vectors(
        arrays[queries],
        arrays[documents],
        of_queries,
        of_documents,
        path,
        threshold=record.get("threshold"),
        **scales,
    )


def write_npz(embedding: DualEmbedding, path: Path) -> None:
    """Write queries, documents, labels, scales other than 1 and the record.

    Raises
    ------
    FormatError
        If a label ends in a null character, which NumPy drops.
    """
    arrays = arrays_of(embedding) | {RECORD: np.array(record_of(embedding))}
    if embedding.query_labels == embedding.document_labels:
        arrays["labels"] = _text_array(embedding.query_labels)
    else:
        arrays["query_labels"] = _text_array(embedding.query_labels)
        arrays["document_labels"] = _text_array(embedding.document_labels)
    with path.open("xb") as file:
        np.savez(file, allow_pickle=False, **arrays)


def _text_array(labels: tuple[str, ...]) -> NDArray[np.str_]:
    wrong = [label for label in labels if label.endswith("\0")]
    if wrong:
        raise FormatError(f"labels of a .npz must not end in a null character: got {wrong[0]!r}")
    return np.array(labels, dtype=np.str_)


_REFUSED = (ValueError, EOFError, OSError, zipfile.BadZipFile, zlib.error, lzma.LZMAError)


def read_archive(path: str) -> dict[str, NDArray[Any]]:
    """Return all arrays of an archive; what they expand to is looked at first."""
    check_archive(path)
    try:
        with zipfile.ZipFile(path) as archive:
            members = [each for each in archive.infolist() if each.filename.endswith(".npy")]
            return {
                member.filename.removesuffix(".npy"): _member(archive, member, path)
                for member in members
            }
    except FormatError:
        raise
    except (*_REFUSED, NotImplementedError, RuntimeError) as error:  # encrypted, for one
        raise FormatError(
            f"{path} must be a .npz file without objects: {error}; labels are saved as text, "
            "numpy.array(labels, dtype=str)"
        ) from None


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: str) -> NDArray[Any]:
    with archive.open(member) as file:
        return read_member(file, member.file_size, f"{path}: {member.filename}")


def _loaded(path: str) -> NDArray[Any]:
    try:
        return load_npy(path)
    except FormatError:
        raise
    except _REFUSED as error:
        raise FormatError(f"{path} must be a .npy file without objects: {error}") from None


def _npz_certainty(path: Path, start: bytes) -> float:
    """A .npz file and a torch checkpoint are both zip archives: the suffix tells them apart."""
    if not start.startswith(b"PK"):
        return 0.0
    return 0.9 if path.suffix.lower() == ".npz" or _holds_arrays(path) else 0.2


def _holds_arrays(path: Path) -> bool:
    """True if a zip archive has arrays of NumPy; checkpoints of torch are such archives too."""
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.endswith(".npy") for name in archive.namelist())
    except (OSError, ValueError, zipfile.BadZipFile):
        return False


def _sniff_npy(path: Path, start: bytes) -> float:
    return float(start.startswith(b"\x93NUMPY"))


NPY = VectorFormat(
    name="npy",
    suffixes=(".npy",),
    description="array of NumPy, one row per label, without labels",
    options=(*LABEL_OPTIONS, "documents"),
    sniff=_sniff_npy,
    read=read_npy,
    write=write_npy,
    stored_types=_TYPES,
    one_table=True,
)
NPZ = VectorFormat(
    name="npz",
    suffixes=(".npz",),
    description="named arrays of NumPy, with labels if there are arrays of text",
    options=NAMED_OPTIONS,
    sniff=_npz_certainty,
    read=read_npz,
    write=write_npz,
    stored_types=_TYPES,
    keeps=("labels", "scales", "threshold"),
)
