"""Margin descent over all pairs: rows of unit length with as much margin as a dimension allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hrgeom.descent._result import Descent

if TYPE_CHECKING:
    from hrgeom.descent._dense import descend_dense

__all__ = ["Descent", "descend_dense"]


def __getattr__(name: str) -> Any:
    if name != "descend_dense":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from hrgeom.descent._dense import descend_dense

    return descend_dense
