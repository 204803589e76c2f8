"""Kernels: what scores all pairs, in C or in NumPy, and the choice between them."""

from hrgeom.checker.kernels._interface import Bounds, Kernel, Level, Rows, Tally
from hrgeom.checker.kernels._registry import KernelInfo, available_kernels, get_kernel, kernel_info

__all__ = [
    "Bounds",
    "Kernel",
    "KernelInfo",
    "Level",
    "Rows",
    "Tally",
    "available_kernels",
    "get_kernel",
    "kernel_info",
]
