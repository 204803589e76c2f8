"""The choice of a filter: by name, or by what each decides in a sample of the queries."""

from __future__ import annotations

import os
from typing import Any

from hrgeom.checker.filters._interface import Trial
from hrgeom.checker.filters._registry import FILTERS, filter_names
from hrgeom.checker.kernels import Kernel
from hrgeom.errors import KernelError

__all__ = ["choose_filter"]

# Below so many pairs a sweep takes less than packing documents twice.
_WORTHWHILE_PAIRS = 10**7
# A filter is taken if it brings a sweep below this share of its cost.
_WORTHWHILE_SHARE = 0.9


def choose_filter(name: str | None, kernel: Kernel, trial: Trial) -> tuple[Kernel, Any] | None:
    """Return the filtered kernel to sweep with and its packed documents, or None for no filter.

    Parameters
    ----------
    name : str or None
        One of `filter_names()`; None: that of HRGEOM_FILTER, or else "auto".
    kernel : Kernel
        What scores pairs.
    trial : Trial
        What "auto" tries the filters on.

    Returns
    -------
    kernel : Kernel
        "auto": the one of least cost in the sample, if one is worth its while.
    packed
        The documents, from its `pack`.

    Raises
    ------
    KernelError
        If there is no such filter, or it cannot go around this kernel.

    Examples
    --------
    >>> import numpy as np
    >>> from hrgeom.checker.kernels import Bounds, Level, Rows, get_kernel
    >>> x = np.eye(2)
    >>> rows = Rows(x, np.array([0, 1, 2]), np.array([0, 1], dtype=np.int32))
    >>> level = Level(np.zeros(2), np.full(2, -1, dtype=np.int32))
    >>> trial = Trial(x, x.dtype, 4, rows, level, Bounds(np.zeros(2), np.zeros(2), True))
    >>> choose_filter("none", get_kernel("numpy"), trial) is None
    True
    """
    wanted = name or os.environ.get("HRGEOM_FILTER") or "auto"
    if wanted not in filter_names():
        raise KernelError(f"filter must be one of {', '.join(filter_names())}: got {wanted!r}")
    if wanted == "auto":
        return _cheapest(kernel, trial)
    if wanted == "none":
        return None
    entry = next(entry for entry in FILTERS if entry.name == wanted)
    filtered = entry.around(kernel)
    if filtered is None:
        raise KernelError(
            f"filter {wanted} must have a kernel that it can go around: got {kernel.name}; "
            "choose another kernel, or the filter none"
        )
    if entry.suited is not None:
        filtered, _ = entry.suited(filtered, trial)
    return filtered, filtered.pack(trial.documents, trial.work)


def _cheapest(kernel: Kernel, trial: Trial) -> tuple[Kernel, Any] | None:
    best, least = None, _WORTHWHILE_SHARE
    m, dim = trial.documents.shape
    for entry in FILTERS if trial.n_pairs >= _WORTHWHILE_PAIRS else ():
        filtered = entry.around(kernel)
        if filtered is None:
            continue
        if entry.suited is not None:
            filtered, may_pay = entry.suited(filtered, trial)
            if not may_pay:
                continue
        packed = filtered.pack(trial.documents, trial.work)
        tally = filtered.sweep(packed, m, trial.rows, trial.level, trial.bounds)
        cost = entry.cost(tally, m, dim)
        if cost < least:
            best, least = (filtered, packed), cost
    return best
