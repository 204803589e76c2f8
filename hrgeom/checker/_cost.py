"""The cost of a certificate on this machine, and on others."""

from __future__ import annotations

import csv
import time
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from hrgeom._base.blocks import default_threads
from hrgeom.checker.kernels import Bounds, Level, Rows, select_kernel

__all__ = ["GpuRate", "certification_seconds", "gpu_rate", "seconds_per_pair"]

_PROBE_QUERIES = 256
_PROBE_DOCUMENTS = 16_384
_PROBES = 3


def certification_seconds(n_queries: int, n_documents: int, dim: int, dtype: str) -> float:
    """Return a prediction of the seconds that `certify` takes here, from a short run of the kernel.

    Parameters
    ----------
    n_queries, n_documents, dim : int
        Sizes of the embedding, at least 1.
    dtype : {"float64", "float32", "float16", "bfloat16", "int8"}
        Its stored type.

    Returns
    -------
    seconds : float
        With the default kernel and number of threads, for one sweep.

    Raises
    ------
    KernelError
        If HRGEOM_KERNEL names a kernel that this machine does not have.

    Notes
    -----
    A few hundred random queries against at most 16,384 documents, scaled up to all pairs. It
    takes longer where many documents tie with the best non-match, which scores them twice:
    block codes of WordNet have taken 1.5 times (d = 192) to four times as long (d = 510).

    Examples
    --------
    >>> certification_seconds(1000, 1000, 8, "float32") > 0
    True
    """
    n_workers = default_threads() if select_kernel().wants_threads else 1
    each = seconds_per_pair(dim, dtype, min(n_documents, _PROBE_DOCUMENTS))
    return each * n_queries * n_documents / n_workers


def seconds_per_pair(dim: int, dtype: str, n_documents: int = _PROBE_DOCUMENTS) -> float:
    """Return the seconds that one core of this machine takes for a pair, from a short run.

    Parameters
    ----------
    dim : int
        Dimension, at least 1.
    dtype : {"float64", "float32", "float16", "bfloat16", "int8"}
        Stored type.
    n_documents : int
        How many documents to try.

    Returns
    -------
    seconds : float
        Of processor time, with the default kernel and no filter.

    Raises
    ------
    KernelError
        If HRGEOM_KERNEL names a kernel that this machine does not have.

    Examples
    --------
    >>> 0 < seconds_per_pair(8, "float32", 1000) < 1e-3
    True
    """
    kernel = select_kernel().make()
    work = np.float64 if dtype == "float64" else np.float32
    rng = np.random.default_rng(0)
    documents = rng.standard_normal((n_documents, dim), dtype=work)
    queries = rng.standard_normal((_PROBE_QUERIES, dim), dtype=work)
    none = np.zeros(_PROBE_QUERIES)
    rows = Rows(queries, np.zeros(_PROBE_QUERIES + 1, dtype=np.int64), np.empty(0, dtype=np.int32))
    level = Level(np.full(_PROBE_QUERIES, np.inf), np.full(_PROBE_QUERIES, -1, dtype=np.int32))
    packed = kernel.pack(documents, documents.dtype)
    taken = []
    for _ in range(_PROBES):
        started = time.process_time()  # of all threads, and whatever else the machine does
        kernel.sweep(packed, n_documents, rows, level, Bounds(none, none, False))
        taken.append(time.process_time() - started)
    return max(min(taken), 1e-9) / (_PROBE_QUERIES * n_documents)


@dataclass(frozen=True)
class GpuRate:
    """How long a GPU takes for a pair.

    Attributes
    ----------
    device : str
        The GPU that was measured.
    seconds_per_pair : float
        Of the kernel alone.
    """

    device: str
    seconds_per_pair: float


def gpu_rate(dim: int) -> GpuRate:
    """Return how long a GPU takes for a pair of int8 rows, from measurements that are kept.

    Parameters
    ----------
    dim : int
        Dimension, at least 1.

    Returns
    -------
    rate : GpuRate
        Between the measured dimensions by a straight line, above the last in proportion. Measured
        by a prototype of the kernel: count and largest score per query, 10^12 pairs on one device.

    Examples
    --------
    >>> gpu_rate(64).device, round(gpu_rate(64).seconds_per_pair * 10**12, 2)
    ('NVIDIA H100', 0.65)
    """
    device, dims, seconds = _gpu_rates()
    within = float(np.interp(dim, dims, seconds))
    return GpuRate(device, within * max(1.0, dim / dims[-1]))


@cache
def _gpu_rates() -> tuple[str, tuple[int, ...], tuple[float, ...]]:
    text = resources.files("hrgeom").joinpath("_data", "gpu-rates.csv").read_text(encoding="ascii")
    rows = list(csv.DictReader(text.splitlines()))
    dims = tuple(int(row["dim"]) for row in rows)
    seconds = tuple(float(row["seconds"]) / int(row["n_pairs"]) for row in rows)
    return rows[0]["device"], dims, seconds
