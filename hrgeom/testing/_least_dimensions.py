"""Least dimensions of tiny relevances, by going through all orders of the documents."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations, product

from hrgeom.bounds import Setting
from hrgeom.core import Relevance, distinct_rows

__all__ = ["known_least_dimensions"]

_MOST_DOCUMENTS = 5  # different D(v)

_Sets = frozenset[frozenset[int]]


def known_least_dimensions(relevance: Relevance) -> dict[Setting, tuple[int, bool]]:
    """Return the least dimension in every setting as far as brute force knows it.

    Parameters
    ----------
    relevance : Relevance
        At most five different D(v), or nothing is known.

    Returns
    -------
    least : dict of setting to (int, bool)
        A dimension, and whether it is the least one; else the least one is not below it. Empty if
        there are too many documents.

    Examples
    --------
    >>> known_least_dimensions(Relevance.from_sets([{0}, {0, 1}], 2))["row"]
    (1, True)
    """
    of_documents, first = distinct_rows(*relevance.transposed, relevance.n_queries)
    m = len(first)
    if m > _MOST_DOCUMENTS:
        return {}
    sets = frozenset(
        frozenset(of_documents[relevance.matches(q)].tolist()) for q in range(relevance.n_queries)
    )
    # one document of each D(v) is enough: equal ones may share a vector
    on_a_line = {
        "row": any(sets <= _half_lines(order) for order in permutations(range(m))),
        "global": any(sets <= cut for cut in _lines_with_one_threshold(m)),
        "unit": any(sets <= cut for cut in _two_points(m)) or sets <= {frozenset()},
        "zero": any(sets <= cut for cut in _two_points(m)),
    }
    on_a_line["unit"] |= sets <= {frozenset(range(m))}  # one threshold below all scores
    least: dict[Setting, tuple[int, bool]] = {}
    for setting in ("row", "global", "unit"):
        least[setting] = (1, True) if on_a_line[setting] else (2, False)
    in_a_plane = any(sets <= windows for windows in _half_planes(m))
    zero = 1 if on_a_line["zero"] else 2 if in_a_plane else 3
    least["zero"] = (zero, zero < 3)
    return least


def _half_lines(order: tuple[int, ...]) -> _Sets:
    """Return what queries with a threshold each can match on a line: the ends of the order."""
    m = len(order)
    return frozenset(frozenset(part) for i in range(m + 1) for part in (order[:i], order[i:]))


def _lines_with_one_threshold(m: int) -> Iterator[_Sets]:
    """Yield what queries can match on a line with one threshold, scaled to 1, -1 or 0.

    At 1 a query matches documents far out on its own side of 0; at -1 all but those far out on the
    other side; at 0 all on its side.
    """
    everything = frozenset(range(m))
    for order in permutations(range(m)):
        for n_negative in range(m + 1):
            negative, positive = order[:n_negative], order[n_negative:]
            far = {frozenset(negative[:i]) for i in range(len(negative) + 1)}
            far |= {frozenset(positive[i:]) for i in range(len(positive) + 1)}
            yield frozenset(far)
            yield frozenset(everything - part for part in far)
    yield from _two_points(m)


def _two_points(m: int) -> Iterator[_Sets]:
    """Yield what queries can match where all vectors are 1 or -1: a set or its complement."""
    everything = frozenset(range(m))
    for signs in product((False, True), repeat=m):
        positive = frozenset(v for v in range(m) if signs[v])
        yield frozenset((positive, everything - positive))


def _half_planes(m: int) -> Iterator[_Sets]:
    """Yield what queries can match in the plane with threshold 0.

    Documents and their opposites are 2m directions; an open half plane holds m in a row of them.
    The first document may come first.
    """
    for order in permutations(range(1, m)):
        for signs in product((False, True), repeat=m - 1):
            half = [(0, True), *zip(order, signs, strict=True)]
            circle = [*half, *((v, not sign) for v, sign in half)] * 2
            windows = (circle[i : i + m] for i in range(2 * m))
            yield frozenset(frozenset(v for v, sign in window if sign) for window in windows)
