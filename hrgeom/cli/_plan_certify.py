"""`hrgeom plan --certify`: time, memory and price of a certificate, here, on a cluster, on GPUs."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import Any

from hrgeom._base.blocks import default_threads
from hrgeom._base.memory import in_words
from hrgeom.checker import bytes_needed, gpu_rate, seconds_per_pair
from hrgeom.checker.kernels import select_kernel
from hrgeom.cli import _options, _output
from hrgeom.core import as_dtype
from hrgeom.errors import FormatError

__all__ = ["add_certify", "run_plan_certify"]

_DOCUMENTS = (10**6, 10**7, 10**8, 10**9)
_DIM = 64


@dataclass(frozen=True)
class _Place:
    """Where a certificate may be made: equal machines, or GPUs."""

    name: str
    n_machines: int
    seconds_per_pair: float  # of all machines together
    price_per_hour: float | None  # of one machine


def add_certify(parser: argparse.ArgumentParser) -> None:
    """Add the options of --certify."""
    group = parser.add_argument_group("the cost of a certificate instead")
    group.add_argument(
        "--certify",
        action="store_true",
        help="say how long a certificate in --dim dimensions (default: 64) takes, and its price",
    )
    group.add_argument(
        "--documents",
        type=count,
        action="append",
        metavar="M",
        help="number of documents, such as 1e9; more than once if wanted (default: 1e6 to 1e9)",
    )
    group.add_argument("--queries", type=count, metavar="N", help="(default: as many as documents)")
    group.add_argument(
        "--cores", type=_options.positive, metavar="C", help="of a machine (default: those here)"
    )
    group.add_argument(
        "--machines",
        type=_options.positive,
        default=1,
        metavar="K",
        help="of a cluster (default: 1)",
    )
    group.add_argument(
        "--gpus", type=_options.positive, default=1, metavar="G", help="(default: 1)"
    )
    group.add_argument(
        "--price-per-hour", type=_price, metavar="P", help="of a machine, in any currency"
    )
    group.add_argument("--gpu-price-per-hour", type=_price, metavar="P", help="of a GPU")


def count(text: str) -> int:
    """Parse a whole number of at least 1, which may be written as 1e9."""
    value = float(text)
    if not 1 <= value <= 1e15 or value != int(value):
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to 1e15: got {text!r}")
    return int(value)


def _price(text: str) -> float:
    value = float(text)
    if not 0 <= value < float("inf"):
        raise argparse.ArgumentTypeError(f"must be a finite price of at least 0: got {text!r}")
    return value


def run_plan_certify(args: argparse.Namespace) -> int:
    """Run `hrgeom plan --certify`."""
    if args.tree is not None or args.qrels is not None:
        raise FormatError("--certify must come with --documents: got --tree or --qrels")
    dim = args.dim or _DIM
    rows = []
    for dtype in args.dtype or ["float32"]:
        places = _places(args, dim, dtype)
        for m in args.documents or _DOCUMENTS:
            n = args.queries or m
            rows += [_row(place, n, m, dim, dtype) for place in places]
    data = {"dim": dim, "gpu": gpu_rate(dim).device, "kernel": select_kernel().name, "rows": rows}
    _output.emit(args, data, _table(data))
    return 0


def _places(args: argparse.Namespace, dim: int, dtype: str) -> list[_Place]:
    """Return where the options let a certificate be made, none twice."""
    cores = args.cores or default_threads()
    core, gpu = seconds_per_pair(dim, dtype), gpu_rate(dim)
    places = [_Place("1 core", 1, core, None)]
    if cores > 1:
        places.append(_Place(f"{cores} cores", 1, core / cores, args.price_per_hour))
    if args.machines > 1:
        name = f"{args.machines} machines of {cores} cores"
        places.append(
            _Place(name, args.machines, core / cores / args.machines, args.price_per_hour)
        )
    for n_gpus in sorted({1, args.gpus}):
        name = f"{n_gpus} {gpu.device}"
        each = gpu.seconds_per_pair / n_gpus
        places.append(_Place(name, n_gpus, each, args.gpu_price_per_hour))
    return places


def _row(place: _Place, n: int, m: int, dim: int, dtype: str) -> dict[str, Any]:
    seconds = place.seconds_per_pair * n * m
    price = place.price_per_hour
    return {
        "n_queries": n,
        "n_documents": m,
        "dtype": dtype,
        "where": place.name,
        "seconds": seconds,
        "bytes": bytes_needed(n, m, dim, as_dtype(dtype).itemsize),
        "price": None if price is None else price * place.n_machines * seconds / 3600,
    }


def _table(data: dict[str, Any]) -> str:
    width = max(len(row["where"]) for row in data["rows"])
    lines = [
        f"{'documents':>9}  {'queries':>9}  {'type':<8}  {'where':<{width}}  {'time':>12}  "
        f"{'memory':>9}  {'price':>10}"
    ]
    for row in data["rows"]:
        price = "" if row["price"] is None else f"{row['price']:,.2f}"
        lines.append(
            f"{row['n_documents']:>9.3g}  {row['n_queries']:>9.3g}  {row['dtype']:<8}  "
            f"{row['where']:<{width}}  {_duration(row['seconds']):>12}  "
            f"{in_words(row['bytes']):>9}  {price:>10}"
        )
    lines += [
        f"d = {data['dim']}; one sweep over all pairs, no pair decided by a filter; a second look "
        "at rows of unit length takes as long again",
        f"cores: measured here just now, kernel {data['kernel']}, times cores and machines; "
        f"{data['gpu']}: int8 rows, kernel alone, measured by a prototype",
        "memory: of each machine, which holds all rows; the most that it may come to",
    ]
    return "\n".join(lines)


def _duration(seconds: float) -> str:
    """Return a time in the largest fitting unit.

    >>> _duration(0.25), _duration(90), _duration(86400 * 400)
    ('0.25 s', '1.5 min', '1.1 years')
    """
    for limit, unit, length in ((60, "s", 1), (3600, "min", 60), (86400, "h", 3600)):
        if seconds < limit:
            return (
                f"{seconds / length:.2g} {unit}"
                if seconds < 10 * length
                else (f"{seconds / length:.0f} {unit}")
            )
    days = seconds / 86400
    return f"{days:.3g} days" if days < 365 else f"{days / 365.25:.2g} years"
