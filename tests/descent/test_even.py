"""Evening: bands that are narrower, margins that are kept, and what it leaves alone."""

import numpy as np
import pytest

from hrgeom import DualEmbedding, Relevance, certify, construct
from hrgeom.checker import band
from hrgeom.datasets import random_tree
from hrgeom.descent import descend, even_scores
from hrgeom.descent._even import _upper_end
from hrgeom.errors import ConstructionError

TREE = random_tree(300, seed=1).relevance


@pytest.fixture(scope="module")
def found():
    return descend(TREE, dim=16, effort=0.3, threads=1)


def embedding_of(descent):
    return DualEmbedding(descent.queries, descent.documents, threshold=descent.threshold)


def width(descent):
    """The median width of the band at the threshold that centers it."""
    return band(embedding_of(descent), TREE).to_dict()["even"]["width_median"]


def test_the_band_is_narrower_and_most_of_the_margin_is_kept(found):
    lines = []
    even = even_scores(TREE, found, effort=0.5, threads=1, report=lines.append)
    assert width(even) < 0.98 * width(found)
    certificate = certify(embedding_of(even), TREE)
    assert certificate.holds
    assert certificate.margin_lower_bound == pytest.approx(even.margin, rel=1e-3)
    assert 0.8 * found.margin <= even.margin
    assert np.linalg.norm(even.queries, axis=1) == pytest.approx(1, abs=1e-5)
    assert even.cpu_seconds > found.cpu_seconds
    assert len(lines) == 11
    assert lines[0].startswith("evening, step 0: margin")


def test_threads_change_nothing(found):
    one = even_scores(TREE, found, effort=0.1, threads=1)
    other = even_scores(TREE, found, effort=0.1, threads=3)
    assert np.array_equal(one.queries, other.queries)


def test_rows_that_get_no_better_are_left(found, monkeypatch):
    from hrgeom.descent import _even

    monkeypatch.setattr(_even, "_LEAST", 2.0)  # no look reaches it
    kept = even_scores(TREE, found, effort=0.1)
    assert kept.queries is found.queries


def test_an_interrupt_ends_it_with_the_best_so_far(found):
    def stop(line):
        if "step 20" in line:
            raise KeyboardInterrupt

    even = even_scores(TREE, found, effort=0.5, report=stop)
    assert even.is_interrupted
    assert certify(embedding_of(even), TREE).holds


def test_there_must_be_a_threshold_and_a_margin():
    by_row = descend(TREE, dim=8, effort=0.02, notion="row")
    assert even_scores(TREE, by_row) is by_row
    everything = Relevance.from_sets([{0}, {0}], 1)
    nothing = descend(everything, dim=2)
    assert even_scores(everything, nothing) is nothing


@pytest.mark.parametrize("effort", [0, -1, float("inf"), float("nan")])
def test_effort_is_checked(found, effort):
    with pytest.raises(ConstructionError, match="effort must be a positive number"):
        even_scores(TREE, found, effort=effort)


def test_the_end_of_the_centered_band():
    """As the theorem has it for M = m: (g + S)/(2g + S)."""
    g, S = 0.4, 0.6
    for m in (0.1, 0.2, 0.3):  # any threshold
        assert _upper_end(m, m, g - m, g - m + S) == pytest.approx((g + S) / (2 * g + S))


def test_the_construction_takes_it():
    e = construct(TREE, method="descent", dim=12, effort=0.1, even_scores=0.1).embedding
    assert e.parameters["even_scores"] == 0.1
    plain = construct(TREE, method="descent", dim=12, effort=0.1).embedding
    assert "even_scores" not in plain.parameters
    assert not np.array_equal(e.queries, plain.queries)
    with pytest.raises(ConstructionError, match="global notion"):
        construct(TREE, method="descent", dim=12, even_scores=1.0, notion="row")
    with pytest.raises(ConstructionError, match="at least 0"):
        construct(TREE, method="descent", dim=12, even_scores=-1.0)
