"""The Triton kernels: interpreted on the CPU against the emulation, and compiled for GPUs.

No GPU is needed for either. The interpreter is asked for before Triton is imported, so it runs
in a process of its own: this file.
"""

import os
import subprocess
import sys
from functools import partial
from importlib.util import find_spec

import numpy as np
import pytest
from places import ROOT
from test_gpu_near_ties import Case, leaning, normal, whole

from hrgeom.checker.kernels import get_kernel
from hrgeom.checker.kernels._cuda import CountingKernel
from hrgeom.checker.kernels._cuda_cut import HIGHEST, LOWEST
from hrgeom.checker.kernels._cuda_device import Shape, TritonDevice, padded_dim, shape_of
from hrgeom.checker.kernels._cuda_emulated import EmulatedDevice

needs_triton = pytest.mark.skipif(
    not find_spec("triton") or not find_spec("torch"), reason="needs torch and Triton"
)

SIZES = ((1, 1, 1), (70, 300, 20), (65, 257, 100), (3, 129, 300))


def all_results(device, queries, documents, rng):
    """What every method of a device returns, for cuts and places that depend on the scores."""
    q, x = device.put(queries), device.put(documents)
    n, m = queries.shape[1], documents.shape[1]
    scores = device.pair_scores(q, x, rng.integers(0, n, 200), rng.integers(0, m, 200))
    cut = np.quantile(scores, rng.random(n)).astype(np.int64)
    cut[0] = LOWEST
    scan = device.scan(q, x, cut)
    low = np.maximum(scan.highest - int(scores.std() / 3), LOWEST + 1)
    low[-1] = HIGHEST if n > 1 else low[-1]
    places = scan.places(low)
    n_hits, first = device.hits(q, x, places, low, cut)
    listed = device.listed(q, x, places, low, cut, n_hits)
    return scores, scan.n_above, scan.highest, places.row, places.part, n_hits, first, listed


def compare():
    """Raise unless the interpreted kernels give what the emulation gives, in whole sweeps too."""
    rng = np.random.default_rng(0)
    n_listed = 0
    for k in (1, 2, 3):
        for n, m, d in SIZES:
            high = 128 if d < 300 else 60
            q = rng.integers(-high, high, (k, n, d)).astype(np.int8)
            x = rng.integers(-high, high, (3, m, d)).astype(np.int8)  # more digits are no harm
            seed = int(rng.integers(2**31))
            found, expected = (
                all_results(device, q, x, np.random.default_rng(seed))
                for device in (TritonDevice("cpu", 128), EmulatedDevice(128))
            )
            for one, other in zip(found, expected, strict=True):
                np.testing.assert_array_equal(one, other, f"{k} digits, {(n, m, d)}")
            n_listed += len(found[-1])
    assert n_listed > 1000
    kernels = [
        CountingKernel(get_kernel("numpy"), device(part_size=128))
        for device in (partial(TritonDevice, "cpu"), EmulatedDevice)
    ]
    for kind in (normal, whole, leaning):
        case = Case(np.random.default_rng(1), kind)
        found, expected = (case.sweep(kernel) for kernel in kernels)
        for name, values in vars(expected).items():
            np.testing.assert_array_equal(getattr(found, name), values, f"{kind}: {name}")


@needs_triton
def test_the_kernels_compute_the_integers_of_the_emulation():
    env = {
        **os.environ,
        "TRITON_INTERPRET": "1",
        "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]),
    }
    done = subprocess.run([sys.executable, __file__], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def compiled(kernel, dim, n_digits, capability):
    """Return a kernel compiled for a GPU, which need not be there."""
    import triton
    from triton.backends.compiler import GPUTarget

    keywords = shape_of(dim, n_digits).of_tile(dim, n_digits)
    options = {name: keywords.pop(name) for name in ("num_warps", "num_stages")}
    sizes = {"n_rows": "i32", "n_documents": "i32", "part_size": "i32"}
    types = {"queries": "*i8", "documents": "*i8", **sizes, **dict.fromkeys(keywords, "constexpr")}
    signature = {p.name: types.get(p.name, "*i32") for p in kernel.params}
    source = triton.compiler.ASTSource(kernel, signature, constexprs=keywords)
    return triton.compile(source, target=GPUTarget("cuda", capability, 32), options=options)


@needs_triton
@pytest.mark.filterwarnings("ignore:TRITON_DEFAULT_FP_FUSION")
@pytest.mark.parametrize("n_digits", [1, 2, 3])
@pytest.mark.parametrize(("capability", "product"), [(80, "mma.sync"), (90, "wgmma.mma_async")])
@pytest.mark.parametrize("name", ["scan_tiles", "hits_tiles", "listed_tiles"])
def test_the_kernels_compile_to_products_of_int8(name, capability, product, n_digits):
    from hrgeom.checker.kernels import _cuda_tiles

    for dim in (64, 384) if name == "scan_tiles" else (64,):
        found = compiled(getattr(_cuda_tiles, name), dim, n_digits, capability)
        lines = [line for line in found.asm["ptx"].splitlines() if product in line]
        assert lines
        assert all(".s8.s8" in line for line in lines if "sync.aligned" in line)
        assert found.metadata.shared <= 160 * 1024  # of an A100; an H100 has 227 KiB


@pytest.mark.parametrize(
    ("d", "dim"), [(1, 32), (32, 32), (33, 64), (200, 256), (257, 384), (4096, 4096)]
)
def test_columns_are_padded_to_whole_blocks(d, dim):
    assert padded_dim(d) == dim
    for n_digits in (1, 2, 3):
        shape = shape_of(dim, n_digits)
        assert dim % shape.block == 0
        assert shape.block >= 32


def test_a_shape_may_be_given():
    shape = Shape(32, 64, 32, 4, 2)
    assert TritonDevice(shape=shape).shape.of_tile(64, 2) == {
        "DIM": 64, "DIGITS": 2, "BLOCK": 32, "TILE_Q": 32, "TILE_X": 64,
        "num_warps": 4, "num_stages": 2,
    }  # fmt: skip


if __name__ == "__main__":
    compare()
