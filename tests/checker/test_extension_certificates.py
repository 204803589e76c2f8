"""Certificates that build on earlier ones."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hrgeom import DualEmbedding, Hierarchy, construct
from hrgeom.checker import Earlier, certify, certify_extension
from hrgeom.datasets import later_version, perfect_tree
from hrgeom.errors import ShapeError
from hrgeom.testing import trees


def earlier_of(old, places=None, **build):
    built = construct(old, **build)
    places = np.arange(old.n_nodes) if places is None else places
    return Earlier(built.embedding, old, built.certificate, places, places)


def with_rows(earlier, new, rows):
    """The earlier rows, and given ones for the nodes after them."""
    e = earlier.embedding
    sides = [
        np.concatenate((side, more)).astype(e.dtype)
        for side, more in zip((e.queries, e.documents), rows, strict=True)
    ]
    return DualEmbedding(
        *sides, threshold=e.threshold, query_labels=new.labels, document_labels=new.labels
    )


@given(trees(12), st.integers(1, 4), st.integers(0, 2**16), st.booleans())
@settings(max_examples=40, deadline=None, derandomize=True)
def test_the_parts_add_up_to_the_whole_whatever_the_new_rows(old, leaves, seed, are_alike):
    new = later_version(old, leaves=leaves, seed=seed)
    earlier = earlier_of(old)
    rng = np.random.default_rng(seed)
    d = earlier.embedding.dim
    # Rows of old nodes among them, so that some pairs hold and others tie.
    rows = [
        rng.choice(side, leaves) if are_alike else rng.normal(size=(leaves, d))
        for side in (earlier.embedding.queries, earlier.embedding.documents)
    ]
    embedding = with_rows(earlier, new, rows)
    found = certify_extension(embedding, new, earlier, threads=1)
    whole = certify(embedding, new, threads=1)
    for name in ("verdict", "threshold", "n_pairs", "n_matches", "n_violations", "sha256"):
        assert getattr(found, name) == getattr(whole, name), name
    assert found.n_violating_queries == whole.n_violating_queries
    assert found.worst_match.score == whole.worst_match.score
    assert found.best_other == whole.best_other or (
        found.best_other.score == whole.best_other.score
    )
    assert found.margin_lower_bound <= whole.margin_lower_bound + 1e-12
    bounds = found.normalized_margin_lower_bound, whole.normalized_margin_lower_bound
    assert bounds[0] is None or bounds[0] <= bounds[1] * 1.003


def test_one_bit_of_a_kept_row_is_noticed():
    old = perfect_tree(2, 4)
    earlier = earlier_of(old)
    e = earlier.embedding
    for side in ("queries", "documents"):
        rows = np.array(getattr(e, side))
        rows[3, 0] = np.nextafter(rows[3, 0], np.float32(9))
        with pytest.raises(ShapeError, match=f"{side} that are kept must have the numbers"):
            certify_extension(replace(e, **{side: rows}), old, earlier)


def test_a_kept_pair_that_changes_sides_is_scored_anew():
    old = Hierarchy(["a", "b", "c"], [(1, 0), (2, 0)])
    new = Hierarchy(["a", "b", "c"], [(1, 0), (2, 1)])
    earlier = earlier_of(old)
    found = certify_extension(earlier.embedding, new, earlier)
    assert (found.verdict, found.n_violations) == ("fails", 1)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"verdict": "fails"}, "must hold in the global notion: got fails"),
        ({"notion": "row"}, "must hold in the global notion"),
        ({"threshold": 0.25}, "threshold must be that of the earlier certificate"),
        ({"sha256": {}}, "must be that of the earlier embedding"),
    ],
)
def test_certificates_that_are_no_ground_to_build_on(changed, message):
    earlier = earlier_of(perfect_tree(2, 3))
    planted = replace(earlier, certificate=replace(earlier.certificate, **changed))
    with pytest.raises(ShapeError, match=message):
        certify_extension(earlier.embedding, earlier.target, planted)


def test_places_that_name_a_row_twice_are_refused():
    earlier = earlier_of(perfect_tree(2, 3))
    twice = np.zeros(7, dtype=np.int64)
    with pytest.raises(ShapeError, match="must name rows, none twice"):
        certify_extension(earlier.embedding, earlier.target, replace(earlier, query_places=twice))


def test_a_hierarchy_other_than_the_certified_one_is_refused():
    earlier = earlier_of(perfect_tree(2, 3))
    other = replace(earlier, target=perfect_tree(2, 3).__class__(earlier.target.labels, [(1, 0)]))
    with pytest.raises(ShapeError, match="sha256 of hierarchy"):
        certify_extension(earlier.embedding, earlier.target, other)
