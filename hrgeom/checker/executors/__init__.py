"""Executors: where blocks of work run. All are interchangeable behind `Executor`."""

from hrgeom.checker.executors._interface import Executor
from hrgeom.checker.executors._serial import SerialExecutor
from hrgeom.checker.executors._threads import ThreadsExecutor, threads_or_serial

__all__ = ["Executor", "SerialExecutor", "ThreadsExecutor", "threads_or_serial"]
