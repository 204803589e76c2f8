"""What a command is doing, on the last line of a terminal: for how long, and how long yet.

A line appears after a second, on a terminal alone, and goes when the work is done. Results and
remarks clear it first; it comes back while the work goes on.
"""

from __future__ import annotations

import argparse
import re
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

__all__ = ["Status", "hidden", "working"]

_DELAY = 1.0  # seconds
_PAUSE = 0.5
_WIDTH = 79
_LEFT = re.compile(r", (\d+) s left$")  # as iterative constructions report it


class Status:
    """A line that says what is done now.

    Parameters
    ----------
    what : str
        What the whole work is, such as "building".
    seconds : float, optional
        About how long it will take.
    """

    def __init__(self, what: str, seconds: float | None = None) -> None:
        self.what, self.step, self.seconds = what, "", seconds
        self.began = time.monotonic()
        self._is_over = threading.Event()
        self._lock = threading.Lock()
        self._is_shown = self._is_paused = False
        self._thread = threading.Thread(target=self._run, daemon=True)

    def text(self) -> str:
        """Return the line: the work or its step, how long it has taken and may take yet."""
        taken = time.monotonic() - self.began
        left = "" if self.seconds is None else _left(self.seconds - taken)
        return f"{self.step or self.what}: {_duration(taken)}{left}"

    def note(self, line: str) -> None:
        """Take in a line that the work reported: its step, and the time left where it says so."""
        found = _LEFT.search(line)
        if found is not None:
            self.seconds = time.monotonic() - self.began + int(found[1])
        self.step = line.partition(":")[0][:50]

    def expect(self, share: float) -> None:
        """Expect to take as long yet as a share of the time it has taken."""
        self.seconds = (1 + share) * (time.monotonic() - self.began)

    def pause(self, is_paused: bool = True) -> None:
        """Give the line away, to a bar of progress, or take it back."""
        self._is_paused = is_paused
        if is_paused:
            self.clear()

    @contextmanager
    def hidden(self) -> Iterator[None]:
        """Remove the line while something else is printed."""
        with self._lock:
            if self._is_shown:
                sys.stderr.write("\r" + " " * _WIDTH + "\r")
                sys.stderr.flush()
                self._is_shown = False
            yield

    def clear(self) -> None:
        """Remove the line, until it is next shown."""
        with self.hidden():
            pass

    def start(self) -> None:
        """Begin to show the line."""
        self._thread.start()

    def stop(self) -> None:
        """Remove the line for good."""
        self._is_over.set()
        self._thread.join()
        self.clear()

    def _run(self) -> None:
        pause = _DELAY
        while not self._is_over.wait(pause):
            pause = _PAUSE
            with self._lock:
                if not self._is_paused:
                    sys.stderr.write(f"\r{self.text()[:_WIDTH]:<{_WIDTH}}")
                    sys.stderr.flush()
                    self._is_shown = True


_SHOWN: list[Status] = []


@contextmanager
def working(args: argparse.Namespace, what: str, seconds: float | None = None) -> Iterator[Status]:
    """Show what a command is doing, on a terminal and without --quiet."""
    status = Status(what, seconds)
    if args.quiet or not sys.stderr.isatty():
        yield status
        return
    status.start()
    _SHOWN.append(status)
    try:
        yield status
    finally:
        _SHOWN.remove(status)
        status.stop()


@contextmanager
def hidden() -> Iterator[None]:
    """Remove the line that is shown, if any, while something else is printed."""
    with ExitStack() as stack:
        for status in _SHOWN:
            stack.enter_context(status.hidden())
        yield


def _left(seconds: float) -> str:
    return f", about {_duration(seconds)} left" if seconds >= 1 else ""


def _duration(seconds: float) -> str:
    """Return a time as minutes and seconds.

    >>> _duration(7.4), _duration(125)
    ('7 s', '2:05 min')
    """
    whole = int(seconds)
    return f"{whole} s" if whole < 60 else f"{whole // 60}:{whole % 60:02d} min"
