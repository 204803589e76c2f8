"""A hierarchy in place of one whose edges form cycles."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hrgeom.core import Hierarchy, OnCycle, WithoutCycles, without_cycles
from hrgeom.errors import CycleError

__all__ = ["ON_CYCLE", "hierarchy_without_cycles"]

ON_CYCLE = ("error", "condense", "drop")


def hierarchy_without_cycles(error: CycleError, on_cycle: OnCycle) -> Hierarchy:
    """Return the hierarchy of what a cycle was found in, with the cycles taken out.

    Parameters
    ----------
    error : CycleError
        From the constructor of `Hierarchy`.
    on_cycle : {"condense", "drop"}
        As for `without_cycles`.

    Returns
    -------
    hierarchy : Hierarchy
        With a remark on what was done. Labels and names of condensed nodes stand for the node
        that is there in their place, unless they stand for another one too.

    Raises
    ------
    CycleError
        If the error does not say what the hierarchy was to be made of.
    """
    given: dict[str, Any] = dict(error.arguments)
    if not given:
        raise error
    result = without_cycles(given["labels"], given["edges"], on_cycle)
    return Hierarchy(
        result.labels,
        result.edges,
        names=_names(result, given["names"]),
        other_labels=_other_labels(result, given),
        metadata=given["metadata"],
        remarks=(*given["remarks"], *result.remarks),
    )


def _names(result: WithoutCycles, names: tuple[str, ...]) -> list[str]:
    """Return the name of the first node that each one stands for."""
    kept: dict[int, str] = {}
    for number, name in zip(result.numbers.tolist(), names, strict=True):
        kept.setdefault(number, name)
    return [kept[node] for node in range(len(result.labels))]


def _other_labels(result: WithoutCycles, given: dict[str, Any]) -> dict[str, int]:
    numbers = result.numbers.tolist()
    others = {text: numbers[node] for text, node in given["other_labels"].items()}
    others |= result.other_labels
    taken, times = {*others, *result.labels}, Counter(given["names"])
    for label, name in zip(given["labels"], given["names"], strict=True):
        if label in result.other_labels and name not in taken and times[name] == 1:
            others[name] = result.other_labels[label]
    return others
