"""`hrgeom construct`: read, build, certify, write."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hrgeom.checker import Certificate
from hrgeom.cli import _inputs, _options, _output, _status
from hrgeom.cli._signals import terminated_gently
from hrgeom.constructions import (
    AUTO_OPTIONS,
    DEFAULT_MARGIN,
    EFFORT,
    NOTION,
    Option,
    all_constructions,
    construct,
)
from hrgeom.core import STORED_TYPES, DualEmbedding, Remark, Target, target_labels
from hrgeom.derived import Rung, quantize
from hrgeom.errors import ConstructionError, FormatError
from hrgeom.io import stem_of
from hrgeom.io.vectors import load, save

_BUILDING = 0.3
"""Time to build, as a share of the time to choose what: 0.1 to 0.3 for 10,000 and 82,000 nodes."""
_CHOOSING = 4e-4
"""Seconds per query to choose at effort 1, roughly: 3 for 10,000 and 35 for 82,000 of them."""


def add_parser(commands: _options.Commands) -> None:
    parser = _options.new_parser(
        commands,
        "construct",
        run_construct,
        "build vectors for a hierarchy or judgments, certify them and write an embedding folder",
        "hrgeom construct --tree wordnet --dtype float64 --out wordnet.emb",
    )
    _options.add_target(parser)
    parser.add_argument("--out", metavar="DIR", help="folder to write (default: NAME.emb here)")
    entries = all_constructions()
    parser.add_argument(
        "--method",
        choices=["auto", *(c.name for c in entries)],
        default="auto",
        help="construction (default: auto, the fewest dimensions in which a theorem promises a "
        f"margin of {DEFAULT_MARGIN:g}); "
        + "; ".join(f"{c.name}: {c.guarantee} (needs {c.needs})" for c in entries),
    )
    budget = parser.add_mutually_exclusive_group()
    budget.add_argument(
        "--dim",
        type=_options.positive,
        metavar="D",
        help=f"budget: dimensions; auto takes a theorem that promises {DEFAULT_MARGIN:g} in them, "
        "otherwise descent",
    )
    budget.add_argument(
        "--bytes", type=_options.positive, metavar="B", help="budget: bytes per vector, likewise"
    )
    parser.add_argument(
        "--margin",
        type=float,
        metavar="E",
        help=f"auto: the normalized margin wanted (default: {DEFAULT_MARGIN:g})",
    )
    parser.add_argument(
        "--proved", action="store_true", help="auto: by a theorem, never by descent"
    )
    parser.add_argument(
        "--fewest",
        action="store_true",
        help="auto: the fewest dimensions whose certificate holds, however small the margin",
    )
    parser.add_argument(
        "--dtype", choices=STORED_TYPES, default="float32", help="stored type (default: float32)"
    )
    parser.add_argument("--seed", type=_options.seed, default=0, help="random seed (default: 0)")
    for flag in _flags():
        flag.add(parser)
    parser.add_argument(
        "--start",
        metavar="DIR",
        help="of --method descent: embedding folder to begin at instead of random vectors, of an "
        "earlier descent or any construction",
    )
    parser.add_argument("--notion", choices=["global", "row"], help="notion to certify")
    parser.add_argument(
        "--quantize",
        choices=["auto"],
        help="auto: store them in the fewest bits in which every pair is certified, as `hrgeom "
        "quantize` does",
    )
    _options.add_keeping(parser)
    parser.add_argument("--force", action="store_true", help="replace an embedding of that name")
    _options.add_checking(parser)


def run_construct(args: argparse.Namespace) -> int:
    """Run the command; the exit status is that of the certificate."""
    out = Path(args.out or _default_name(args.tree or args.qrels))
    _output.require_new(args, out)
    target = _inputs.read_target(args)
    _output.remark(args, f"read {target!r}")
    start = None if args.start is None else load(args.start)
    _output.remark(args, f"building, method {args.method}")

    with (
        terminated_gently(),
        _status.working(args, "building", _seconds(args, target)) as status,
        _output.progress_bar(args, "certifying", status=status) as progress,
    ):

        def report(line: str) -> None:
            status.note(line)
            if line.startswith("building "):
                status.expect(_BUILDING)
            is_step = line.startswith(("choosing, ", "building "))
            (_output.detail if is_step else _output.remark)(args, line)

        result = construct(
            target,
            method=args.method,
            dim=args.dim,
            n_bytes=args.bytes,
            margin=args.margin,
            proved=args.proved,
            fewest=args.fewest,
            dtype=args.dtype,
            seed=args.seed,
            notion=args.notion,
            start=start,
            report=report,
            **_inputs.checking(args, progress),
            **_given_options(args),
        )
        embedding, certificate = result.embedding, result.certificate
        assert certificate is not None  # `construct` certifies unless told not to
        rungs: tuple[Rung, ...] = ()
        if args.quantize and certificate.holds:
            fewer = quantize(
                embedding,
                target,
                notion=args.notion,
                seed=args.seed,
                report=report,
                **_inputs.checking(args, progress),
            )
            embedding, certificate, rungs = fewer.embedding, fewer.certificate, fewer.tried
    if start is not None:
        _output.tell_of_threshold(args, start.threshold, embedding.threshold)
    with _output.writing(args, str(out)):
        save(
            embedding.made_for(target),
            out,
            certificate=certificate if certificate.notion == embedding.notion else None,
            **_inputs.provenance(args, target),
            overwrite=args.force,
        )
    data: dict[str, Any] = {
        "out": str(out),
        "construction": embedding.construction,
        "parameters": embedding.parameters,
        "promise": embedding.promise,
        "basis": embedding.basis,
        "dim": embedding.dim,
        "dtype": str(embedding.dtype),
        "bits_per_vector": embedding.bits_per_vector,
        "tried": [attempt.to_dict() for attempt in result.tried],
        "certificate": certificate.to_dict(),
    }
    if rungs:
        data |= {"quantized": [rung.to_dict() for rung in rungs]}
        data["bits_per_vector"] = rungs[-1].bits_per_vector
    _tell_remarks(args, data, () if rungs else result.remarks)
    text = "\n".join(
        [
            _output.certified(args, certificate, _made(embedding, certificate, result.provenance)),
            *(f"  {rung}" for rung in rungs),
        ]
    )
    text = _output.add_recall(data, text, embedding, target, certificate)
    _output.emit(args, data, f"{text}\nwritten to {out}")
    if certificate.holds and certificate.threshold is not None:
        _output.remark(
            args,
            "in an engine this is a range query over all documents: LIMIT and approximate indexes "
            "lose some (hrgeom explain exact scan)",
        )
    if embedding.parameters.get("is_interrupted"):
        _output.remark(
            args,
            f"interrupted: --method {embedding.construction} --start {out} with the same options "
            "goes on, --out says where to",
        )
    return certificate.exit_code


def _seconds(args: argparse.Namespace, target: Target) -> float | None:
    """About how long it takes to choose and build, before anything better is known."""
    if args.method != "auto":
        return None
    given: float | None = getattr(args, f"option_{EFFORT.name}")
    effort: float = EFFORT.default if given is None else given
    n_queries = len(target_labels(target)[0])
    return (1 + _BUILDING) * _CHOOSING * n_queries * max(effort, 0.1)


def _tell_remarks(
    args: argparse.Namespace, data: dict[str, Any], remarks: Sequence[Remark]
) -> None:
    """Say in which copies the vectors would not hold."""
    for remark in remarks:
        _output.remark(args, f"remark: {remark}")
    if remarks:
        data["remarks"] = [remark.to_dict() for remark in remarks]


def _made(embedding: DualEmbedding, certificate: Certificate, provenance: str) -> list[str]:
    """What the vectors are and rest on; of a cover its classes beside their proved lower bound."""
    lines = [f"{embedding.construction}, {_output.facts(certificate)}, {provenance}"]
    known = embedding.parameters
    lines.append(f"{embedding!r}")
    if "n_classes_lower_bound" in known:
        lines.append(
            f"classes: {known['n_classes']} ({known['cover']} cover; any such cover has "
            f"at least {known['n_classes_lower_bound']})"
        )
    return lines


@dataclass(frozen=True)
class _Flag:
    """Options of one name, of one or several methods, as one flag of the command line."""

    methods: tuple[str, ...]
    options: tuple[Option, ...]  # one per method

    @property
    def dest(self) -> str:
        """The attribute of the parsed arguments, apart from those of the command itself."""
        return f"option_{self.options[0].name}"

    @property
    def choices(self) -> list[Any] | None:
        """Those of all methods, None where one of them has no choices."""
        choices: list[Any] = []
        for option in self.options:
            if option.choices is None:
                return None
            choices += [choice for choice in option.choices if choice not in choices]
        return choices

    @property
    def help(self) -> str:
        """What the option does, of which methods if only some have it, and its default."""
        option = self.options[0]
        of = "" if "auto" in self.methods else f"of --method {' or '.join(self.methods)}: "
        default = "" if option.default is None else f" (default: {option.default})"
        return (of + option.help + default).replace("%", "%%")

    def add(self, parser: argparse.ArgumentParser) -> None:
        """Add it to a parser; its value is None where it is not given."""
        option = self.options[0]
        choices = self.choices  # they are shown in place of a name
        parser.add_argument(
            option.flag,
            dest=self.dest,
            type=self.parse,
            choices=choices,
            metavar=option.metavar or (None if choices else option.name.upper()),
            help=self.help,
        )

    def parse(self, text: str) -> Any:
        """Return the value of a text for the first method that knows it."""
        for option in self.options:
            try:
                return option.parse(text)
            except ConstructionError as error:
                refusal = str(error)
        raise argparse.ArgumentTypeError(refusal)


def _flags() -> list[_Flag]:
    """The options of all methods, but for those that the command has for all of them."""
    takers: dict[str, list[tuple[str, Option]]] = {}
    for option in AUTO_OPTIONS:
        takers.setdefault(option.name, []).append(("auto", option))
    for construction in all_constructions():
        for option in construction.options:
            if option.name != NOTION.name:
                takers.setdefault(option.name, []).append((construction.name, option))
    return [
        _Flag(tuple(method for method, _ in pairs), tuple(option for _, option in pairs))
        for pairs in takers.values()
    ]


def _given_options(args: argparse.Namespace) -> dict[str, Any]:
    """Return the options of the method that are given.

    Raises
    ------
    FormatError
        If one needs a method by name and there is none.
    """
    given: dict[str, Any] = {}
    for flag in _flags():
        value = getattr(args, flag.dest)
        if value is None:
            continue
        option = flag.options[0]
        if args.method == "auto" and "auto" not in flag.methods:
            raise FormatError(
                f"{option.flag} must come with --method {' or '.join(flag.methods)}: "
                "got --method auto"
            )
        given[option.name] = value
    return given


def _default_name(source: str) -> str:
    if source == "-":
        raise FormatError("--out must be given for a source on standard input")
    return f"{stem_of(Path(source).resolve())}.emb"
