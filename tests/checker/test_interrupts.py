"""Interrupts: a certificate of what is known, which never says more than that."""

import json
from importlib.resources import files

import jsonschema
import numpy as np
import pytest

from hrgeom import Certificate, DualEmbedding, Hierarchy, Relevance, certify
from hrgeom.checker._numbering import numbering_of
from hrgeom.checker.kernels import get_kernel
from hrgeom.core import ForestRelevance, as_relevance

SCHEMA = json.loads((files("hrgeom") / "schemas/certificate.schema.json").read_text())


class Interrupted:
    """Runs some blocks, then is interrupted."""

    n_workers = 1

    def __init__(self, n_blocks):
        self.n_left, self.n_run = n_blocks, 0

    def map(self, function, blocks):
        for block in blocks:
            if not self.n_left:
                raise KeyboardInterrupt
            self.n_left -= 1
            self.n_run += 1
            yield function(block)


def chain(n=24):
    """A path, S(i) = {0, ..., i}, and vectors with a gap at threshold 0 and of several lengths."""
    hierarchy = Hierarchy([str(i) for i in range(n)], [(i, i - 1) for i in range(1, n)])
    queries = np.array([[np.cos(a), np.sin(a)] for a in np.arange(n) / n])
    documents = np.array([[-np.sin(a), np.cos(a)] for a in (np.arange(n) - 0.5) / n])
    lengths = np.linspace(0.5, 2, n)[:, None]
    return DualEmbedding(queries, documents * lengths, threshold=0.0), hierarchy


def small(embedding, target, **options):
    """Certify by blocks of four queries."""
    m, dim, rows_of = embedding.n_documents, embedding.dim, get_kernel("numpy").block_rows
    memory = next(n for n in range(4 * m, 400 * m * dim) if rows_of(m, dim, n) == 4)
    return certify(embedding, target, kernel="numpy", memory=memory, threads=1, **options)


def stopped(embedding, target, n_blocks, **options):
    executor = Interrupted(n_blocks)
    return small(embedding, target, executor=executor, on_interrupt="stop", **options)


def n_blocks_of(embedding, target, **options):
    executor = Interrupted(10**9)
    small(embedding, target, executor=executor, **options)
    return executor.n_run


@pytest.mark.parametrize("threshold", [0.0, None])
@pytest.mark.parametrize("notion", ["global", "row"])
def test_what_is_not_checked_is_undecided(notion, threshold):
    embedding, target = chain()
    embedding = DualEmbedding(embedding.queries, embedding.documents, threshold=threshold)
    whole = small(embedding, target, notion=notion)
    assert whole.verdict == "holds"
    before = whole.n_pairs + 1
    seen = set()
    for n_blocks in range(n_blocks_of(embedding, target, notion=notion)):
        found = stopped(embedding, target, n_blocks, notion=notion)
        assert found.n_undecided == found.n_unchecked <= before
        assert found.verdict == ("undecided" if found.n_unchecked else "holds")
        assert found.exit_code == (3 if found.n_unchecked else 0)
        assert sum(found.stages.values()) == found.n_pairs - found.n_unchecked
        if found.n_unchecked:
            assert found.margin_lower_bound is None
            assert f"of {found.n_pairs:,} pairs" in str(found)
            assert "exact arithmetic not allowed" not in str(found)
            assert "no query has both" not in str(found)
        else:
            assert found.margin_lower_bound == whole.margin_lower_bound
        assert found.normalized_margin_lower_bound is None
        jsonschema.validate(found.to_dict(), SCHEMA)
        assert Certificate.from_dict(found.to_dict()) == found
        before = found.n_unchecked
        seen.add(found.n_unchecked)
    assert {0, whole.n_pairs} <= seen
    assert len(seen) >= (2 if threshold is None and notion == "global" else 7)


@pytest.mark.parametrize("is_forest", [False, True])
def test_the_pairs_that_were_checked_are_counted(is_forest):
    """Queries in blocks of four: the first two blocks of matches, then two of the others."""
    embedding, target = chain()
    relevance = as_relevance(target)
    if is_forest:
        parents = target.parent_indptr, target.parent_indices
        relevance = ForestRelevance(*parents, target.levels, target.labels)
        assert type(numbering_of(relevance)).__name__ == "_InPreorder"
    sizes = np.arange(1, 25)
    found = stopped(embedding, relevance, 2)
    assert found.n_pairs - found.n_unchecked == sizes[:8].sum()
    found = stopped(embedding, relevance, 6 + 2)
    assert found.n_pairs - found.n_unchecked == sizes.sum() + (24 - sizes[:8]).sum()
    found = stopped(embedding, relevance, 6 + 2, notion="row")
    assert found.n_pairs - found.n_unchecked == sizes.sum() + (24 - sizes[:8]).sum()


@pytest.mark.parametrize("notion", ["global", "row"])
def test_a_violation_that_was_found_is_certain(notion):
    embedding, target = chain()
    documents = embedding.documents.copy()
    documents[15] *= -1  # wrong for every query
    broken = DualEmbedding(embedding.queries, documents, threshold=0.0)
    whole = small(broken, target, notion=notion)
    verdicts = []
    for n_blocks in range(n_blocks_of(broken, target, notion=notion)):
        found = stopped(broken, target, n_blocks, notion=notion)
        verdicts.append(found.verdict)
        assert found.n_violations <= whole.n_violations
        assert (found.n_violations > 0) == (found.verdict == "fails")
        if found.n_unchecked:
            assert found.margin_lower_bound is None
        if found.verdict == "fails":
            assert found.exit_code == 1
            assert found.worst_match.violates or found.best_other.violates
    assert verdicts[0] == "undecided"
    assert verdicts[-1] == "fails"
    assert verdicts == sorted(verdicts, reverse=True)  # once it fails, it fails


def test_nothing_is_known_of_a_threshold_that_is_still_sought():
    embedding, target = chain()
    free = DualEmbedding(embedding.queries, embedding.documents)
    found = stopped(free, target, 3)
    assert (found.threshold, found.n_unchecked) == (None, found.n_pairs)
    assert (found.worst_match, found.best_other) == (None, None)


def test_an_interrupt_is_raised_unless_it_is_to_stop():
    embedding, target = chain()
    with pytest.raises(KeyboardInterrupt):
        small(embedding, target, executor=Interrupted(3))


def test_an_interrupted_run_goes_on_from_its_checkpoint(tmp_path):
    embedding, target = chain()
    path = tmp_path / "run.checkpoint"
    expected = small(embedding, target)
    unchecked = []
    while path.exists() or not unchecked:
        found = stopped(embedding, target, 5, checkpoint=path)
        unchecked.append(found.n_unchecked)
    assert unchecked[-1] is None
    assert unchecked[:-1] == sorted(unchecked[:-1], reverse=True)
    assert {**found.to_dict(), "seconds": 0} == {**expected.to_dict(), "seconds": 0}


def test_pairs_within_the_bound_and_unchecked_ones_are_told_apart():
    rng = np.random.default_rng(0)
    queries = rng.standard_normal((8, 5))
    documents = np.repeat(rng.standard_normal((3, 5)), 2, axis=0)
    relevance = Relevance.from_sets([[0]] * 8, 6)
    embedding = DualEmbedding(queries, documents)
    whole = small(embedding, relevance, notion="row", exact=False)
    found = stopped(embedding, relevance, 3, notion="row", exact=False)
    assert whole.n_undecided == 8 - np.count_nonzero(whole.n_violations) or whole.n_undecided > 0
    assert found.n_unchecked == 4 * 5
    assert found.n_undecided > found.n_unchecked
    assert "exact arithmetic not allowed" in str(found)
