"""`hrgeom certify`: check a stored embedding against a hierarchy or judgments."""

from __future__ import annotations

import argparse

from hrgeom.checker import certify
from hrgeom.cli import _inputs, _options, _output
from hrgeom.io.vectors import load, save_certificate


def add_parser(commands: _options.Commands) -> None:
    parser = _options.new_parser(
        commands,
        "certify",
        run_certify,
        "check every (query, document) pair of an embedding folder and write its certificate",
        "hrgeom certify wordnet.emb --tree wordnet --notion row",
    )
    parser.add_argument("folder", metavar="DIR", help="embedding folder")
    _options.add_target(parser, required=False)
    parser.add_argument(
        "--notion",
        choices=["global", "row"],
        help="one threshold for all queries, or a ranking for each (default: the embedding's)",
    )
    parser.add_argument(
        "--no-exact",
        action="store_true",
        help="do not decide pairs within the rounding bound exactly; leave them undecided",
    )
    _options.add_checking(parser)


def run_certify(args: argparse.Namespace) -> int:
    """Run the command; the exit status is that of the certificate."""
    embedding = load(args.folder, mmap=True)
    target = _inputs.read_target(args, args.folder)
    with _output.progress_bar(args, "certifying") as progress:
        certificate = certify(
            embedding,
            target,
            notion=args.notion,
            exact=not args.no_exact,
            **_inputs.checking(args, progress),
        )
    save_certificate(certificate, args.folder)
    data = certificate.to_dict()
    text = _output.add_recall(data, str(certificate), embedding, target, certificate)
    _output.emit(args, data, text)
    return certificate.exit_code
