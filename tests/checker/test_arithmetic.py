"""Threads that flush subnormal numbers to zero or round another way: the same certificates."""

import platform
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
import pytest

from hrgeom import DualEmbedding, Relevance, available_kernels, certify
from hrgeom._base import arithmetic
from hrgeom._native.library import native_library
from hrgeom.checker.kernels import Bounds, Level, Rows, get_kernel
from hrgeom.errors import KernelError

KERNELS = available_kernels()
WAYS = {
    "x86_64": {"flush": 0x1F80 | 0x8040, "results": 0x1F80 | 0x8000, "up": 0x1F80 | 0x4000},
    "aarch64": {"flush": 1 << 24, "results": 1 << 24, "up": 1 << 22},
}.get(platform.machine().lower().replace("amd64", "x86_64"), {})
FLAGS = 0x3F  # what a thread has met so far, on x86
# The match scores 1e-320, the other document twice that: both are 0 to who flushes.
QUERIES, DOCUMENTS = np.array([[1e-160]]), np.array([[1e-160], [2e-160]])
FIRST = Relevance.from_sets([{0}], 2)

pytestmark = pytest.mark.skipif(
    native_library() is None or not WAYS, reason="nothing here changes the arithmetic of a thread"
)


@contextmanager
def told(way):
    """A thread that was told to compute in another way; it is afterwards, too."""
    wanted = WAYS[way]
    before = native_library().set_arithmetic(wanted)
    try:
        assert not arithmetic.is_plain()
        yield
        assert native_library().set_arithmetic(wanted) & ~FLAGS == wanted
    finally:
        native_library().set_arithmetic(before)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("notion", ["global", "row"])
def test_certificates_do_not_depend_on_the_arithmetic_of_the_caller(way, kernel, threads, notion):
    embedding = DualEmbedding(QUERIES, DOCUMENTS, threshold=1.5e-320)
    with told(way):
        c = certify(embedding, FIRST, kernel=kernel, threads=threads, notion=notion)
    assert (c.verdict, c.n_violations) == ("fails", 2 if notion == "global" else 1)
    right = DualEmbedding(QUERIES, DOCUMENTS[::-1], threshold=1.5e-320)
    with told(way):
        assert certify(right, FIRST, kernel=kernel, threads=threads, notion=notion).holds


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_subnormal_numbers_are_themselves(way, kernel, dtype):
    """Operands that are subnormal, too."""
    least = np.finfo(dtype).smallest_subnormal
    rows = np.array([[3 * least, 0], [1, 1]], dtype=dtype)
    embedding = DualEmbedding(rows[:1], np.array([[1, 0], [2, 0]], dtype=dtype))
    with told(way):
        c = certify(embedding, Relevance.from_sets([{1}], 2), kernel=kernel)
    assert c.holds
    assert 3 * float(least) < c.threshold < 6 * float(least)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("which", ["matches", "sweep"])
def test_passes_keep_to_plain_arithmetic_by_themselves(kernel, which, way):
    """As they must in a worker that somebody else started."""
    k = get_kernel(kernel)
    packed = k.pack(DOCUMENTS, DOCUMENTS.dtype)
    rows = Rows(QUERIES, np.array([0, 1]), np.array([0], dtype=np.int32))
    level = Level(np.array([1.5e-320]), np.array([-1], dtype=np.int32))
    bounds = Bounds(np.full(1, 1e-322), np.full(1, 1e-322), True)

    def in_a_worker():
        with told(way):
            return getattr(k, which)(packed, 2, rows, level, bounds)

    with ThreadPoolExecutor(1) as pool:
        tally = pool.submit(in_a_worker).result()
    assert tally.n_violations.tolist() == [1]
    assert tally.extreme_score[0] == (1e-160 * 1e-160 if which == "matches" else 1e-160 * 2e-160)


def test_without_the_extension_other_arithmetic_is_refused(monkeypatch):
    embedding = DualEmbedding(QUERIES, DOCUMENTS, threshold=0.0)
    with told("flush"):
        monkeypatch.setattr(arithmetic, "native_library", lambda: None)
        with pytest.raises(KernelError, match="arithmetic must round to nearest and keep subnorm"):
            certify(embedding, FIRST, kernel="numpy")
    assert certify(embedding, FIRST, kernel="numpy").verdict == "fails"


def test_matrix_products_of_threads_that_flush_are_refused():
    """Threads of BLAS that were started by a thread that flushes do so for good."""
    code = f"""
import sys, types
from importlib.machinery import ExtensionFileLoader, ModuleSpec
path = {native_library().__file__!r}
loader = ExtensionFileLoader("_extension", path)
extension = loader.create_module(ModuleSpec("_extension", loader, origin=path))
extension.set_arithmetic({WAYS["flush"]})
import numpy as np
extension.set_arithmetic()
flushes = not np.all(np.full((512, 64), 2.0**-530) @ np.full((64, 512), 2.0**-530))
from hrgeom.errors import KernelError
from hrgeom._base.arithmetic import check_matrix_products
try:
    check_matrix_products()
    print(flushes, False)
except KernelError as error:
    print(flushes, True)
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={"OPENBLAS_NUM_THREADS": "2", "PYTHONPATH": ":".join(sys.path)},
    )
    assert done.stdout in ("True True\n", "False False\n"), done.stderr
