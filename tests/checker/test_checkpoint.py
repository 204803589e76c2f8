"""Checkpoints: a run that is killed, at any moment, ends in the certificate of one that is not."""

import json
import os
import random
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from hrgeom import DualEmbedding, Relevance, certify
from hrgeom.checker._blocks import blocks_of
from hrgeom.checker.executors import SerialExecutor
from hrgeom.checker.kernels import Bounds, Level
from hrgeom.errors import FormatError

NOTIONS = ["global", "row"]


class CutShortError(Exception):
    """What a run that is cut short raises."""


class CutShort:
    """Runs some blocks, then fails; counts what it ran."""

    n_workers = 1

    def __init__(self, n_blocks=10**9):
        self.n_left, self.n_run = n_blocks, 0

    def map(self, function, blocks):
        for block in blocks:
            if not self.n_left:
                raise CutShortError
            self.n_left -= 1
            self.n_run += 1
            yield function(block)


class Slow:
    """Takes its time for every block, so that there is time to be killed."""

    n_workers = 1

    def map(self, function, blocks):
        for block in blocks:
            time.sleep(0.02)
            yield function(block)


def problem(seed=0):
    """Many blocks, near ties, queries without matches, and rows of lengths for a second look."""
    rng = np.random.default_rng(seed)
    documents = np.repeat(rng.standard_normal((40, 6)), 3, axis=0)
    documents[1::3] *= 1 + 2.0**-50
    documents *= rng.uniform(0.5, 2.0, (len(documents), 1))
    queries = rng.standard_normal((90, 6))
    sets = [
        np.sort(np.argsort(documents @ q)[len(documents) - k :]).tolist()
        for q, k in zip(queries, rng.integers(0, 5, len(queries)), strict=True)
    ]
    return DualEmbedding(queries, documents), Relevance.from_sets(sets, len(documents))


SMALL = {"kernel": "numpy", "memory": 12 * 120 * 4}  # blocks of four queries


def along_a_curve(n=600, m=60_000):
    """Points of a parabola, and queries for those near one: blocks decide most pairs."""
    t, at = np.linspace(-1, 1, m), np.linspace(50, m - 51, n).astype(int)
    radius = 20.5 * (t[1] - t[0])
    queries = np.column_stack((2 * t[at], -np.ones(n), radius**2 - t[at] ** 2))
    documents = np.column_stack((t, t**2, np.ones(m)))
    sets = [range(i - 20, i + 21) for i in at.tolist()]
    return DualEmbedding(queries, documents, threshold=0.0), sets


def signs(n=3200, d=64):
    """Rows of signs, nearly, each matching itself: integer scores decide most pairs."""
    rng = np.random.default_rng(5)
    rows = rng.choice([-1.0, 1.0], (n, d)) + 0.01 * rng.standard_normal((n, d))
    rows = rows.astype(np.float32)
    return DualEmbedding(rows, rows, threshold=48.0), [[i] for i in range(n)]


def filtered_problem(make):
    embedding, sets = make()
    return embedding, Relevance.from_sets(sets, embedding.n_documents)


FILTERED = [
    (along_a_curve, "tree", "block"),
    (along_a_curve, "int8", "int8"),
    (along_a_curve, "auto", "block"),
    (signs, "int8", "int8"),
    (signs, "auto", "int8"),
]


def filtered_options(make, filter_name):
    memory = 2**15 if make is signs else 2**12  # a hundred blocks, so that all kills find work
    return {"filter": filter_name, "memory": memory, "threads": 1}


def fields_of(certificate):
    return {**certificate.to_dict(), "seconds": 0, "threads": 0}


@pytest.mark.parametrize("notion", NOTIONS)
def test_a_run_cut_short_after_any_block_goes_on_to_the_same_certificate(tmp_path, notion):
    path = tmp_path / "run.checkpoint"
    whole = CutShort()
    expected = certify(*problem(), notion=notion, executor=whole, **SMALL)
    assert whole.n_run >= (80 if notion == "global" else 40)  # with or without a second look
    for n_blocks in range(0, whole.n_run, 7):
        with pytest.raises(CutShortError):
            certify(
                *problem(), notion=notion, executor=CutShort(n_blocks), checkpoint=path, **SMALL
            )
        rest = CutShort()
        found = certify(*problem(), notion=notion, executor=rest, checkpoint=path, **SMALL)
        assert rest.n_run == whole.n_run - n_blocks
        assert fields_of(found) == fields_of(expected)
        assert not path.exists()


def test_a_run_that_is_always_cut_short_comes_to_its_end(tmp_path):
    path = tmp_path / "run.checkpoint"
    expected = certify(*problem(), **SMALL)
    for _ in range(100):
        try:
            found = certify(*problem(), executor=CutShort(5), checkpoint=path, **SMALL)
            break
        except CutShortError:
            continue
    assert fields_of(found) == fields_of(expected)


def test_threads_and_memory_may_change_between_runs(tmp_path):
    path = tmp_path / "run.checkpoint"
    expected = certify(*problem(), notion="row", threads=1, kernel="numpy")
    for n_blocks, memory in ((12, 12 * 120 * 4), (9, 1), (3, 10**6)):
        with pytest.raises(CutShortError):
            certify(
                *problem(),
                notion="row",
                kernel="numpy",
                memory=memory,
                executor=CutShort(n_blocks),
                checkpoint=path,
            )
    found = certify(*problem(), notion="row", kernel="numpy", threads=3, checkpoint=path)
    assert fields_of(found) == fields_of(expected)


@pytest.mark.parametrize(("make", "filter_name", "stage"), FILTERED)
@pytest.mark.parametrize("notion", NOTIONS)
def test_a_filtered_run_cut_short_goes_on_to_the_same_certificate(
    tmp_path, make, filter_name, stage, notion
):
    """The stages are equal, too: queries are handed to the filter in the same blocks."""
    pytest.importorskip("hrgeom._native._extension")
    path, given = tmp_path / "run.checkpoint", filtered_problem(make)
    options = {"notion": notion, **filtered_options(make, filter_name)}
    whole = CutShort()
    expected = certify(*given, executor=whole, **options)
    assert expected.holds
    assert expected.stages[stage] > 0.5 * expected.n_pairs
    assert whole.n_run >= 6
    for n_blocks in sorted({0, 1, whole.n_run // 2, whole.n_run - 1}):
        with pytest.raises(CutShortError):
            certify(*given, executor=CutShort(n_blocks), checkpoint=path, **options)
        rest = CutShort()
        found = certify(*given, executor=rest, checkpoint=path, **options)
        assert rest.n_run == whole.n_run - n_blocks
        assert fields_of(found) == fields_of(expected)


@pytest.mark.parametrize(("make", "filter_name", "stage"), FILTERED)
def test_less_memory_for_the_rest_of_a_filtered_run(tmp_path, make, filter_name, stage):
    """Blocks get smaller, which stages may show; nothing else does."""
    pytest.importorskip("hrgeom._native._extension")
    path, given = tmp_path / "run.checkpoint", filtered_problem(make)
    options = filtered_options(make, filter_name)
    expected = fields_of(certify(*given, **options))
    with pytest.raises(CutShortError):
        certify(*given, executor=CutShort(5), checkpoint=path, **options)
    found = fields_of(certify(*given, checkpoint=path, **{**options, "memory": 2**10}))
    assert sum(found.pop("stages").values()) == sum(expected.pop("stages").values())
    assert found == expected


def test_torn_and_damaged_ends_are_dropped(tmp_path):
    path = tmp_path / "run.checkpoint"
    expected = certify(*problem(), **SMALL)
    with pytest.raises(CutShortError):
        certify(*problem(), executor=CutShort(30), checkpoint=path, **SMALL)
    whole = path.read_bytes()
    rng = random.Random(1)
    for _ in range(12):
        end = rng.randrange(len(whole))
        damaged = bytearray(whole[:end])
        if end > 1000 and rng.random() < 0.5:  # within the results
            damaged[-rng.randrange(1, 200)] ^= 1 << rng.randrange(8)
        path.write_bytes(damaged)
        found = certify(*problem(), checkpoint=path, **SMALL)
        assert fields_of(found) == fields_of(expected)


def test_seconds_add_up(tmp_path):
    path = tmp_path / "run.checkpoint"

    class Delayed(CutShort):
        def map(self, function, blocks):
            time.sleep(0.2)
            yield from super().map(function, blocks)

    with pytest.raises(CutShortError):
        certify(*problem(), executor=Delayed(3), checkpoint=path, **SMALL)
    assert certify(*problem(), executor=SerialExecutor(), checkpoint=path, **SMALL).seconds >= 0.2


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"seed": 1}, "sha256 of documents"),
        ({"notion": "row"}, "notion"),
        ({"exact": False}, "exact"),
        ({"kernel": "serial"}, "kernel"),
        ({"filter": "none"}, "filter"),
    ],
)
def test_a_checkpoint_of_another_certification_is_refused(tmp_path, change, named):
    path = tmp_path / "run.checkpoint"
    with pytest.raises(CutShortError):
        certify(*problem(), notion="global", executor=CutShort(3), checkpoint=path, **SMALL)
    kept = path.read_bytes()
    other = problem(change.pop("seed", 0))
    if change.get("kernel") == "serial":
        pytest.importorskip("hrgeom._native._extension")
    with pytest.raises(FormatError, match=f"must be of this very certification: .*{named}"):
        certify(*other, **{"notion": "global", **SMALL, **change}, checkpoint=path)
    assert path.read_bytes() == kept


def test_what_is_no_checkpoint_is_left_alone(tmp_path):
    for name, data in (("text", b"hello"), ("long", bytes(1000))):
        path = tmp_path / name
        path.write_bytes(data)
        with pytest.raises(FormatError, match="must be a file that --checkpoint wrote"):
            certify(*problem(), checkpoint=path)
        assert path.read_bytes() == data
    with pytest.raises(FormatError, match="must be a plain file"):
        certify(*problem(), checkpoint=tmp_path)
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(FormatError, match="must be a plain file"):
        certify(*problem(), checkpoint=tmp_path / "fifo")


def test_a_checkpoint_in_use_is_refused(tmp_path):
    pytest.importorskip("fcntl")
    path = tmp_path / "run.checkpoint"

    class Nested(CutShort):
        def map(self, function, blocks):
            with pytest.raises(FormatError, match="another process is writing it"):
                certify(*problem(), checkpoint=path, **SMALL)
            yield from super().map(function, blocks)

    assert certify(*problem(), executor=Nested(), checkpoint=path, **SMALL).seconds > 0


def test_levels_that_changed_are_refused(tmp_path, monkeypatch):
    path = tmp_path / "run.checkpoint"
    with pytest.raises(CutShortError):
        certify(*problem(), executor=CutShort(30), checkpoint=path, **SMALL)
    monkeypatch.setattr("hrgeom.checker._checkpoint._digest", lambda blocks: "other")
    with pytest.raises(FormatError, match="must be of a run with the same levels"):
        certify(*problem(), checkpoint=path, **SMALL)


def test_ranges_that_are_left():
    level = Level(np.arange(10.0), np.full(10, -1, dtype=np.int32))
    bounds = Bounds(np.zeros(10), np.zeros(10), True)
    blocks = blocks_of(10, 3, level, bounds)
    for done in ([], [(0, 3)], [(3, 6), (9, 10)], [(6, 9), (0, 3)], [(0, 10)], [(1, 2), (4, 5)]):
        left = [i for block in blocks.without(done) for i in range(block.start, block.stop)]
        assert left == [i for i in range(10) if not any(a <= i < b for a, b in done)]
    for block in blocks.without([(2, 5)]):
        assert block.level.value.tolist() == list(range(block.start, block.stop))


PROGRAM = """
import json, sys
from test_checkpoint import SMALL, Slow, problem
from hrgeom import certify
found = certify(*problem(), notion="global", executor=Slow(), checkpoint=sys.argv[1], **SMALL)
print(json.dumps(found.to_dict()))
"""

FILTERED_PROGRAM = """
import json, sys
import test_checkpoint as these
from hrgeom import certify
make = getattr(these, sys.argv[2])
options = {"executor": these.Slow(), "checkpoint": sys.argv[1]}
options |= these.filtered_options(make, sys.argv[3])
found = certify(*these.filtered_problem(make), **options)
print(json.dumps(found.to_dict()))
"""


def ended(path, program, *arguments, n_kills):
    """What a program prints that is killed so many times and started once more."""
    rng = random.Random(n_kills)
    n_killed = 0

    def start():
        where = os.pathsep.join([os.path.dirname(__file__), *sys.path])
        return subprocess.Popen(
            [sys.executable, "-c", program, str(path), *arguments],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": where},
        )

    for _ in range(n_kills):
        before = path.stat().st_size if path.exists() else 0
        child = start()
        # Once it has begun to add results, at a moment that nobody chose.
        while child.poll() is None and not (path.exists() and path.stat().st_size > before):
            time.sleep(0.001)
        time.sleep(rng.uniform(0, 0.1))
        child.send_signal(signal.SIGKILL)
        out, _ = child.communicate()
        n_killed += child.returncode == -signal.SIGKILL and not out
    child = start()
    out, _ = child.communicate()
    assert n_killed == n_kills
    assert child.returncode == 0
    assert not path.exists()
    return {**json.loads(out), "seconds": 0}


@pytest.mark.parametrize("n_kills", [3, pytest.param(10, marks=pytest.mark.slow)])
def test_killed_at_random_moments(tmp_path, n_kills):
    expected = certify(*problem(), notion="global", executor=Slow(), **SMALL)
    found = ended(tmp_path / "run.checkpoint", PROGRAM, n_kills=n_kills)
    assert found == {**expected.to_dict(), "seconds": 0}


@pytest.mark.parametrize(("make", "filter_name", "stage"), [FILTERED[0], FILTERED[-1]])
@pytest.mark.parametrize("n_kills", [1, pytest.param(10, marks=pytest.mark.slow)])
def test_filtered_and_killed_at_random_moments(tmp_path, make, filter_name, stage, n_kills):
    pytest.importorskip("hrgeom._native._extension")
    given = filtered_problem(make)
    expected = certify(*given, executor=Slow(), **filtered_options(make, filter_name))
    found = ended(
        tmp_path / "run.checkpoint", FILTERED_PROGRAM, make.__name__, filter_name, n_kills=n_kills
    )
    assert found["stages"][stage] > 0.5 * found["n_pairs"]
    assert found == {**expected.to_dict(), "seconds": 0}
