"""A limit on memory is kept: measured, in a process of its own."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from hrgeom import DualEmbedding
from hrgeom.checker import memory_needed
from hrgeom.checker._memory import BLOCKS, room_for_blocks
from hrgeom.cli import main
from hrgeom.io.vectors import save

PROGRAM = """
import json, sys
from pathlib import Path
import numpy as np
from hrgeom import Relevance, certify
from hrgeom.checker import memory_needed
from hrgeom.io.vectors import load
folder, memory, filter = sys.argv[1], int(sys.argv[2]), sys.argv[3]
embedding = load(folder, mmap=True)
n, m = embedding.n_queries, embedding.n_documents
relevance = Relevance.from_sets([[i] for i in range(n)], m)

def now(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))

certify(*(lambda e: (e, Relevance.from_sets([[0]], 1)))(type(embedding)([[1.0]], [[1.0]])))
Path("/proc/self/clear_refs").write_text("5")  # the peak from here on
before = now("VmRSS:")
found = certify(embedding, relevance, memory=memory, notion="row", filter=filter, threads=2)
assert found.holds and found.normalized_margin_lower_bound > 0
print(json.dumps([now("VmHWM:") - before, found.stages]))
"""


def scattered():
    """Whole numbers in many dimensions: integer scores decide, blocks nothing."""
    rng = np.random.default_rng(0)
    documents = rng.integers(-60, 60, (150_000, 32))
    return documents[:300] // 2, documents


def circles():
    """Near four circles, those of the queries at a distance from all others: blocks decide."""
    rng = np.random.default_rng(0)
    m = 150_000
    angle = 2 * np.pi / 75 * (rng.integers(0, 75, m) + rng.uniform(0.3, 0.7, m))
    angle[:300] = 2 * np.pi / 75 * (np.arange(300) // 4)
    documents = rng.normal(0, 1e-5, (m, 32))
    at, column = np.arange(m), 8 * (np.arange(m) % 4)
    documents[at, column], documents[at, column + 1] = np.cos(angle), np.sin(angle)
    documents[300:] *= rng.uniform(0.8, 0.9, (m - 300, 1))
    return documents[:300] / 2, documents


@pytest.mark.skipif(not os.path.exists("/proc/self/clear_refs"), reason="Linux measures the peak")
@pytest.mark.parametrize(
    ("make", "dtype", "filter_name"),
    [
        (scattered, "float32", "none"),
        (scattered, "int8", "none"),
        (scattered, "float32", "int8"),
        (scattered, "int8", "auto"),
        (circles, "float32", "tree"),
        (circles, "float64", "tree"),
        (circles, "float64", "auto"),
    ],
)
def test_the_peak_stays_below_the_limit(tmp_path, make, dtype, filter_name):
    if filter_name != "none":
        pytest.importorskip("hrgeom._native._extension")
    queries, documents = make()
    embedding = DualEmbedding(queries.astype(dtype), documents.astype(dtype))
    save(embedding, tmp_path / "x.emb")
    memory = memory_needed(embedding, 2)
    for limit in (memory, 2 * memory):
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, str(tmp_path / "x.emb"), str(limit), filter_name],
            capture_output=True,
            check=True,
        )
        peak, stages = json.loads(done.stdout)
        assert documents.size * 4 < peak < limit + 2**24
        if filter_name != "none":
            assert stages["block"] + stages["int8"] > stages["score"]


def test_what_is_left_for_blocks():
    small = DualEmbedding(np.ones((10, 4)), np.ones((20, 4)))
    assert room_for_blocks(None, small, 8) == BLOCKS
    assert room_for_blocks(1, small, 8) == 1
    assert 2**30 - 2**16 < room_for_blocks(2**30, small, 8) < 2**30
    assert room_for_blocks(2**22, small, 8) == 2**22
    assert memory_needed(small, 2) - memory_needed(small, 1) == 2**22


def test_a_limit_that_cannot_be_kept_is_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["construct", "--tree", "wordnet-mammals", "--out", "m.emb"]) == 0
    command = ["certify", "m.emb", "--tree", "wordnet-mammals", "--threads", "2", "--memory"]
    assert main([*command, "1MB"]) == 2
    assert "--memory must be at least 9.75 MiB" in capsys.readouterr()[1]
    assert main([*command, "20MB"]) == 0
