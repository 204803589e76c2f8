"""`hrgeom certify`: check vectors of any origin against a hierarchy or judgments."""

from __future__ import annotations

import argparse

from hrgeom.checker import certify
from hrgeom.cli import _inputs, _options, _output, _vectors
from hrgeom.io.vectors import save_certificate


def add_parser(commands: _options.Commands) -> None:
    parser = _options.new_parser(
        commands,
        "certify",
        run_certify,
        "check every (query, document) pair of an embedding folder and write its certificate, or "
        "of a file of vectors",
        "hrgeom certify wordnet.emb --tree wordnet --notion row",
    )
    _vectors.add_vectors(parser)
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
    target = _vectors.read_target(args)
    given = _vectors.read_vectors(args, target)
    with _output.progress_bar(args, "certifying") as progress:
        certificate = certify(
            given.embedding,
            target,
            notion=args.notion,
            exact=not args.no_exact,
            **_inputs.checking(args, progress),
        )
    certificate = given.of_stored(certificate)
    if _vectors.is_folder(args.folder):
        with _output.writing(args, f"the certificate in {args.folder}"):
            save_certificate(certificate, args.folder)
    data = certificate.to_dict()
    _vectors.tell(args, data, (*given.remarks, *_vectors.changed_since(args.folder, certificate)))
    text = _vectors.said_of_failure(str(certificate), certificate, given.remarks)
    text = _output.with_against(args, data, text)
    text = _output.add_recall(data, text, given.embedding, target, certificate)
    _output.emit(args, data, text)
    return certificate.exit_code
