"""Blocks on the workers of a Dask cluster.

The function is taken apart once: its large arrays (packed documents, queries) are sent to every
worker, what is left of it travels with each block. Results are values, so it does not matter which
worker computes a block, or how often. Where a worker dies, its blocks go to others; where the
arrays are gone with it, they are sent again.
"""

from __future__ import annotations

import io
import pickle
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from typing import Any, TypeVar

import numpy as np

from hrgeom._base.optional import imported
from hrgeom._version import __version__
from hrgeom.errors import HrgeomError

__all__ = ["DaskExecutor", "connected"]

B = TypeVar("B")
R = TypeVar("R")

_LARGE = 2**20  # bytes from which an array is sent once, not with every block
_AHEAD = 3  # blocks per worker that are handed over before the first result is taken
_TRIES = 5  # for a block whose workers die
_PATIENCE = 120.0  # seconds to wait for a worker where there is none


class DaskExecutor:
    """Runs blocks on the workers of a Dask cluster.

    Parameters
    ----------
    client : distributed.Client
        Connected to the scheduler.

    Attributes
    ----------
    n_workers : int
        Threads of all workers when the run began: how many blocks run at the same time.

    Examples
    --------
    >>> DaskExecutor.__name__  # `running("dask", 1, "tcp://10.0.0.5:8786")` connects one
    'DaskExecutor'
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self._sent: dict[int, tuple[Any, Any]] = {}  # by identity: the array, and where it is
        self._shipment = 0  # how often arrays were sent again because they were lost
        client.wait_for_workers(1, timeout=_PATIENCE)
        self.n_workers = max(1, sum(client.nthreads().values()))

    def map(self, function: Callable[[B], R], blocks: Iterable[B]) -> Iterator[R]:
        """Run a function over blocks.

        Parameters
        ----------
        function : callable
            Takes a block; picklable, on workers that have the same version of hrgeom.
        blocks : iterable
            Picklable values.

        Yields
        ------
        result
            One per block, in their order; an error in one of them ends the run.
        """
        waiting: deque[tuple[B, tuple[int, Any]]] = deque()
        self._take_apart(function)
        try:
            for block in blocks:
                waiting.append((block, self._send(block)))
                if len(waiting) >= _AHEAD * self.n_workers:
                    yield self._result(function, *waiting.popleft())
            while waiting:
                yield self._result(function, *waiting.popleft())
        finally:
            self._client.cancel([future for _, (_, future) in waiting])

    def _take_apart(self, function: Callable[[B], R]) -> None:
        """Send the large arrays of a function, but for those that were sent before."""
        self._shell, arrays = _without_arrays(function)
        self._sent = {id(a): self._sent.get(id(a)) or (a, self._scattered(a)) for a in arrays}
        self._places = [self._sent[id(a)][1] for a in arrays]

    def _send(self, block: Any) -> tuple[int, Any]:
        """Hand a block over; return the number of the shipment it needs, and its future."""
        # pure=False: equal blocks of two passes are not the same work.
        future = self._client.submit(
            _run, self._shell, self._places, pickle.dumps(block), pure=False
        )
        return self._shipment, future

    def _scattered(self, array: Any) -> Any:
        """Send an array to a worker, from which the others get it; where that one dies, again."""
        for tries_left in reversed(range(_TRIES)):
            self._wait_for_workers()
            try:
                # A key of its own: one derived from the contents would meet a lost copy again.
                return self._client.scatter(np.asarray(array), hash=False)
            except (OSError, TimeoutError, ValueError):
                if not tries_left:
                    raise
        raise AssertionError("not reached")

    def _result(self, function: Callable[[B], R], block: B, sent: tuple[int, Any]) -> R:
        """Return the result of a block; where workers died with it or its arrays, try again."""
        distributed = imported("distributed", "executor dask", "'hrgeom[distributed]'")
        lost = (CancelledError, distributed.scheduler.KilledWorker)
        for tries_left in reversed(range(_TRIES)):
            shipment, future = sent
            try:
                return pickle.loads(future.result())  # type: ignore[no-any-return]
            except lost as error:
                if not tries_left:
                    raise HrgeomError(
                        f"executor dask must keep its workers: a block was lost {_TRIES} times, "
                        f"at last by {type(error).__name__}: {error}"
                    ) from error
            self._wait_for_workers()
            if shipment == self._shipment:  # nobody has sent the arrays again since
                self._shipment += 1
                self._sent = {}
                self._take_apart(function)
            sent = self._send(block)
        raise AssertionError("not reached")

    def _wait_for_workers(self) -> None:
        until = time.monotonic() + _PATIENCE
        while not self._client.nthreads():
            if time.monotonic() > until:
                raise HrgeomError(
                    f"executor dask must have a worker: none came within {_PATIENCE:.0f} s"
                )
            time.sleep(0.1)


class _Shell(pickle.Pickler):
    """Pickles a value without its large arrays, which are collected."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file, protocol=5)
        self.arrays: list[Any] = []

    def persistent_id(self, value: Any) -> int | None:
        if not isinstance(value, np.ndarray) or value.nbytes < _LARGE:
            return None
        self.arrays.append(value)
        return len(self.arrays) - 1


class _Filled(pickle.Unpickler):
    """Puts the arrays back."""

    def __init__(self, shell: bytes, arrays: list[Any]) -> None:
        super().__init__(io.BytesIO(shell))
        self._arrays = arrays

    def persistent_load(self, number: int) -> Any:
        return self._arrays[number]


def _without_arrays(value: Any) -> tuple[bytes, list[Any]]:
    file = io.BytesIO()
    pickler = _Shell(file)
    pickler.dump(value)
    return file.getvalue(), pickler.arrays


def _run(shell: bytes, arrays: list[Any], block: bytes) -> bytes:
    """Run the function of a shell on a block: what a worker does."""
    result = _Filled(shell, arrays).load()(pickle.loads(block))
    return pickle.dumps(result, protocol=5)


def _version() -> str:
    return __version__


@contextmanager
def connected(n_threads: int, address: str | None) -> Iterator[DaskExecutor]:
    """Connect to a scheduler until the end of the block.

    Raises
    ------
    HrgeomError
        If distributed is not installed, nobody answers at the address, or a worker has another
        version of hrgeom.
    """
    distributed = imported("distributed", "executor dask", "'hrgeom[distributed]'")
    try:
        client = distributed.Client(address, set_as_default=False, timeout=10)
    except (OSError, ValueError) as error:
        raise HrgeomError(
            f"address must be that of a Dask scheduler, such as tcp://10.0.0.5:8786: got "
            f"{address!r}: {error}"
        ) from None
    try:
        executor = DaskExecutor(client)
        _check_versions(client.run(_version, on_error="return"))
        yield executor
    finally:
        client.close()


def _check_versions(found: dict[str, Any]) -> None:
    for worker, version in found.items():
        if version != __version__:
            raise HrgeomError(
                f"workers must have hrgeom {__version__}: {worker} has {version!r}; install the "
                "same version there"
            )
