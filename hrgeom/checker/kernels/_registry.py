"""The choice of a kernel: the fastest this machine can run, or the one asked for by name."""

from __future__ import annotations

import os
from dataclasses import dataclass

from hrgeom._native.library import native_library
from hrgeom.checker.kernels._interface import Kernel
from hrgeom.checker.kernels._native import NativeKernel
from hrgeom.checker.kernels._numpy_twin import NumpyKernel
from hrgeom.errors import KernelError

__all__ = ["KernelInfo", "available_kernels", "get_kernel", "kernel_info"]

_ALL = ("numpy", "serial", "avx2", "avx512")


@dataclass(frozen=True)
class KernelInfo:
    """Which kernel runs by default here, and which others could be asked for."""

    name: str
    compiled: bool
    available: tuple[str, ...]

    def __str__(self) -> str:
        if not self.compiled:
            return "kernel numpy (the C extension is not built; certifying is several times slower)"
        return f"kernel {self.name} (available: {', '.join(self.available)})"


def available_kernels() -> tuple[str, ...]:
    """Return the names of the kernels this machine can run, slowest first.

    >>> "numpy" in available_kernels()
    True
    """
    library = native_library()
    return ("numpy",) if library is None else ("numpy", *library.sweeps())


def get_kernel(name: str | None = None) -> Kernel:
    """Return a kernel by name; by default that of HRGEOM_KERNEL, or else the fastest here.

    Raises
    ------
    KernelError
        If there is no such kernel on this machine. There is no silent second choice.
    """
    available = available_kernels()
    wanted = name or os.environ.get("HRGEOM_KERNEL") or available[-1]
    if wanted not in _ALL:
        raise KernelError(f"kernel must be one of {', '.join(_ALL)}: got {wanted!r}")
    if wanted not in available:
        raise KernelError(
            f"kernel must be available on this machine: got {wanted!r}, have {', '.join(available)}"
        )
    return NumpyKernel() if wanted == "numpy" else NativeKernel(wanted, native_library())


def kernel_info() -> KernelInfo:
    """Return which kernel `certify` uses by default on this machine."""
    return KernelInfo(get_kernel().name, native_library() is not None, available_kernels())
