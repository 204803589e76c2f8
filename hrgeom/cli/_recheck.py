"""`hrgeom recheck`: check a certificate again in exact arithmetic."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from hrgeom._recheck import recheck
from hrgeom.cli import _inputs, _options, _output, _vectors
from hrgeom.io.vectors import load_certificate


def add_parser(commands: _options.Commands) -> None:
    parser = _options.new_parser(
        commands,
        "recheck",
        run_recheck,
        "check a certificate again in plain Python and exact arithmetic",
        "hrgeom recheck wordnet.emb --tree wordnet --queries 50",
    )
    parser.add_argument("folder", metavar="DIR", help="embedding folder with a certificate")
    _vectors.add_rows(parser)
    _options.add_target(parser, required=False)
    parser.add_argument(
        "--notion", choices=["global", "row"], help="notion of the certificate to check"
    )
    parser.add_argument(
        "--queries",
        type=_options.positive,
        default=20,
        metavar="N",
        help="random queries to check against all documents, in addition to those of the witnesses "
        "(default: 20)",
    )
    parser.add_argument("--all", action="store_true", help="check all queries")
    parser.add_argument(
        "--seed", type=_options.seed, default=0, help="seed of the sample (default: 0)"
    )


def run_recheck(args: argparse.Namespace) -> int:
    """Run the command; exit status 0: the certificate stands and holds, 1: it fails or is wrong."""
    certificate = load_certificate(args.folder, notion=args.notion)
    target = _inputs.read_target(args, args.folder)
    given = _vectors.read_vectors(args, target)
    with _output.progress_bar(args, "rechecking") as progress:
        result = recheck(
            given.embedding,
            given.of_rows(certificate),
            target,
            n_queries=None if args.all else args.queries,
            seed=args.seed,
            progress=progress,
        )
    lines = [
        f"{'AGREES' if result.agrees else 'CONTRADICTED'}: the certificate says "
        f"{certificate.verdict}; {result.n_violations:,} violations in {result.n_pairs:,} pairs of "
        f"{result.n_queries:,} of {given.embedding.n_queries:,} queries, exact arithmetic",
        *(f"  {line}" for line in result.contradictions),
    ]
    data = {"verdict": certificate.verdict, **asdict(result)}
    _vectors.tell(args, data, given.remarks)
    _output.emit(args, data, "\n".join(lines))
    return certificate.exit_code if result.agrees else 1
