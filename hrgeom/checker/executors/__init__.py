"""Executors: where blocks of work run. All are interchangeable behind `Executor`."""

from hrgeom.checker.executors._dask import DaskExecutor
from hrgeom.checker.executors._interface import Executor, ExecutorEntry
from hrgeom.checker.executors._registry import EXECUTORS, executor_names, running
from hrgeom.checker.executors._serial import SerialExecutor
from hrgeom.checker.executors._threads import ThreadsExecutor, threads_or_serial

__all__ = [
    "EXECUTORS",
    "DaskExecutor",
    "Executor",
    "ExecutorEntry",
    "SerialExecutor",
    "ThreadsExecutor",
    "executor_names",
    "running",
    "threads_or_serial",
]
