"""`hrgeom convert`: a hierarchy from one format into another."""

from __future__ import annotations

import argparse
from typing import Any

from hrgeom.cli import _inputs, _options, _output
from hrgeom.core import Hierarchy
from hrgeom.errors import FormatError
from hrgeom.io.hierarchies import hierarchy_formats, read_hierarchy, write_hierarchy


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
    _options.add_reading_tree(parser)


def run_convert(args: argparse.Namespace) -> int:
    """Run the command."""
    hierarchy = _inputs.read_tree(args)
    with _output.writing(args, args.out):
        write_hierarchy(hierarchy, args.out, format=args.to)
    lost = _lost(hierarchy, args)
    if lost:
        _output.remark(args, f"{args.out} does not keep {' and '.join(lost)}; a .json file does")
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
    """Return which of names and other labels do not come back from what was written."""
    try:
        again = read_hierarchy(args.out, format=args.to)
    except FormatError:  # reading may need a package that writing does not
        return []
    names = {label: hierarchy.name(label) for label in hierarchy.labels}
    lost = [] if {label: again.name(label) for label in again.labels} == names else ["names"]
    return lost + ["other labels"] * bool(hierarchy.other_labels.keys() - again.other_labels.keys())
