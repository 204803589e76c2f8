"""Measures of what was found: per split, and their means over the splits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from hrgeom.locate.evaluation._holdout import HoldOut, Queries
from hrgeom.locate.evaluation._measures import Found
from hrgeom.locate.evaluation._values import MethodScores

__all__ = ["averaged", "scored"]

_LEAST_PAIRS = 20  # for the recall at a distance
_QUINTILES = (0.2, 0.4, 0.6, 0.8)
_LEAST_FOR_QUINTILES = 25


def scored(method: str, found: Found, split: HoldOut) -> MethodScores:
    """Return how a method did on the test queries of one split."""
    queries = split.test
    f1 = np.array([_f1(mine, right) for mine, right in zip(found.sets, queries.truth, strict=True)])
    hits = found.in_top or [
        np.isin(right, mine) for mine, right in zip(found.sets, queries.truth, strict=True)
    ]
    pairs = np.concatenate(hits)
    return MethodScores(
        method,
        recall=None if found.in_top is None else float(pairs.mean()),
        f1=float(f1.mean()),
        exact=float((f1 == 1).mean()),
        parent=_parent_share(found, split),
        recall_by_distance=_by_distance(pairs, np.concatenate(queries.distances)),
        spread={},
        calibration=() if found.expected is None else _quintiles(found.expected, f1),
    )


def _f1(mine: NDArray[np.int64], right: NDArray[np.int64]) -> float:
    return 2 * int(np.isin(mine, right).sum()) / max(1, len(mine) + len(right))


def _parent_share(found: Found, split: HoldOut) -> float:
    """Return the share of queries whose deepest retrieved document is a parent."""
    queries: Queries = split.test
    levels = split.hierarchy.levels
    hits = [
        len(mine) > 0 and mine[np.argmax(levels[mine])] in right
        for mine, right in zip(found.sets, queries.parents, strict=True)
    ]
    return float(np.mean(hits))


def _by_distance(hits: NDArray[np.bool_], distances: NDArray[np.int32]) -> dict[int, float]:
    return {
        int(d): float(hits[distances == d].mean())
        for d in np.unique(distances)
        if (distances == d).sum() >= _LEAST_PAIRS
    }


def _quintiles(
    expected: NDArray[np.float64], true: NDArray[np.float64]
) -> tuple[tuple[float, float], ...]:
    """Return expected and true F1 by quintile of the expected one."""
    if len(expected) < _LEAST_FOR_QUINTILES:
        return ()
    group = np.digitize(np.argsort(np.argsort(expected, kind="stable")) / len(expected), _QUINTILES)
    return tuple(
        (float(expected[group == k].mean()), float(true[group == k].mean())) for k in range(5)
    )


def averaged(rounds: Sequence[Mapping[str, MethodScores]]) -> dict[str, MethodScores]:
    """Return the means over the splits, for methods that every split has."""
    names = [name for name in rounds[0] if all(name in each for each in rounds)]
    return {name: _mean([each[name] for each in rounds]) for name in names}


def _mean(rows: list[MethodScores]) -> MethodScores:
    recalls = [row.recall for row in rows if row.recall is not None]
    series = {
        "recall": recalls,
        "f1": [row.f1 for row in rows],
        "exact": [row.exact for row in rows],
    }
    distances = sorted(set.intersection(*(set(row.recall_by_distance) for row in rows)))
    calibrations = [row.calibration for row in rows if row.calibration]
    whole = len(calibrations) == len(rows)
    return MethodScores(
        rows[0].method,
        recall=float(np.mean(recalls)) if recalls else None,
        f1=float(np.mean(series["f1"])),
        exact=float(np.mean(series["exact"])),
        parent=float(np.mean([row.parent for row in rows])),
        recall_by_distance={
            d: float(np.mean([row.recall_by_distance[d] for row in rows])) for d in distances
        },
        spread={name: max(values) - min(values) for name, values in series.items() if values},
        calibration=tuple(map(tuple, np.mean(calibrations, axis=0).tolist())) if whole else (),
    )
