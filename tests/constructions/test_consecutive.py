"""Covers with consecutive ones against the definitions, and what `interval` makes of them."""

from itertools import combinations, permutations, product

import definitions
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hrgeom import Hierarchy, Relevance, available_kernels, certify
from hrgeom.constructions.covers import LaminarPalette
from hrgeom.constructions.covers._consecutive import (
    ConsecutiveCover,
    ConsecutivePalette,
    consecutive_cover,
)
from hrgeom.constructions.covers._spreading import fill, pieces
from hrgeom.constructions.covers._sunflower import private_sunflower
from hrgeom.constructions.intervals import interval
from hrgeom.core import atoms_of, distinct_rows
from hrgeom.datasets import random_dag, random_tree
from hrgeom.errors import ConstructionError
from hrgeom.testing import dags, forests, hierarchies, relevances

anything = st.one_of(relevances(), hierarchies().map(lambda h: h.relevance))
small = st.one_of(relevances(6, 6), dags(7).map(lambda h: h.relevance))
triangle = Relevance.from_sets([{0, 2}, {0, 1}, {1, 2}], 3)
diamond = Hierarchy(["a", "b", "c", "d"], [(1, 0), (2, 0), (3, 1), (3, 2)]).relevance


def sets_of(relevance):
    return definitions.queries_of(definitions.sets_of_relevance(relevance), relevance.n_documents)


def check_intervals(relevance, cover):
    sets, seen = sets_of(relevance), []
    n_classes = 0
    for class_ in cover:
        n_classes += 1
        assert len(class_.documents) > 0
        assert set(class_.positions.tolist()) == set(range(class_.n_positions))
        for v, left, right in zip(class_.documents, class_.left, class_.right, strict=True):
            inside = np.flatnonzero((left <= class_.positions) & (class_.positions <= right))
            assert set(inside.tolist()) == sets[v]
            assert (left > right) == (not sets[v])
            seen.append(int(v))
        # queries stand together iff they match the same documents of the class
        rows = [
            frozenset(v for v in class_.documents.tolist() if q in sets[v])
            for q in range(relevance.n_queries)
        ]
        assert len(set(rows)) == class_.n_positions
    assert sorted(seen) == list(range(relevance.n_documents))
    assert n_classes == cover.n_classes


@given(relevance=anything, more=st.integers(0, 9))
def test_every_document_matches_an_interval_of_its_class(relevance, more):
    palette = ConsecutivePalette(relevance)
    least = palette.n_colors
    assert palette.lower_bound <= least <= LaminarPalette.of(relevance).n_colors
    cover = ConsecutiveCover(relevance, palette.spread(least + more))
    assert (cover.n_queries, cover.n_documents) == (relevance.n_queries, relevance.n_documents)
    assert cover.n_classes <= least + more
    assert more or cover.n_classes == min(least, relevance.n_documents)
    check_intervals(relevance, cover)


def has_consecutive_ones(sets):
    """By all orders of the queries that some set holds, one for each row of memberships."""
    rows = {frozenset(i for i, s in enumerate(sets) if q in s) for q in set().union(*sets)}
    assume(len(rows) <= 6)
    return any(
        all(
            "0" not in "".join("01"[i in row] for row in order).strip("0") for i in range(len(sets))
        )
        for order in permutations(rows)
    )


@given(relevance=small)
def test_bounds_and_classes_enclose_the_optimum(relevance):
    sets = sets_of(relevance)
    crossing = sorted(set(relevance.crossing_pairs.ravel().tolist()))
    assume(len(crossing) <= 5)
    palette = ConsecutivePalette(relevance)
    optimum = min(
        (
            len(set(partition))
            for partition in product(range(len(crossing)), repeat=len(crossing))
            if all(
                has_consecutive_ones(
                    [sets[v] for v, c in zip(crossing, partition, strict=True) if c == t]
                )
                for t in set(partition)
            )
        ),
        default=1,
    )
    assert palette.lower_bound <= max(1, optimum) <= palette.n_colors
    assert (palette.n_colors == 1) == (optimum <= 1)
    if crossing:
        assert palette.n_colors == optimum  # so few documents: the search does not miss it


def test_fewer_classes_than_laminar_ones_and_lower_bounds_above_one(features_seen):
    def palettes(relevance):
        return ConsecutivePalette.of(relevance), LaminarPalette.of(relevance)

    features = {
        "one instead of more": lambda r: palettes(r)[0].n_colors == 1 < palettes(r)[1].n_colors,
        "fewer": lambda r: 1 < palettes(r)[0].n_colors < palettes(r)[1].n_colors,
        "not in one": lambda r: palettes(r)[0].lower_bound == 2,
    }
    relevances_of_dags = dags().map(lambda h: h.relevance)
    assert features_seen(st.one_of(relevances(), relevances_of_dags), features) == set(features)


def test_a_triangle_needs_two_classes_and_a_diamond_one():
    palette = ConsecutivePalette(triangle)
    assert (palette.n_colors, palette.lower_bound) == (2, 2)
    palette = ConsecutivePalette(diamond)
    assert (palette.n_colors, palette.lower_bound) == (1, 1)
    assert LaminarPalette.of(diamond).n_colors == 2


@given(relevance=anything)
def test_a_sunflower_by_its_definition(relevance):
    sunflower = private_sunflower(relevance)
    assert (sunflower is None) == (len(relevance.crossing_pairs) == 0)
    if sunflower is None:
        return
    sets = sets_of(relevance)
    w = len(sunflower.documents)
    assert w >= 2
    assert sunflower.n_classes == -(-w // 2)
    for v, own in zip(sunflower.documents, sunflower.private, strict=True):
        assert sunflower.query in sets[v]
        assert [own in sets[other] for other in sunflower.documents].count(True) == 1
        assert own in sets[v]


@given(hierarchy=dags(12))
def test_the_sunflower_of_a_hierarchy_is_the_largest_antichain(hierarchy):
    sets = definitions.sets_of_relevance(hierarchy.relevance)
    largest = max(
        size
        for own in sets
        for size in range(1, len(own) + 1)
        if any(
            all(a not in sets[b] and b not in sets[a] for a, b in combinations(chosen, 2))
            for chosen in combinations(sorted(own), size)
        )
    )
    sunflower = private_sunflower(hierarchy.relevance)
    assert (1 if sunflower is None else len(sunflower.documents)) == largest


def test_a_sunflower_with_many_leaves():
    """w parents of one node, each with a child of its own: at least w/2 classes, and no more."""
    w = 7
    names = [f"p{i}" for i in range(w)]
    edges = [("common", p) for p in names] + [(f"own {p}", p) for p in names]
    relevance = Hierarchy.from_edges(edges).relevance
    palette = ConsecutivePalette(relevance)
    assert (palette.lower_bound, palette.n_colors) == (4, 4)
    assert palette.n_visited > 0
    assert LaminarPalette.of(relevance).n_colors == w


def test_the_same_seed_gives_the_same_classes_with_either_kernel():
    relevance = random_dag(150, extra_parents=0.4, seed=5).relevance
    kernels = ["python", *(["native"] if available_kernels() != ("numpy",) else [])]
    found = [
        ConsecutivePalette(relevance, seed=3, effort=0.2, kernel=kernel)
        for kernel in [*kernels, "python"]
    ]
    assert [p.kernel for p in found] == [*kernels, "python"]
    for palette in found:
        assert np.array_equal(palette.colors, found[0].colors)
        assert palette.n_visited == found[0].n_visited
    assert 2 <= found[0].n_colors < LaminarPalette.of(relevance, seed=3).n_colors
    classes = found[0].spread(found[0].n_colors)
    for kernel in kernels:
        check_intervals(relevance, ConsecutiveCover(relevance, classes, kernel=kernel))


def test_more_effort_looks_at_more_and_no_effort_still_gives_a_cover():
    relevance = random_dag(400, extra_parents=0.4, seed=2).relevance
    idle, busy = (ConsecutivePalette(relevance, effort=effort) for effort in (0.0, 0.3))
    assert idle.n_visited < busy.n_visited
    assert busy.n_colors <= idle.n_colors
    check_intervals(relevance, ConsecutiveCover(relevance, idle.spread(idle.n_colors)))


@given(hierarchy=forests(), n_classes=st.integers(1, 6))
def test_free_documents_give_equal_numbers_of_positions(hierarchy, n_classes):
    assume(n_classes <= hierarchy.n_nodes)
    relevance = hierarchy.relevance
    palette = ConsecutivePalette(relevance)
    sizes = np.bincount(palette.spread(n_classes), minlength=n_classes)
    assert sizes.max() - sizes.min() <= 1


@given(sizes=st.lists(st.integers(0, 30), min_size=1, max_size=6), more=st.integers(0, 40))
def test_cutting_and_filling(sizes, more):
    sizes = np.array(sizes)
    n_classes = np.count_nonzero(sizes) + more % 7
    cut = pieces(sizes, max(1, n_classes))
    assert cut.sum() <= max(1, n_classes)
    largest = max((-(-s // c) for s, c in zip(sizes, cut, strict=True) if s), default=0)
    # one smaller would take too many pieces
    if largest > 1:
        assert sum(-(-s // (largest - 1)) for s in sizes.tolist()) > n_classes
    filled = sizes + fill(sizes, more)
    assert filled.sum() == sizes.sum() + more
    raised = filled > sizes
    assert not raised.any() or filled[raised].max() - filled.min() <= 1


@given(relevance=anything)
def test_atoms_are_the_distinct_rows(relevance):
    rows = definitions.sets_of_relevance(relevance)
    numbers, first = distinct_rows(relevance.indptr, relevance.indices, relevance.n_documents)
    for (i, a), (j, b) in combinations(enumerate(rows), 2):
        assert (numbers[i] == numbers[j]) == (a == b)
    assert numbers[first].tolist() == list(range(len(first)))
    documents = np.arange(0, relevance.n_documents, 2)
    (indptr, indices), n_atoms = atoms_of(relevance, documents)
    kept = {frozenset(row & set(documents.tolist())) for row in rows} - {frozenset()}
    assert n_atoms == len(kept)
    columns = [
        frozenset(
            v for i, v in enumerate(documents.tolist()) if a in indices[indptr[i] : indptr[i + 1]]
        )
        for a in range(n_atoms)
    ]
    assert set(columns) == kept


def test_refusals():
    cover = ConsecutiveCover(triangle, np.zeros(3, dtype=np.int32))
    with pytest.raises(ValueError, match="must have consecutive ones: document 2 has none"):
        list(cover)
    with pytest.raises(ValueError, match="n_classes must be at least 2: got 1"):
        consecutive_cover(triangle, n_classes=1)
    with pytest.raises(ConstructionError, match="cover must be one of laminar, consecutive: got"):
        interval(diamond, cover="nested")
    for effort in (-1.0, float("nan"), float("inf")):
        with pytest.raises(ConstructionError, match="effort must be a number of at least 0: got"):
            interval(diamond, effort=effort)
    with pytest.raises(ConstructionError, match=r"dim must be at least 2k \+ 1 = 5 .*got 4"):
        interval(triangle, dim=4)
    with pytest.raises(ConstructionError, match=r"dim must be at least 2k \+ 1 = 5 .*got 4"):
        interval(diamond, dim=4, cover="laminar")


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "int8"])
@given(relevance=anything)
def test_embeddings_hold(dtype, relevance):
    embedding = interval(relevance, dtype=dtype, cover="consecutive")
    certificate = certify(embedding, relevance)
    assert certificate.holds, str(certificate)
    if dtype == "float64":
        palette = ConsecutivePalette.of(relevance)
        assert embedding.dim == 2 * palette.n_colors + 1
        assert certificate.arithmetic == "integer"
        assert embedding.parameters["n_classes_lower_bound"] == palette.lower_bound


@given(relevance=anything, dtype=st.sampled_from(["float64", "float32", "int8"]))
def test_the_default_takes_the_cover_with_fewer_classes(relevance, dtype):
    found = {c: interval(relevance, dtype=dtype, cover=c).dim for c in ("laminar", "consecutive")}
    embedding = interval(relevance, dtype=dtype)
    assert embedding.dim == min(found.values())
    cover = "consecutive" if found["consecutive"] < found["laminar"] else "laminar"
    assert embedding.parameters["cover"] == cover


def test_of_equally_many_classes_the_laminar_ones_are_taken():
    edges = [(0, 7), (2, 6), (2, 7), (3, 5), (5, 0), (5, 4), (7, 1)]
    relevance = Hierarchy([str(i) for i in range(8)], edges).relevance
    for cover in ("laminar", "consecutive"):
        assert interval(relevance, dtype="float64", cover=cover).parameters["n_classes"] == 2
    assert interval(relevance, dtype="float64").parameters["cover"] == "laminar"


def test_dim_decides_between_the_covers():
    dag = random_dag(300, seed=1)
    laminar = interval(dag.relevance, dtype="float64", cover="laminar").dim
    fewest = interval(dag.relevance, dtype="float64").dim
    assert fewest < laminar
    for dim, cover in ((fewest, "consecutive"), (laminar - 1, "consecutive"), (laminar, "laminar")):
        embedding = interval(dag.relevance, dtype="float64", dim=dim)
        assert embedding.parameters["cover"] == cover
        assert embedding.dim <= dim
        assert certify(embedding, dag).holds
    with pytest.raises(ConstructionError, match=f"dim must be at least 2k \\+ 1 = {fewest} "):
        interval(dag.relevance, dtype="float64", dim=fewest - 1)


def test_parameters_say_what_was_done():
    embedding = interval(diamond, dtype="float64", effort=0.5, seed=4)
    assert embedding.parameters == {
        "code": "parabola",
        "n_classes": 1,
        "n_classes_lower_bound": 1,
        "cover": "consecutive",
        "effort": 0.5,
        "seed": 4,
        "kernel": "native" if available_kernels() != ("numpy",) else "python",
    }


def test_no_search_where_it_could_not_help(monkeypatch):
    """A tree needs one class; a star in float16 needs as many of any kind: the type is coarse."""

    def searched(*_, **__):
        raise AssertionError

    monkeypatch.setattr(ConsecutivePalette, "of", searched)
    assert interval(random_tree(200).relevance, dtype="float64").dim == 3
    edges = [(f"leaf {i}", "root") for i in range(2500)] + [("leaf 0", "p"), ("leaf 1", "p")]
    almost_star = Hierarchy.from_edges([*edges, ("p", "top"), ("root", "top")])
    laminar = interval(almost_star.relevance, dtype="float16", cover="laminar")
    assert LaminarPalette.of(almost_star.relevance).n_colors > 1
    assert interval(almost_star.relevance, dtype="float16").dim == laminar.dim > 5
    with pytest.raises(AssertionError):  # float64 carries fewer classes: worth a search
        interval(almost_star.relevance, dtype="float64")


def test_a_palette_is_found_once():
    relevance = Relevance.from_sets([{0, 1}, {0}, {1}], 2)
    assert ConsecutivePalette.of(relevance) is ConsecutivePalette.of(relevance)
    assert ConsecutivePalette.of(relevance) is not ConsecutivePalette.of(relevance, seed=1)
