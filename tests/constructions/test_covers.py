"""Colorings and laminar covers against the definitions."""

import definitions
import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrgeom import Hierarchy, Relevance
from hrgeom.constructions.covers import LaminarCover, LaminarPalette, laminar_cover
from hrgeom.constructions.covers._coloring import clique_lower_bound, few_colors
from hrgeom.testing import forests, hierarchies, relevances

graphs = st.sets(
    st.tuples(st.integers(0, 12), st.integers(0, 12)).filter(lambda p: p[0] < p[1]), max_size=40
).map(lambda pairs: np.array(sorted(pairs), dtype=np.int32).reshape(-1, 2))


@given(pairs=graphs)
def test_colorings_are_proper_and_not_worse_than_networkx(pairs):
    vertices, colors = few_colors(pairs, n_rounds=10)
    color = dict(zip(vertices.tolist(), colors.tolist(), strict=True))
    assert set(color) == set(pairs.ravel().tolist())
    assert all(color[a] != color[b] for a, b in pairs.tolist())
    graph = nx.Graph(pairs.tolist())
    clique = max((len(c) for c in nx.find_cliques(graph)), default=1)
    assert clique_lower_bound(pairs) <= clique
    first_fit = max(nx.greedy_color(graph, "largest_first").values(), default=0)
    assert clique - 1 <= colors.max(initial=0) <= first_fit
    sizes = np.bincount(colors)
    assert all(np.diff(sizes) <= 0)  # large classes first


def test_a_cycle_of_five_needs_three_colors_though_its_cliques_have_two():
    pairs = np.array([[0, 1], [1, 2], [2, 3], [3, 4], [0, 4]], dtype=np.int32)
    assert few_colors(pairs)[1].max() + 1 == 3
    assert clique_lower_bound(pairs) == 2


def check_intervals(relevance, cover):
    sets = definitions.queries_of(definitions.sets_of_relevance(relevance), relevance.n_documents)
    seen = []
    for class_ in cover:
        assert set(class_.positions.tolist()) == set(range(class_.n_positions))
        for v, left, right in zip(class_.documents, class_.left, class_.right, strict=True):
            inside = np.flatnonzero((left <= class_.positions) & (class_.positions <= right))
            assert set(inside.tolist()) == sets[v]
            seen.append(int(v))
    assert sorted(seen) == list(range(relevance.n_documents))


@given(
    relevance=st.one_of(relevances(), hierarchies().map(lambda h: h.relevance)),
    more=st.integers(0, 9),
)
def test_every_document_matches_an_interval_of_its_class(relevance, more):
    palette = LaminarPalette.of(relevance)
    cover = LaminarCover(relevance, palette.spread(palette.n_colors + more))
    assert palette.lower_bound <= cover.n_classes <= palette.n_colors + more
    check_intervals(relevance, cover)


@given(hierarchy=forests())
def test_a_forest_is_one_class(hierarchy):
    assert laminar_cover(hierarchy.relevance).n_classes == 1


@given(hierarchy=forests(), n_classes=st.integers(1, 6))
def test_free_documents_are_spread_evenly(hierarchy, n_classes):
    classes = LaminarPalette.of(hierarchy.relevance).spread(n_classes)
    sizes = np.bincount(classes, minlength=n_classes)
    assert sizes.max() - sizes.min() <= 1


def test_crossing_documents_in_one_class_are_refused():
    diamond = Hierarchy(["a", "b", "c", "d"], [(1, 0), (2, 0), (3, 1), (3, 2)])
    with pytest.raises(ValueError, match="classes must be laminar: document"):
        LaminarCover(diamond.relevance, np.zeros(4, dtype=np.int32))


def test_too_few_classes_are_refused():
    relevance = Relevance.from_sets([{0, 1}, {0}, {1}], 2)
    with pytest.raises(ValueError, match="n_classes must be at least 2: got 1"):
        laminar_cover(relevance, n_classes=1)


def test_a_palette_is_found_once_and_dies_with_its_relevance():
    relevance = Relevance.from_sets([{0}], 1)
    assert LaminarPalette.of(relevance) is LaminarPalette.of(relevance)
