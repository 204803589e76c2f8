"""`hrgeom datasets`: bundled and synthetic hierarchies as files."""

from __future__ import annotations

import argparse
from typing import Any

from hrgeom.cli import _options, _output
from hrgeom.core import Hierarchy
from hrgeom.datasets import TREE_SHAPES, load, perfect_tree, random_dag, random_tree
from hrgeom.errors import FormatError
from hrgeom.io.hierarchies import BUNDLED, hierarchy_formats, write_hierarchy

_SYNTHETIC = {
    "perfect-tree": "perfect tree: --branching, --levels",
    "random-tree": "random tree: --nodes, --shape, --seed",
    "random-dag": "random DAG: --nodes, --extra-parents, --seed",
}


def add_parser(commands: _options.Commands) -> None:
    parser = _options.new_parser(
        commands,
        "datasets",
        run_datasets,
        "list the bundled and synthetic hierarchies, or write one to a file",
        "hrgeom datasets random-tree --nodes 1000 --shape deep --out tree.json",
    )
    parser.add_argument("name", nargs="?", choices=[*BUNDLED, *_SYNTHETIC], help="which one")
    parser.add_argument(
        "--out", metavar="FILE", help=f"file to write: {_suffixes()}, with .gz if wanted"
    )
    parser.add_argument("--branching", type=_options.positive, default=2, help="default: 2")
    parser.add_argument("--levels", type=_options.positive, default=10, help="default: 10")
    parser.add_argument("--nodes", type=_options.positive, default=1000, help="default: 1000")
    parser.add_argument("--shape", choices=TREE_SHAPES, default="uniform", help="default: uniform")
    parser.add_argument("--extra-parents", type=float, default=0.2, help="default: 0.2")
    parser.add_argument("--seed", type=_options.seed, default=0, help="random seed (default: 0)")


def _suffixes() -> str:
    return ", ".join(s for entry in hierarchy_formats() if entry.write for s in entry.suffixes)


def run_datasets(args: argparse.Namespace) -> int:
    """Run the command."""
    if args.name is None:
        lines = [
            f"{name:16}{entry.description} ({entry.license})" for name, entry in BUNDLED.items()
        ]
        lines += [f"{name:16}{text}" for name, text in _SYNTHETIC.items()]
        listed = {name: entry.description for name, entry in BUNDLED.items()} | _SYNTHETIC
        _output.emit(args, listed, "\n".join(lines))
        return 0
    if args.out is None:
        raise FormatError("--out must say which file to write")
    hierarchy = _make(args)
    with _output.writing(args, args.out):
        write_hierarchy(hierarchy, args.out)
    data: dict[str, Any] = {
        "out": args.out,
        "n_nodes": hierarchy.n_nodes,
        "n_edges": hierarchy.n_edges,
    }
    _output.emit(args, data, f"{hierarchy!r} written to {args.out}")
    return 0


def _make(args: argparse.Namespace) -> Hierarchy:
    if args.name == "perfect-tree":
        return perfect_tree(args.branching, args.levels)
    if args.name == "random-tree":
        return random_tree(args.nodes, shape=args.shape, seed=args.seed)
    if args.name == "random-dag":
        return random_dag(args.nodes, extra_parents=args.extra_parents, seed=args.seed)
    return load(args.name)
