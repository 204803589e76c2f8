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

from hrgeom.checker import Certificate
from hrgeom.core import DualEmbedding, Hierarchy, Relevance
from hrgeom.errors import FormatError
from hrgeom.io.hierarchies import read_hierarchy
from hrgeom.io.judgements import Judgements, load_judgements
from hrgeom.io.vectors import describe
from hrgeom.metrics import recall_by_distance

_RECALL_SAMPLE = 5_000  # queries
_JUDGEMENTS = "judgements:"  # in the record of an embedding: not a hierarchy

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


_TREE: dict[str, Any] = {
    "metavar": "FILE",
    "help": "hierarchy: a JSON, TSV or CSV file (.gz too), - for standard input, "
    "or a bundled name such as wordnet",
}


def add_tree(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    """Add the options that say which hierarchy."""
    parser.add_argument("--tree", required=required, **_TREE)
    _add_edge_direction(parser)


def add_against(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    """Add the options that say which hierarchy, or which judgements instead."""
    either = parser.add_mutually_exclusive_group(required=required)
    either.add_argument("--tree", **_TREE)
    either.add_argument(
        "--judgements",
        metavar="PATH",
        help="instead of a hierarchy: judgements (qrels) in a JSONL, TSV or CSV file, or a folder "
        "with qrels, queries.jsonl and corpus.jsonl",
    )
    _add_edge_direction(parser)


def _add_edge_direction(parser: argparse.ArgumentParser) -> None:
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


def effort(text: str) -> float:
    """Parse a finite number of at least 0."""
    value = float(text)
    if not 0 <= value < float("inf"):
        raise argparse.ArgumentTypeError(f"must be a finite number of at least 0: got {text}")
    return value


def add_effort(parser: argparse.ArgumentParser) -> None:
    """Add --effort, as for `choose`."""
    parser.add_argument(
        "--effort",
        type=effort,
        default=1.0,
        metavar="X",
        help="how long constructions search for fewer classes and lower tries (default: 1)",
    )


def seed(text: str) -> int:
    """Parse a seed: a whole number of at least 0."""
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"must be at least 0: got {value}")
    return value


def read_tree(args: argparse.Namespace) -> Hierarchy:
    """Read what --tree says."""
    return read_hierarchy(args.tree, edge_direction=args.edge_direction)


def read_against(args: argparse.Namespace, folder: str | None = None) -> Hierarchy | Judgements:
    """Read what --tree or --judgements says, or else what the embedding in `folder` was made from.

    Raises
    ------
    FormatError
        If neither is given and the embedding does not record its source, or that has changed.
    """
    digest = None
    if folder is not None and args.tree is None and args.judgements is None:
        info = describe(folder)
        record, digest = info.get("tree"), info["sha256"]["hierarchy"]
        if record is None or digest is None:
            raise FormatError(
                "--tree or --judgements must be given: the embedding does not record its source"
            )
        if record.startswith(_JUDGEMENTS):
            args.judgements = record.removeprefix(_JUDGEMENTS)
        else:
            args.tree = record
    if args.judgements is not None and args.edge_direction is not None:
        raise FormatError("--edge-direction must come with --tree: got --judgements")
    against = read_tree(args) if args.judgements is None else load_judgements(args.judgements)
    if digest is not None and against.sha256 != digest:
        raise FormatError(
            f"{args.tree or args.judgements!r} must still be the one the embedding was made from "
            f"(sha256 {digest}): got {against.sha256}; say --tree or --judgements"
        )
    return against


def relevant(against: Hierarchy | Judgements) -> Hierarchy | Relevance:
    """Return what constructions and the checker take."""
    return against.relevance if isinstance(against, Judgements) else against


def source_record(args: argparse.Namespace) -> str | None:
    """Return how to find the source again: an absolute path or a bundled name."""
    given = args.tree or args.judgements
    if given == "-":
        return None
    place = str(Path(given).resolve()) if os.path.exists(given) else given
    return place if args.tree else _JUDGEMENTS + place


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
    against: Hierarchy | Judgements,
    certificate: Certificate,
) -> str:
    """Add recall by distance to the JSON data and the text where a certificate fails.

    Judgements know no distance.
    """
    if certificate.verdict != "fails" or isinstance(against, Judgements):
        return text
    recall = recall_by_distance(
        embedding,
        against,
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
