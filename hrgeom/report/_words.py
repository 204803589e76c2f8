"""What a certificate says in plain words, and numbers as text."""

from __future__ import annotations

import math
import re

from hrgeom.checker import Certificate, Witness
from hrgeom.core import Hierarchy

__all__ = ["advice", "number", "sentence", "shown", "tightest", "tightest_call", "up"]

# Control characters, and those that turn the direction of writing: labels come from strangers.
_CONTROLS = re.compile(
    "[\\x00-\\x1f\\x7f-\\x9f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]"
)
_LONGEST = 120  # characters of a label in running text


def shown(label: str) -> str:
    """Return a label as it is shown: controls written out, long ones cut, the empty one named."""
    text = _CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", label)
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    if not text.strip():
        return "(empty label)" if not text else "(label of spaces)"
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def number(value: float | int | None, digits: int = 4) -> str:
    """Return a number as text: whole ones with separators, others to some digits."""
    if value is None:
        return "none"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.{digits}g}"


def up(value: float) -> str:
    """Return a number to two digits, rounded up, as a bound is."""
    if value == 0:
        return "0"
    step = 10.0 ** (math.floor(math.log10(value)) - 1)
    return f"{math.ceil(value / step) * step:.2g}"


def sentence(certificate: Certificate) -> str:
    """Return the verdict as one sentence."""
    n = certificate.n_queries
    if certificate.holds:
        ranks = " on top of its ranking" if certificate.notion == "row" else ""
        if n == 1:
            return f"The one query retrieves exactly its ancestors{ranks}."
        return f"Every one of {n:,} queries retrieves exactly its ancestors{ranks}."
    if certificate.verdict == "undecided":
        pairs = _pairs(certificate.n_undecided)
        return f"Not decided: {pairs} could not be told from the threshold."
    failing = certificate.n_violating_queries
    if failing == n:
        return f"None of {n:,} queries retrieves exactly its ancestors."
    verb, whose = ("does", "its") if failing == 1 else ("do", "their")
    return f"{failing:,} of {n:,} queries {verb} not retrieve exactly {whose} ancestors."


def tightest(certificate: Certificate) -> Witness | None:
    """Return the extreme pair nearest to the wrong side, or furthest on it."""
    pairs = [w for w in (certificate.worst_match, certificate.best_other) if w is not None]

    def distance(witness: Witness) -> float:
        away = abs(witness.score - witness.level)
        return -away if witness.violates else away

    return min(pairs, key=distance, default=None)


def tightest_call(certificate: Certificate, hierarchy: Hierarchy | None = None) -> str:
    """Return a sentence on that pair, with the names of its nodes where these have others."""
    found = tightest(certificate)
    if found is None:
        return "There is no pair to compare: no query has both ancestors and other documents."
    side = "above" if found.score > found.level else "below"
    side = "at" if found.score == found.level else side
    what = "the threshold" if certificate.notion == "global" else "the score it is compared with"
    away = abs(found.score - found.level)
    head = "Furthest off" if found.violates else "Tightest call"
    distance = "" if side == "at" else f"{number(away)} "
    return (
        f"{head}: query {_quoted(found.query, hierarchy)}, document "
        f"{_quoted(found.document, hierarchy)}, score "
        f"{number(found.score, 6)}, {distance}{side} {what}."
    )


def _quoted(label: str, hierarchy: Hierarchy | None) -> str:
    name = label if hierarchy is None else hierarchy.name(label)
    return f"“{shown(label)}”" if name == label else f"“{shown(label)}” ({shown(name)})"


def advice(certificate: Certificate) -> str:
    """Return how to use the vectors: the condition on a score, to the last digit."""
    if certificate.notion == "row" or certificate.threshold is None:
        return "as many documents of highest score as the query has ancestors"
    level = certificate.threshold
    return f"score > {int(level) if level == int(level) else repr(level)}"


def _pairs(n: int) -> str:
    return f"{n:,} pair" + ("" if n == 1 else "s")
