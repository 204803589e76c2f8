"""Kernels: what scores all pairs, in C or in NumPy, and the choice between them."""

from hrgeom.checker.kernels._interface import Bounds, Kernel, KernelEntry, Level, Rows, Tally
from hrgeom.checker.kernels._native import NativeKernel
from hrgeom.checker.kernels._registry import (
    KERNELS,
    KernelInfo,
    available_kernels,
    get_kernel,
    kernel_info,
    select_kernel,
)

__all__ = [
    "KERNELS",
    "Bounds",
    "Kernel",
    "KernelEntry",
    "KernelInfo",
    "Level",
    "NativeKernel",
    "Rows",
    "Tally",
    "available_kernels",
    "get_kernel",
    "kernel_info",
    "select_kernel",
]
