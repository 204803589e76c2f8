"""`hrgeom plan`: what a number of dimensions, a margin or a number of bytes buys."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from hrgeom.checker import certification_seconds
from hrgeom.cli import _inputs, _options, _output, _status
from hrgeom.cli._plan_certify import add_certify, run_plan_certify
from hrgeom.constructions import (
    EFFORT,
    Description,
    FrontierPoint,
    described_frontier,
    frontier,
    least_for_margin,
)
from hrgeom.core import STORED_TYPES, as_dtype, as_relevance
from hrgeom.errors import ConstructionError, FormatError


def add_parser(commands: _options.Commands) -> None:
    parser = _options.new_parser(
        commands,
        "plan",
        run_plan,
        "say which dimension buys which margin, by which construction, without building it",
        "hrgeom plan --tree wordnet --figure plan.png",
    )
    _options.add_target(parser, required=False)
    parser.add_argument(
        "--dtype",
        choices=STORED_TYPES,
        action="append",
        help="stored type, more than once if wanted (default: float32, and the fewest dimensions "
        "of all types)",
    )
    wanted = parser.add_mutually_exclusive_group()
    wanted.add_argument("--dim", type=_options.positive, metavar="D", help="budget: dimensions")
    wanted.add_argument("--margin", type=float, metavar="E", help="fewest dimensions for a margin")
    wanted.add_argument("--bytes", type=_options.positive, metavar="B", help="budget: one vector")
    described = parser.add_argument_group("instead of a hierarchy, a description")
    for name, text in (
        ("nodes", "number of nodes"),
        ("depth", "levels, root and leaf included"),
        ("branching", "children of a node"),
        ("max-ancestors", "most ancestors of a node, itself included; no tree"),
    ):
        described.add_argument(f"--{name}", type=_options.positive, metavar="N", help=text)
    parser.add_argument("--seed", type=_options.seed, default=0, help="random seed (default: 0)")
    _options.add_effort(parser)
    add_certify(parser)
    parser.add_argument("--figure", metavar="FILE", help="also draw margin against dimension")


def run_plan(args: argparse.Namespace) -> int:
    """Run the command."""
    if args.certify:
        return run_plan_certify(args)
    described = [args.nodes, args.depth, args.branching, args.max_ancestors]
    at_hand = args.tree is not None or args.qrels is not None
    if at_hand == any(value is not None for value in described):
        raise FormatError(
            "there must be either --tree or --qrels, or a description by --nodes, --depth, "
            "--branching or --max-ancestors"
        )
    if at_hand:
        target = _inputs.read_target(args)
        relevance = as_relevance(target)
        n_queries, n_documents = relevance.n_queries, relevance.n_documents
        with _status.working(args, "planning"):
            points = _points(args, target)
    else:
        description = Description.of(
            nodes=args.nodes,
            depth=args.depth,
            branching=args.branching,
            max_ancestors=args.max_ancestors,
        )
        n_queries = n_documents = description.n_nodes
        points = _described(args, description)
    rows = [
        point.to_dict()
        | {"options": _built_by(point, args)}
        | {
            "certification_seconds": certification_seconds(
                n_queries, n_documents, point.dim, point.dtype
            )
        }
        for point in points
    ]
    data = {"n_queries": n_queries, "n_documents": n_documents, "points": rows}
    if args.figure:
        with _output.writing(args, args.figure):
            _draw(points, Path(args.figure))
    _output.emit(args, data, _table(rows))
    return 0


def _built_by(point: FrontierPoint, args: argparse.Namespace) -> str:
    """The options of `hrgeom construct` that build a point, seed and effort among them."""
    given = [point.options] if point.options else []
    if args.seed:
        given.append(f"--seed {args.seed}")
    if args.effort != EFFORT.default and "--method" not in point.options:
        given.append(f"--effort {args.effort:g}")
    return " ".join(given)


def _points(args: argparse.Namespace, target: Any) -> list[FrontierPoint]:
    dtypes = args.dtype or ["float32"]
    searching = {"seed": args.seed, "effort": args.effort}
    if args.margin is not None:
        return [least_for_margin(target, args.margin, dtype=dtype, **searching) for dtype in dtypes]
    if args.dim is not None or args.bytes is not None:
        points = []
        for dtype in dtypes:
            dim = args.dim or args.bytes // as_dtype(dtype).itemsize
            found = frontier(
                target, dtypes=[dtype], dims=[dim] if dim else [], default=False, **searching
            )
            points += [point for point in found if point.dim <= dim][-1:]
        if not points:
            raise ConstructionError(
                "some construction must fit the budget: none does in " + ", ".join(dtypes)
            )
        return points
    if args.dtype:
        return frontier(target, dtypes=dtypes, **searching)
    others = [dtype for dtype in STORED_TYPES if dtype != "float32"]
    fewest = frontier(target, dtypes=others, dims=[], default=False, **searching)
    return fewest + frontier(target, **searching)


def _described(args: argparse.Namespace, description: Description) -> list[FrontierPoint]:
    points = []
    for dtype in args.dtype or ["float64", "float32"]:
        room = args.dim or (args.bytes // as_dtype(dtype).itemsize if args.bytes else None)
        points += [
            point
            for point in described_frontier(description, dtype=dtype)
            if (room is None or point.dim <= room)
            and (args.margin is None or (point.margin or 0.0) >= args.margin)
        ]
    return points


def _table(rows: list[dict[str, Any]]) -> str:
    head = (
        f"{'type':<9}{'d':>6}  {'margin':>9}  {'construction':<14}{'bits/vector':>12}"
        f"{'all vectors':>14}{'certify':>10}   hrgeom construct ..."
    )
    lines = [head]
    for row in rows:
        margin = "by cert." if row["margin"] is None else f"{row['margin']:.3g}"
        lines.append(
            f"{row['dtype']:<9}{row['dim']:>6}  {margin:>9}  {row['construction']:<14}"
            f"{row['bits_per_vector']:>12,}{row['n_bytes'] / 2**20:>10,.1f} MiB"
            f"{row['certification_seconds']:>8.1f} s   {row['options'] or '(no options)'}"
            + (" (the default)" if row["is_default"] else "")
        )
    lines.append(
        "margin: normalized, promised for the stored numbers; seconds: predicted, without ties;"
    )
    lines.append(
        "hrgeom construct --tree FILE with the options of a row builds it; --method descent "
        "promises nothing, and usually gives more;\n"
        "bounds and info search less unless told (--effort), and may then take more dimensions"
    )
    return "\n".join(lines)


def _draw(points: list[FrontierPoint], path: Path) -> None:
    from hrgeom.figures import frontier_figure

    figure = frontier_figure(points)
    figure.savefig(path, dpi=150, bbox_inches="tight")
