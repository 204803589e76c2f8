"""`benchmarks/certify_gpu.py` runs from end to end where its device is emulated."""

import json
import subprocess
import sys

import pytest
from places import ROOT

from hrgeom.checker.kernels._cuda import CUDA

SCRIPT = ROOT / "benchmarks" / "certify_gpu.py"
NOT_RUN = 3


def run(*arguments):
    return subprocess.run([sys.executable, SCRIPT, *arguments], capture_output=True, text=True)


def test_emulated_it_writes_all_it_measured(tmp_path):
    done = run("--emulate", "--dim", "32", "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    result = json.loads((tmp_path / "certify_gpu.json").read_text(encoding="utf-8"))
    assert result["device"].startswith("emulated in NumPy")
    (row,) = result["kernel_alone"]
    assert row["ratio_int8"] == row["seconds_1_digits"] / row["chunked_float32_seconds"]
    assert [one["verdict"] for one in result["certificates"]] == ["holds", "holds"]
    assert all(one["stages"]["int8"] > 0.9 * one["n_pairs"] for one in result["certificates"])


@pytest.mark.skipif(CUDA.is_available(), reason="there is a GPU")
def test_without_a_gpu_it_says_that_it_did_not_run(tmp_path):
    done = run("--out", str(tmp_path))
    assert done.returncode == NOT_RUN
    assert "not run, no GPU" in done.stderr
    assert list(tmp_path.iterdir()) == []
