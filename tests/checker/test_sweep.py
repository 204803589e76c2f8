"""The sweep: blocks and results travel, executors are interchangeable, sums are computed once."""

import pickle
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context

import numpy as np
import pytest

from hrgeom import DualEmbedding, Relevance, available_kernels, certify
from hrgeom.checker import _working_type, product_sums
from hrgeom.checker._certify import certify_with
from hrgeom.checker._sweep import Progress, Settings
from hrgeom.checker.executors import SerialExecutor, ThreadsExecutor, threads_or_serial
from hrgeom.checker.kernels import KERNELS, Tally, _registry, get_kernel, select_kernel

NOTIONS = ["global", "row"]


@pytest.fixture(scope="module")
def problem():
    """An embedding of several blocks, with ties, near ties, and queries that match nothing."""
    rng = np.random.default_rng(0)
    documents = np.repeat(rng.standard_normal((30, 9)), 4, axis=0)
    documents[1::4] *= 1 + 2.0**-50
    embedding = DualEmbedding(rng.standard_normal((50, 9)), documents)
    sets = [rng.choice(120, size, replace=False).tolist() for size in rng.integers(0, 5, 50)]
    return embedding, Relevance.from_sets(sets, 120)


def settings(kernel, executor):
    return Settings(
        get_kernel(kernel), executor, 1, True, Progress(None)
    )  # blocks as small as can be


def fields_of(certificate):
    return {**certificate.to_dict(), "seconds": 0, "threads": 0}


@dataclass
class Shuffled:
    """Sends every block and every result through pickle, and returns results in any order."""

    n_workers: int = 1
    n_blocks: int = 0

    def map(self, function, blocks):
        blocks = [pickle.dumps(block) for block in blocks]
        self.n_blocks += len(blocks)
        function = pickle.dumps(function)
        for i in np.random.default_rng(1).permutation(len(blocks)):
            result = pickle.loads(function)(pickle.loads(blocks[i]))
            yield pickle.loads(pickle.dumps(result))


@dataclass
class Processes:
    """Other processes; each is sent the pass with every block."""

    n_workers: int = 2

    def map(self, function, blocks):
        with ProcessPoolExecutor(self.n_workers, get_context("spawn")) as pool:
            yield from pool.map(function, blocks)


@pytest.mark.parametrize("notion", NOTIONS)
@pytest.mark.parametrize("kernel", available_kernels())
def test_pickled_blocks_in_any_order_give_the_same_certificate(problem, kernel, notion):
    embedding, relevance = problem
    travel = Shuffled()
    serial, shuffled = (
        certify_with(settings(kernel, executor), embedding, relevance, notion)
        for executor in (SerialExecutor(), travel)
    )
    assert travel.n_blocks >= 2 * 5
    assert fields_of(serial) == fields_of(shuffled)
    assert serial.n_exact_rechecks > 0 or notion == "global"


def test_other_processes_give_the_same_certificate(problem):
    embedding, relevance = problem
    kernel = available_kernels()[-1]
    here, there = (
        certify_with(settings(kernel, executor), embedding, relevance, "row")
        for executor in (SerialExecutor(), Processes())
    )
    assert fields_of(here) == fields_of(there)
    assert there.threads == 2


@pytest.mark.parametrize("notion", NOTIONS)
def test_threads_give_the_same_certificate(problem, notion):
    embedding, relevance = problem
    kernel = available_kernels()[-1]
    here, there = (
        certify_with(settings(kernel, executor), embedding, relevance, notion)
        for executor in (SerialExecutor(), ThreadsExecutor(3))
    )
    assert fields_of(here) == fields_of(there)
    assert (here.threads, there.threads) == (1, 3)


def test_tallies_go_into_place_in_any_order_and_grouping():
    rng = np.random.default_rng(2)

    def tally(n):
        counts = [rng.integers(0, 9, n) for _ in range(5)]
        return Tally(rng.random(n), rng.integers(-1, 9, n).astype(np.int32), *counts)

    parts = [(0, tally(3)), (3, tally(2)), (5, tally(4))]
    one, other, pair = Tally.empty(9), Tally.empty(9), Tally.empty(6)
    for start, part in parts:
        one.put(start, part)
    for start, part in reversed(parts):
        other.put(start, part)
    for start, part in parts[1:]:
        pair.put(start - 3, part)
    grouped = Tally.empty(9)
    grouped.put(3, pair)
    grouped.put(*parts[0])
    for name in Tally.__dataclass_fields__:
        expected = np.concatenate([getattr(part, name) for _, part in parts])
        for found in (one, other, grouped):
            np.testing.assert_array_equal(getattr(found, name), expected)


@pytest.mark.parametrize("executor", [SerialExecutor(), ThreadsExecutor(2)])
def test_executors_keep_the_order_and_pass_errors_on(executor):
    assert list(executor.map(str, range(50))) == [str(i) for i in range(50)]
    with pytest.raises(ZeroDivisionError):
        list(executor.map(lambda i: 1 // i, [1, 0, 2]))


def test_a_kernel_that_wants_no_threads_gets_none(problem, monkeypatch):
    assert isinstance(threads_or_serial(4), ThreadsExecutor)
    assert isinstance(threads_or_serial(4, wants_threads=False), SerialExecutor)
    assert isinstance(threads_or_serial(1), SerialExecutor)
    busy = replace(select_kernel("numpy"), wants_threads=False)
    monkeypatch.setattr(_registry, "KERNELS", (busy, *KERNELS[1:]))
    assert certify(*problem, kernel="numpy", threads=4).threads == 1
    assert certify(*problem, kernel=available_kernels()[-1], threads=4).threads in (1, 4)


@pytest.mark.parametrize(
    "stretch",
    [
        1.0,  # whole numbers: float32
        2.0**70,  # overflows float32: float64 with the same sums
        None,  # near ties: float32 is given up for float64, with the same sums
    ],
)
def test_sums_are_computed_once_for_each_pair_of_arrays(monkeypatch, stretch):
    calls = []

    def counted(queries, documents):
        calls.append((id(queries), id(documents)))
        return product_sums(queries, documents)

    for module in ("_working_type", "_rounding"):
        monkeypatch.setattr(f"hrgeom.checker.{module}.product_sums", counted)
    rng = np.random.default_rng(3)
    documents = np.sign(rng.standard_normal((60, 8)))
    queries = np.sign(rng.standard_normal((10, 8)))
    if stretch is None:
        documents = 1 + rng.random((60, 8)) * 1e-7
        queries = rng.random((10, 8))
    embedding = DualEmbedding(
        (queries * (stretch or 1)).astype(np.float32),
        (documents * (stretch or 1)).astype(np.float32),
        threshold=0.0,
    )
    relevance = Relevance.from_sets([[i] for i in range(10)], 60)
    work, _ = _working_type.working_type(*embedding.values(), relevance)
    assert (work == np.float32) == (stretch == 1.0)
    assert len(calls) == 1
    calls.clear()
    certify(embedding, relevance)
    assert len(calls) == len(set(calls)) == 1


def test_a_second_look_has_sums_of_its_own(monkeypatch):
    """Unit rows are other numbers: their sums are computed once more, and only once."""
    calls = []

    def counted(queries, documents):
        calls.append(documents)
        return product_sums(queries, documents)

    monkeypatch.setattr("hrgeom.checker._working_type.product_sums", counted)
    embedding = DualEmbedding(np.eye(2), np.array([[4.0, -1.0], [-1.0, 1.0]]), threshold=0.0)
    seen = []
    relevance = Relevance.from_sets([[0], [1]], 2)
    c = certify(embedding, relevance, progress=lambda done, total: seen.append(total))
    assert c.normalized_margin_lower_bound is not None
    assert len(calls) == seen[-1] // 2 >= 2
