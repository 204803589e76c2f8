"""`hrgeom bounds`: what no embedding can do, what some do, and where constructions lie between."""

from __future__ import annotations

import argparse
from decimal import ROUND_CEILING, ROUND_FLOOR, Context
from typing import TYPE_CHECKING, Any

from hrgeom._version import __version__
from hrgeom.cli import _inputs, _options, _output, _status
from hrgeom.core import as_relevance

if TYPE_CHECKING:
    from hrgeom.bounds import Bound, CertifiedConstruction


def add_parser(commands: _options.Commands) -> None:
    parser = _options.new_parser(
        commands,
        "bounds",
        run_bounds,
        "bound the dimension and the margin from both sides, with the constructions between",
        "hrgeom bounds --tree wordnet --margin 0.02",
    )
    _options.add_target(
        parser, instead=("--list", "instead of bounds: list the theorems, those of plug-ins too")
    )
    parser.add_argument(
        "--theorem",
        action="append",
        metavar="NAME",
        help="apply only theorems of this name, see --list; may be given several times "
        "(default: all)",
    )
    parser.add_argument(
        "--margin",
        type=float,
        metavar="E",
        help="bound the dimension of embeddings of this normalized margin, half a gap between unit "
        "rows (default: of any margin above 0)",
    )
    parser.add_argument(
        "--certify",
        choices=["none", "fewest", "all"],
        default="fewest",
        help="which constructions to build in float64 and certify: none, those of fewest "
        "dimensions until one with threshold 0 holds, or all (default: fewest)",
    )
    parser.add_argument(
        "--effort",
        type=_options.effort,
        default=0.0,
        metavar="X",
        help="how long to search, for bounds and for constructions; 1: a minute or more for "
        "100,000 nodes, larger semidefinite programmes (default: 0)",
    )
    parser.add_argument("--seed", type=_options.seed, default=0, help="random seed (default: 0)")
    parser.add_argument(
        "--no-solver", action="store_true", help="solve no semidefinite programme (cvxpy)"
    )
    _options.add_checking(parser)


def run_bounds(args: argparse.Namespace) -> int:
    """Run the command."""
    from hrgeom.bounds import (
        SETTINGS,
        all_bounds,
        certified_constructions,
        contradictions,
        strongest,
        theorems_named,
    )

    if args.list:
        return _list(args)
    theorems = None if args.theorem is None else theorems_named(args.theorem)
    target = _inputs.read_target(args)
    _output.remark(args, f"read {target!r}")
    relevance = as_relevance(target)
    with _status.working(args, "bounding") as status:

        def report(line: str) -> None:
            status.note(line.replace(": ", ", "))  # the whole line is the step
            _output.detail(args, line)

        bounds = all_bounds(
            target,
            margin=args.margin,
            effort=args.effort,
            seed=args.seed,
            solver=not args.no_solver,
            theorems=theorems,
            report=report,
        )
    if args.certify != "none":
        _output.remark(args, "building and certifying constructions (--certify none leaves it out)")
    with (
        _status.working(args, "building") as status,
        _output.progress_bar(args, "certifying", status=status) as progress,
    ):
        built = certified_constructions(
            target,
            which=args.certify,
            effort=args.effort,
            seed=args.seed,
            **_inputs.checking(args, progress),
        )
    wrong = contradictions(bounds, built)

    def value(quantity: Any, side: Any, setting: Any) -> float | int | None:
        found = strongest(bounds, quantity, side, setting)
        return None if found is None else found.value

    data = {
        "n_queries": relevance.n_queries,
        "n_documents": relevance.n_documents,
        "max_matches": relevance.max_matches,
        "wanted_margin": args.margin,
        "settings": dict(SETTINGS),
        "between": {
            quantity: {
                setting: [value(quantity, side, setting) for side in ("lower", "upper")]
                for setting in SETTINGS
            }
            for quantity in ("dimension", "margin")
        },
        "bounds": [bound.to_dict() for bound in bounds],
        "constructions": [one.to_dict() for one in built],
        "contradictions": list(wrong),
        "parameters": {"effort": args.effort, "seed": args.seed, "certify": args.certify},
        "sha256": target.sha256,
        "version": __version__,
        "command": args.command_line,
    }
    _output.emit(args, data, _text(data, bounds, built, is_long=args.verbose))
    return 1 if wrong else 0


def _list(args: argparse.Namespace) -> int:
    """List the theorems of the registry."""
    from hrgeom.bounds import all_theorems, theorems_named

    listed = all_theorems() if args.theorem is None else theorems_named(args.theorem)
    lines = [f"{t.name:<16}{t.quantity:<10}{t.side:<6}{t.statement}" for t in listed]
    _output.emit(args, {"theorems": [t.to_dict() for t in listed]}, "\n".join(lines))
    return 0


def _text(
    data: dict[str, Any],
    bounds: tuple[Bound, ...],
    built: tuple[CertifiedConstruction, ...],
    *,
    is_long: bool,
) -> str:
    """The answer for each setting, then what it follows from, theorem by theorem."""
    lines = [
        f"{data['n_queries']:,} queries, {data['n_documents']:,} documents, "
        f"s = {data['max_matches']}",
        *_answer(data),
        *_contradictions(data),
        "",
        f"dimension{_of_margin(data)}, from below, between, from above",
    ]
    rows = [_bound_row(b) for b in bounds if b.quantity == "dimension" and b.value is not None]
    theorems = {b.theorem for b in bounds if b.value is not None and b.side == "upper"}
    rows += [
        _construction_row(p, p.dim) for p in built if p.verdict or p.construction not in theorems
    ]
    lines += _sorted(rows)
    lines += ["", "normalized margin in any dimension"]
    rows = [_bound_row(b) for b in bounds if b.quantity == "margin" and b.value is not None]
    rows += [_construction_row(p, p.margin) for p in built if p.margin is not None]
    lines += _sorted(rows)
    rows = [_bound_row(b) for b in bounds if b.quantity == "bits" and b.value is not None]
    if rows:
        lines += ["", "bits of a stored vector", *_sorted(rows)]
    return "\n".join([*lines, "", *_legend(bounds, is_long)])


def _of_margin(data: dict[str, Any]) -> str:
    return f" of a margin of {data['wanted_margin']:g}" if data["wanted_margin"] else ""


def _answer(data: dict[str, Any]) -> list[str]:
    """A line for each setting: between which bounds the fewest dimensions and the margin are."""
    lines = [f"{'setting':<9}{'dimensions':>15}{'margin':>22}"]
    for setting, text in data["settings"].items():
        low, high = data["between"]["dimension"][setting]
        dims = f"{_number(low)} to {_number(high)}"
        low, high = data["between"]["margin"][setting]
        margins = f"{_number(low)} to {_number(high, ROUND_CEILING)}"
        lines.append(f"{setting:<9}{dims:>15}{margins:>22}  {text}")
    effort = data["parameters"]["effort"]
    if effort < 1:
        lines.append(
            f"by short searches (--effort {effort:g}): --effort 1 may find more, and construct and "
            "plan search longer too"
        )
    return lines


def _contradictions(data: dict[str, Any]) -> list[str]:
    return [f"CONTRADICTION: {text}" for text in data["contradictions"]]


def _legend(bounds: tuple[Bound, ...], is_long: bool) -> list[str]:
    """What the words mean, and which theorems say nothing."""
    lines = [
        "tight: met from the other side; a bound holds for settings below its own if",
        "it forbids (dimension from below, margin from above), else for those above",
    ]
    silent = [b for b in bounds if b.value is None]
    if not silent:
        return lines
    if not is_long:
        n, what = len(silent), "theorem says" if len(silent) == 1 else "theorems say"
        return [*lines, f"{n} {what} nothing here; --verbose has the reasons"]
    lines += ["", "theorems that say nothing here"]
    return lines + [f"  {b.theorem} ({b.quantity}, {b.side}): {b.reason}" for b in silent]


_MACHINE_CHECKED = frozenset({"half-plane", "interval-cover", "kraft-trie", "sdp-weak-duality"})
"""Proofs that Rocq checks from end to end, as `python -m proofs` has them."""


def _label(bound: Bound) -> str:
    """What a value rests on, in the words of the proofs."""
    if bound.status != "proved":
        return bound.status
    if bound.proof in _MACHINE_CHECKED:
        return "machine-checked"
    return "cited" if bound.source and not bound.proof else "proof on paper"


_ORDER = {"at least": 0, "certified": 1, "fails": 1, "undecided": 1, "promised": 2}
_Row = tuple[float, int, str]


def _sorted(rows: list[_Row]) -> list[str]:
    """Lower bounds first, ascending; then everything else, ascending."""
    return [text for _, _, text in sorted(rows, key=lambda row: (row[1] > 0, row[0], row[1]))]


def _bound_row(bound: Bound) -> _Row:
    assert bound.value is not None
    word = "at least" if bound.side == "lower" else "at most"
    notes = [bound.reason]
    if bound.side == "upper" and bound.margin is not None and bound.quantity == "dimension":
        notes.append(f"margin {bound.margin:.3g}")
    if bound.source:
        notes.append(bound.source)
    mark = "tight" if bound.is_tight else ""
    text = _line(word, bound.value, bound.setting, bound.theorem, _label(bound), mark, notes)
    return float(bound.value), _ORDER.get(word, 3), text


def _construction_row(built: CertifiedConstruction, value: float | None) -> _Row:
    assert value is not None
    verdict = built.verdict
    word = "promised" if verdict is None else "certified" if verdict == "holds" else verdict
    if built.is_predicted and verdict is None:
        word = "predicted"
    margin = built.margin if verdict == "holds" else built.promised_margin
    notes = ["float64, no margin" if margin is None else f"float64, margin {margin:.3g}"]
    if built.margin is not None and value == built.margin:
        notes = [f"float64, d = {built.dim}"]
    text = _line(word, value, built.setting or "", built.construction, "", "", notes)
    return value, _ORDER.get(word, 2), text


def _line(
    word: str,
    value: float,
    setting: str,
    name: str,
    status: str,
    mark: str,
    notes: list[str],
) -> str:
    rounding = ROUND_CEILING if word == "at most" else ROUND_FLOOR
    return (
        f"  {word:<10}{_number(value, rounding):>9} {setting:<7}{name:<16}{status:<16}{mark:<6}"
        + "; ".join(notes)
    ).rstrip()


def _number(value: float | int | None, rounding: str = ROUND_FLOOR) -> str:
    """Return four digits of a number, rounded so that what is said of it stays true."""
    if value is None:
        return "?"
    if isinstance(value, int):
        return f"{value:,}"
    shown = Context(prec=4, rounding=rounding).create_decimal_from_float(value)
    return f"{float(shown):.4g}"
