"""Threads of BLAS: held at one where our own threads share the work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import Lock

__all__ = ["one_blas_thread"]

_lock = Lock()
_inside = 0
_limit = ExitStack()


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Hold every product at one thread, so that the threads that call it do not wait for others.

    The limit is that of the process. The first to enter sets it, the last to leave lifts it.

    Examples
    --------
    >>> with one_blas_thread():
    ...     pass
    """
    _enter()
    try:
        yield
    finally:
        _leave()


def _enter() -> None:
    from threadpoolctl import threadpool_limits

    global _inside
    with _lock:
        if not _inside:
            _limit.enter_context(threadpool_limits(limits=1, user_api="blas"))
        _inside += 1


def _leave() -> None:
    global _inside
    with _lock:
        _inside -= 1
        if not _inside:
            _limit.close()
