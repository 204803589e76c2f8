"""Random later versions of hierarchies."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hrgeom import Hierarchy
from hrgeom.constructions.extension import compare_hierarchies
from hrgeom.datasets import later_version, random_tree
from hrgeom.errors import HierarchyError


@given(st.integers(0, 2**16), *[st.integers(0, 5)] * 4)
@settings(max_examples=40, deadline=None, derandomize=True)
def test_counts_are_those_that_were_asked_for(seed, leaves, inner, moved, removed):
    old = random_tree(60, seed=3)
    new = later_version(old, leaves=leaves, inner=inner, moved=moved, removed=removed, seed=seed)
    changes = compare_hierarchies(old, new)
    assert len(changes.added_leaves) + len(changes.added_inner) == leaves + inner
    assert changes.n_removed == removed
    if moved == 0:
        assert len(changes.moved) == 0
    assert new.labels[: old.n_nodes - removed] == tuple(
        label for label in old.labels if label in set(new.labels)
    )
    assert (
        later_version(
            old, leaves=leaves, inner=inner, moved=moved, removed=removed, seed=seed
        ).sha256
        == new.sha256
    )


def test_children_of_a_node_that_goes_come_under_its_parents():
    old = Hierarchy.from_edges([("b", "a"), ("c", "b"), ("d", "b")])
    versions = [later_version(old, removed=1, seed=seed) for seed in range(40)]
    without = next(new for new in versions if "b" not in new.labels)
    assert without.parents("c") == without.parents("d") == ["a"]


@pytest.mark.parametrize("change", ["inner", "moved", "removed"])
def test_what_is_not_there_cannot_change(change):
    with pytest.raises(HierarchyError, match="was found"):
        later_version(Hierarchy.from_edges([("b", "a")]), **{change: 5})
