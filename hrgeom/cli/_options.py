"""Options that the subcommands share."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterable
from typing import Any

from hrgeom.checker.filters import filter_names
from hrgeom.checker.kernels import KERNELS
from hrgeom.cli._parser import COMMON
from hrgeom.io import Format, hierarchy_formats, judgment_formats

Commands = Any  # argparse keeps the type of add_subparsers() private
Group = argparse._ArgumentGroup
_INPUT = "what is read"


def new_parser(
    commands: Commands, name: str, run: Callable[[argparse.Namespace], int], text: str, example: str
) -> argparse.ArgumentParser:
    """Return the parser of a subcommand with the options all of them have."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=text, description=text[0].upper() + text[1:] + ".", epilog=f"example: {example}"
    )
    parser.set_defaults(run=run)
    group = parser.add_argument_group(COMMON)
    group.add_argument("--json", action="store_true", help="print results as one JSON object")
    amount = group.add_mutually_exclusive_group()
    amount.add_argument("--quiet", action="store_true", help="no progress or remarks")
    amount.add_argument(
        "--verbose",
        action="store_true",
        help="how results were found as well: what was tried and how it was checked, with times",
    )
    return parser


def names_of(formats: Iterable[Format]) -> str:
    """Return the names of formats for a help text."""
    return ", ".join(entry.name for entry in formats)


def tree_help() -> str:
    """Return the help text of a hierarchy to read."""
    return (
        f"hierarchy: a file or folder ({names_of(hierarchy_formats())}; .gz too), - for standard "
        "input, or a bundled name such as wordnet"
    )


def _tree() -> dict[str, Any]:
    return {"metavar": "FILE", "help": tree_help()}


def add_tree(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    """Add the options that say which hierarchy."""
    group = parser.add_argument_group(_INPUT)
    group.add_argument("--tree", required=required, **_tree())
    _add_reading_tree(group)


def add_reading_tree(parser: argparse.ArgumentParser) -> None:
    """Add the options that say how the file of a hierarchy is read."""
    _add_reading_tree(parser.add_argument_group(_INPUT))


def _add_reading_tree(group: Group) -> None:
    _add_format(group, hierarchy_formats())
    _add_edge_direction(group)
    _add_reading(group, "child=2,parent=1")


def add_target(
    parser: argparse.ArgumentParser,
    *,
    required: bool = True,
    instead: tuple[str, str] | None = None,
) -> None:
    """Add the options that say which hierarchy, or which judgments instead.

    `instead` is a flag that may stand in their place, and its help.
    """
    group = parser.add_argument_group(_INPUT)
    either = group.add_mutually_exclusive_group(required=required)
    either.add_argument("--tree", **_tree())
    either.add_argument(
        "--qrels",
        metavar="PATH",
        help="instead of a hierarchy: judgments (qrels) in a file "
        f"({names_of(judgment_formats())}; .gz too), or a folder with "
        "qrels, queries.jsonl and corpus.jsonl",
    )
    if instead is not None:
        either.add_argument(instead[0], action="store_true", help=instead[1])
    _add_format(group, (*hierarchy_formats(), *judgment_formats()))
    _add_edge_direction(group)
    _add_reading(group, "child=2,parent=1 or query=1,document=3")


def _add_format(group: Group, formats: Iterable[Format]) -> None:
    group.add_argument(
        "--format",
        metavar="FORMAT",
        choices=list(dict.fromkeys(entry.name for entry in formats)),
        help="format of that file (default: by its content; the suffix is a hint)",
    )


def _add_edge_direction(group: Group) -> None:
    group.add_argument(
        "--edge-direction",
        choices=["child-parent", "parent-child"],
        help="order of the columns of a table (default: its header, or child-parent)",
    )
    group.add_argument(
        "--on-cycle",
        choices=["error", "condense", "drop"],
        help="nodes above and below one another: an error (default), one node for each group of "
        "them, which all their labels stand for, or a few edges dropped",
    )


def _add_reading(group: Group, example: str) -> None:
    """Add the options that say how a file is to be read."""
    group.add_argument(
        "--columns",
        type=columns,
        metavar="ROLE=COLUMN,...",
        help=f"of a table: which column is which, by number or name, such as {example}",
    )
    group.add_argument(
        "--header",
        action=argparse.BooleanOptionalAction,
        help="of a table: whether the first row is a header (default: if its names are usual ones)",
    )
    group.add_argument(
        "--encoding",
        metavar="NAME",
        help="of the text, such as latin-1 (default: by its byte order mark, or UTF-8)",
    )
    group.add_argument(
        "--relation",
        metavar="NAME,...",
        help="of an ontology: which relations make edges, such as is_a,part_of (default: is_a; "
        "subClassOf, broader and narrower)",
    )
    group.add_argument(
        "--language",
        metavar="TAG",
        help="of an ontology or thesaurus: language of the names, such as de (default: en)",
    )
    group.add_argument(
        "--allow-no-edges",
        action="store_true",
        help="of a table: rows without any edge are nodes",
    )
    group.add_argument(
        "--strict",
        action="store_true",
        help="whatever would be repaired or left out with a remark is an error",
    )


_ROLES = "child|parent|query|document|grade"


def columns(text: str) -> dict[str, int | str]:
    """Parse columns such as child=2,parent=1; names may hold commas and signs of equality."""
    found: dict[str, int | str] = {}
    for part in re.split(rf",\s*(?=(?:{_ROLES})=)", text.strip()):
        role, equals, column = part.partition("=")
        if role not in _ROLES.split("|") or not equals or not column.strip():
            raise argparse.ArgumentTypeError(
                f"must be such as child=2,parent=1 or child=term,parent=broader: got {text!r}"
            )
        if role in found:
            raise argparse.ArgumentTypeError(f"must give each column once: got {role} twice")
        found[role] = int(column) if column.strip().isdecimal() else column.strip()
    return found


def add_checking(parser: argparse.ArgumentParser) -> None:
    """Add the options of the checker."""
    group = parser.add_argument_group("how pairs are checked")
    group.add_argument(
        "--kernel",
        choices=[entry.name for entry in KERNELS],
        help="which kernel checks (default: HRGEOM_KERNEL, or the fastest here)",
    )
    group.add_argument(
        "--filter",
        choices=filter_names(),
        help="what decides pairs before any score (default: HRGEOM_FILTER, or what pays in a "
        "sample)",
    )
    group.add_argument(
        "--threads", type=positive, metavar="N", help="threads (default: all processors)"
    )
    group.add_argument(
        "--memory",
        type=size,
        metavar="SIZE",
        help="bytes for a certificate to keep to, arrays and blocks of scores, such as 512MB or "
        "1GiB, in MiB without a unit (default: 256 MiB for blocks, whatever the arrays take)",
    )


_UNITS = {
    "": 2**20,
    **{f"{prefix}b": 1000**power for power, prefix in enumerate("kmgt", 1)},
    **{f"{prefix}ib": 1024**power for power, prefix in enumerate("kmgt", 1)},
}


def size(text: str) -> int:
    """Parse a number of bytes such as 512MB or 1GiB; a number without a unit is one of MiB."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([A-Za-z]*)", text.strip())
    n_bytes = 0
    if found is not None and found[2].lower() in _UNITS:
        n_bytes = int(float(found[1]) * _UNITS[found[2].lower()])
    if n_bytes < 1:
        raise argparse.ArgumentTypeError(
            f"must be a size such as 512MB or 1GiB, in MiB without a unit: got {text!r}"
        )
    return n_bytes


def add_device(parser: argparse.ArgumentParser) -> None:
    """Add the option that says where pairs are checked; `_inputs.checking` looks at it."""
    parser.add_argument(
        "--device",
        dest="checked_on",
        choices=["cpu", "cuda"],
        default="cpu",
        help="cuda: count on a GPU, score on the CPU what that leaves (the kernel cuda; needs "
        "the extra gpu)",
    )


def positive(text: str) -> int:
    """Parse a whole number of at least 1."""
    value = _whole(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1: got {value}")
    return value


def effort(text: str) -> float:
    """Parse a finite number of at least 0."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise argparse.ArgumentTypeError(f"must be a finite number of at least 0: got {text}")
    return value


def add_keeping(parser: argparse.ArgumentParser) -> None:
    """Add --source, whether the hierarchy or the judgments are kept with the embedding."""
    parser.add_argument(
        "--source",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="keep a compressed copy of the hierarchy or the judgments in the folder, so that "
        "certify, recheck and query need no --tree; a bundled one is kept as its name (default: "
        "--source)",
    )


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
    value = _whole(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"must be at least 0: got {value}")
    return value


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a whole number: got {text!r}") from None
