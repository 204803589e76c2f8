"""`hrgeom combine`: text and hierarchy in one vector, for one index."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from hrgeom.cli import _inputs, _options, _output, _status, _vectors
from hrgeom.cli._signals import terminated_gently
from hrgeom.core import DualEmbedding, Target
from hrgeom.derived import combine
from hrgeom.errors import FormatError
from hrgeom.io.vectors import save
from hrgeom.models import read_model


def add_parser(commands: _options.Commands) -> None:
    parser = _options.new_parser(
        commands,
        "combine",
        run_combine,
        "put text vectors beside those of a hierarchy, [w t ; h], say how large w may be, and "
        "certify",
        "hrgeom combine titles.npz,score=cosine products.emb --out both.emb",
    )
    parser.add_argument(
        "text",
        metavar="TEXT",
        help="text vectors of the same queries and documents, with options as for `hrgeom "
        "compare`: a file such as titles.npz,queries=q,documents=d,score=cosine, st:MODEL, "
        "py:MODULE:FUNCTION or wordllama",
    )
    _vectors.add_vectors(parser)
    parser.add_argument(
        "--weight",
        type=float,
        metavar="W",
        help="what multiplies the text of queries (default: half the largest for which every text "
        "is safe)",
    )
    parser.add_argument("--notion", choices=["global", "row"], help="notion to certify")
    parser.add_argument(
        "--look",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="look at all pairs for the largest weight that these texts allow (default)",
    )
    parser.add_argument("--out", required=True, metavar="DIR", help="folder to write")
    parser.add_argument("--force", action="store_true", help="replace an embedding of that name")
    _options.add_target(parser, required=False)
    _options.add_keeping(parser)
    _options.add_checking(parser)


def run_combine(args: argparse.Namespace) -> int:
    """Run the command; the exit status is that of the certificate."""
    out = Path(args.out)
    _output.require_new(args, out)
    target = _vectors.read_target(args)
    given = _vectors.read_vectors(args, target)
    data: dict[str, Any] = {}
    _vectors.tell(args, data, given.remarks)
    text = _text(args, target, data)

    def report(line: str) -> None:
        _output.remark(args, line)

    with (
        terminated_gently(),
        _status.working(args, "combining") as status,
        _output.progress_bar(args, "certifying", status=status) as progress,
    ):
        both = combine(
            text,
            given.embedding,
            target,
            weight=args.weight,
            notion=args.notion,
            look=args.look,
            report=report,
            **_inputs.checking(args, progress),
        )
    _output.tell_of_threshold(args, given.embedding.threshold, both.embedding.threshold)
    with _output.writing(args, args.out):
        save(
            both.embedding.made_for(target),
            out,
            certificate=both.certificate,
            **_inputs.provenance(args, target),
            overwrite=args.force,
        )
    data |= {
        "out": args.out,
        "weight": both.weight,
        "limits": both.limits.to_dict(),
        "text_order": both.order.to_dict(),
        "dim": both.embedding.dim,
        "dtype": str(both.embedding.dtype),
        "certificate": both.certificate.to_dict(),
    }
    made = f"w = {both.weight:.6g} on the queries\n{both.limits}\n{both.order}"
    shown = f"{_output.certified(args, both.certificate)}\n{made}"
    told = _output.with_against(args, data, shown)
    _output.emit(args, data, f"{told}\nwritten to {args.out}")
    return both.certificate.exit_code


def _text(args: argparse.Namespace, target: Target, data: dict[str, Any]) -> DualEmbedding:
    """Return the text vectors, rows in the order of the target."""
    model = read_model(args.text, target)
    if model.score == "poincare":
        raise FormatError("the score of text must be dot or cosine: got 'poincare'")
    _vectors.tell(args, data, model.remarks)
    return model.embedding
