"""The C extensions, or None where they were not built."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

__all__ = ["descent_library", "native_library"]


@cache
def native_library() -> Any | None:
    """Return the extension module, or None where it was not built."""
    try:
        return import_module("hrgeom._native._extension")
    except ImportError:
        return None


@cache
def descent_library() -> Any | None:
    """Return the extension module of the descent, or None where it was not built."""
    try:
        return import_module("hrgeom._native._descent")
    except ImportError:
        return None
