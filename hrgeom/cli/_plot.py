"""`hrgeom plot`: pictures of a hierarchy and its vectors."""

from __future__ import annotations

import argparse
import warnings
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hrgeom._base.atomic_files import replace_file
from hrgeom._base.optional import imported
from hrgeom.checker import certify
from hrgeom.cli import _inputs, _options, _output, _report
from hrgeom.constructions import frontier
from hrgeom.core import Hierarchy
from hrgeom.errors import FormatError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_KINDS = {
    "arcs": "queries on a circle, every document an arc of those that match it",
    "profile": "nodes by level and by number of ancestors",
    "frontier": "margin against dimension: what constructions promise, and the embeddings given",
}
_SUFFIXES = ("png", "svg", "pdf")


def add_parser(commands: _options.Commands) -> None:
    parser = _options.new_parser(
        commands,
        "plot",
        run_plot,
        "draw a hierarchy and its vectors: arcs, depth profile, margin against dimension (needs "
        "matplotlib)",
        "hrgeom plot --tree wordnet-mammals --out arcs.png",
    )
    parser.add_argument(
        "embeddings",
        metavar="EMB",
        nargs="*",
        help="embedding folders or files of vectors, as for `hrgeom report`: their hierarchy is "
        "drawn, and with --what frontier they are certified and marked",
    )
    parser.add_argument(
        "--what",
        choices=list(_KINDS),
        default="arcs",
        help="; ".join(f"{name}: {text}" for name, text in _KINDS.items()) + " (default: arcs)",
    )
    parser.add_argument(
        "--out",
        metavar="FILE",
        required=True,
        help=f"the picture to write; its suffix decides the format ({', '.join(_SUFFIXES)})",
    )
    parser.add_argument("--force", action="store_true", help="replace what has that name")
    _options.add_tree(parser, required=False)
    parser.add_argument("--seed", type=_options.seed, default=0, help="random seed (default: 0)")
    _options.add_effort(parser)
    _options.add_checking(parser)


def run_plot(args: argparse.Namespace) -> int:
    """Run the command; exit status 0: the picture was written."""
    out = Path(args.out)
    _report.check_out(out, args.force)  # before the work, not after
    suffix = out.suffix.removeprefix(".").lower()
    if suffix not in _SUFFIXES:
        raise FormatError(
            f"the output file must end in {', '.join(f'.{each}' for each in _SUFFIXES)}: "
            f"got {args.out!r}"
        )
    imported("matplotlib", "hrgeom plot", "'hrgeom[plots]'")
    hierarchy = _report.read_hierarchy(args)
    data: dict[str, Any] = {"out": args.out, "what": args.what, "n_nodes": hierarchy.n_nodes}
    figure = _drawn(args, hierarchy, data)
    file = BytesIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")  # of a script that no font here has
        figure.savefig(file, format=suffix, dpi=150)
    with _output.writing(args, args.out):
        replace_file(out, file.getvalue())
    _output.emit(args, data, f"{_KINDS[args.what]}\nwritten to {args.out}")
    return 0


def _drawn(args: argparse.Namespace, hierarchy: Hierarchy, data: dict[str, Any]) -> Figure:
    from hrgeom.figures import arcs_figure, frontier_figure, profile_figure

    if args.what == "arcs":
        return arcs_figure(hierarchy)
    if args.what == "profile":
        return profile_figure(hierarchy)
    own, dtypes = {}, {}
    for name, model in _report.read_models(args, hierarchy).items():
        with _output.progress_bar(args, f"certifying {name}", hierarchy.n_nodes) as progress:
            certificate = certify(model.embedding, hierarchy, **_inputs.checking(args, progress))
        dtypes[str(model.embedding.dtype)] = True
        margin = certificate.normalized_margin_lower_bound
        if certificate.holds and margin:
            own[name] = (model.embedding.dim, margin)
        else:
            _output.remark(args, f"{name} has no certified margin and is left out")
    points = frontier(
        hierarchy, dtypes=list(dtypes) or ["float32"], seed=args.seed, effort=args.effort
    )
    data["points"] = [point.to_dict() for point in points]
    data["embeddings"] = {name: {"dim": d, "margin": margin} for name, (d, margin) in own.items()}
    return frontier_figure(points, own=own)
