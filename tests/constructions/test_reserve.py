"""Free positions in interval embeddings, and the new nodes that take them."""

import numpy as np
import pytest
from definitions import parents_of, sets_of_hierarchy, sets_of_relevance
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_covers import check_intervals

from hrgeom import Hierarchy, certify, construct
from hrgeom.constructions.covers import ReservedCover, laminar_cover
from hrgeom.constructions.extension import compare_hierarchies, extend
from hrgeom.constructions.extension._free_positions import take_free_positions
from hrgeom.constructions.intervals import interval
from hrgeom.datasets import later_version, perfect_tree, random_tree
from hrgeom.errors import ConstructionError, HierarchyError
from hrgeom.testing import dags, forests, relevances, trees

QUICK = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def with_leaves(old, parents, prefix="new"):
    """Return the hierarchy with a leaf below each of some nodes."""
    edges = [(old.labels[a], old.labels[b]) for a, b in old.edges]
    edges += [(f"{prefix}-{i}", old.labels[parent]) for i, parent in enumerate(parents)]
    labels = [*old.labels, *(f"{prefix}-{i}" for i in range(len(parents)))]
    return Hierarchy.from_edges(edges, labels=labels)


def check_placed(embedding, old, new, placed):
    """Compare the scores of all rows that are known with the definition, in whole numbers."""
    places = compare_hierarchies(old, new).places
    numbers = np.append(places[places >= 0], placed.nodes)
    sides = [
        np.vstack((rows[places >= 0], more)).astype(np.int64)
        for rows, more in zip(embedding.values(), (placed.queries, placed.documents), strict=True)
    ]
    scores = sides[0] @ sides[1].T
    sets = sets_of_hierarchy(parents_of(new.edges, new.n_nodes))
    assert all(
        (scores[i, j] > 0) == (v in sets[q])
        for i, q in enumerate(numbers.tolist())
        for j, v in enumerate(numbers.tolist())
    )
    assert np.abs(scores).min() >= 1


@given(relevances(), st.sampled_from([0.1, 0.5, 3.0]))
@QUICK
def test_every_set_is_an_interval_with_free_positions_at_its_end(relevance, reserve):
    cover = laminar_cover(relevance)
    sets = sets_of_relevance(relevance)
    for before, class_ in zip(cover, ReservedCover(cover, reserve), strict=True):
        assert class_.n_positions % 2 == 1
        for i, v in enumerate(class_.documents.tolist()):
            inside = (class_.left[i] <= class_.positions) & (class_.positions <= class_.right[i])
            assert set(np.flatnonzero(inside).tolist()) == {q for q, s in enumerate(sets) if v in s}
            if class_.is_empty[i]:
                continue
            n = before.right[i] - before.left[i] + 1
            own = np.ones(class_.right[i] - class_.left[i] + 1, dtype=bool)  # and in no other set
            own[class_.positions[inside] - class_.left[i]] = False
            for left, right in zip(class_.left, class_.right, strict=True):
                if class_.left[i] <= left <= right <= class_.right[i] and (
                    (left, right) != (class_.left[i], class_.right[i])
                ):
                    own[left - class_.left[i] : right - class_.left[i] + 1] = False
            assert own.sum() >= max(1, np.ceil(reserve * n))


def test_without_free_positions_covers_hold_a_query_everywhere():
    """The check of `check_intervals` is one that a reserve does not pass."""
    relevance = perfect_tree(2, 3).relevance
    check_intervals(relevance, laminar_cover(relevance))
    with pytest.raises(AssertionError):
        check_intervals(relevance, ReservedCover(laminar_cover(relevance), 0.1))


@given(st.one_of(trees(14), forests(12)), st.sampled_from(["float64", "float32", "int8"]))
@QUICK
def test_every_node_of_a_forest_takes_a_leaf(old, dtype):
    embedding = interval(old.relevance, dtype=dtype, reserve=0.1).made_for(old)
    new = with_leaves(old, range(old.n_nodes))
    placed = take_free_positions(embedding, compare_hierarchies(old, new), new)
    assert len(placed.nodes) == old.n_nodes
    check_placed(embedding, old, new, placed)


@given(st.one_of(trees(14), dags(10)), st.integers(0, 2**16), st.data())
@QUICK
def test_rows_of_any_later_version_are_those_of_the_definition(old, seed, data):
    counts = {name: data.draw(st.integers(0, 4), label=name) for name in ("leaves", "inner")}
    counts["removed"] = data.draw(st.integers(0, 2 * (old.n_nodes > 7)), label="removed")
    try:
        new = later_version(old, seed=seed, **counts)
    except HierarchyError:
        return
    reserve = data.draw(st.sampled_from([0.0, 0.1, 2.0]), label="reserve")
    options = {"reserve": reserve, "code": "parabola", "cover": "laminar", "dtype": "float64"}
    dim = data.draw(st.sampled_from([None, 13]), label="dim")
    try:
        embedding = interval(old.relevance, dim=dim, **options).made_for(old)
    except ConstructionError:
        assert dim == 13
        return
    placed = take_free_positions(embedding, compare_hierarchies(old, new), new)
    check_placed(embedding, old, new, placed)


@pytest.mark.parametrize(("n", "is_stated"), [(40, True), (400, False)])
def test_two_versions_of_a_tree_keep_every_row_and_half_of_the_margin(n, is_stated):
    old = random_tree(n, seed=1)
    built = construct(old, method="interval", dtype="float64", reserve=3)
    version, embedding, certificate = old, built.embedding, built.certificate
    promised = embedding.promise["margin"]  # with all free positions taken
    rng = np.random.default_rng(2)
    for name in ("one", "two"):
        fewer = later_version(version, removed=n // 40, seed=2)
        both = [label for label in old.labels if label in set(fewer.labels)]
        parents = [fewer.labels.index(str(label)) for label in rng.permutation(both)[: n // 10]]
        new = with_leaves(fewer, parents, name)
        found = extend(embedding, version, new, certificate=certificate, threads=1)
        assert found.n_placed == len(found.changes.added_leaves) == n // 10
        assert found.certificate.holds
        assert found.certificate.margin_lower_bound == 1
        assert found.keeps_margin
        assert (found.asked is not None) == is_stated
        assert found.n_kept == found.n_rows
        assert found.embedding.dim == 3
        assert f"at free positions: {found.n_placed}" in str(found)
        whole = certify(found.embedding, new, threads=1)
        assert whole.normalized_margin_lower_bound >= 0.99 * promised
        version, embedding, certificate = new, found.embedding, found.certificate


def test_new_nodes_below_new_nodes_are_a_run():
    old = perfect_tree(2, 3)
    below = with_leaves(old, [0], "child")
    new = with_leaves(below, [below.labels.index("child-0")] * 2, "grandchild")
    embedding = interval(old.relevance, dtype="float64", reserve=0.5).made_for(old)
    placed = take_free_positions(embedding, compare_hierarchies(old, new), new)
    assert len(placed.nodes) == 3
    check_placed(embedding, old, new, placed)


def test_what_finds_no_place_is_said():
    old = random_tree(400, seed=1)
    leaf = int(old.leaves[-1])
    new = with_leaves(old, [leaf, leaf])
    built = construct(old, method="interval", dtype="float64", reserve=0.1)
    with pytest.raises(ConstructionError, match="1 new nodes without a place, such as 'new-1'"):
        extend(built.embedding, old, new, certificate=built.certificate, threads=1)
    moved = later_version(old, moved=1, seed=2)
    with pytest.raises(ConstructionError, match="moved nodes without a place"):
        extend(built.embedding, old, moved, certificate=built.certificate, threads=1)


def test_other_codes_and_covers_are_refused():
    relevance = perfect_tree(2, 3).relevance
    for options, message in (
        ({"code": "arc"}, "code must be parabola where reserve is above 0"),
        ({"cover": "consecutive"}, "cover must be laminar where reserve is above 0"),
        ({"reserve": -1}, "reserve must be from 0 to 10: got -1"),
        ({"dtype": "int8", "dim": 3, "reserve": 10}, "int8 does not carry parabola"),
    ):
        with pytest.raises(ConstructionError, match=message):
            interval(relevance, **{"reserve": 0.1} | options)


def test_rows_of_another_form_have_no_free_positions():
    old = perfect_tree(2, 3)
    new = with_leaves(old, [0])
    changes = compare_hierarchies(old, new)
    embedding = interval(old.relevance, dtype="float64", reserve=0.1).made_for(old)
    assert len(take_free_positions(embedding, changes, new).nodes) == 1
    for name, place in (("queries", (0, 1)), ("documents", (0, 0)), ("documents", (0, 2))):
        rows = getattr(embedding, name).copy()
        rows[place] += 1
        other = type(embedding)(
            **{"queries": embedding.queries, "documents": embedding.documents, name: rows},
            threshold=0.0,
            construction="interval",
            parameters=embedding.parameters,
        )
        assert len(take_free_positions(other, changes, new).nodes) == 0
