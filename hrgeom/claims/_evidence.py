"""Evidence from a stated and a computed value, by the usual rules of agreement."""

from __future__ import annotations

import math
from dataclasses import replace

from hrgeom.claims._claim import Evidence

__all__ = ["at_least", "at_most", "equal", "fact", "of_print", "printed", "ran", "shown"]


def shown(value: object) -> str:
    """Format a value: integers with thousands separators, other numbers to four digits.

    >>> shown(82115), shown(0.16907), shown("holds")
    ('82,115', '0.1691', 'holds')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}" if value < 10**15 else f"{value:.4g}"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def equal(what: str, stated: object, computed: object, *, corrected: bool = False) -> Evidence:
    """Return the evidence that two values are the same."""
    holds = stated == computed
    return Evidence(what, shown(stated), shown(computed), holds, "equal", corrected)


def printed(
    what: str, stated: float, computed: float, unit: float, *, corrected: bool = False
) -> Evidence:
    """Return the evidence that a computed value rounds to the printed one.

    `unit` is one unit of the last printed digit: the two may differ by half of it.

    >>> printed("a third", 0.33, 1 / 3, 0.01).holds, printed("two thirds", 0.66, 2 / 3, 0.01).holds
    (True, False)
    """
    # A difference of one half that rounding makes slightly more than one half counts as a half.
    holds = abs(stated - computed) <= unit / 2 * (1 + 1e-9)
    how = f"within half a unit of the last digit, {shown(unit / 2)}"
    digits = max(0, 2 - math.floor(math.log10(unit)))
    value = f"{computed:,.{digits}f}" if unit < 1 else f"{computed:,.0f}"
    places = max(0, -math.floor(math.log10(unit)))
    return Evidence(what, f"{stated:,.{places}f}", value, holds, how, corrected)


def at_most(what: str, bound: float, computed: float, *, corrected: bool = False) -> Evidence:
    """Return the evidence that a value does not exceed a bound."""
    holds = computed <= bound
    return Evidence(what, shown(bound), shown(computed), holds, "at most", corrected)


def at_least(what: str, bound: float, computed: float, *, corrected: bool = False) -> Evidence:
    """Return the evidence that a value does not fall below a bound."""
    holds = computed >= bound
    return Evidence(what, shown(bound), shown(computed), holds, "at least", corrected)


def fact(what: str, n_true: int, n_all: int, *, corrected: bool = False) -> Evidence:
    """Return the evidence that something is true in all cases that were tried.

    >>> fact("pairs on the right side", 10, 10).computed
    '10 of 10'
    """
    computed = f"{n_true:,} of {n_all:,}"
    return Evidence(what, f"all {n_all:,}", computed, n_true == n_all > 0, "all cases", corrected)


def of_print(evidence: Evidence) -> Evidence:
    """Return evidence that the printed numbers fit together, which counts for nothing more.

    >>> of_print(equal("200 = 200", 200, 200)).basis
    'print'
    """
    return replace(evidence, basis="print")


def ran(what: str, stated: object, seen: object, agrees: bool, how: str) -> Evidence:
    """Return the evidence of a training run of ours, whose recorded number is `seen`.

    >>> ran("recall in %", 66.0, 56.6, False, "within 5 points").holds
    False
    """
    return Evidence(what, shown(stated), shown(seen), agrees, how, basis="run")
