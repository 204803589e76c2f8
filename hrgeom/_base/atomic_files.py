"""Atomic writes of files and folders; validated reads of JSON and .npy files.

Everything is written under a temporary name beside its target and renamed into place. The name
says which process on which machine writes there, so that the next run that writes to the same
target clears what a killed one left, and nothing else.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from hrgeom._base.json_text import parse_json
from hrgeom._base.npy_files import load_npy, map_npy
from hrgeom._base.regular_files import read_regular
from hrgeom.errors import FormatError

__all__ = [
    "check_target",
    "clear_stale",
    "dump",
    "read_array",
    "read_json",
    "replace_file",
    "swap",
    "sync",
    "temporary_beside",
]

_FORMAT = "hrgeom-embedding"
_LARGEST_JSON = 64 * 2**20  # bytes; labels, which grow with the rows, have a limit of their own
_OLD_AGE = 24 * 3600  # seconds after which a leftover of another machine is stale
_WHO = r"([0-9a-f]{8})-([0-9]{1,10})-[0-9a-f]{8}"


def check_target(target: Path, overwrite: bool, *, mark: str = "embedding.json") -> None:
    """Raise FormatError unless a folder may be written: it is new, or one of ours to replace.

    Parameters
    ----------
    target : Path
        The folder.
    overwrite : bool
        Whether one of ours may be replaced.
    mark : str
        The file by which one of ours is known. An embedding folder also has to say that it is one,
        and to hold nothing that hrgeom does not write there.
    """
    if not target.parent.is_dir():
        raise FormatError(f"the parent of the output folder must exist: got {str(target)!r}")
    if not target.exists() and not target.is_symlink():
        return
    kind = mark.removesuffix(".json")
    if not (target / mark).is_file() or target.is_symlink():
        article = "an" if kind == "embedding" else "a"
        raise FormatError(
            f"the output folder must be new, or {article} {kind} to replace: got {str(target)!r}"
        )
    if not overwrite:
        raise FormatError(
            f"the output folder must not exist yet: got {str(target)!r}; say so to replace it "
            "(--force, or overwrite=True)"
        )
    if Path.cwd().resolve().is_relative_to(target.resolve()):
        raise FormatError(
            f"the output folder must not be where the command runs: got {str(target)!r}"
        )
    _check_is_ours(target, mark)


# What hrgeom writes into the folders that it replaces. Other files in them are somebody's work.
_OURS = re.compile(
    r"(queries|documents|query_scales|document_scales)\.npy|"
    r"(embedding|labels|certificate(-row|-global)?|training|comparison)\.json|"
    r"(hierarchy\.json|judgments\.jsonl)\.gz|(recall|causes)\.png|link-[0-9]+\.npz|"
    r"(locator|texts)\.json|(rows|mean|scale|networks|extremes)\.npy|"
    r"\.certificate\..*|\.DS_Store|\._.*|Thumbs\.db|desktop\.ini"
)


def _check_is_ours(target: Path, mark: str) -> None:
    """Raise FormatError unless a folder is what its mark says, and holds nothing else."""
    if mark == "embedding.json" and (stated := _stated_format(target / mark)) != _FORMAT:
        raise FormatError(
            f"the output folder must be new, or an embedding to replace: got {str(target)!r}, "
            f"whose {mark} is in format {stated!r}"
        )
    others = sorted(path.name for path in target.iterdir() if not _is_ours(path))
    if others:
        raise FormatError(
            f"a folder that is replaced must hold only what hrgeom writes: got {others[0]!r} in "
            f"{str(target)!r}; move it away first"
        )


def _is_ours(path: Path) -> bool:
    """Whether hrgeom writes a file of this name, or this is a locator in its embedding folder."""
    if not path.is_dir():
        return _OURS.fullmatch(path.name) is not None
    return path.name == "locator" and all(
        not each.is_dir() and _OURS.fullmatch(each.name) for each in path.iterdir()
    )


def _stated_format(path: Path) -> Any:
    """Return which format a JSON file states; a damaged one may be an embedding."""
    try:
        return read_json(path).get("format")
    except FormatError:
        return _FORMAT


def swap(
    temporary: Path, target: Path, *, overwrite: bool = False, mark: str = "embedding.json"
) -> None:
    """Rename a folder to the target; an old one stays until the new one is there.

    Raises
    ------
    FormatError
        If something is there that may not be replaced, even if it has come there meanwhile.
    """
    if not target.exists():
        temporary.rename(target)
        clear_stale(target)
        return
    check_target(target, overwrite, mark=mark)
    old = temporary_beside(target, "old.")
    old.mkdir(mode=0o700)
    aside = old / target.name
    try:
        target.rename(aside)
        try:
            check_target(aside, overwrite, mark=mark)  # it may be another folder by now
            temporary.rename(target)
        except BaseException:
            aside.rename(target)
            raise
    except BaseException:
        old.rmdir()
        raise
    shutil.rmtree(old, ignore_errors=True)
    clear_stale(target)


def temporary_beside(target: Path, kind: str = "", *, keeps_suffix: bool = False) -> Path:
    """Return a new name beside a target that says who writes there."""
    who = f"{_machine()}-{os.getpid()}-{secrets.token_hex(4)}"
    if keeps_suffix:
        return target.with_name(f".{who}.{target.name[-100:]}")
    return target.with_name(f".{target.name[:100]}.{kind}{who}")


def clear_stale(target: Path) -> None:
    """Remove what processes that are gone have left beside a target that they were writing.

    A process of this machine is gone if its number is free; of another machine, or of a time before
    the last start of this one, if its file has not changed for a day. What cannot be removed stays.
    """
    start, end = re.escape(target.name[:100]), re.escape(target.name[-100:])
    # The last form is that of a folder that is exported: written beside what is renamed later on.
    patterns = (rf"\.{start}\.(?:old\.)?{_WHO}", rf"\.{_WHO}\.{end}", rf"\.\.{_WHO}\.{end}\.\S+")
    for path in _beside(target):
        found = next((f for p in patterns if (f := re.fullmatch(p, path.name))), None)
        if found and _is_stale(path, found[1], int(found[2])):
            with suppress(OSError):
                _remove_leftover(path, target.name)


def _beside(target: Path) -> list[Path]:
    try:
        return [path for path in target.parent.iterdir() if path.name.startswith(".")]
    except OSError:
        return []


def _is_stale(path: Path, machine: str, process: int) -> bool:
    if machine == _machine() and os.name != "nt":  # where asking would end the process
        return process != os.getpid() and not _is_running(process)
    try:
        return path.lstat().st_mtime < time.time() - _OLD_AGE
    except OSError:
        return False


def _remove_leftover(path: Path, name: str) -> None:
    """Remove a file, a folder of files that were being written, or one that was being replaced."""
    if not path.is_dir() or path.is_symlink():
        path.unlink()
        return
    inside = list(path.iterdir())
    if [each.name for each in inside] == [name] and inside[0].is_dir():
        inside = list(inside[0].iterdir())  # replaced on request, and now the new one is there
    if all(_OURS.fullmatch(each.name) and not each.is_dir() for each in inside):
        shutil.rmtree(path, ignore_errors=True)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True  # somebody else's, or nothing that can be asked
    return True


@cache
def _machine() -> str:
    """Return eight digits for this machine since its last start, as its processes are numbered."""
    parts = [socket.gethostname()]
    with suppress(OSError):
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii"))
    with suppress(OSError):
        parts.append(os.readlink("/proc/self/ns/pid"))
    return sha256(" ".join(parts).encode()).hexdigest()[:8]


def replace_file(path: str | os.PathLike[str], data: bytes) -> None:
    """Write a file in one step: a crash leaves the old file or the new one."""
    target = Path(os.path.realpath(path))  # a link stays a link
    clear_stale(target)
    temporary = temporary_beside(target)
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
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


def read_json(path: Path, *, most: int | None = _LARGEST_JSON) -> dict[str, Any]:
    """Return the JSON object of a file of at most so many bytes, of any that fits if None."""

    def read() -> Any:
        # Short texts in a list take some eight times their bytes in memory.
        data = read_regular(path, most=most, times=8)
        return parse_json(data.decode("utf-8"))

    data = _reading(path, read)
    if not isinstance(data, dict):
        raise FormatError(f"{path} must hold a JSON object: got {type(data).__name__}")
    return data


def read_array(path: Path, shape: Any, dtype: str, *, mmap: bool = False) -> NDArray[Any]:
    """Return the array of a .npy file, which must be of this shape and type."""
    array: NDArray[Any] = _reading(path, lambda: (map_npy if mmap else load_npy)(path))
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
