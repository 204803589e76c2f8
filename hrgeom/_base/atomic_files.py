"""Atomic writes of files and folders; validated reads of JSON and .npy files."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.errors import FormatError

__all__ = ["check_target", "dump", "read_array", "read_json", "replace_file", "swap", "sync"]


def check_target(target: Path, overwrite: bool) -> None:
    """Raise FormatError unless the folder may be written: it is new, or an embedding to replace."""
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


def swap(temporary: Path, target: Path) -> None:
    """Rename a folder to the target; an old one stays until the new one is there."""
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


def replace_file(path: str, data: bytes) -> None:
    """Write a file in one step: a crash leaves the old file or the new one."""
    path = os.path.realpath(path)  # a link stays a link
    folder, name = os.path.split(path)
    temporary = os.path.join(folder, f".{name[:100]}.{secrets.token_hex(4)}.tmp")
    try:
        with open(temporary, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(temporary)
        raise


def dump(data: Any, path: Path, indent: int | None = 2) -> None:
    """Write JSON in ASCII; NaN and infinity are refused."""
    with path.open("w", encoding="utf-8") as file:
        json.dump(data, file, ensure_ascii=True, indent=indent, allow_nan=False)
        file.write("\n")


def sync(path: Path) -> None:
    """Have the system put the file on the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def read_json(path: Path) -> dict[str, Any]:
    """Return the JSON object of a file."""
    data = _reading(path, lambda: json.loads(path.read_text(encoding="utf-8")))
    if not isinstance(data, dict):
        raise FormatError(f"{path} must hold a JSON object: got {type(data).__name__}")
    return data


def read_array(path: Path, shape: Any, dtype: str, *, mmap: bool = False) -> NDArray[Any]:
    """Return the array of a .npy file, which must be of this shape and type."""

    def read() -> Any:
        return np.load(path, mmap_mode="r" if mmap else None, allow_pickle=False)

    array: NDArray[Any] = _reading(path, read)
    found = {"shape": list(array.shape), "dtype": str(array.dtype)}
    stated = {"shape": shape, "dtype": dtype}
    if found != stated:
        raise FormatError(f"{path} must be as embedding.json says, {stated}: got {found}")
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
