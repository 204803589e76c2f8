"""The GPU kernel around its emulated device: the contract, and the certificates of the CPU."""

import pickle
from dataclasses import dataclass, replace
from types import SimpleNamespace

import numpy as np
import pytest
from kernel_calls import Problem

from hrgeom import DualEmbedding, certify
from hrgeom.checker._certify import certify_with
from hrgeom.checker._sweep import Progress, Settings
from hrgeom.checker.executors import SerialExecutor
from hrgeom.checker.kernels import KERNELS, available_kernels, get_kernel, select_kernel
from hrgeom.checker.kernels import _cuda as counting
from hrgeom.checker.kernels._cuda import CountingKernel
from hrgeom.checker.kernels._cuda_emulated import EmulatedDevice
from hrgeom.cli import main
from hrgeom.constructions import construct
from hrgeom.core import Relevance
from hrgeom.datasets import load
from hrgeom.errors import KernelError
from hrgeom.testing import check_kernel

ON_CPU = tuple(name for name in available_kernels() if name != "cuda")
FASTEST = ON_CPU[-1]


def emulated(base=FASTEST, n_digits=None, **device):
    return CountingKernel(get_kernel(base), EmulatedDevice(**device), n_digits)


def certified(embedding, target, kernel, **how):
    settings = Settings(
        kernel=kernel,
        executor=SerialExecutor(),
        memory=2**28,
        exact=how.pop("exact", True),
        progress=Progress(None),
        filter="none",
    )
    return certify_with(settings, embedding, target, **how)


def sweep(kernel, problem, level):
    packed = kernel.pack(problem.documents, problem.documents.dtype)
    return kernel.sweep(packed, len(problem.documents), problem.rows, level, problem.bounds())


@pytest.fixture(scope="module")
def problem():
    """Queries that match a document each by a wide margin, but for five that match it twice."""
    rng = np.random.default_rng(0)
    documents = rng.standard_normal((300, 20))
    documents /= np.linalg.norm(documents, axis=1, keepdims=True)
    documents[200:205] = documents[:5]
    queries = documents[:100] + 0.001 * rng.standard_normal((100, 20))
    return Problem(queries, documents, Relevance.from_sets([[i] for i in range(100)], 300))


@pytest.mark.parametrize(
    "kernel",
    [
        emulated(),
        emulated("numpy", part_size=5),
        emulated(n_digits=(1,)),
        emulated(n_digits=(1, 2, 3), part_size=5),
    ],
    ids=["as it is", "around numpy", "one digit", "one digit after the other"],
)
def test_the_contract_of_kernels(kernel):
    check_kernel(kernel)


@dataclass(frozen=True)
class SkipsTheLastDocument(EmulatedDevice):
    """It is never above a cut, nor the highest."""

    def scan(self, queries, documents, cut):
        return super().scan(queries, documents[:, : max(1, documents.shape[1] - 1)], cut)


@dataclass(frozen=True)
class CountsTooMuch(EmulatedDevice):
    """One more, for every other query."""

    def scan(self, queries, documents, cut):
        found = super().scan(queries, documents, cut)
        return replace(found, n_above=found.n_above + np.arange(len(cut)) % 2)


@dataclass(frozen=True)
class RoundsTowardsZero(EmulatedDevice):
    """A score of several digits is cut off, as C divides, instead of rounded down."""

    def put(self, planes):
        return np.abs(planes.astype(np.float64)) if len(planes) > 1 else super().put(planes)


@dataclass(frozen=True)
class NamesAnotherDocument(EmulatedDevice):
    def hits(self, queries, documents, places, low, cut):
        n_hits, first = super().hits(queries, documents, places, low, cut)
        return n_hits, np.maximum(first - 1, 0)


@pytest.mark.parametrize("device", [SkipsTheLastDocument, RoundsTowardsZero, NamesAnotherDocument])
def test_a_broken_device_is_found_out(device):
    with pytest.raises(AssertionError, match="cuda: sweep"):
        check_kernel(CountingKernel(get_kernel(FASTEST), device()))


def test_a_device_that_counts_too_much_only_costs_time(problem):
    level = problem.number(0.8)
    right, slow = (CountingKernel(get_kernel(FASTEST), one(), (2,)) for one in
                   (EmulatedDevice, CountsTooMuch))  # fmt: skip
    expected, found = sweep(right, problem, level), sweep(slow, problem, level)
    assert found.n_violations.tolist() == expected.n_violations.tolist()
    assert found.extreme_score.tobytes() == expected.extreme_score.tobytes()
    assert found.n_by_int8.sum() < 0.6 * expected.n_by_int8.sum()


@pytest.fixture(scope="module")
def mammals():
    return load("wordnet-mammals")


@pytest.mark.parametrize("dtype", ["float32", "float64", "int8"])
@pytest.mark.parametrize("notion", ["global", "row"])
def test_certificates_are_those_of_the_cpu(mammals, dtype, notion):
    embedding = construct(mammals, dtype=dtype).embedding
    kernel = emulated(part_size=256)
    found = certified(embedding, mammals, kernel, notion=notion).to_dict()
    expected = certified(embedding, mammals, get_kernel(FASTEST), notion=notion).to_dict()
    assert found.pop("kernel") == "cuda"
    stages = found.pop("stages")
    for one in (found, expected):
        for name in ("seconds", "kernel", "stages"):
            one.pop(name, None)
    if FASTEST == "numpy":  # whose reference scores depend on BLAS
        names = ("verdict", "n_violations")
        found, expected = ({name: one[name] for name in names} for one in (found, expected))
    assert found == expected
    # matches are scored on the CPU, and a document or a few per query
    n_others = mammals.relevance.n_queries * mammals.relevance.n_documents
    assert stages["int8"] > 0.9 * n_others


@pytest.mark.parametrize("threshold", [None, 0.0])
def test_an_embedding_that_fails(mammals, threshold):
    rng = np.random.default_rng(0)
    rows = rng.standard_normal((2, mammals.n_nodes, 8)).astype(np.float32)
    embedding = DualEmbedding(*rows, threshold=threshold)
    found = certified(embedding, mammals, emulated())
    expected = certified(embedding, mammals, get_kernel(FASTEST))
    assert found.verdict == expected.verdict == "fails"
    assert found.n_violations == expected.n_violations


def test_only_queries_that_are_open_go_to_the_cpu(problem, monkeypatch):
    kernel, seen = emulated(), []
    level = problem.number(0.8)
    expected = sweep(get_kernel(FASTEST), problem, level)
    true = type(kernel.base).sweep

    def watched(self, packed, n, rows, level, bounds):
        seen.extend(rows.queries.tolist())
        return true(self, packed, n, rows, level, bounds)

    monkeypatch.setattr(type(kernel.base), "sweep", watched)
    found = sweep(kernel, problem, level)
    wrong = np.flatnonzero(expected.n_violations)
    assert wrong.tolist() == [0, 1, 2, 3, 4]
    assert seen == problem.queries[wrong].tolist()
    decided = np.delete(found.n_by_int8, wrong)
    assert (decided >= len(problem.documents) - 1 - 3).all()
    assert not found.n_by_int8[wrong].any()


@pytest.mark.parametrize("whole", [True, False])
def test_documents_that_tie_are_named_by_the_lowest_number(whole):
    row = np.array([[3.0, 1.0]]) if whole else np.array([[0.3, 0.1]])
    documents = np.repeat(row, 700, axis=0)
    documents[:3] = -row
    documents[20] *= 3
    problem = Problem(row, documents, Relevance.from_sets([[20]], 700))
    tally = sweep(emulated(part_size=64), problem, problem.number(float(2 * (row @ row.T)[0, 0])))
    # whole numbers need only the first; others all, and 696 are too many: the CPU's turn
    assert tally.n_by_int8.tolist() == [698 if whole else 0]
    assert tally.extreme_document.tolist() == [3] or not whole


def test_many_candidates_are_looked_at_some_at_a_time(problem, monkeypatch):
    level = problem.number(0.8)
    expected = sweep(emulated(n_digits=(1,)), problem, level)
    monkeypatch.setattr(counting, "_PAIRS_AT_ONCE", 3)
    found = sweep(emulated(n_digits=(1,), part_size=16), problem, level)
    for name, values in vars(expected).items():
        assert getattr(found, name).tobytes() == values.tobytes(), name


def test_documents_stay_on_the_device_but_do_not_pickle_with_it(problem):
    kernel = emulated()
    packed = kernel.pack(problem.documents, problem.documents.dtype)
    first = packed.on(kernel.device, 2)
    assert packed.on(kernel.device, 2) is first
    copy = pickle.loads(pickle.dumps((kernel, packed)))
    assert copy[0] == kernel
    assert copy[1].there == {}


def test_more_dimensions_than_integers_hold_are_left_to_the_cpu(problem, monkeypatch):
    monkeypatch.setattr(counting, "MOST_DIMENSIONS", 19)
    level = problem.number(0.8)
    found, expected = (sweep(one, problem, level) for one in (emulated(), get_kernel(FASTEST)))
    for name, values in vars(expected).items():
        assert getattr(found, name).tobytes() == values.tobytes(), name


def test_digits_are_as_few_as_are_exact(problem):
    whole = np.rint(10 * problem.documents)
    for queries, documents, expected in (
        (whole, whole, (1,)),
        (whole, 100 * whole + 1, (2,)),
        (problem.queries, whole, (2, 3)),
        (whole, problem.documents, (2, 3)),
    ):
        q, x = counting.QueryDigits.of(queries), counting.DocumentDigits.of(documents)
        assert counting._enough_digits(q, x) == expected


def test_it_is_chosen_by_name_alone():
    assert counting.CUDA in KERNELS
    assert min(KERNELS, key=lambda entry: entry.rank) is counting.CUDA
    assert not counting.CUDA.wants_threads


def test_it_needs_packages_and_a_driver(monkeypatch, tmp_path):
    here = tmp_path / "driver"
    monkeypatch.setattr(counting, "_DRIVERS", (str(here),))
    monkeypatch.setattr(counting, "find_spec", lambda name: SimpleNamespace())
    assert not counting.CUDA.is_available()
    here.touch()
    assert counting.CUDA.is_available()
    monkeypatch.setattr(counting, "find_spec", lambda name: None if name == "triton" else 1)
    assert not counting.CUDA.is_available()


def test_torch_without_a_gpu_is_an_error(monkeypatch):
    torch = SimpleNamespace(cuda=SimpleNamespace(is_available=lambda: False), __version__="2.9")
    monkeypatch.setattr("hrgeom.checker.kernels._cuda_device.imported", lambda *names, **how: torch)
    with pytest.raises(KernelError, match=r"must have a GPU that torch can use: .* torch 2\.9"):
        counting.CUDA.make()


class TestCommand:
    """`hrgeom certify --device cuda`."""

    @pytest.fixture
    def line(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        assert main(["construct", "--tree", "wordnet-mammals", "--out", "m.emb", "--quiet"]) == 0
        return ["certify", "m.emb", "--tree", "wordnet-mammals", "--device", "cuda", "--quiet"]

    def test_it_counts_on_the_device(self, line, monkeypatch, capsys):
        entry = replace(counting.CUDA, is_available=lambda: True, make=emulated)
        kernels = tuple(entry if one.name == "cuda" else one for one in KERNELS)
        monkeypatch.setattr("hrgeom.checker.kernels._registry.KERNELS", kernels)
        assert main([*line[:-1], "--verbose"]) == 0
        assert "kernel cuda" in capsys.readouterr().out
        assert main([*line, "--kernel", "cuda"]) == 0
        assert main([*line, "--kernel", "numpy"]) == 2
        assert "--device cuda must be given without --kernel" in capsys.readouterr().err

    def test_without_a_gpu_it_says_what_to_do(self, line, monkeypatch, capsys):
        monkeypatch.setattr(counting, "_DRIVERS", ())
        assert main(line) == 2
        assert "the packages with pip install 'hrgeom[gpu] @ git+https" in capsys.readouterr().err

    def test_on_the_cpu_nothing_changes(self, line, mammals):
        line[line.index("cuda")] = "cpu"
        assert main(line) == 0
        assert select_kernel().name != "cuda"


def test_certify_takes_it_by_name(mammals, monkeypatch):
    entry = replace(counting.CUDA, is_available=lambda: True, make=emulated)
    kernels = tuple(entry if one.name == "cuda" else one for one in KERNELS)
    monkeypatch.setattr("hrgeom.checker.kernels._registry.KERNELS", kernels)
    certificate = certify(construct(mammals).embedding, mammals, kernel="cuda", threads=4)
    assert (certificate.verdict, certificate.kernel, certificate.threads) == ("holds", "cuda", 1)
