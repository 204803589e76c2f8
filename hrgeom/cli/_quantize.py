"""`hrgeom quantize`: the fewest bits in which an embedding holds."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from hrgeom.cli import _inputs, _options, _output, _status, _vectors
from hrgeom.cli._signals import terminated_gently
from hrgeom.derived import quantize
from hrgeom.io.vectors import save


def add_parser(commands: _options.Commands) -> None:
    parser = _options.new_parser(
        commands,
        "quantize",
        run_quantize,
        "store an embedding in the fewest bits in which every pair is certified: signs, 2 to 8 "
        "bits, int8 with a scale per row, float16",
        "hrgeom quantize wordnet.emb --out small.emb",
    )
    _vectors.add_vectors(parser)
    parser.add_argument("--notion", choices=["global", "row"], help="what must hold")
    parser.add_argument(
        "--rounds",
        type=_options.positive,
        default=12,
        metavar="N",
        help="looks over all pairs for each number of bits, with moves of single entries between "
        "them; 1 rounds alone (default: 12)",
    )
    parser.add_argument(
        "--seed", type=_options.seed, default=0, help="of the rotation before signs (default: 0)"
    )
    parser.add_argument("--out", required=True, metavar="DIR", help="folder to write")
    parser.add_argument("--force", action="store_true", help="replace an embedding of that name")
    _options.add_target(parser, required=False)
    _options.add_keeping(parser)
    _options.add_checking(parser)


def run_quantize(args: argparse.Namespace) -> int:
    """Run the command; the exit status is that of the certificate."""
    _output.require_new(args, Path(args.out))
    target = _vectors.read_target(args)
    given = _vectors.read_vectors(args, target)
    data: dict[str, Any] = {}
    _vectors.tell(args, data, given.remarks)

    def report(line: str) -> None:
        _output.remark(args, line)

    with (
        terminated_gently(),
        _status.working(args, "storing in fewer bits") as status,
        _output.progress_bar(args, "certifying", status=status) as progress,
    ):
        found = quantize(
            given.embedding,
            target,
            notion=args.notion,
            rounds=args.rounds,
            seed=args.seed,
            report=report,
            **_inputs.checking(args, progress),
        )
    _output.tell_of_threshold(args, given.embedding.threshold, found.embedding.threshold)
    with _output.writing(args, args.out):
        save(
            found.embedding.made_for(target),
            args.out,
            certificate=found.certificate
            if found.certificate.notion == found.embedding.notion
            else None,
            **_inputs.provenance(args, target),
            overwrite=args.force,
        )
    data |= {
        "out": args.out,
        "tried": [rung.to_dict() for rung in found.tried],
        "bits_per_vector": found.tried[-1].bits_per_vector,
        "certificate": found.certificate.to_dict(),
    }
    shown = [_output.certified(args, found.certificate), *(f"  {rung}" for rung in found.tried)]
    told = _output.with_against(args, data, "\n".join(shown))
    _output.emit(args, data, f"{told}\nwritten to {args.out}")
    return found.certificate.exit_code
