"""The embedding folder: memory-mappable arrays beside JSON that says what they are.

    name.emb/queries.npy documents.npy embedding.json labels.json [certificate.json]

Everything is written under a temporary name beside the target and renamed into place, so that a
reader finds the old folder or the new one, never a half.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._version import __version__
from hrgeom.certificate import Certificate
from hrgeom.embedding import DualEmbedding, Notion
from hrgeom.errors import FormatError

__all__ = ["describe", "load", "load_certificate", "save", "save_certificate"]

_FORMAT = "hrgeom-embedding"
_VERSION = 1


def save(
    embedding: DualEmbedding,
    folder: str | os.PathLike[str],
    *,
    certificate: Certificate | None = None,
    tree: str | None = None,
    command: str | None = None,
    overwrite: bool = False,
) -> Path:
    """Write an embedding folder, and return its path.

    Parameters
    ----------
    embedding : DualEmbedding
    folder : path
        Its parent must exist.
    certificate : Certificate, optional
        Written beside it.
    tree, command : str, optional
        Where the hierarchy was read from and the command that made it, for the record.
    overwrite : bool
        Replace an embedding folder of that name; anything else of that name is never replaced.

    Raises
    ------
    FormatError
        If the target exists and may not be replaced, or its parent is missing.
    """
    target = Path(folder)
    _check_target(target, overwrite)
    temporary = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        np.save(temporary / "queries.npy", embedding.queries, allow_pickle=False)
        np.save(temporary / "documents.npy", embedding.documents, allow_pickle=False)
        _dump(_description(embedding, tree, command), temporary / "embedding.json")
        labels = {
            "queries": embedding.query_labels,
            "documents": embedding.document_labels
            if embedding.document_labels != embedding.query_labels
            else "as queries",
        }
        _dump(labels, temporary / "labels.json", indent=None)
        if certificate is not None:
            _dump(certificate.to_dict(), temporary / "certificate.json")
        for file in temporary.iterdir():
            _sync(file)
        temporary.chmod(0o755)
        _swap(temporary, target)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    return target


def load(folder: str | os.PathLike[str], *, mmap: bool = False) -> DualEmbedding:
    """Read an embedding folder.

    Parameters
    ----------
    folder : path
    mmap : bool
        Map the arrays instead of reading them.

    Raises
    ------
    FormatError
        If it is no embedding folder, or its files contradict each other.
    """
    path = Path(folder)
    info = describe(path)
    arrays = {}
    for name in ("queries", "documents"):
        arrays[name] = _read_array(path / f"{name}.npy", mmap)
        found = {"shape": list(arrays[name].shape), "dtype": str(arrays[name].dtype)}
        stated = {"shape": info.get("shapes", {}).get(name), "dtype": info.get("dtype")}
        if found != stated:
            raise FormatError(
                f"{path / name}.npy must be as embedding.json says, {stated}: got {found}"
            )
    labels = _read_json(path / "labels.json")
    if labels.get("documents") == "as queries":
        labels["documents"] = labels["queries"]
    try:
        return DualEmbedding(
            arrays["queries"],
            arrays["documents"],
            threshold=info["threshold"],
            notion=info["notion"],
            query_scale=info["scales"]["queries"],
            document_scale=info["scales"]["documents"],
            query_labels=tuple(labels["queries"]),
            document_labels=tuple(labels["documents"]),
            construction=info["construction"],
            parameters=info["parameters"],
            promise=info["promise"],
            source_sha256=info["sha256"]["hierarchy"],
        )
    except KeyError as error:
        raise FormatError(f"{path} must state {error} in embedding.json or labels.json") from None


def describe(folder: str | os.PathLike[str]) -> dict[str, Any]:
    """Return embedding.json of an embedding folder, its format checked."""
    path = Path(folder)
    info = _read_json(path / "embedding.json")
    if (info.get("format"), info.get("format_version")) != (_FORMAT, _VERSION):
        raise FormatError(
            f"{path / 'embedding.json'} must be in format {_FORMAT}, version {_VERSION}: got "
            f"{info.get('format')!r}, version {info.get('format_version')!r}"
        )
    return info


def save_certificate(certificate: Certificate, folder: str | os.PathLike[str]) -> Path:
    """Write a certificate into an embedding folder, in one step, and return its path.

    It is `certificate.json` for the notion the embedding is meant for, and
    `certificate-global.json` or `certificate-row.json` for the other one.
    """
    target = _certificate_path(folder, certificate.notion)
    handle, name = tempfile.mkstemp(prefix=".certificate.", dir=target.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        _dump(certificate.to_dict(), temporary)
        _sync(temporary)
        temporary.chmod(0o644)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return target


def load_certificate(
    folder: str | os.PathLike[str], *, notion: Notion | None = None
) -> Certificate:
    """Read the certificate of an embedding folder, by default for the notion it is meant for."""
    return Certificate.from_dict(_read_json(_certificate_path(folder, notion)))


def _certificate_path(folder: str | os.PathLike[str], notion: Notion | None) -> Path:
    own = describe(folder).get("notion")
    name = "certificate.json" if notion in (None, own) else f"certificate-{notion}.json"
    return Path(folder) / name


def _description(embedding: DualEmbedding, tree: str | None, command: str | None) -> dict[str, Any]:
    return {
        "format": _FORMAT,
        "format_version": _VERSION,
        "shapes": {
            "queries": list(embedding.queries.shape),
            "documents": list(embedding.documents.shape),
        },
        "dtype": str(embedding.dtype),
        "scales": {"queries": embedding.query_scale, "documents": embedding.document_scale},
        "threshold": embedding.threshold,
        "notion": embedding.notion,
        "construction": embedding.construction,
        "parameters": embedding.parameters,
        "promise": embedding.promise,
        "sha256": {**embedding.sha256, "hierarchy": embedding.source_sha256},
        "version": __version__,
        "tree": tree,
        "command": command,
    }


def _check_target(target: Path, overwrite: bool) -> None:
    if not target.parent.is_dir():
        raise FormatError(f"the parent of the output folder must exist: got {str(target)!r}")
    if not target.exists() and not target.is_symlink():
        return
    if not (target / "embedding.json").is_file() or target.is_symlink():
        raise FormatError(
            f"the output folder must be new, or an embedding to replace: got {str(target)!r}"
        )
    if not overwrite:
        raise FormatError(
            f"the output folder must not exist yet: got {str(target)!r}; say so to replace it "
            "(--force, or overwrite=True)"
        )


def _swap(temporary: Path, target: Path) -> None:
    if not target.exists():
        temporary.rename(target)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{target.name}.old.", dir=target.parent))
    target.rename(old / target.name)
    try:
        temporary.rename(target)
    except BaseException:
        (old / target.name).rename(target)
        old.rmdir()
        raise
    shutil.rmtree(old, ignore_errors=True)


def _dump(data: Any, path: Path, indent: int | None = 2) -> None:
    with path.open("w", encoding="utf-8") as file:
        json.dump(data, file, ensure_ascii=True, indent=indent, allow_nan=False)
        file.write("\n")


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _read_json(path: Path) -> dict[str, Any]:
    data = _reading(path, lambda: json.loads(path.read_text(encoding="utf-8")))
    if not isinstance(data, dict):
        raise FormatError(f"{path} must hold a JSON object: got {type(data).__name__}")
    return data


def _read_array(path: Path, mmap: bool) -> NDArray[Any]:
    def read() -> Any:
        return np.load(path, mmap_mode="r" if mmap else None, allow_pickle=False)

    array: NDArray[Any] = _reading(path, read)
    return array


def _reading(path: Path, read: Callable[[], Any]) -> Any:
    try:
        return read()
    except FileNotFoundError:
        raise FormatError(
            f"an embedding folder must hold {path.name}: none at {str(path)!r}"
        ) from None
    except (OSError, ValueError, EOFError) as error:
        raise FormatError(f"{path} must be readable: {error}") from None
