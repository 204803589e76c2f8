"""Margin descent: unit rows with a large margin, from steps on the hardest of all pairs."""

from hrgeom.descent._descend import Start, available_passes, descend
from hrgeom.descent._result import Descent, Moment
from hrgeom.descent._schedule import Schedule
from hrgeom.descent._stored import StoredRows, store_rows

__all__ = [
    "Descent",
    "Moment",
    "Schedule",
    "Start",
    "StoredRows",
    "available_passes",
    "descend",
    "store_rows",
]
