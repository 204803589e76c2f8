"""Embeddings carried over to later versions of their hierarchies."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from definitions import parents_of, sets_of_hierarchy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hrgeom import Hierarchy, construct
from hrgeom.checker import certify
from hrgeom.constructions.extension import compare_hierarchies, extend
from hrgeom.datasets import later_version, perfect_tree, random_tree
from hrgeom.errors import ConstructionError, HierarchyError, ShapeError
from hrgeom.testing import dags, trees

QUICK = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def grown(old, new, **options):
    built = construct(old, dtype=options.pop("dtype", "float32"), **options.pop("build", {}))
    return extend(built.embedding, old, new, certificate=built.certificate, threads=1, **options)


def exact_scores(embedding):
    """All scores as fractions."""
    sides = [[[Fraction(x) for x in row] for row in side.tolist()] for side in embedding.values()]
    return [
        [sum((a * b for a, b in zip(q, x, strict=True)), Fraction(0)) for x in sides[1]]
        for q in sides[0]
    ]


def check(found, old, new):
    """Compare an extension with its definition: exact scores of all pairs, and bytes of rows."""
    certificate, e = found.certificate, found.embedding
    sets = sets_of_hierarchy(parents_of(new.edges, new.n_nodes))
    level, scores = Fraction(e.threshold), exact_scores(e)
    distances = [
        (score - level) * (1 if v in sets[q] else -1)
        for q, row in enumerate(scores)
        for v, score in enumerate(row)
    ]
    n_wrong = sum(distance <= 0 for distance in distances)
    assert certificate.n_violations == n_wrong
    assert certificate.verdict == ("fails" if n_wrong else "holds")
    assert certificate.n_pairs == new.n_nodes**2
    if certificate.margin_lower_bound is not None:
        assert Fraction(certificate.margin_lower_bound) <= min(distances)
    whole = certify(e, new, threads=1)
    assert whole.verdict == certificate.verdict
    assert whole.sha256 == certificate.sha256
    if certificate.normalized_margin_lower_bound is not None:
        most = whole.normalized_margin_lower_bound
        assert certificate.normalized_margin_lower_bound <= most * 1.003
    before = found.earlier.embedding
    for places, rows in (
        (found.earlier.query_places, "queries"),
        (found.earlier.document_places, "documents"),
    ):
        kept = places >= 0
        now = getattr(e, rows)[places[kept]]
        assert now.tobytes() == getattr(before, rows)[kept].tobytes()
    labels = [new.labels[place] for place in found.changes.places if place >= 0]
    assert len(set(labels)) == len(labels) == found.n_rows // 2


@given(st.one_of(trees(14), dags(10)), st.integers(0, 2**16), st.data())
@QUICK
def test_what_is_said_of_any_later_version_is_so(old, seed, data):
    counts = {name: data.draw(st.integers(0, 3), label=name) for name in ("leaves", "removed")}
    if old.n_nodes < 8:
        counts["removed"] = 0
    try:
        new = later_version(old, seed=seed, **counts)
        new = later_version(new, moved=data.draw(st.integers(0, 1), label="moved"), seed=seed)
    except HierarchyError:
        return
    check(grown(old, new), old, new)


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "int8"])
@pytest.mark.parametrize("build", [{}, {"method": "descent", "dim": 24, "effort": 0.3}])
def test_leaves_come_into_every_stored_type_and_old_rows_stay(dtype, build):
    old = random_tree(60, seed=1)
    new = later_version(old, leaves=4, seed=2)
    found = grown(old, new, dtype=dtype, build=build)
    check(found, old, new)
    assert found.certificate.holds
    assert found.n_kept >= 0.9 * found.n_rows
    assert found.embedding.dtype == np.dtype(dtype)
    assert found.embedding.basis == found.certificate.basis == "certificate"


def test_leaves_keep_half_of_the_margin_of_a_descent():
    old = random_tree(300, seed=1)
    found = grown(
        old,
        later_version(old, leaves=10, seed=3),
        build={"method": "descent", "dim": 32, "effort": 0.5},
    )
    assert found.keeps_margin
    assert found.n_kept == found.n_rows == 600
    assert found.to_dict()["margin"] >= 0.5 * found.to_dict()["margin_before"]


@pytest.mark.parametrize("change", ["inner", "moved", "removed"])
def test_other_changes_hold_and_only_what_they_touch_moves(change):
    old = random_tree(80, seed=4)
    new = later_version(old, **{change: 2}, seed=5)
    found = grown(old, new, build={"method": "descent", "dim": 32, "effort": 0.5})
    check(found, old, new)
    assert found.certificate.holds
    if change == "removed":
        assert found.n_kept == found.n_rows == 2 * new.n_nodes
        assert found.changes.n_removed == 2
    else:
        assert found.n_kept >= 0.8 * found.n_rows


def test_the_same_seed_gives_the_same_rows():
    old = perfect_tree(3, 4)
    new = later_version(old, leaves=4, seed=1)
    one, same, other = (grown(old, new, seed=seed).embedding for seed in (0, 0, 1))
    assert one.sha256 == same.sha256 != other.sha256


def test_a_version_without_changes_is_the_same_embedding():
    old = perfect_tree(2, 4)
    found = grown(old, old)
    assert found.embedding.sha256 == found.earlier.embedding.sha256
    assert found.keeps_margin
    assert found.certificate.n_exact_rechecks == 0


def test_new_nodes_below_new_nodes_and_a_new_root():
    old = Hierarchy.from_edges([("dog", "animal"), ("cat", "animal")])
    new = Hierarchy.from_edges(
        [
            ("dog", "animal"),
            ("cat", "animal"),
            ("animal", "thing"),
            ("hound", "dog"),
            ("b", "hound"),
        ]
    )
    found = grown(old, new, build={"method": "descent", "dim": 8})
    check(found, old, new)
    assert found.certificate.holds


# --- what changed ---


def test_changes_are_told_apart_by_label():
    old = Hierarchy.from_edges([("b", "a"), ("c", "a"), ("d", "b"), ("e", "b")])
    new = Hierarchy.from_edges(
        [("x", "a"), ("c", "x"), ("D", "c"), ("e", "b"), ("b", "a"), ("y", "e")]
    )
    changes = compare_hierarchies(old, new, renames={"d": "D"})
    assert [new.labels[i] for i in changes.added_leaves] == ["y"]
    assert [new.labels[i] for i in changes.added_inner] == ["x"]
    assert [new.labels[i] for i in changes.moved] == ["D"]
    assert (changes.n_removed, changes.n_renamed, changes.n_unchanged) == (0, 1, 4)
    assert compare_hierarchies(old, new).n_removed == 1


@given(dags(12), dags(12))
@QUICK
def test_moved_nodes_are_those_with_other_ancestors_in_common(old, new):
    try:
        changes = compare_hierarchies(old, new)
    except HierarchyError:
        assert not set(old.labels) & set(new.labels)
        return
    both = set(old.labels) & set(new.labels)
    moved = {
        label
        for label in both
        if set(old.ancestors(label)) & both != set(new.ancestors(label)) & both
    }
    assert {new.labels[i] for i in changes.moved} == moved


@pytest.mark.parametrize(
    ("renames", "nodes", "message"),
    [
        ({"z": "b"}, "bcx", "start at a label of the old"),
        ({"b": "z"}, "bcx", "end at a label of the new"),
        ({"b": "c"}, "cx", "must not become one"),
        ({"b": "x", "c": "x"}, "x", "must not become one"),
        ({"b": "x"}, "bcx", "given up must not be in the new"),
    ],
)
def test_renames_that_contradict_the_hierarchies(renames, nodes, message):
    old = Hierarchy.from_edges([("b", "a"), ("c", "a")])
    new = Hierarchy.from_edges([(node, "a") for node in nodes])
    with pytest.raises(HierarchyError, match=message):
        compare_hierarchies(old, new, renames=renames)


def test_labels_may_be_swapped():
    old = Hierarchy.from_edges([("b", "a"), ("c", "b")])
    new = Hierarchy.from_edges([("c", "a"), ("b", "c")])
    changes = compare_hierarchies(old, new, renames={"b": "c", "c": "b"})
    assert len(changes.moved) == 0
    assert changes.n_renamed == 2


def test_hierarchies_without_a_common_node_are_refused():
    one, other = Hierarchy.from_edges([("b", "a")]), Hierarchy.from_edges([("d", "c")])
    with pytest.raises(HierarchyError, match="must have nodes of the old one"):
        grown(one, other)


def test_what_cannot_be_extended_is_refused():
    old = perfect_tree(2, 3)
    built = construct(old)
    e, c = built.embedding, built.certificate
    with pytest.raises(ConstructionError, match="from 0 to 1: got 2"):
        extend(e, old, old, keep_margin=2)
    with pytest.raises(ConstructionError, match="must hold to be extended"):
        extend(e, old, old, certificate=replace(c, verdict="fails"))
    with pytest.raises(ConstructionError, match="global notion"):
        extend(replace(e, notion="row"), old, old, certificate=c)
    other = replace(e, queries=-e.queries)
    with pytest.raises(ShapeError, match="must be that of the earlier embedding"):
        extend(other, old, old, certificate=c)


def test_rows_in_the_way_move_where_nothing_else_helps():
    # A document above some of the queries of a family, where those of four children left no room.
    old = perfect_tree(4, 3)
    new = later_version(old, inner=2, seed=1)
    found = grown(old, new, build={"method": "descent", "dim": 6, "effort": 0.5})
    check(found, old, new)
    assert found.keeps_margin
    assert 0.7 * found.n_rows < found.n_kept < found.n_rows
