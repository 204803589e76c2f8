"""Margin descent: unit rows with a large margin, from steps on the hardest of all pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hrgeom.descent._descend import Start, available_passes, descend
from hrgeom.descent._even import even_scores
from hrgeom.descent._hardest import Look, look
from hrgeom.descent._polish import polish
from hrgeom.descent._result import Descent, Moment
from hrgeom.descent._schedule import Schedule
from hrgeom.descent._stored import StoredRows, store_rows

if TYPE_CHECKING:
    from hrgeom.descent._dense import descend_dense

__all__ = [
    "Descent",
    "Look",
    "Moment",
    "Schedule",
    "Start",
    "StoredRows",
    "available_passes",
    "descend",
    "descend_dense",
    "even_scores",
    "look",
    "polish",
    "store_rows",
]


def __getattr__(name: str) -> Any:
    if name != "descend_dense":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from hrgeom.descent._dense import descend_dense  # torch, when a name that needs it is used

    return descend_dense
