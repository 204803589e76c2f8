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


@pytest.mark.parametrize("n_kills", [3, pytest.param(10, marks=pytest.mark.slow)])
def test_killed_at_random_moments(tmp_path, n_kills):
    path = tmp_path / "run.checkpoint"
    expected = certify(*problem(), notion="global", executor=Slow(), **SMALL)
    rng = random.Random(n_kills)
    n_killed = 0

    def start():
        where = os.pathsep.join([os.path.dirname(__file__), *sys.path])
        return subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(path)],
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
    assert {**json.loads(out), "seconds": 0} == {**expected.to_dict(), "seconds": 0}
    assert not path.exists()
