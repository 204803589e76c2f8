"""`hrgeom recheck`: check a certificate again in exact arithmetic."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from hrgeom._recheck import Proved, Recheck, proved, recheck, verified_program
from hrgeom.checker import Certificate
from hrgeom.cli import _inputs, _options, _output, _vectors
from hrgeom.core import Hierarchy
from hrgeom.errors import FormatError
from hrgeom.io.judgments import Judgments
from hrgeom.io.vectors import check_chain, describe, load, load_certificate


def add_parser(commands: _options.Commands) -> None:
    parser = _options.new_parser(
        commands,
        "recheck",
        run_recheck,
        "check a certificate again in plain Python and exact arithmetic; exit status 0 only where "
        "all queries were checked, or --accept-sample",
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
    besides = parser.add_mutually_exclusive_group()
    besides.add_argument(
        "--chain",
        action="store_true",
        help="instead: check link by link the earlier certificates that the certificate of an "
        "extended embedding builds on, with the checker, not in plain Python",
    )
    parser.add_argument(
        "--accept-sample",
        action="store_true",
        help="exit status 0 for a sample that agrees with a certificate that holds (default: 3, as "
        "for whatever is not decided)",
    )
    besides.add_argument(
        "--verified",
        action="store_true",
        help="besides the sample, check all pairs by a program that is proved in Rocq (make "
        "verified)",
    )
    parser.add_argument(
        "--jobs",
        type=_options.positive,
        default=1,
        metavar="N",
        help="processes of --verified (default: 1)",
    )
    parser.add_argument(
        "--seed", type=_options.seed, default=0, help="seed of the sample (default: 0)"
    )


def run_recheck(args: argparse.Namespace) -> int:
    """Run the command.

    Exit status 0: the certificate stands and holds; 1: it fails, or is wrong; 3: it is undecided,
    or nothing contradicts it in a sample.
    """
    program = verified_program() if args.verified else None
    certificate = load_certificate(args.folder, notion=args.notion)
    target = _inputs.read_target(args, args.folder)
    if args.chain:
        return _run_chain(args, certificate, target)
    given = _vectors.read_vectors(args, target)
    stated = describe(args.folder)
    with _output.progress_bar(args, "rechecking") as progress:
        result = recheck(
            given.embedding,
            given.of_rows(certificate),
            target,
            n_queries=None if args.all else args.queries,
            seed=args.seed,
            described={**stated, "sha256": given.digests_of_rows(stated["sha256"])},
            progress=progress,
        )
    lines = [
        f"{'AGREES' if result.agrees else 'CONTRADICTED'}: the certificate says "
        f"{certificate.verdict}; {result.n_violations:,} violations in {result.n_pairs:,} pairs of "
        f"{result.n_queries:,} of {given.embedding.n_queries:,} queries, exact arithmetic",
        *(f"  {line}" for line in result.contradictions),
        *_not_compared(result),
    ]
    data: dict[str, Any] = {"verdict": certificate.verdict, **asdict(result)}
    agrees, is_enough = result.agrees, result.is_whole or args.accept_sample
    if program is not None:
        proof = proved(
            program, given.embedding, Path(args.folder), certificate, target, jobs=args.jobs
        )
        contradictions = proof.contradictions(certificate)
        agrees = agrees and not contradictions
        is_enough = proof.n_wrong is not None
        lines += _of_proof(proof, contradictions)
        data["verified"] = {**asdict(proof), "contradictions": contradictions}
    elif not is_enough:
        lines.append("  a sample: --all checks every query, --accept-sample is content with it")
    _vectors.tell(args, data, given.remarks)
    _output.emit(args, data, _output.with_against(args, data, "\n".join(lines)))
    if not agrees:
        return 1
    return certificate.exit_code if is_enough else certificate.exit_code or 3


def _run_chain(
    args: argparse.Namespace, certificate: Certificate, target: Hierarchy | Judgments
) -> int:
    """Check the links; exit status 0: they add up, on the word of the first certificate."""
    if certificate.chain is None or not isinstance(target, Hierarchy):
        raise FormatError(
            "--chain must come with the certificate of an extended embedding: got one that builds "
            "on no other"
        )
    first = check_chain(args.folder, load(args.folder), target, certificate)
    assert first is not None
    c, n = first.certificate, len(certificate.chain)
    text = (
        f"AGREES: {n} {'link' if n == 1 else 'links'}, every one put together and its new or "
        f"changed rows certified again\n  all other pairs rest on the first certificate: "
        f"{c.verdict}, {c.n_pairs:,} pairs, made by {c.version}, which was not checked here"
    )
    data: dict[str, Any] = {
        "verdict": certificate.verdict,
        "agrees": True,
        "n_links": n,
        "first": c.to_dict(),
    }
    _output.emit(args, data, _output.with_against(args, data, text))
    return certificate.exit_code


def _of_proof(proof: Proved, contradictions: tuple[str, ...]) -> list[str]:
    return [
        *proof.sentence.splitlines(),
        f"  {proof.trusted}",
        *(f"CONTRADICTED: {line}" for line in contradictions),
    ]


def _not_compared(result: Recheck) -> list[str]:
    """Return what may be anything, a line for the certificate and one for each other place."""
    places: dict[str, list[str]] = {"": []}
    for each in result.not_compared:
        for place in (" of embedding.json", " beyond the sample"):
            if each.endswith(place):
                places.setdefault(place, []).append(each.removesuffix(place))
                break
        else:
            places[""].append(each)
    return [
        f"  not compared{place}: {', '.join(names)}" for place, names in places.items() if names
    ]
