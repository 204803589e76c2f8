"""The registry of executors.

An executor is added by a module of its own and one line in `EXECUTORS`. The names of
`--executor`, error messages and the guide follow.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from hrgeom.checker.executors._dask import connected
from hrgeom.checker.executors._interface import Executor, ExecutorEntry
from hrgeom.checker.executors._serial import SerialExecutor
from hrgeom.checker.executors._threads import threads_or_serial
from hrgeom.errors import HrgeomError

__all__ = ["EXECUTORS", "executor_names", "running"]


def _serial(n_threads: int, address: str | None) -> AbstractContextManager[Executor]:
    return nullcontext(SerialExecutor())


def _threads(n_threads: int, address: str | None) -> AbstractContextManager[Executor]:
    return nullcontext(threads_or_serial(n_threads))


EXECUTORS: tuple[ExecutorEntry, ...] = (
    ExecutorEntry("threads", "threads of this process", _threads),
    ExecutorEntry("serial", "the calling thread", _serial),
    ExecutorEntry(
        "dask", "workers of a Dask cluster (extra distributed)", connected, needs_address=True
    ),
)
"""All executors there are; the first is the default."""


def executor_names() -> tuple[str, ...]:
    """Return the names that `certify(executor=...)` and `--executor` take.

    Returns
    -------
    names : tuple of str
        In the order of the registry.

    Examples
    --------
    >>> executor_names()
    ('threads', 'serial', 'dask')
    """
    return tuple(entry.name for entry in EXECUTORS)


@contextmanager
def running(
    executor: str | Executor | None,
    n_threads: int,
    address: str | None = None,
    *,
    wants_threads: bool = True,
) -> Iterator[tuple[Executor, bool]]:
    """Provide an executor by name, and whether its workers have memory of their own.

    Parameters
    ----------
    executor : str or Executor or None
        One of `executor_names()`, or an executor of one's own. None: threads, or the calling
        thread where there is to be one.
    n_threads : int
        How many threads to use here, at least 1.
    address : str, optional
        Of a scheduler, for an executor that works elsewhere.
    wants_threads : bool
        False (of a `KernelEntry`) means one thread, whatever is asked for.

    Yields
    ------
    executor : Executor
        Connected until the end of the block.
    is_elsewhere : bool
        Whether each worker has memory of its own.

    Raises
    ------
    HrgeomError
        If there is no such executor, its package is missing, or an address is missing or given
        to an executor that works here.

    Examples
    --------
    >>> with running("threads", 2) as (executor, is_elsewhere):
    ...     print(executor, is_elsewhere)
    ThreadsExecutor(n_workers=2) False
    """
    if executor is not None and not isinstance(executor, str):
        yield executor, False
        return
    name = executor or EXECUTORS[0].name
    entry = next((entry for entry in EXECUTORS if entry.name == name), None)
    if entry is None:
        raise HrgeomError(f"executor must be one of {', '.join(executor_names())}: got {name!r}")
    if entry.needs_address != (address is not None):
        must = "come with an" if entry.needs_address else "come without an"
        raise HrgeomError(f"executor {name} must {must} address: got {address!r}")
    with entry.open(n_threads if wants_threads else 1, address) as opened:
        yield opened, entry.needs_address
