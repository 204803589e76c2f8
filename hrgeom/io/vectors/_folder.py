"""The embedding folder: memory-mappable arrays beside JSON that says what they are.

    name.emb/queries.npy documents.npy [query_scales.npy] [document_scales.npy]
             embedding.json labels.json [certificate.json]

bfloat16 lies there as its bits, in uint16, which NumPy alone can read: `bits << 16` are the bits of
the same number in float32. Scales have a file of their own where there is one a row.

Everything is written under a temporary name beside the target and renamed into place, so that a
reader finds the old folder or the new one, never a half.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.atomic_files import check_target, dump, read_array, read_json, swap, sync
from hrgeom._base.mapped import can_guard
from hrgeom._base.stored_types import STORED_TYPES, disk_dtype, from_disk, to_disk
from hrgeom._base.versions import check_version
from hrgeom._version import __version__
from hrgeom.checker import Certificate
from hrgeom.core import DualEmbedding, Notion, Remark, Scale
from hrgeom.errors import FormatError
from hrgeom.io.vectors._format import VectorFormat, Wanted
from hrgeom.io.vectors._label_arrays import restored_labels
from hrgeom.io.vectors._record import NUMBERED, numbered_sides

__all__ = ["FOLDER", "describe", "load", "load_certificate", "save", "save_certificate"]

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
        Where the hierarchy was read from and the command that made it, for the record.
    remarks : sequence of Remark
        What was repaired, left out or found odd in the hierarchy, for the record.
    reading : mapping, optional
        The options with which the hierarchy was read, such as ``{"format": "obo"}``, so that it can
        be read the same way again.
    overwrite : bool
        Replace an embedding folder of that name; anything else of that name is never replaced.

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
    temporary = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
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
        for file in temporary.iterdir():
            sync(file)
        temporary.chmod(0o755)
        swap(temporary, target)
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
    dtype = info.get("dtype")
    if dtype not in STORED_TYPES:
        raise FormatError(
            f"{path / 'embedding.json'} must state a dtype of {', '.join(STORED_TYPES)}: got "
            f"{dtype!r}"
        )
    arrays = {}
    for name in ("queries", "documents"):
        shape = info.get("shapes", {}).get(name)
        stored = read_array(
            path / f"{name}.npy", shape, disk_dtype(dtype), mmap=mmap and can_guard()
        )
        arrays[name] = from_disk(stored, dtype)
    labels = read_json(path / "labels.json")
    if labels.get("documents") == "as queries":
        labels["documents"] = labels["queries"]
    try:
        return DualEmbedding(
            arrays["queries"],
            arrays["documents"],
            threshold=info["threshold"],
            notion=info["notion"],
            query_scale=_read_scale(path, info, "queries"),
            document_scale=_read_scale(path, info, "documents"),
            query_labels=restored_labels(labels["queries"], "queries", labels.get(NUMBERED)) or (),
            document_labels=restored_labels(labels["documents"], "documents", labels.get(NUMBERED))
            or (),
            construction=info["construction"],
            parameters=info["parameters"],
            promise=info["promise"],
            source_sha256=info["sha256"]["hierarchy"],
            basis=info.get("basis"),
        )
    except KeyError as error:
        raise FormatError(f"{path} must state {error} in embedding.json or labels.json") from None


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
    return info


def save_certificate(certificate: Certificate, folder: str | os.PathLike[str]) -> Path:
    """Write a certificate into an embedding folder, in one step, and return its path.

    It is `certificate.json` for the notion the embedding is meant for, and
    `certificate-global.json` or `certificate-row.json` for the other one.

    Parameters
    ----------
    certificate : Certificate
        What to write.
    folder : path
        An embedding folder.

    Returns
    -------
    path : Path
        The file.

    Raises
    ------
    FormatError
        If it is no embedding folder.

    Examples
    --------
    >>> import os, tempfile
    >>> from hrgeom import certify
    >>> from hrgeom.core import Relevance
    >>> r = Relevance.from_sets([{0}], n_documents=2)
    >>> e = DualEmbedding([[1.0]], [[3.0], [-3.0]], threshold=0.0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = save(e, os.path.join(folder, "small.emb"))
    ...     written = save_certificate(certify(e, r), path)
    ...     load_certificate(path).verdict
    'holds'
    """
    target = _certificate_path(folder, certificate.notion)
    handle, name = tempfile.mkstemp(prefix=".certificate.", dir=target.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        dump(certificate.to_dict(), temporary)
        sync(temporary)
        temporary.chmod(0o644)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return target


def load_certificate(
    folder: str | os.PathLike[str], *, notion: Notion | None = None
) -> Certificate:
    """Read the certificate of an embedding folder.

    Parameters
    ----------
    folder : path
        An embedding folder.
    notion : {"global", "row"}, optional
        Default: the one the embedding is meant for.

    Returns
    -------
    certificate : Certificate
        As it was written.

    Raises
    ------
    FormatError
        If there is none, or it is of a newer version than this hrgeom reads.

    Examples
    --------
    >>> import os, tempfile
    >>> from hrgeom import certify
    >>> from hrgeom.core import Relevance
    >>> r = Relevance.from_sets([{0}], n_documents=2)
    >>> e = DualEmbedding([[1.0]], [[3.0], [-3.0]], threshold=0.0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = save(e, os.path.join(folder, "small.emb"))
    ...     written = save_certificate(certify(e, r), path)
    ...     load_certificate(path).verdict
    'holds'
    """
    return Certificate.from_dict(read_json(_certificate_path(folder, notion)))


def _certificate_path(folder: str | os.PathLike[str], notion: Notion | None) -> Path:
    own = describe(folder).get("notion")
    name = "certificate.json" if notion in (None, own) else f"certificate-{notion}.json"
    return Path(folder) / name


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
    return stated


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
