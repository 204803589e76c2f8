"""`hrgeom report`: a page about embeddings of a hierarchy, to look at and to show."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from hrgeom._base.atomic_files import replace_file
from hrgeom._base.memory import in_words
from hrgeom.cli import _info, _inputs, _options, _output, _vectors
from hrgeom.core import Hierarchy
from hrgeom.errors import FormatError
from hrgeom.models import Model, read_model


def add_parser(commands: _options.Commands) -> None:
    parser = _options.new_parser(
        commands,
        "report",
        run_report,
        "write a page about embeddings of a hierarchy: one HTML file with verdict, certificate, "
        "charts, bounds and an explorer, which needs no network",
        "hrgeom report wordnet.emb --out report.html",
    )
    parser.add_argument(
        "embeddings",
        metavar="EMB",
        nargs="+",
        help="embedding folder or file of vectors, with options as for `hrgeom compare`, such as "
        "theirs.npz,queries=q,documents=d,name=theirs; the first one is in front",
    )
    parser.add_argument(
        "--out", metavar="FILE", required=True, help="the page to write, such as report.html"
    )
    parser.add_argument(
        "--title",
        metavar="TEXT",
        help="what the page calls the hierarchy (default: as its file does)",
    )
    parser.add_argument("--force", action="store_true", help="replace what has that name")
    _options.add_tree(parser, required=False)
    parser.add_argument(
        "--notion",
        choices=["global", "row"],
        help="one threshold for all queries, or a ranking for each (default: each embedding's)",
    )
    parser.add_argument(
        "--queries",
        type=_queries,
        metavar="N",
        default=_SAMPLE,
        help=f"queries in the sample for histograms and recall, or all (default: {_SAMPLE:,}); "
        "certificates are over all pairs",
    )
    parser.add_argument(
        "--bounds",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="work out bounds and what constructions promise, which takes a minute for 100,000 "
        "nodes (default: --bounds)",
    )
    parser.add_argument(
        "--vectors",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="put copies of the vectors on the page, for the scores of the explorer: 12 MiB of "
        "them at most for one embedding (default: --vectors)",
    )
    parser.add_argument(
        "--effort",
        type=_options.effort,
        default=0.0,
        metavar="X",
        help="how long to search for bounds and constructions, as for `hrgeom bounds` (default: 0)",
    )
    parser.add_argument(
        "--seed", type=_options.seed, default=0, help="random seed of the sample (default: 0)"
    )
    _options.add_checking(parser)


_SAMPLE = 5_000


def _queries(text: str) -> int | None:
    return None if text == "all" else _options.positive(text)


def run_report(args: argparse.Namespace) -> int:
    """Run the command; exit status 0: the page was written, whatever the verdicts on it."""
    from hrgeom.report import build_report, page

    out = Path(args.out)
    check_out(out, args.force)  # before the work, not after
    hierarchy = read_hierarchy(args)
    models = read_models(args, hierarchy)
    with _output.progress_bar(args, "certifying", hierarchy.n_nodes) as progress:
        report = build_report(
            {name: model.embedding for name, model in models.items()},
            hierarchy,
            notion=args.notion,
            n_queries=args.queries,
            seed=args.seed,
            with_bounds=args.bounds,
            with_vectors=args.vectors,
            effort=args.effort,
            remarks=_info.describe(hierarchy)["odd"],
            vector_remarks={name: model.remarks for name, model in models.items()},
            title=args.title,
            command=args.command_line,
            report=lambda line: _output.remark(args, line),
            **_inputs.checking(args, progress),
        )
    data = page(report).encode("utf-8")
    check_out(out, args.force)  # it may have come there meanwhile
    with _output.writing(args, args.out):
        replace_file(out, data)
    result: dict[str, Any] = {"out": args.out, "n_bytes": len(data), **report.to_dict()}
    lines = [f"{one.name}: {one.sentence}" for one in report.embeddings]
    lines.append(f"written to {args.out}: {in_words(len(data))}; any browser opens it")
    _output.emit(args, result, "\n".join(lines))
    return 0


def check_out(out: Path, force: bool) -> None:
    """Raise FormatError unless a file may be written there."""
    if not out.parent.is_dir():
        raise FormatError(f"the folder of the output file must exist: got {str(out)!r}")
    if out.is_dir():
        raise FormatError(f"the output must be a file: got a folder, {str(out)!r}")
    if (out.exists() or out.is_symlink()) and not force:
        raise FormatError(
            f"the output file must not exist yet: got {str(out)!r}; --force replaces it"
        )


def read_hierarchy(args: argparse.Namespace) -> Hierarchy:
    """Read what --tree says, or what the first embedding folder was made for."""
    folders = [spec for spec in args.embeddings if _vectors.is_folder(spec)]
    if args.tree is None and not folders:
        raise FormatError(
            "--tree must be given where there is no embedding folder, which records its own: got "
            + (repr(args.embeddings[0]) if args.embeddings else "neither")
        )
    target = _inputs.read_target(args, folders[0] if folders else None)
    if not isinstance(target, Hierarchy):
        raise FormatError(
            "a report must be on embeddings of a hierarchy: got one of judgments, "
            f"{folders[0]!r}; `hrgeom compare` takes those"
        )
    return target


def read_models(args: argparse.Namespace, hierarchy: Hierarchy) -> dict[str, Model]:
    """Read the embeddings, and give each a name of its own."""
    models: dict[str, Model] = {}
    for spec in args.embeddings:
        model = read_model(spec, hierarchy)
        if model.score == "poincare":
            raise FormatError(
                f"score must be dot or cosine, whose scores are inner products: got poincare for "
                f"{model.name!r}; `hrgeom compare` takes it"
            )
        name, k = model.name, 1
        while name in models:
            k += 1
            name = f"{model.name} ({k})"
        models[name] = model
        _output.remark(args, f"read {name}: {model.embedding!r}")
        for each in model.remarks:
            _output.remark(args, f"{name}: {each}")
    return models
