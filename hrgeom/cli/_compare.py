"""`hrgeom compare`: models side by side, measured against what geometry allows."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hrgeom._base.atomic_files import check_target, dump, swap, temporary_beside
from hrgeom._base.optional import imported
from hrgeom._version import __version__
from hrgeom.cli import _inputs, _options, _output, _status
from hrgeom.constructions import FrontierPoint
from hrgeom.core import Remark
from hrgeom.diagnosis import N_DIAGNOSED, N_QUERIES, Comparison, Report, compare
from hrgeom.io import vector_formats
from hrgeom.models import OPTIONS, read_model

_RESULT = "comparison.json"


def add_parser(commands: _options.Commands) -> None:
    parser = _options.new_parser(
        commands,
        "compare",
        run_compare,
        "compare models of any origin: how they rank, whether they hold over all pairs, why not, "
        "and what geometry allows",
        "hrgeom compare wordllama,score=cosine construction,dim=64 --tree wordnet --out compared",
    )
    parser.add_argument(
        "models",
        metavar="MODEL",
        nargs="+",
        help="SOURCE[,OPTION=VALUE]...; a source is a file or folder of vectors ("
        + _options.names_of(entry for entry in vector_formats() if entry.read)
        + "), st:NAME (sentence-transformers), "
        "py:MODULE:FUNCTION (texts to an array), wordllama, or construction (hrgeom's own). "
        + "Options: "
        + "; ".join(f"{name}: {text}" for name, text in OPTIONS.items()),
    )
    _options.add_target(parser)
    parser.add_argument(
        "--notion",
        choices=["row", "global"],
        default="row",
        help="row: S(q) on top of every query's ranking; global: one threshold (default: row)",
    )
    parser.add_argument(
        "--queries",
        type=_options.positive,
        default=N_QUERIES,
        metavar="N",
        help=f"size of the sample of queries for recall and ranking metrics (default: {N_QUERIES})",
    )
    parser.add_argument(
        "--diagnose",
        type=_options.seed,
        default=N_DIAGNOSED,
        metavar="N",
        help=f"failing queries to diagnose per model (default: {N_DIAGNOSED})",
    )
    parser.add_argument(
        "--seed", type=_options.seed, default=0, help="random seed of the samples (default: 0)"
    )
    _options.add_effort(parser)
    parser.add_argument(
        "--out",
        metavar="DIR",
        help="folder to write the result as JSON and figures to (requires matplotlib)",
    )
    parser.add_argument(
        "--force", action="store_true", help="replace an existing comparison folder"
    )
    _options.add_checking(parser)


def run_compare(args: argparse.Namespace) -> int:
    """Run the command; exit status 0: all models hold, 1: some model does not."""
    if args.out is not None:
        _check_out(Path(args.out), args.force)  # before the work, not after
    target = _inputs.read_target(args)
    _output.remark(args, f"read {target!r}")
    models = []
    for spec in args.models:
        models.append(read_model(spec, target))
        _output.remark(args, f"read {models[-1].name}: {models[-1].embedding!r}")
        for remark in models[-1].remarks:
            _output.remark(args, f"{models[-1].name}: {remark}")
    with (
        _status.working(args, "comparing") as status,
        _output.progress_bar(args, "certifying", status=status) as progress,
    ):

        def tell(line: str) -> None:
            status.note(line)
            _output.remark(args, line)

        found = compare(
            models,
            target,
            notion=args.notion,
            n_queries=args.queries,
            n_diagnosed=args.diagnose,
            seed=args.seed,
            effort=args.effort,
            report=tell,
            **_inputs.checking(args, progress),
        )
    data = found.to_dict() | {"version": __version__, "command": args.command_line}
    for report, model in zip(data["models"], models, strict=True):
        report["remarks"] = [remark.to_dict() for remark in model.remarks]
    text = table(found, {model.name: model.remarks for model in models})
    if args.out is not None:
        with _output.writing(args, args.out):
            names = _write(found, data, Path(args.out), args.force)
        text = f"written to {args.out}: {', '.join(names)}\n{text}"
    _output.emit(args, data, text)
    return found.exit_code


def table(found: Comparison, remarks: Mapping[str, Sequence[Remark]] | None = None) -> str:
    """Return the comparison as text; with the verdict what the vectors of a model lack."""
    width = max(len("model"), *(len(report.name) for report in found.reports))
    lines = [_head(found), ""]
    lines += _rows(
        width,
        ("d", "type", "pairs %", "queries %", "MAP", "MRR", "mean rank", "exact %"),
        (6, 10, 9, 11, 8, 8, 11, 9),
        [(report.name, _metrics(report)) for report in found.reports],
    )
    rule = "in the top |S(q)|" if found.notion == "row" else "above the threshold"
    lines += [f"observed on {found.n_queries:,} of {found.n_nodes:,} queries", ""]
    known = [
        i for i, n in enumerate(found.reports[0].metrics.n_pairs.tolist()) if n
    ]  # the sample is the same for all
    if known:
        lines.append(f"recall by distance, % ({rule})")
        lines += _rows(
            width,
            tuple(map(str, known)),
            (6,) * len(known),
            [
                (report.name, tuple(f"{100 * report.recall[i]:.1f}" for i in known))
                for report in found.reports
            ],
        )
        lines.append("")
    lines.append(f"certified over all {found.reports[0].certificate.n_pairs:,} pairs")
    lines += _rows(
        width,
        ("verdict", "wrong pairs", "failing queries", "margin, unit rows"),
        (12, 17, 20, 19),
        [(report.name, _certified(report)) for report in found.reports],
    )
    lines += [
        f"  {report.name}: {remark}"
        for report in found.reports
        for remark in (remarks or {}).get(report.name, ())
        if remark.code == "words-without-vector"
    ]
    lines += ["", "promised by constructions for the same stored type"]
    lines += _rows(
        width,
        ("fewest d", "margin there", "margin within the model's d"),
        (10, 14, 40),
        [
            (report.name, (*_promised(report.fewest), _same(report.same_dim)))
            for report in found.reports
        ],
    )
    failing = [report for report in found.reports if report.diagnosis is not None]
    if failing:
        lines += ["", "why queries fail: of those diagnosed,"]
        lines += _rows(
            width,
            (
                "diagnosed",
                "better query exists",
                "documents forbid it",
                "by equal vectors",
                "undecided",
            ),
            (11, 21, 21, 18, 11),
            [(report.name, _causes(report)) for report in failing],
        )
        lines += [line for report in failing for line in _example(report)]
    lines.append("")
    for name, sentence in found.answers.items():
        lines.append(f"{name}: {sentence}.")
        if name in found.doubts:
            lines.append(f"{name}: {found.doubts[name]}.")
    return "\n".join(lines)


def _head(found: Comparison) -> str:
    limit = f"no embedding has fewer than {found.limit.dim} dimensions ({found.limit.theorem})"
    if found.ceiling is not None:
        limit += f", none a normalized margin above {found.ceiling:.4g}"
    return f"{found.notion} notion: {limit}"


def _rows(
    width: int,
    head: Sequence[str],
    widths: Sequence[int],
    rows: Sequence[tuple[str, Sequence[str]]],
) -> list[str]:
    return [
        f"  {name:<{width}}"
        + "".join(f"{cell:>{w}}" for cell, w in zip(cells, widths, strict=True))
        for name, cells in [("model", head), *rows]
    ]


def _metrics(report: Report) -> tuple[str, ...]:
    metrics = report.metrics
    return (
        str(report.dim),
        report.dtype,
        f"{100 * report.overall:.2f}",
        f"{100 * metrics.query_recall:.2f}",
        f"{metrics.map:.4f}",
        f"{metrics.mrr:.4f}",
        f"{metrics.mean_rank:,.1f}",
        f"{100 * metrics.exact:.2f}",
    )


def _certified(report: Report) -> tuple[str, ...]:
    certificate = report.certificate
    margin = certificate.normalized_margin_lower_bound
    return (
        certificate.verdict,
        f"{certificate.n_violations:,}",
        f"{certificate.n_violating_queries:,} of {certificate.n_queries:,}",
        "none" if margin is None or not certificate.holds else f">= {margin:.3g}",
    )


def _promised(point: FrontierPoint | None) -> tuple[str, str]:
    if point is None:
        return "none", ""
    return str(point.dim), "by cert." if point.margin is None else f"{point.margin:.3g}"


def _same(point: FrontierPoint | None) -> str:
    if point is None:
        return "none promised"
    margin = "by certificate" if point.margin is None else f"{point.margin:.3g}"
    return f"{margin} ({point.construction}, d = {point.dim})"


def _causes(report: Report) -> tuple[str, ...]:
    assert report.diagnosis is not None
    counts = report.diagnosis.counts
    return (
        f"{len(report.failing):,}",
        f"{counts['queries']:,}",
        f"{counts['documents']:,}",
        f"{sum(found.how == 'equal' for found in report.diagnosis.inseparable):,}",
        f"{counts['undecided']:,}",
    )


def _example(report: Report) -> list[str]:
    """Return one query for which no vector is exact, in words."""
    found = report.example
    if found is None:
        return []
    shown = [
        ", ".join(map(repr, side[:3])) + (f" and {len(side) - 3} more" if len(side) > 3 else "")
        for side in (found["matches"], found["others"])
    ]
    said = "is the same vector as" if found["how"] == "equal" else "is not separable from"
    return [f"  {report.name}, query {found['query']!r}: {shown[0]} {said} {shown[1]}"]


def _check_out(out: Path, force: bool) -> None:
    check_target(out, force, mark=_RESULT)
    imported("matplotlib", "--out", "'hrgeom[plots]'")


def _write(found: Comparison, data: dict[str, Any], out: Path, force: bool) -> list[str]:
    """Write the folder in one step; return the names of its files."""
    from hrgeom.figures import causes_figure, recall_figure

    temporary = temporary_beside(out)
    try:
        temporary.mkdir(mode=0o700)
        dump(data, temporary / _RESULT)
        names = [_RESULT]
        drawn = {"causes.png": causes_figure}
        if len(found.reports[0].recall):  # judgments know no distance
            drawn = {"recall.png": recall_figure, **drawn}
        for name, figure in drawn.items():
            figure(found).savefig(temporary / name, dpi=150)
            names.append(name)
        temporary.chmod(0o755)
        swap(temporary, out, overwrite=force, mark=_RESULT)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    return names
