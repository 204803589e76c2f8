"""Options and output that the subcommands share."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hrgeom.certificate import Certificate
from hrgeom.embedding import DualEmbedding
from hrgeom.hierarchy import Hierarchy
from hrgeom.io import read_hierarchy
from hrgeom.metrics import recall_by_distance

_RECALL_SAMPLE = 5_000  # queries

Commands = Any  # argparse keeps the type of add_subparsers() private


def new_parser(
    commands: Commands, name: str, run: Callable[[argparse.Namespace], int], text: str, example: str
) -> argparse.ArgumentParser:
    """Return the parser of a subcommand with the options all of them have."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=text, description=text[0].upper() + text[1:] + ".", epilog=f"example: {example}"
    )
    parser.set_defaults(run=run)
    parser.add_argument("--json", action="store_true", help="print results as one JSON object")
    parser.add_argument("--quiet", action="store_true", help="no progress or remarks")
    return parser


def add_tree(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    """Add the options that say which hierarchy."""
    parser.add_argument(
        "--tree",
        required=required,
        metavar="FILE",
        help="hierarchy: a JSON, TSV or CSV file (.gz too), - for standard input, "
        "or a bundled name such as wordnet",
    )
    parser.add_argument(
        "--edge-direction",
        choices=["child-parent", "parent-child"],
        help="order of the columns of a table (default: its header, or child-parent)",
    )


def add_checking(parser: argparse.ArgumentParser) -> None:
    """Add the options of the checker."""
    parser.add_argument(
        "--kernel",
        choices=["numpy", "serial", "avx2", "avx512"],
        help="which kernel checks (default: HRGEOM_KERNEL, or the fastest here)",
    )
    parser.add_argument(
        "--threads", type=positive, metavar="N", help="threads (default: all processors)"
    )
    parser.add_argument(
        "--memory",
        type=positive,
        default=256,
        metavar="MIB",
        help="MiB for blocks of scores (default: 256)",
    )


def checking(args: argparse.Namespace, progress: Callable[[int, int], None]) -> dict[str, Any]:
    """Return the checker's keywords."""
    return {
        "kernel": args.kernel,
        "threads": args.threads,
        "memory": args.memory * 2**20,
        "progress": progress,
    }


def positive(text: str) -> int:
    """Parse a whole number of at least 1."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1: got {value}")
    return value


def seed(text: str) -> int:
    """Parse a seed: a whole number of at least 0."""
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"must be at least 0: got {value}")
    return value


def read_tree(args: argparse.Namespace) -> Hierarchy:
    """Read what --tree says."""
    return read_hierarchy(args.tree, edge_direction=args.edge_direction)


def tree_record(tree: str) -> str | None:
    """Return how to find the hierarchy again: an absolute path or a bundled name."""
    if tree == "-":
        return None
    return str(Path(tree).resolve()) if os.path.exists(tree) else tree


def remark(args: argparse.Namespace, text: str) -> None:
    """Print a line to standard error, unless --quiet."""
    if not args.quiet:
        print(f"hrgeom: {text}", file=sys.stderr)


def emit(args: argparse.Namespace, data: dict[str, Any], text: str) -> None:
    """Print the result: JSON with --json, text otherwise."""
    print(json.dumps(data, indent=2, allow_nan=False) if args.json else text)


@contextmanager
def progress_bar(args: argparse.Namespace, what: str) -> Iterator[Callable[[int, int], None]]:
    """Give a function that shows (done, total) on standard error once a second has passed."""
    from tqdm import tqdm

    bar = tqdm(desc=what, unit=" queries", delay=1, leave=False, disable=args.quiet or None)

    def show(done: int, total: int) -> None:
        bar.total = total
        bar.update(done - bar.n)

    with bar:
        yield show


def add_recall(
    data: dict[str, Any],
    text: str,
    embedding: DualEmbedding,
    hierarchy: Hierarchy,
    certificate: Certificate,
) -> str:
    """Add recall by distance to the JSON data and the text where a certificate fails."""
    if certificate.verdict != "fails":
        return text
    recall = recall_by_distance(
        embedding,
        hierarchy,
        notion=certificate.notion,
        threshold=certificate.threshold,
        n_queries=_RECALL_SAMPLE,
    )
    values = [None if r != r else r for r in recall.recall.tolist()]
    data["recall_by_distance"] = {
        "recall": values,
        "n_pairs": recall.n_pairs.tolist(),
        "overall": recall.overall,
        "n_queries": recall.n_queries,
    }
    rule = "above the threshold" if certificate.notion == "global" else "in the top |S(q)|"
    known = [(distance, r) for distance, r in enumerate(values) if r is not None]
    return "\n".join(
        [
            text,
            f"recall by distance, % ({rule}; {recall.n_queries:,} queries, "
            f"overall {100 * recall.overall:.2f})",
            "  distance " + "".join(f"{distance:7d}" for distance, _ in known),
            "  recall   " + "".join(f"{100 * r:7.2f}" for _, r in known),
        ]
    )
