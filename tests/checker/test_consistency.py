"""A verdict agrees with the pairs that a certificate names, with thresholds and with labels."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from hrgeom import DualEmbedding, Hierarchy, Relevance, available_kernels, certify
from hrgeom.checker._certify import certify_with
from hrgeom.checker._sweep import Progress, Settings
from hrgeom.checker.executors import SerialExecutor
from hrgeom.checker.kernels import get_kernel
from hrgeom.core import fitted
from hrgeom.errors import HrgeomError, KernelError, ShapeError
from hrgeom.io.vectors import load, save

KERNELS = available_kernels()
BIG = 2.0**53
ODD = [[BIG, 1.0, 0.0], [BIG, 1.0, 8.0]], [[1.0, 1.0, 0.0], [1.0, -3.0, 1.0]]
PAIR = Hierarchy(["r", "a"], [(1, 0)])


@pytest.mark.parametrize("kernel", KERNELS)
def test_a_threshold_is_what_scores_are_compared_with(kernel):
    """All matches score 2^53 + 1, which float64 does not hold: refused, not rounded to a tie."""
    with pytest.raises(ShapeError, match="that float64 holds: got 9007199254740993"):
        DualEmbedding(*ODD, threshold=2**53 + 1)
    for threshold, verdict in ((2**53, "holds"), (2**53 + 2, "fails")):
        c = certify(DualEmbedding(*ODD, threshold=threshold), PAIR, kernel=kernel)
        assert c.verdict == verdict
        assert Fraction(c.threshold) == threshold


class Wrong:
    """A kernel that counts no violations, or one where there is none."""

    def __init__(self, name, n_violations):
        self._kernel, self._n = get_kernel(name), n_violations
        self.name, self.pack, self.block_rows = name, self._kernel.pack, self._kernel.block_rows

    def matches(self, *call):
        return self._changed(self._kernel.matches(*call))

    def sweep(self, *call):
        return self._changed(self._kernel.sweep(*call))

    def _changed(self, tally):
        return replace(tally, n_violations=np.full_like(tally.n_violations, self._n))


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("notion", ["global", "row"])
def test_a_kernel_that_counts_wrong_certifies_nothing(kernel, notion):
    right = DualEmbedding(*ODD, threshold=2.0**53, notion=notion)
    wrong = DualEmbedding(*ODD[::-1], threshold=2.0**53, notion=notion)
    for n_violations, embedding, found in (
        (0, wrong, "'holds', while in exact arithmetic a named pair violates"),
        (1, right, "'fails', while in exact arithmetic no named pair violates"),
    ):
        settings = Settings(
            Wrong(kernel, n_violations), SerialExecutor(), 2**20, True, Progress(None)
        )
        with pytest.raises(KernelError, match=f"kernel {kernel} counts for {found}"):
            certify_with(settings, embedding, PAIR)


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("notion", ["global", "row"])
def test_what_fails_names_a_pair_that_does(kernel, notion):
    """Of many near ties one violates, and its reference score is not the extreme one."""
    rng = np.random.default_rng(0)
    n_failing = 0
    for _ in range(40):
        d = int(rng.integers(3, 40))
        query = np.repeat(rng.standard_normal((1, 1)), d, axis=1)
        row = rng.standard_normal(d)
        documents = np.array([row[rng.permutation(d)] for _ in range(12)])
        documents[rng.random(documents.shape) < 0.02] *= 1 + 2.0**-52
        threshold = float(query[0] @ documents[0])
        embedding = DualEmbedding(query, documents, threshold=threshold)
        own = set(rng.choice(12, 6, replace=False).tolist())
        c = certify(embedding, Relevance.from_sets([own], 12), kernel=kernel, notion=notion)
        violates = [w.violates for w in (c.worst_match, c.best_other)]
        assert any(violates) == (c.verdict == "fails")
        n_failing += c.verdict == "fails"
    assert n_failing > 10


# Labels that are given are labels, whatever they look like.

OTHER = Hierarchy(["3", "2", "1", "0"], [(1, 0), (2, 0), (3, 1)])  # 3 is the root
ROOT_0 = Hierarchy(["0", "1", "2", "3"], [(1, 0), (2, 0), (3, 1)])
NUMBERS = ("0", "1", "2", "3")


def made_for_root_0(labels=()):
    own = np.array([[0, 0, 0, 0], [2, 0, 0, 0], [2, 0, 0, 0], [2, 2, 0, 0]])
    return DualEmbedding(
        2 * np.eye(4) + own, np.eye(4), threshold=1.0, query_labels=labels, document_labels=labels
    )


def stored(embedding, folder):
    return load(save(embedding, folder / f"{len(list(folder.iterdir()))}.emb"))


@pytest.fixture(params=["memory", "disk"])
def kept(request, tmp_path):
    """Returns an embedding as it is, or after it was written and read."""
    return (lambda e: e) if request.param == "memory" else (lambda e: stored(e, tmp_path))


def test_given_labels_that_look_like_row_numbers_decide(kept):
    named = kept(made_for_root_0(NUMBERS))
    assert certify(named, ROOT_0).holds
    assert fitted(named, OTHER.relevance).query_labels == ("3", "2", "1", "0")
    assert fitted(named, OTHER.relevance).queries[0].tolist() == [2, 2, 0, 2]
    assert certify(named, OTHER).verdict == "fails"  # 3 matches itself alone there


def test_the_same_hierarchy_with_nodes_in_another_order_holds(kept):
    named = kept(made_for_root_0(NUMBERS))
    table = Hierarchy.from_edges([("3", "1"), ("1", "0"), ("2", "0")])
    assert table.labels != NUMBERS
    assert certify(named, table).holds


def test_only_rows_that_were_given_no_labels_go_by_their_order(kept):
    plain = kept(made_for_root_0())
    assert certify(plain, ROOT_0).holds
    assert certify(plain, Hierarchy(["a", "b", "c", "d"], [(1, 0), (2, 0), (3, 1)])).holds
    with pytest.raises(ShapeError, match="must say which row is which"):
        certify(plain, OTHER)
    with pytest.raises(HrgeomError, match="must have a row for every label"):
        certify(
            kept(made_for_root_0(NUMBERS)),
            Hierarchy(["a", "b", "c", "d"], [(1, 0), (2, 0), (3, 1)]),
        )
