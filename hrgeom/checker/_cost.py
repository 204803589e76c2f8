"""The cost of a certificate on this machine."""

from __future__ import annotations

import time

import numpy as np

from hrgeom._base.blocks import default_threads
from hrgeom.checker.kernels import Bounds, Level, Rows, select_kernel

__all__ = ["certification_seconds"]

_PROBE_QUERIES = 256


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
    entry = select_kernel()
    kernel = entry.make()
    work = np.float64 if dtype == "float64" else np.float32
    rng = np.random.default_rng(0)
    probe = min(n_documents, 16_384)
    documents = rng.standard_normal((probe, dim), dtype=work)
    queries = rng.standard_normal((_PROBE_QUERIES, dim), dtype=work)
    none = np.zeros(_PROBE_QUERIES)
    rows = Rows(queries, np.zeros(_PROBE_QUERIES + 1, dtype=np.int64), np.empty(0, dtype=np.int32))
    level = Level(np.full(_PROBE_QUERIES, np.inf), np.full(_PROBE_QUERIES, -1, dtype=np.int32))
    packed = kernel.pack(documents, documents.dtype)
    started = time.perf_counter()
    kernel.sweep(packed, probe, rows, level, Bounds(none, none, False))
    seconds = time.perf_counter() - started
    n_workers = default_threads() if entry.wants_threads else 1
    return seconds * (n_queries / _PROBE_QUERIES) * (n_documents / probe) / n_workers
