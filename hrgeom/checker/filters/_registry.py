"""The registry of filters.

A filter is added by a module of its own, which ends in its `FilterEntry`, and one line in
`FILTERS`. The names of `--filter` and HRGEOM_FILTER, error messages and contract tests follow.
"""

from __future__ import annotations

from hrgeom.checker.filters._int8 import INT8
from hrgeom.checker.filters._interface import FilterEntry
from hrgeom.checker.filters._tree import TREE

__all__ = ["FILTERS", "filter_names"]

FILTERS: tuple[FilterEntry, ...] = (TREE, INT8)
"""All filters there are, in the order in which a sample tries them."""


def filter_names() -> tuple[str, ...]:
    """Return what can be asked for: "auto", "none" and the names of all filters.

    Returns
    -------
    names : tuple of str
        For `certify(filter=...)` and `--filter`.

    Examples
    --------
    >>> filter_names()[:2]
    ('auto', 'none')
    """
    return ("auto", "none", *(entry.name for entry in FILTERS))
