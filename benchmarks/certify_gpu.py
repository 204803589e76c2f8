"""Certification by counting on a GPU: 10^12 pairs, and the certificate of WordNet.

    python benchmarks/certify_gpu.py               # needs an NVIDIA GPU; some ten minutes
    python benchmarks/certify_gpu.py --tune        # other shapes of tiles, too
    python benchmarks/certify_gpu.py --emulate     # tiny, in NumPy, to try the script

The kernel is compared with its emulation before anything is timed, then with what a user would
write, products of float32 in torch a thousand queries at a time, on the same arrays in the same
run. Times are medians of five, warm; those of torch are of a part of the queries, scaled. A
certificate made with the GPU must be that of the CPU. Without a GPU the script says that it did
not run, exit status 3. Results: benchmarks/results/certify_gpu.json.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import common
import numpy as np

from hrgeom.checker._certify import certify_with
from hrgeom.checker._sweep import Progress, Settings
from hrgeom.checker.executors import SerialExecutor
from hrgeom.checker.kernels import available_kernels, get_kernel
from hrgeom.checker.kernels._cuda import CUDA, CountingKernel
from hrgeom.checker.kernels._cuda_device import Shape, TritonDevice, padded_dim
from hrgeom.checker.kernels._cuda_emulated import EmulatedDevice
from hrgeom.checker.kernels._cuda_interface import Device
from hrgeom.constructions import construct
from hrgeom.datasets import load
from hrgeom.errors import HrgeomError

NOT_RUN = 3
TORCH_STEP = 1024
TILES = [(64, 128, 4), (64, 128, 8), (64, 256, 8), (128, 128, 4), (128, 128, 8), (128, 256, 8)]


@dataclass(frozen=True)
class Sizes:
    """How much to do: queries and documents, those that torch gets, those that are compared."""

    n: int
    torch_queries: int
    compared: tuple[int, int]
    tree: str
    dim: int
    rounds: int
    float_digits: tuple[int, ...]


FULL = Sizes(1_000_000, 16_384, (2_000, 30_000), "wordnet", 64, 5, (2, 3))
TINY = Sizes(600, 300, (50, 600), "wordnet-mammals", 32, 2, (2,))


def timed(function: Callable[[], Any], rounds: int) -> float:
    """Return the median time of calls, after one that warms up."""
    function()
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        function()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def random_digits(n: int, dim: int, n_digits: int, seed: int) -> np.ndarray:
    """Return digits of n rows."""
    return np.random.default_rng(seed).integers(-127, 128, (n_digits, n, dim), dtype=np.int8)


def cut_at(n: int, dim: int, n_digits: int) -> np.ndarray:
    """Return cuts that few scores exceed: 4.5 times their spread."""
    return np.full(n, int(4.5 * 5376 * dim**0.5) * (256 if n_digits > 1 else 1))


def check(device: Device, dim: int, n_digits: int, sizes: Sizes) -> None:
    """Raise unless the device finds what the emulation does."""
    n, m = sizes.compared
    q, x = random_digits(n, dim, n_digits, 1), random_digits(m, dim, n_digits, 2)
    cut = cut_at(n, dim, n_digits)
    found, expected = (
        one.scan(one.put(q), one.put(x), cut) for one in (device, EmulatedDevice(device.part_size))
    )
    if not (
        np.array_equal(found.n_above, expected.n_above)
        and np.array_equal(found.highest, expected.highest)
    ):
        raise SystemExit(f"wrong: d = {dim}, {n_digits} digits: the emulation finds something else")


def scan_seconds(device: Device, dim: int, n_digits: int, sizes: Sizes) -> float:
    """Return the time of one pass over all pairs."""
    q = device.put(random_digits(sizes.n, dim, n_digits, 1))
    x = device.put(random_digits(sizes.n, dim, n_digits, 2))
    cut = cut_at(sizes.n, dim, n_digits)
    return timed(lambda: device.scan(q, x, cut), sizes.rounds)


def chunked_seconds(dim: int, sizes: Sizes, product: Callable[..., Callable[[], Any]]) -> float:
    """Return the time that chunked float32 products would take for all queries."""
    q, x = (random_digits(sizes.n, dim, 1, seed)[0].astype(np.float32) for seed in (1, 2))
    once = product(q[: sizes.torch_queries], x, float(cut_at(1, dim, 1)[0]))
    return timed(once, max(1, sizes.rounds // 2)) * sizes.n / sizes.torch_queries


def by_torch(queries: np.ndarray, documents: np.ndarray, level: float) -> Callable[[], Any]:
    """Return what a user would write: multiply, compare, count, take the highest of the others."""
    import torch

    torch.backends.cuda.matmul.allow_tf32 = False
    q, x = (torch.from_numpy(rows).to("cuda") for rows in (queries, documents))

    def once() -> None:
        for start in range(0, len(q), TORCH_STEP):
            scores = q[start : start + TORCH_STEP] @ x.T
            above = scores > level
            above.sum(1, dtype=torch.int32)
            scores.masked_fill_(above, float("-inf")).amax(1)
        torch.cuda.synchronize()

    return once


def by_numpy(queries: np.ndarray, documents: np.ndarray, level: float) -> Callable[[], Any]:
    """Return the same in NumPy."""

    def once() -> None:
        for start in range(0, len(queries), TORCH_STEP):
            scores = queries[start : start + TORCH_STEP] @ documents.T
            above = scores > level
            above.sum(1)
            np.where(above, -np.inf, scores).max(1)

    return once


def kernel_row(
    device: Device, dim: int, sizes: Sizes, product: Callable[..., Callable[[], Any]]
) -> dict[str, Any]:
    """Return the times of one dimension: int8, float rows in digits, chunked float32."""
    row: dict[str, Any] = {"dim": dim, "n_pairs": sizes.n**2}
    for k in (1, *sizes.float_digits):
        check(device, dim, k, sizes)
        row[f"seconds_{k}_digits"] = scan_seconds(device, dim, k, sizes)
    row["chunked_float32_seconds"] = chunked_seconds(dim, sizes, product)
    row["ratio_int8"] = row["seconds_1_digits"] / row["chunked_float32_seconds"]
    row["tera_operations_int8"] = 2 * dim * sizes.n**2 / row["seconds_1_digits"] / 1e12
    return row


def tuned(dim: int, sizes: Sizes) -> dict[str, float | str]:
    """Return the time of other shapes of tiles, or why one cannot be launched."""
    found: dict[str, float | str] = {}
    for tile_q, tile_x, warps in TILES:
        for stages in (2, 3, 4):
            shape = Shape(tile_q, tile_x, padded_dim(dim), warps, stages)
            try:
                seconds = scan_seconds(TritonDevice(shape=shape), dim, 1, sizes)
            except Exception as error:  # out of registers or shared memory: one of many classes
                found[str(shape)] = f"{type(error).__name__}: {error}"[:200]
            else:
                found[str(shape)] = seconds
            print(f"  {shape}: {found[str(shape)]}", flush=True)
    return found


def certificate_row(device: Device, sizes: Sizes, dtype: str) -> dict[str, Any]:
    """Return the times of a certificate by GPU and CPU, which must be the same."""
    hierarchy = load(sizes.tree)
    embedding = construct(
        hierarchy, method="hybrid", dim=sizes.dim, dtype=dtype, certify=False
    ).embedding
    fastest = [name for name in available_kernels() if name != "cuda"][-1]
    base = get_kernel(fastest)
    row: dict[str, Any] = {"tree": sizes.tree, "dim": embedding.dim, "dtype": dtype}
    certificates = {}
    for name, kernel in (("gpu", CountingKernel(base, device)), (fastest, base)):
        settings = Settings(kernel, SerialExecutor(), 2**30, True, Progress(None), "none")

        def once(name: str = name, settings: Settings = settings) -> None:
            certificates[name] = certify_with(settings, embedding, hierarchy)

        row[f"seconds_{name}"] = timed(once, max(1, sizes.rounds // 2))
    one, other = certificates["gpu"], certificates[fastest]
    facts = ("verdict", "n_violations", "n_pairs", "margin_lower_bound", "threshold")
    for fact in facts:
        row[fact] = getattr(one, fact)
        if getattr(one, fact) != getattr(other, fact):
            raise SystemExit(f"wrong: {fact} is {row[fact]}, on the CPU {getattr(other, fact)}")
    return row | {"stages": one.stages, "cpu_kernel": fastest, "cpu_threads": 1}


def described(emulate: bool) -> dict[str, str]:
    """Return what the device and the libraries are, for the record."""
    if emulate:
        return {"device": f"emulated in NumPy on {common.hardware_class()}"}
    import torch
    import triton

    return {
        "device": torch.cuda.get_device_name(),
        "torch": torch.__version__,
        "triton": triton.__version__,
        "cuda": str(torch.version.cuda),
    }


def measured(options: argparse.Namespace) -> dict[str, Any]:
    """Run all cases, saying each as it is done."""
    sizes = TINY if options.emulate else FULL
    device: Device = EmulatedDevice() if options.emulate else TritonDevice()
    product = by_numpy if options.emulate else by_torch
    data: dict[str, Any] = {**described(options.emulate), "kernel_alone": [], "certificates": []}
    print(data["device"], flush=True)
    for dim in options.dim:
        data["kernel_alone"].append(kernel_row(device, dim, sizes, product))
        print(f"  {data['kernel_alone'][-1]}", flush=True)
    if options.tune and not options.emulate:
        data["tuned"] = {str(dim): tuned(dim, sizes) for dim in options.dim}
    for dtype in ("float32", "int8"):
        data["certificates"].append(certificate_row(device, sizes, dtype))
        print(f"  {data['certificates'][-1]}", flush=True)
    return data


def main(arguments: list[str] | None = None) -> int:
    """Run, write the result and return the exit status: 3 if there is no GPU."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--emulate", action="store_true", help="tiny sizes in NumPy; no result")
    parser.add_argument("--tune", action="store_true", help="other shapes of tiles, too")
    parser.add_argument("--dim", type=int, nargs="*", default=[32, 64, 128], help="dimensions")
    parser.add_argument("--out", type=Path, help="folder of the result (default: results/)")
    options = parser.parse_args(arguments)
    if options.out:
        common.RESULTS = options.out
    if not options.emulate:
        try:
            if not CUDA.is_available():
                raise HrgeomError("torch, Triton and an NVIDIA driver must be there")
            TritonDevice().check()
        except HrgeomError as error:
            print(f"not run, no GPU: {error}", file=sys.stderr)
            return NOT_RUN
    data = measured(options)
    if options.out or not options.emulate:
        print(common.write("certify_gpu", data))
    return 0


if __name__ == "__main__":
    sys.exit(main())
