"""`hrgeom polish`: raise the margin of a stored embedding, and write the result beside it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from hrgeom.checker import certify
from hrgeom.cli import _common
from hrgeom.errors import FormatError
from hrgeom.io.vectors import load, save
from hrgeom.polish import polish


def add_parser(commands: _common.Commands) -> None:
    parser = _common.new_parser(
        commands,
        "polish",
        run_polish,
        "raise the normalised margin of an embedding folder and write the certified result",
        "hrgeom polish mammals.emb --tree wordnet-mammals --out polished.emb",
    )
    parser.add_argument("folder", metavar="DIR", help="embedding folder to begin with")
    _common.add_against(parser, required=False)
    parser.add_argument("--out", required=True, metavar="DIR", help="folder to write")
    parser.add_argument(
        "--effort",
        type=_common.effort,
        default=1.0,
        metavar="X",
        help="factor on the number of steps, positive (default: 1)",
    )
    parser.add_argument("--seed", type=_common.seed, default=0, help="random seed (default: 0)")
    parser.add_argument("--force", action="store_true", help="replace an embedding of that name")
    _common.add_checking(parser)


def run_polish(args: argparse.Namespace) -> int:
    """Run the command; the exit status is that of the result's certificate."""
    out = Path(args.out)
    if out.exists() and not args.force:  # before the work, not after
        raise FormatError(
            f"the output folder must not exist yet: got {str(out)!r}; --force replaces an embedding"
        )
    start = load(args.folder)
    against = _common.read_against(args, args.folder)
    relevant = _common.relevant(against)
    with _common.progress_bar(args, "certifying") as progress:
        checking = _common.checking(args, progress)
        polished = polish(
            start,
            relevant,
            effort=args.effort,
            seed=args.seed,
            report=lambda line: _common.remark(args, line),
            **checking,
        ).of(against)
        before = certify(start, relevant, **checking)
        certificate = certify(polished, relevant, **checking)
    save(
        polished,
        out,
        certificate=certificate,
        tree=_common.source_record(args),
        command=args.command_line,
        overwrite=args.force,
    )
    margins = before.normalised_margin_lower_bound, certificate.normalised_margin_lower_bound
    data: dict[str, Any] = {
        "out": str(out),
        "normalised_margin_before": margins[0],
        "normalised_margin": margins[1],
        "parameters": polished.parameters,
        "certificate": certificate.to_dict(),
    }
    old, new = ("not established" if m is None else f"{m:.4g}" for m in margins)
    text = _common.add_recall(
        data,
        f"{polished!r}\nnormalised margin {old} -> {new}\n{certificate}",
        polished,
        against,
        certificate,
    )
    _common.emit(args, data, f"{text}\nwritten to {out}")
    return certificate.exit_code
