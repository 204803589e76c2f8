"""The registry of kernels, and the choice: the fastest this machine can run, or one by name.

A kernel is added by a module of its own, which ends in its `KernelEntry`, and one line in
`KERNELS`. The names of `--kernel` and HRGEOM_KERNEL, error messages and contract tests follow.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from hrgeom.checker.kernels import _native
from hrgeom.checker.kernels._cuda import CUDA
from hrgeom.checker.kernels._interface import Kernel, KernelEntry
from hrgeom.checker.kernels._numpy_twin import NUMPY
from hrgeom.errors import KernelError

__all__ = [
    "KERNELS",
    "KernelInfo",
    "available_kernels",
    "get_kernel",
    "kernel_info",
    "select_kernel",
]

KERNELS: tuple[KernelEntry, ...] = (
    NUMPY,
    *_native.ENTRIES,
    CUDA,
)
"""All kernels there are, whether or not this machine can run them."""


@dataclass(frozen=True)
class KernelInfo:
    """The default kernel of this machine, and the others it can run.

    Attributes
    ----------
    name : str
        What `certify` uses by default.
    compiled : bool
        Whether the C extension was built.
    available : tuple of str
        All that can be asked for, slowest first.
    """

    name: str
    compiled: bool
    available: tuple[str, ...]

    def __str__(self) -> str:
        if not self.compiled:
            return (
                f"kernel {self.name} (the C extension is not built; certifying is several times "
                "slower)"
            )
        return f"kernel {self.name} (available: {', '.join(self.available)})"


def available_kernels() -> tuple[str, ...]:
    """Return the names of the kernels this machine can run, slowest first.

    Returns
    -------
    names : tuple of str
        At least "numpy", which needs no C extension.

    Examples
    --------
    >>> "numpy" in available_kernels()
    True
    """
    usable = (entry for entry in KERNELS if entry.is_available())
    return tuple(entry.name for entry in sorted(usable, key=lambda entry: entry.rank))


def select_kernel(name: str | None = None) -> KernelEntry:
    """Return the entry of a kernel by name.

    Parameters
    ----------
    name : str, optional
        Default: that of the environment variable HRGEOM_KERNEL, or else the fastest here.

    Returns
    -------
    entry : KernelEntry
        A kernel that this machine can run.

    Raises
    ------
    KernelError
        If there is no such kernel on this machine. There is no silent second choice.

    Examples
    --------
    >>> select_kernel("numpy").rank
    0
    """
    available = available_kernels()
    wanted = name or os.environ.get("HRGEOM_KERNEL") or available[-1]
    found = next((entry for entry in KERNELS if entry.name == wanted), None)
    if found is None:
        names = ", ".join(entry.name for entry in KERNELS)
        raise KernelError(f"kernel must be one of {names}: got {wanted!r}")
    if wanted not in available:
        raise KernelError(
            f"kernel must be available on this machine: got {wanted!r}, have {', '.join(available)}"
        )
    return found


def get_kernel(name: str | None = None) -> Kernel:
    """Return a kernel by name.

    Parameters
    ----------
    name : str, optional
        Default: that of HRGEOM_KERNEL, or else the fastest here, as in `select_kernel`.

    Returns
    -------
    kernel : Kernel
        Ready for use; it holds no state between calls.

    Raises
    ------
    KernelError
        If there is no such kernel on this machine.

    Examples
    --------
    >>> get_kernel("numpy").name
    'numpy'
    """
    return select_kernel(name).make()


def kernel_info() -> KernelInfo:
    """Return which kernel `certify` uses by default on this machine.

    Returns
    -------
    info : KernelInfo
        As text: one line for a report.

    Raises
    ------
    KernelError
        If HRGEOM_KERNEL names a kernel that this machine does not have.

    Examples
    --------
    >>> kernel_info().name in available_kernels()
    True
    """
    return KernelInfo(select_kernel().name, _native.is_built(), available_kernels())
