"""The embedding folder: memory-mappable arrays beside JSON that says what they are.

    name.emb/queries.npy documents.npy [query_scales.npy] [document_scales.npy]
             embedding.json labels.json [certificate.json] [hierarchy.json.gz] [link-1.npz ...]

bfloat16 lies there as its bits, in uint16, which NumPy alone can read: `bits << 16` are the bits of
the same number in float32. Scales have a file of their own where there is one a row.

Everything is written under a temporary name beside the target and renamed into place, so that a
reader finds the old folder or the new one, never a half.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.atomic_files import (
    check_target,
    dump,
    read_array,
    read_json,
    swap,
    sync,
    temporary_beside,
)
from hrgeom._base.mapped import can_guard
from hrgeom._base.stored_types import disk_dtype, from_disk, to_disk
from hrgeom._base.versions import check_version
from hrgeom._version import __version__
from hrgeom.checker import Certificate
from hrgeom.core import DualEmbedding, Hierarchy, Remark, Scale
from hrgeom.errors import FormatError
from hrgeom.io.judgments import Judgments
from hrgeom.io.vectors._description import checked_description, checked_labels
from hrgeom.io.vectors._format import VectorFormat, Wanted
from hrgeom.io.vectors._label_arrays import restored_labels
from hrgeom.io.vectors._record import NUMBERED, numbered_sides
from hrgeom.io.vectors._source import kept_source

__all__ = ["FOLDER", "describe", "load", "save"]

_FORMAT, _VERSION = "hrgeom-embedding", 1
_SCALE_FILES = {"queries": "query_scales.npy", "documents": "document_scales.npy"}


def save(
    embedding: DualEmbedding,
    folder: str | os.PathLike[str],
    *,
    certificate: Certificate | None = None,
    tree: str | None = None,
    command: str | None = None,
    remarks: Sequence[Remark] = (),
    reading: Mapping[str, Any] | None = None,
    source: Hierarchy | Judgments | None = None,
    links: Mapping[str, bytes] | None = None,
    overwrite: bool = False,
) -> Path:
    """Write an embedding folder in one step, and return its path.

    Parameters
    ----------
    embedding : DualEmbedding
        What to write.
    folder : path
        Its parent must exist.
    certificate : Certificate, optional
        Written beside it.
    tree, command : str, optional
        Where the hierarchy is, as a file of this folder or a bundled name, and the command that
        made it, for the record.
    remarks : sequence of Remark
        What was repaired, left out or found odd in the hierarchy, for the record.
    reading : mapping, optional
        The options with which the hierarchy was read, such as ``{"format": "obo"}``, so that it can
        be read the same way again.
    source : Hierarchy or Judgments, optional
        What it was made for. A compressed copy is kept in the folder, which then needs no other
        file to be certified and queried; it takes the place of `tree`.
    links : mapping of str to bytes, optional
        Files that the certificate builds on, by name (`links_of`).
    overwrite : bool
        Replace an embedding folder of that name; anything else of that name is never replaced, nor
        is an embedding folder with files in it that hrgeom does not write.

    Returns
    -------
    path : Path
        The folder.

    Raises
    ------
    FormatError
        If the target exists and may not be replaced, or its parent is missing.

    Examples
    --------
    >>> import os, tempfile
    >>> e = DualEmbedding([[1.0], [2.0]], [[3.0]], threshold=4.0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = save(e, os.path.join(folder, "small.emb"))
    ...     sorted(os.listdir(path))
    ['documents.npy', 'embedding.json', 'labels.json', 'queries.npy']
    """
    target = Path(folder)
    check_target(target, overwrite)
    temporary = temporary_beside(target)
    try:
        temporary.mkdir(mode=0o700)
        if source is not None:
            recorded, data = kept_source(source)
            (temporary / recorded.name).write_bytes(data)
            tree = recorded.record
        for name, array in _arrays(embedding).items():
            np.save(temporary / name, array, allow_pickle=False)
        description = _description(embedding, tree, command)
        if remarks:
            description["remarks"] = [remark.to_dict() for remark in remarks]
        if reading:
            description["reading"] = dict(reading)
        dump(description, temporary / "embedding.json")
        labels = {
            "queries": embedding.query_labels,
            "documents": embedding.document_labels
            if embedding.document_labels != embedding.query_labels
            else "as queries",
            NUMBERED: numbered_sides(embedding),
        }
        dump(labels, temporary / "labels.json", indent=None)
        if certificate is not None:
            dump(certificate.to_dict(), temporary / "certificate.json")
        for name, data in (links or {}).items():
            (temporary / name).write_bytes(data)
        for file in temporary.iterdir():
            sync(file)
        temporary.chmod(0o755)
        swap(temporary, target, overwrite=overwrite)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    return target


def load(folder: str | os.PathLike[str], *, mmap: bool = False) -> DualEmbedding:
    """Read an embedding folder.

    Parameters
    ----------
    folder : path
        What `save` wrote, in this version of hrgeom or an earlier one.
    mmap : bool
        Map the arrays instead of reading them, where it can be noticed that a file shrinks.

    Returns
    -------
    embedding : DualEmbedding
        The same numbers, labels, scales and threshold.

    Raises
    ------
    FormatError
        If it is no embedding folder, its files contradict each other, or it is of a newer version
        than this hrgeom reads.

    Examples
    --------
    >>> import os, tempfile
    >>> e = DualEmbedding([[1.0], [2.0]], [[3.0]], threshold=4.0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = save(e, os.path.join(folder, "small.emb"))
    ...     load(path)
    DualEmbedding(given: 2 queries, 1 documents, d = 1, float64)
    """
    path = Path(folder)
    info = describe(path)
    dtype = info["dtype"]
    arrays = {}
    for name in ("queries", "documents"):
        shape = info["shapes"][name]
        stored = read_array(
            path / f"{name}.npy", shape, disk_dtype(dtype), mmap=mmap and can_guard()
        )
        arrays[name] = from_disk(stored, dtype)
    labels = _read_labels(path, {name: len(rows) for name, rows in arrays.items()})
    return DualEmbedding(
        arrays["queries"],
        arrays["documents"],
        threshold=None if info["threshold"] is None else float(info["threshold"]),
        notion=info["notion"],
        query_scale=_read_scale(path, info, "queries"),
        document_scale=_read_scale(path, info, "documents"),
        query_labels=labels["queries"],
        document_labels=labels["documents"],
        construction=info["construction"],
        parameters=info["parameters"],
        promise=info["promise"],
        source_sha256=info["sha256"]["hierarchy"],
        basis=info.get("basis"),
    )


def _read_labels(path: Path, sizes: Mapping[str, int]) -> dict[str, tuple[str, ...]]:
    where = path / "labels.json"
    labels, numbered = checked_labels(read_json(where, most=None), sizes, where)
    return {side: restored_labels(given, side, numbered) or () for side, given in labels.items()}


def describe(folder: str | os.PathLike[str]) -> dict[str, Any]:
    """Return embedding.json of an embedding folder, its format and version checked.

    Parameters
    ----------
    folder : path
        What `save` wrote.

    Returns
    -------
    description : dict
        As `hrgeom/schemas/embedding.schema.json` says.

    Raises
    ------
    FormatError
        If it is no embedding folder, or one of a newer version than this hrgeom reads.

    Examples
    --------
    >>> import os, tempfile
    >>> e = DualEmbedding([[1.0], [2.0]], [[3.0]], threshold=4.0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = save(e, os.path.join(folder, "small.emb"))
    ...     describe(path)["shapes"]
    {'queries': [2, 1], 'documents': [1, 1]}
    """
    path = Path(folder)
    info = read_json(path / "embedding.json")
    check_version(
        info.get("format"),
        info.get("format_version"),
        expected=(_FORMAT, _VERSION),
        what=str(path / "embedding.json"),
    )
    return checked_description(info, path / "embedding.json")


def _arrays(embedding: DualEmbedding) -> dict[str, NDArray[Any]]:
    """The .npy files of an embedding by name."""
    files = {
        "queries.npy": to_disk(embedding.queries),
        "documents.npy": to_disk(embedding.documents),
    }
    for name, scale in _scales(embedding).items():
        if isinstance(scale, np.ndarray):
            files[_SCALE_FILES[name]] = scale
    return files


def _scales(embedding: DualEmbedding) -> dict[str, Scale]:
    return {"queries": embedding.query_scale, "documents": embedding.document_scale}


def _description(embedding: DualEmbedding, tree: str | None, command: str | None) -> dict[str, Any]:
    return {
        "format": _FORMAT,
        "format_version": _VERSION,
        "shapes": {
            "queries": list(embedding.queries.shape),
            "documents": list(embedding.documents.shape),
        },
        "dtype": str(embedding.dtype),
        "scales": {
            name: _SCALE_FILES[name] if isinstance(scale, np.ndarray) else scale
            for name, scale in _scales(embedding).items()
        },
        "threshold": embedding.threshold,
        "notion": embedding.notion,
        "construction": embedding.construction,
        "parameters": embedding.parameters,
        "promise": embedding.promise,
        **({} if embedding.basis is None else {"basis": embedding.basis}),
        "sha256": {**embedding.sha256, "hierarchy": embedding.source_sha256},
        "version": __version__,
        "tree": tree,
        "command": command,
    }


def _read_scale(path: Path, info: dict[str, Any], name: str) -> Scale:
    stated, file = info["scales"][name], _SCALE_FILES[name]
    if stated == file:
        return read_array(path / file, info["shapes"][name][:1], "float32")
    if not isinstance(stated, int | float):
        raise FormatError(
            f"{path / 'embedding.json'} must state a number or {file!r} as scale of the {name}: "
            f"got {stated!r}"
        )
    return float(stated)


def _read(path: str, wanted: Wanted) -> DualEmbedding:
    return load(path)


def _sniff(path: Path, start: bytes) -> float:
    return float((path / "embedding.json").is_file())


FOLDER = VectorFormat(
    name="folder",
    suffixes=(".emb",),
    description="embedding folder of hrgeom, with everything an embedding has",
    sniff=_sniff,
    read=_read,
    write=save,
    keeps=("labels", "scales", "threshold"),
)
