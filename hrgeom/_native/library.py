"""The C extensions, or None where they were not built."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

__all__ = ["descent_library", "native_library"]


@cache
def native_library() -> Any | None:
    """Return the extension of the checker and the PQ-trees, or None where it was not built."""
    return _extension("_extension")


@cache
def descent_library() -> Any | None:
    """Return the extension of margin descent, or None where it was not built."""
    return _extension("_descent")


def _extension(name: str) -> Any | None:
    try:
        return import_module(f"hrgeom._native.{name}")
    except ImportError:
        return None
