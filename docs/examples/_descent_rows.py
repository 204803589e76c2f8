"""Rows of benchmarks/descent.py for pictures and pages: names, seeds, the best of a dimension."""

from statistics import median

STORED = ("float64", "float32", "float16", "bfloat16", "int8", "4 bits", "signs")
"""Stored types in the order of their colors and markers."""


def stored(row):
    """Return the name of a row's stored type: few bits and signs are no int8."""
    bits = row.get("bits")
    return row["dtype"] if bits is None else "signs" if bits == 1 else f"{bits} bits"


def order(kind):
    """Return the place of a stored type in `STORED`; other numbers of bits come last."""
    return STORED.index(kind) if kind in STORED else len(STORED)


def by_name(rows, hierarchy, notion="global"):
    """Return the rows of a hierarchy by name, all seeds of a name together."""
    found = {}
    for label, row in rows.items():
        if (row["hierarchy"], row["notion"]) == (hierarchy, notion):
            found.setdefault(label.partition(", seed ")[0], []).append(row)
    return found


def middle(rows):
    """Return the median margin over seeds; none where a seed fails or margins are of integers."""
    margins = [row["margin"] if row["verdict"] == "holds" else None for row in rows]
    return None if None in margins else median(margins)


def best(rows, hierarchy):
    """Return the rows of the best name for every stored type and dimension, dimensions ascending.

    The best is the one with the largest median margin, and one without a margin only where no
    other is there.
    """
    found = {}
    for seeds in by_name(rows, hierarchy).values():
        key = (stored(seeds[0]), seeds[0]["dim"])
        known = found.get(key)
        if known is None or (middle(seeds) or 0) > (middle(known) or 0):
            found[key] = seeds
    return dict(sorted(found.items(), key=lambda item: (order(item[0][0]), item[0][1])))


def curve(rows, hierarchy, dtype):
    """Return dimensions and median margins of one stored type."""
    points = {
        dim: middle(seeds) for (kind, dim), seeds in best(rows, hierarchy).items() if kind == dtype
    }
    return [(dim, margin) for dim, margin in points.items() if margin]
