"""`hrgeom polish`: raise the margin of a stored embedding and write the result."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from hrgeom.checker import certify
from hrgeom.cli import _inputs, _options, _output
from hrgeom.errors import FormatError
from hrgeom.io.vectors import load, save
from hrgeom.polish import polish


def add_parser(commands: _options.Commands) -> None:
    parser = _options.new_parser(
        commands,
        "polish",
        run_polish,
        "raise the normalized margin of an embedding folder and write the certified result",
        "hrgeom polish mammals.emb --tree wordnet-mammals --out polished.emb",
    )
    parser.add_argument("folder", metavar="DIR", help="embedding folder to start from")
    _options.add_target(parser, required=False)
    parser.add_argument("--out", required=True, metavar="DIR", help="folder to write")
    parser.add_argument(
        "--effort",
        type=_options.effort,
        default=1.0,
        metavar="X",
        help="factor for the number of steps, positive (default: 1)",
    )
    parser.add_argument("--seed", type=_options.seed, default=0, help="random seed (default: 0)")
    parser.add_argument("--force", action="store_true", help="replace an existing embedding folder")
    _options.add_checking(parser)


def run_polish(args: argparse.Namespace) -> int:
    """Run the command; the exit status is that of the result's certificate."""
    out = Path(args.out)
    if out.exists() and not args.force:  # before the work, not after
        raise FormatError(
            f"the output folder must not exist yet: got {str(out)!r}; --force replaces an embedding"
        )
    start = load(args.folder)
    target = _inputs.read_target(args, args.folder)
    with _output.progress_bar(args, "certifying") as progress:
        checking = _inputs.checking(args, progress)
        polished = polish(
            start,
            target,
            effort=args.effort,
            seed=args.seed,
            report=lambda line: _output.remark(args, line),
            **checking,
        ).made_for(target)
        before = certify(start, target, **checking)
        certificate = certify(polished, target, **checking)
    save(
        polished,
        out,
        certificate=certificate,
        tree=_inputs.source_record(args),
        command=args.command_line,
        overwrite=args.force,
    )
    margins = before.normalized_margin_lower_bound, certificate.normalized_margin_lower_bound
    data: dict[str, Any] = {
        "out": str(out),
        "normalized_margin_before": margins[0],
        "normalized_margin": margins[1],
        "parameters": polished.parameters,
        "certificate": certificate.to_dict(),
    }
    old, new = ("not established" if m is None else f"{m:.4g}" for m in margins)
    text = _output.add_recall(
        data,
        f"{polished!r}\nnormalized margin {old} -> {new}\n{certificate}",
        polished,
        target,
        certificate,
    )
    _output.emit(args, data, f"{text}\nwritten to {out}")
    return certificate.exit_code
