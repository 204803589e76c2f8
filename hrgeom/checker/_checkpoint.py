"""Results of blocks kept in a file, so that a run that was killed goes on where it stopped.

The file is a line that names its format and records, one appended after the other::

    hrgeom-checkpoint 1
    problem   what is certified: digests, notion, kernel, settings
    pass      number, which of the kernel's, queries, queries per block, digest of its levels
    block     pass, first query, number of queries, seconds so far; the tally's arrays
    block ...

A record is its length, the digest of its bytes and these bytes: JSON on one line, then arrays.
Each is written by one call, so that a process that is killed leaves at most its last record torn.
A torn record, and whatever follows it, is dropped; the queries it spoke of are checked again.
Nothing is unpickled. A pass is begun again with the same queries per block, so that even what a
filter counts by block is the same.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import struct
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from hrgeom.checker._blocks import Blocks, BlockTally
from hrgeom.checker.kernels import Tally
from hrgeom.errors import FormatError

__all__ = ["BlockLog", "Checkpoint", "kept_in"]

_MAGIC = b"hrgeom-checkpoint 1\n"
_FRAME = struct.Struct("<Q16s")  # length and digest of a record
_SYNC_SECONDS = 5.0
_FIELDS = tuple(field.name for field in fields(Tally))


class BlockLog:
    """Keeps no results: what a run without a checkpoint tells its blocks to.

    Attributes
    ----------
    seconds_before : float
        What earlier runs took, up to the last result that they kept.
    """

    seconds_before = 0.0

    def begin(self, which: str, blocks: Blocks) -> tuple[Iterable[BlockTally], Blocks]:
        """Return what is known of the next pass, and the blocks that are left to be checked."""
        return (), blocks

    def add(self, part: BlockTally) -> None:
        """Take in the result of one block of the pass that was begun last."""

    def remove(self) -> None:
        """Let what was kept go: the run came to its end."""


@contextmanager
def kept_in(path: str | os.PathLike[str] | None, problem: Mapping[str, Any]) -> Iterator[BlockLog]:
    """Open a checkpoint of a problem; None keeps nothing. It is closed, not removed, at the end.

    Raises
    ------
    FormatError
        If the file is of another problem, no checkpoint, or in use.
    """
    if path is None:
        yield BlockLog()
        return
    checkpoint = Checkpoint(os.fspath(path), problem)
    try:
        yield checkpoint
    finally:
        checkpoint.close()


@dataclass
class _Pass:
    """A pass of an earlier run: how it was cut, and where the results of its blocks are."""

    head: dict[str, Any]
    places: list[tuple[int, int, int]]  # first query, number of queries, offset of the record


class Checkpoint(BlockLog):
    """A file of the results of blocks, those of earlier runs among them."""

    def __init__(self, path: str, problem: Mapping[str, Any]) -> None:
        self.path = path
        self._file = _opened(path)
        self._passes: dict[int, _Pass] = {}
        self._number = -1
        try:
            self._lock()
            self._read(json.loads(json.dumps(problem)))
        except BaseException:
            self.close()
            raise
        self._started = self._synced = time.perf_counter()

    def begin(self, which: str, blocks: Blocks) -> tuple[Iterable[BlockTally], Blocks]:
        """Return what earlier runs found in the next pass, and the blocks that are left.

        Raises
        ------
        FormatError
            If they went through this pass with other levels or bounds.
        """
        self._number += 1
        head = {"pass": self._number, "which": which, "digest": _digest(blocks)}
        known = self._passes.get(self._number)
        if known is None:
            self._append({"kind": "pass", **head, "step": blocks.step})
            return (), blocks
        if {name: known.head.get(name) for name in head} != head:
            raise FormatError(
                f"checkpoint {self.path!r} must be of a run with the same levels and bounds: pass "
                f"{self._number} has others; remove it, or name another file"
            )
        # Blocks as they were, unless this run has less room.
        blocks = replace(blocks, step=min(blocks.step, known.head["step"]))
        left = blocks.without((start, start + n) for start, n, _ in known.places)
        return self._results(known.places), left

    def add(self, part: BlockTally) -> None:
        """Keep the result of one block of the pass that was begun last."""
        arrays = [np.ascontiguousarray(getattr(part.tally, name)) for name in _FIELDS]
        head = {
            "kind": "block",
            "pass": self._number,
            "start": part.start,
            "n": part.n_queries,
            "seconds": round(self.seconds_before + time.perf_counter() - self._started, 3),
            "arrays": [[name, a.dtype.str] for name, a in zip(_FIELDS, arrays, strict=True)],
        }
        self._append(head, zlib.compress(b"".join(a.tobytes() for a in arrays), 1))

    def remove(self) -> None:
        """Remove the file: the run came to its end."""
        if os.name == "nt":  # where an open file cannot be removed
            self.close()
        with suppress(FileNotFoundError):
            os.unlink(self.path)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _lock(self) -> None:
        """Refuse a file that another process writes; its lock ends with it, however it ends."""
        try:
            import fcntl
        except ImportError:  # not on Windows
            return
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FormatError(
                f"checkpoint {self.path!r} must be free: another process is writing it"
            ) from None

    def _read(self, problem: dict[str, Any]) -> None:
        """Find the results of earlier runs, and cut off what is torn; begin a new file."""
        found = self._file.read(len(_MAGIC))
        if found != _MAGIC[: len(found)]:
            raise FormatError(
                f"checkpoint {self.path!r} must be a file that --checkpoint wrote, or a new one: "
                f"it begins with {found!r}"
            )
        end, stated = 0, None
        if found == _MAGIC:
            try:
                for offset, head, stop in self._records():
                    if stated is None:
                        stated = _checked(head, problem, self.path)
                    else:
                        self._index(head, offset)
                    end = stop
            except (KeyError, TypeError, AttributeError, json.JSONDecodeError) as error:
                raise FormatError(
                    f"checkpoint {self.path!r} must hold known records: got one that lacks or "
                    f"breaks {error}"
                ) from None
        self._file.truncate(end)
        if stated is None:
            self._append({"kind": "problem", "problem": problem}, before=_MAGIC)

    def _records(self) -> Iterator[tuple[int, dict[str, Any], int]]:
        """Yield where each whole record begins, its line of JSON, and where it ends."""
        offset = self._file.tell()
        while (record := self._record(offset)) is not None:
            stop = offset + _FRAME.size + len(record)
            yield offset, json.loads(record.partition(b"\n")[0]), stop
            offset = stop

    def _record(self, offset: int) -> bytes | None:
        """Return the bytes of the record that begins at a place, None if it is torn."""
        self._file.seek(offset)
        frame = self._file.read(_FRAME.size)
        if len(frame) < _FRAME.size:
            return None
        length, digest = _FRAME.unpack(frame)
        if length > os.fstat(self._file.fileno()).st_size - offset - _FRAME.size:
            return None
        record = self._file.read(length)
        return record if hashlib.blake2b(record, digest_size=16).digest() == digest else None

    def _index(self, head: dict[str, Any], offset: int) -> None:
        if head["kind"] == "pass":
            self._passes[head["pass"]] = _Pass(head, [])
        else:
            self._passes[head["pass"]].places.append((head["start"], head["n"], offset))
            self.seconds_before = float(head["seconds"])

    def _results(self, places: list[tuple[int, int, int]]) -> Iterator[BlockTally]:
        for start, n, offset in places:
            record = self._record(offset)
            if record is None:
                raise FormatError(f"checkpoint {self.path!r} must not change while it is read")
            line, _, packed = record.partition(b"\n")
            yield BlockTally(start, _tally(json.loads(line)["arrays"], n, packed))

    def _append(self, head: dict[str, Any], arrays: bytes = b"", *, before: bytes = b"") -> None:
        record = json.dumps(head).encode() + b"\n" + arrays
        digest = hashlib.blake2b(record, digest_size=16).digest()
        left = memoryview(before + _FRAME.pack(len(record), digest) + record)
        self._file.seek(0, os.SEEK_END)
        while left:
            left = left[self._file.write(left) :]
        now = time.perf_counter()
        if head["kind"] != "block" or now - self._synced >= _SYNC_SECONDS:
            os.fsync(self._file.fileno())
            self._synced = now


def _opened(path: str) -> Any:
    """Open a plain file for reading and appending, without a buffer; a new one if there is none."""
    with suppress(FileNotFoundError):
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise FormatError(f"checkpoint {path!r} must be a plain file")
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
    return os.fdopen(descriptor, "r+b", buffering=0)


def _checked(head: dict[str, Any], problem: dict[str, Any], path: str) -> bool:
    """Raise FormatError, with what differs, where a checkpoint is of another problem."""
    stated = head.get("problem", {})
    other = [name for name in problem if stated.get(name) != problem[name]]
    if other:
        shown = ", ".join(
            f"{name} {stated.get(name)!r} instead of {problem[name]!r}" for name in other[:3]
        )
        raise FormatError(
            f"checkpoint {path!r} must be of this very certification: it has {shown}; name "
            "another file, or remove this one"
        )
    return True


def _digest(blocks: Blocks) -> str:
    """Return the digest of what a pass compares scores with."""
    digest = hashlib.blake2b(f"{blocks.ranges} {blocks.bounds.exact}\n".encode(), digest_size=16)
    level, bounds = blocks.level, blocks.bounds
    for array in (level.value, level.document, bounds.filter, bounds.score):
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def _tally(arrays: list[list[str]], n: int, packed: bytes) -> Tally:
    size = n * sum(np.dtype(dtype).itemsize for _, dtype in arrays)
    data = zlib.decompressobj().decompress(packed, size)
    found, offset = dict[str, Any](), 0
    for name, dtype in arrays:
        found[name] = np.frombuffer(data, dtype=dtype, count=n, offset=offset)
        offset += n * found[name].itemsize
    return Tally(**found)
