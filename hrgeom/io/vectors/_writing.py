"""Writing embeddings in the formats that other programs read, and reading them back at once."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from hrgeom._base.atomic_files import (
    check_target,
    clear_stale,
    swap,
    sync,
    temporary_beside,
)
from hrgeom.core import DualEmbedding
from hrgeom.errors import FormatError
from hrgeom.io._formats import for_writing
from hrgeom.io.vectors._alignment import Vectors
from hrgeom.io.vectors._format import VectorFormat, Wanted
from hrgeom.io.vectors._registry import vector_formats

__all__ = ["Side", "WrittenVectors", "differences", "read_back", "write_vectors"]

Side = Literal["queries", "documents"]


@dataclass(frozen=True)
class WrittenVectors:
    """What `write_vectors` wrote.

    Attributes
    ----------
    path : Path
        The file or folder.
    format : str
        Name of the format.
    sha256 : dict of str
        Digests of the arrays that were written, as `DualEmbedding.sha256` has them.
    is_verified : bool
        True if the file was read back, and holds the same numbers under the same labels. False:
        hrgeom does not read the format.
    lost : tuple of str
        What the embedding has and the format does not keep, among "labels" and "threshold".
    """

    path: Path
    format: str
    sha256: dict[str, str]
    is_verified: bool
    lost: tuple[str, ...]


def write_vectors(
    embedding: DualEmbedding,
    path: str | os.PathLike[str],
    *,
    format: str | VectorFormat | None = None,
    side: Side | None = None,
    overwrite: bool = False,
) -> WrittenVectors:
    """Write an embedding in one of the formats of vectors, in one step, and read it back.

    Parameters
    ----------
    embedding : DualEmbedding
        What to write.
    path : str or path-like
        File or folder; its parent must exist, and it must end in a suffix of the format.
    format : str or VectorFormat, optional
        Name of one of `vector_formats()` that is written, or an entry that need not be
        registered. Default: by the suffix.
    side : {"queries", "documents"}, optional
        Write this side alone, as the format demands that holds one table of vectors.
    overwrite : bool
        Replace a file, or an embedding folder, of that name.

    Returns
    -------
    written : WrittenVectors
        Where and what; digests, and what the format does not keep.

    Raises
    ------
    FormatError
        If the target exists and may not be replaced, its parent is missing, its suffix is that of
        no such format; if the format cannot hold the stored type, the scales or a label, or what
        is read back differs. Nothing is then written.
    HrgeomError
        If a package is not installed.

    Examples
    --------
    >>> import tempfile
    >>> e = DualEmbedding([[1.0], [2.0]], [[3.0]], threshold=4.0, query_labels=("a", "b"))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     written = write_vectors(e, Path(folder, "queries.npy"), side="queries")
    >>> written.is_verified, written.lost
    (True, ('labels',))
    """
    target = Path(path)
    entry, write = for_writing(vector_formats, format, str(target))
    if not target.name.lower().endswith(entry.suffixes):
        raise FormatError(
            f"the name of a file in format {entry.name} must end in {' or '.join(entry.suffixes)}: "
            f"got {target.name!r}"
        )
    _check_target(target, overwrite)
    if side is not None:
        embedding = _one_side(embedding, side)
    _check_holds(entry, embedding)
    clear_stale(target)
    temporary = temporary_beside(target, keeps_suffix=True)
    try:
        write(embedding, temporary)
        if entry.read is not None:
            found = differences(entry, embedding, read_back(entry, temporary))
            if found:
                raise FormatError(
                    f"{entry.name} must hold what is written: reading it back, {', '.join(found)} "
                    "differ"
                )
        _put(temporary, target, overwrite)
    except BaseException:
        _remove(temporary)
        raise
    digests = {
        name: digest
        for name, digest in embedding.sha256.items()
        if side is None or name.startswith(side[:-1])
    }
    return WrittenVectors(
        target, entry.name, digests, entry.read is not None, _lost(entry, embedding)
    )


def read_back(entry: VectorFormat, path: Path) -> Vectors | DualEmbedding:
    """Return what a format reads of a file that it wrote.

    Parameters
    ----------
    entry : VectorFormat
        A format that is read.
    path : Path
        What its `write` wrote.

    Returns
    -------
    found : Vectors or DualEmbedding
        With both sides, even if they are equal.

    Examples
    --------
    >>> import tempfile
    >>> e = DualEmbedding([[1.0], [2.0]], [[3.0]], threshold=4.0)
    >>> npz = next(entry for entry in vector_formats() if entry.name == "npz")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     written = write_vectors(e, Path(folder, "x.npz"))
    ...     read_back(npz, written.path).threshold
    4.0
    """
    assert entry.read is not None
    wanted = Wanted("queries", "documents") if "queries" in entry.options else Wanted()
    return entry.read(str(path), wanted)


def differences(
    entry: VectorFormat, embedding: DualEmbedding, found: Vectors | DualEmbedding
) -> list[str]:
    """Return what differs between an embedding and what was read back, of what a format keeps.

    Parameters
    ----------
    entry : VectorFormat
        Its `keeps` says what is compared beside the numbers.
    embedding : DualEmbedding
        What was written.
    found : Vectors or DualEmbedding
        What was read.

    Returns
    -------
    wrong : list of str
        Among "queries", "documents", "labels", "scales" and "threshold"; numbers are compared bit
        for bit.

    Examples
    --------
    >>> e = DualEmbedding([[1.0], [2.0]], [[3.0]], threshold=4.0)
    >>> folder = vector_formats()[0]
    >>> differences(folder, e, e), differences(folder, e, replace(e, threshold=5.0))
    ([], ['threshold'])
    """
    sides = ("queries", "documents")
    wrong = [side for side in sides if not _same(getattr(embedding, side), getattr(found, side))]
    for what, names in (
        ("labels", ("query_labels", "document_labels")),
        ("scales", ("query_scale", "document_scale")),
        ("threshold", ("threshold",)),
    ):
        pairs = [(getattr(embedding, name), getattr(found, name)) for name in names]
        if what in entry.keeps and not all(_equal(mine, theirs) for mine, theirs in pairs):
            wrong.append(what)
    return wrong


def _same(mine: np.ndarray, theirs: np.ndarray) -> bool:
    """Whether arrays are equal bit for bit, signs of zeros included."""
    return (
        mine.dtype == theirs.dtype
        and mine.shape == theirs.shape
        and np.ascontiguousarray(mine).tobytes() == np.ascontiguousarray(theirs).tobytes()
    )


def _equal(mine: object, theirs: object) -> bool:
    if isinstance(mine, tuple):
        return theirs is not None and mine == tuple(theirs)  # type: ignore[arg-type]
    return bool(np.array_equal(np.asarray(mine), np.asarray(theirs)))


def _one_side(embedding: DualEmbedding, side: Side) -> DualEmbedding:
    e = embedding
    rows, scale, labels = (
        (e.queries, e.query_scale, e.query_labels)
        if side == "queries"
        else (e.documents, e.document_scale, e.document_labels)
    )
    return replace(
        e,
        queries=rows,
        documents=rows,
        query_scale=scale,
        document_scale=scale,
        query_labels=labels,
        document_labels=labels,
        threshold=None,
    )


def _check_holds(entry: VectorFormat, embedding: DualEmbedding) -> None:
    """Raise FormatError unless a format has a place for the stored type and the scales."""
    if str(embedding.dtype) not in entry.stored_types:
        raise FormatError(
            f"the format {entry.name} holds {', '.join(entry.stored_types)}: got an embedding of "
            f"{embedding.dtype}, which it would change"
        )
    scales = embedding.query_scale, embedding.document_scale
    if "scales" not in entry.keeps and any(np.ndim(scale) or scale != 1 for scale in scales):
        raise FormatError(
            f"the format {entry.name} has no place for scales: got an embedding whose vectors are "
            "its stored numbers times a scale"
        )


def _lost(entry: VectorFormat, embedding: DualEmbedding) -> tuple[str, ...]:
    has = {"labels": True, "threshold": embedding.threshold is not None}
    return tuple(what for what, is_there in has.items() if is_there and what not in entry.keeps)


def _check_target(target: Path, overwrite: bool) -> None:
    if target.is_dir():
        check_target(target, overwrite)
    elif not target.parent.is_dir():
        raise FormatError(f"the parent of the output must exist: got {str(target)!r}")
    elif target.exists() and not overwrite:
        raise FormatError(
            f"the output must not exist yet: got {str(target)!r}; say so to replace it "
            "(--force, or overwrite=True)"
        )


def _put(temporary: Path, target: Path, overwrite: bool) -> None:
    """Rename what was written to the target, in one step; look again at what is there."""
    _check_target(target, overwrite)
    if target.exists() and target.is_dir() != temporary.is_dir():
        raise FormatError(
            f"the output must be replaced by the like, a file or a folder: got {str(target)!r}"
        )
    if temporary.is_dir():
        swap(temporary, target, overwrite=overwrite)
    else:
        sync(temporary)
        temporary.chmod(0o644)
        os.replace(temporary, os.path.realpath(target))  # a link stays a link


def _remove(temporary: Path) -> None:
    if temporary.is_dir():
        shutil.rmtree(temporary, ignore_errors=True)
    else:
        temporary.unlink(missing_ok=True)
