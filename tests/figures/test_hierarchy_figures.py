"""Figures of a hierarchy show its own numbers."""

import numpy as np
import pytest

import hrgeom
from hrgeom.constructions import frontier
from hrgeom.datasets import load, perfect_tree

pytest.importorskip("matplotlib", reason="matplotlib is not installed")
from hrgeom.figures import arcs_figure, frontier_figure, profile_figure
from hrgeom.figures._arcs import _nesting


def test_arcs_of_a_document_cover_its_queries():
    tree = perfect_tree(2, 3)
    axes = arcs_figure(tree).axes[0]
    arcs = axes.lines[1:]  # the first is the circle
    assert len(arcs) == tree.n_nodes
    lengths = sorted(
        (np.ptp(np.unwrap(np.arctan2(line.get_ydata(), line.get_xdata()))) for line in arcs),
        reverse=True,
    )
    turn = 2 * np.pi / 7
    n_matching = sorted(np.bincount(tree.relevance.indices, minlength=7).tolist(), reverse=True)
    assert np.allclose(lengths, [(n - 1 + 0.84) * turn for n in n_matching])


def test_classes_of_a_hierarchy_with_crossings():
    mammals = load("wordnet-mammals")
    assert "class 2 of 2" in arcs_figure(mammals, class_=1).axes[0].get_title()
    with pytest.raises(ValueError, match="class_ must be from 0 to 1: got 2"):
        arcs_figure(mammals, class_=2)


def test_nesting_counts_what_holds_an_interval():
    left, right = np.array([0, 0, 1, 4, 5]), np.array([9, 3, 2, 6, 5])
    assert _nesting(left, right).tolist() == [0, 1, 2, 1, 2]


def test_the_profile_counts_nodes():
    tree = perfect_tree(2, 3)
    left, right = profile_figure(tree).axes
    assert sum(bar.get_height() for bar in left.patches) == tree.n_nodes
    assert sum(bar.get_height() for bar in right.patches) == tree.n_nodes


def test_labels_are_no_formulas():
    tree = hrgeom.Hierarchy.from_edges([("$x_1$ {", "a\nb"), ("$$$", "a\nb")])
    arcs_figure(tree).savefig("/dev/null", format="svg")


def test_own_embeddings_are_stars():
    points = frontier(perfect_tree(2, 3), dtypes=("float32",))
    axes = frontier_figure(points, own={"mine": (5, 0.2)}).axes[0]
    (star,) = [line for line in axes.lines if line.get_marker() == "*"]
    assert (star.get_xdata()[0], star.get_ydata()[0]) == (5, 0.2)
    assert "mine" in [text.get_text() for text in axes.get_legend().get_texts()]
