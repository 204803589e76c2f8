"""`hrgeom convert`: a hierarchy from one format into another."""

from __future__ import annotations

import argparse
from typing import Any

from hrgeom.cli import _inputs, _options, _output
from hrgeom.core import Hierarchy
from hrgeom.errors import FormatError
from hrgeom.io.hierarchies import hierarchy_formats, write_hierarchy


def add_parser(commands: _options.Commands) -> None:
    parser = _options.new_parser(
        commands,
        "convert",
        run_convert,
        "write a hierarchy in another format",
        "hrgeom convert go.obo go.json",
    )
    parser.add_argument("tree", metavar="IN", help=_options.tree_help())
    written = [entry for entry in hierarchy_formats() if entry.write]
    suffixes = ", ".join(suffix for entry in written for suffix in entry.suffixes)
    parser.add_argument("out", metavar="OUT", help=f"file to write: {suffixes}, with .gz if wanted")
    parser.add_argument(
        "--to",
        choices=[entry.name for entry in written],
        help="format to write (default: by the suffix of OUT)",
    )
    _options.add_reading(parser)


def run_convert(args: argparse.Namespace) -> int:
    """Run the command."""
    hierarchy = _inputs.read_tree(args)
    write_hierarchy(hierarchy, args.out, format=args.to)
    lost = _lost(hierarchy, args)
    if lost:
        _output.remark(args, f"{args.out} does not keep {' and '.join(lost)}; .json does")
    data: dict[str, Any] = {
        "out": args.out,
        "n_nodes": hierarchy.n_nodes,
        "n_edges": hierarchy.n_edges,
        "not_kept": lost,
        "remarks": [remark.to_dict() for remark in hierarchy.remarks],
    }
    _output.emit(args, data, f"{hierarchy!r} written to {args.out}")
    return 0


def _lost(hierarchy: Hierarchy, args: argparse.Namespace) -> list[str]:
    """Return which of names and other labels are not read back from what was written."""
    try:
        again = _inputs.read_written(args.out, args.to)
    except FormatError:  # an extra that only reading needs
        return []
    names = {label: hierarchy.name(label) for label in hierarchy.labels}
    kept = {label: again.name(label) for label in again.labels}
    lost = ["names"] if names != kept else []
    return lost + ["other labels"] * (hierarchy.other_labels.keys() > again.other_labels.keys())
