"""Ceilings from multipliers on parts with twins: by hand, spread over all twins, and stored."""

import gzip
import json
from dataclasses import replace
from fractions import Fraction
from importlib import resources

import numpy as np
import pytest

from hrgeom import Hierarchy
from hrgeom.bounds import all_bounds, theorems_named
from hrgeom.bounds.ceilings import (
    PartCeiling,
    bundled_ceilings,
    part_ceiling,
    part_of,
    read_ceiling,
    write_ceiling,
)
from hrgeom.bounds.ceilings._part import part_with
from hrgeom.bounds.ceilings._perfect_tree_certificate import is_positive_definite
from hrgeom.constructions import sdp_optimum
from hrgeom.datasets import load, perfect_tree, random_dag
from hrgeom.errors import ConstructionError

STEP = 4


def whole(*numbers):
    return np.array(numbers, dtype=np.int64)


def of_tree(n_leaves=2):
    """Multipliers for a root and its leaves, those of `_perfect_tree_certificate.upper_bound`."""
    return PartCeiling(
        labels=("0", "1"),
        counts=whole(1, n_leaves),
        rows=whole(0, 0, 1, 1),
        columns=whole(0, 1, 0, 1),
        weights=whole(1, 6, 4, 4),
        twins=whole(0, 3),
        diagonal=STEP * whole(2, 3, 2, 5),
        step=STEP,
    )


def leafy(n_leaves):
    names = [str(i) for i in range(n_leaves + 1)]
    return Hierarchy(names, [(i, 0) for i in range(1, n_leaves + 1)])


def test_by_hand():
    assert part_ceiling(leafy(2), of_tree()) == pytest.approx(2 / 3, abs=1e-15)
    assert part_ceiling(leafy(2), of_tree()) >= Fraction(2, 3)
    optimum = sdp_optimum(leafy(2).relevance).margin  # 0.6075
    assert optimum < part_ceiling(leafy(2), of_tree()) < optimum + 0.06


def spread(part, ceiling):
    """The large matrix over all twins, in whole numbers: a multiple of twice Diag(y) - A."""
    members = [(i, t) for i, w in enumerate(part.counts.tolist()) for t in range(w)]
    n = len(members)
    value = dict(
        zip(
            zip(ceiling.rows.tolist(), ceiling.columns.tolist(), strict=True),
            ceiling.weights.tolist(),
            strict=True,
        )
    )
    large = [[Fraction(0)] * (2 * n) for _ in range(2 * n)]
    for x, (i, s) in enumerate(members):
        w = int(part.counts[i])
        large[x][x] = Fraction(2 * int(ceiling.diagonal[i]), w)
        large[n + x][n + x] = Fraction(2 * int(ceiling.diagonal[part.size + i]), w)
        for z, (j, t) in enumerate(members):
            if i == j and s != t:
                weight = Fraction(-int(ceiling.twins[i]), w * (w - 1))
            else:
                pairs = w if i == j else w * int(part.counts[j])
                weight = Fraction(value.get((i, j), 0), pairs)
                weight = weight if part.matches[i, j] else -weight
            large[x][n + z] = large[n + z][x] = -ceiling.step * weight
    unit = 1
    for row in large:
        for entry in row:
            unit = np.lcm.reduce([unit, entry.denominator])
    return [[int(entry * int(unit)) for entry in row] for row in large]


@pytest.mark.parametrize("n_leaves", [2, 3, 5])
def test_spread_over_all_twins(n_leaves):
    part = part_of(leafy(n_leaves), [0])
    enough = of_tree(n_leaves)
    assert is_positive_definite(spread(part, enough))
    assert part_ceiling(leafy(n_leaves), enough) > 0
    # at the edge of either condition the large matrix and the check change sides together
    for place in range(4):
        for taken in range(STEP * int(enough.diagonal[place] // STEP) + 1):
            less = enough.diagonal.copy()
            less[place] -= taken
            ceiling = replace(enough, diagonal=less)
            try:
                part_ceiling(leafy(n_leaves), ceiling)
                proved = True
            except ConstructionError:
                proved = False
            if proved:  # positive semidefinite: a little more is positive definite
                more = replace(ceiling, diagonal=1000 * less + 1, step=1000 * STEP)
                assert is_positive_definite(spread(part, more))
            else:
                assert not is_positive_definite(spread(part, ceiling))


FAULTS = {
    "a negative weight": {"weights": whole(1, 6, -4, 4)},
    "all weights zero": {"weights": whole(0, 0, 0, 0), "twins": whole(0, 0)},
    "a pair twice": {"rows": whole(0, 0, 1, 1), "columns": whole(0, 1, 0, 0)},
    "a pair outside": {"columns": whole(0, 1, 0, 2)},
    "y too small": {"diagonal": STEP * whole(2, 3, 1, 5)},
    "y of the twins too small": {"diagonal": STEP * whole(2, 1, 2, 5)},
    "y missing": {"diagonal": STEP * whole(2, 3, 2)},
    "twins of a single node": {"twins": whole(1, 3)},
    "numbers too large for floats": {"step": 2**52},
    "step 0": {"step": 0},
    "more twins than there are": {"counts": whole(1, 3)},
    "no twins": {"counts": whole(1, 0)},
    "a node that is not there": {"labels": ("0", "7")},
    "a node twice": {"labels": ("0", "0")},
    "a class that is no leaf": {"labels": ("1", "0")},
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_are_refused(fault):
    with pytest.raises(ConstructionError):
        part_ceiling(leafy(2), replace(of_tree(), **FAULTS[fault]))


def test_the_condition_on_rests_is_exact():
    # 4 y y' = (4 + 3/(w - 1))^2 exactly with y = y' = 3.5: enough; a unit less is not
    large = STEP * whole(20, 0, 20, 0)
    enough = replace(
        of_tree(), weights=whole(0, 0, 0, 4), diagonal=large + STEP * whole(0, 7, 0, 7) // 2
    )
    assert part_ceiling(leafy(2), enough) > 0
    less = enough.diagonal - whole(0, 1, 0, 0)
    with pytest.raises(ConstructionError):
        part_ceiling(leafy(2), replace(enough, diagonal=less))


def test_twins_are_leaves_below_the_same_nodes():
    dag = random_dag(200, seed=1)
    n_below = dag.relevance.n_queries_of
    part = part_of(dag, np.flatnonzero(n_below > 4), most=60)
    labels = [dag.labels[v] for v in part.nodes.tolist()]
    again = part_with(dag, labels, part.counts.tolist())
    assert np.array_equal(again.matches, part.matches)
    assert part.counts.max() > 1
    inner = set(part.nodes[n_below[part.nodes] > 4].tolist())
    for node, count in zip(part.nodes.tolist(), part.counts.tolist(), strict=True):
        if node not in inner:
            above = inner.intersection(dag.relevance.matches(node).tolist())
            alike = [
                leaf
                for leaf in np.flatnonzero(n_below == 1).tolist()
                if inner.intersection(dag.relevance.matches(leaf).tolist()) == above
            ]
            assert len(alike) == count
            assert node in alike


def test_two_classes_must_differ():
    twice = replace(
        of_tree(),
        labels=("0", "1", "2"),
        counts=whole(1, 2, 2),
        twins=whole(0, 3, 0),
        diagonal=STEP * whole(2, 3, 0, 2, 5, 0),
    )
    with pytest.raises(ConstructionError, match="of its own"):
        part_ceiling(leafy(4), twice)


def test_files_give_the_same_back(tmp_path):
    write_ceiling(tmp_path / "one.npz", of_tree())
    again = read_ceiling(tmp_path / "one.npz")
    assert (again.labels, again.step) == (("0", "1"), STEP)
    assert part_ceiling(leafy(2), again) == part_ceiling(leafy(2), of_tree())


def ancestors_of(name):
    """Ancestors and itself of every node of a bundled file, by walking up in plain Python."""
    path = resources.files("hrgeom") / "_data" / f"{name}.json.gz"
    record = json.loads(gzip.decompress(path.read_bytes()))
    labels, parents = record["nodes"], [[] for _ in record["nodes"]]
    for child, parent in record["edges"]:
        parents[child].append(parent)
    found = {}
    for start in range(len(labels)):
        reached, front = {start}, [start]
        while front:
            for parent in parents[front.pop()]:
                if parent not in reached:
                    reached.add(parent)
                    front.append(parent)
        found[labels[start]] = {labels[v] for v in reached}
    return found


@pytest.mark.parametrize(
    ("name", "file", "most"),
    [("wordnet-mammals", "wordnet30-mammals", 0.262), ("wordnet", "wordnet30-nouns", 0.2337)],
)
def test_stored_multipliers_by_another_route(name, file, most):
    """Closure, twins, sums and eigenvalues anew, from the files alone."""
    ceiling, above = bundled_ceilings()[name], ancestors_of(file)
    labels, counts = ceiling.labels, ceiling.counts.tolist()
    inner = {label for label, count in zip(labels, counts, strict=True) if count == 1}
    has_children = {p for label, up in above.items() for p in up if p != label}
    alike = {}
    for label, up in above.items():
        if label not in has_children and label not in inner:
            alike.setdefault(frozenset(up & inner), set()).add(label)
    classes = [frozenset(above[c] & inner) for c, w in zip(labels, counts, strict=True) if w > 1]
    assert len(set(classes)) == len(classes)
    for label, count in zip(labels, counts, strict=True):
        if count > 1:
            twins = alike[frozenset(above[label] & inner)]
            assert label in twins
            assert len(twins) >= count
    k = len(labels)
    signed = np.zeros((k, k))
    for i, j, weight in zip(ceiling.rows, ceiling.columns, ceiling.weights, strict=True):
        signed[i, j] = float(weight) if labels[j] in above[labels[i]] else -float(weight)
    a, b = signed[signed > 0].sum(), -signed[signed < 0].sum() + ceiling.twins.sum()
    y = ceiling.diagonal / ceiling.step
    own = np.diag(signed) + ceiling.twins / np.maximum(ceiling.counts - 1, 1)
    is_class = ceiling.counts > 1
    assert np.all((4 * y[:k] * y[k:] >= own**2 * (1 - 1e-12))[is_class])
    np.fill_diagonal(signed, np.diag(signed) - ceiling.twins)
    scaled = signed / 2 / np.sqrt(y[:k, None] * y[None, k:])
    assert np.linalg.norm(scaled, 2) <= 1 + 1e-9
    bound = (y.sum() + abs(a - b)) / (a + b)
    assert part_ceiling(load(name), ceiling) == pytest.approx(bound, rel=1e-9)
    assert bound < most


def test_shown_where_the_part_is():
    def stored(hierarchy):
        found = all_bounds(hierarchy, theorems=theorems_named(["multipliers"]))
        return next(b for b in found if b.theorem == "multipliers")

    assert 0.2461 < stored(load("wordnet-mammals")).value < 0.262  # certified in 128 dimensions
    assert stored(perfect_tree(2, 3)).value is None
