"""Filters: what decides most pairs of a sweep at less than a score each, around any kernel."""

from hrgeom.checker.filters._choice import choose_filter
from hrgeom.checker.filters._interface import FilterEntry, Trial
from hrgeom.checker.filters._registry import FILTERS, filter_names

__all__ = ["FILTERS", "FilterEntry", "Trial", "choose_filter", "filter_names"]
