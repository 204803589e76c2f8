"""`hrgeom certify`: check a stored embedding, ours or anybody's, against a hierarchy."""

from __future__ import annotations

import argparse

from hrgeom.certify import certify
from hrgeom.cli import common
from hrgeom.metrics import recall_by_distance
from hrgeom.store import load, save_certificate

_RECALL_SAMPLE = 5_000


def add_parser(commands: common.Commands) -> None:
    parser = common.new_parser(
        commands,
        "certify",
        run_certify,
        "check every (query, document) pair of an embedding folder and write its certificate",
        "hrgeom certify wordnet.emb --tree wordnet --notion row",
    )
    parser.add_argument("folder", metavar="DIR", help="embedding folder")
    common.add_tree(parser)
    parser.add_argument(
        "--notion", choices=["global", "row"], help="notion (default: the embedding's)"
    )
    parser.add_argument(
        "--no-exact",
        action="store_true",
        help="leave pairs inside the rounding bound undecided: can float64 alone tell?",
    )
    common.add_checking(parser)


def run_certify(args: argparse.Namespace) -> int:
    """Run the command; the exit status is that of the certificate."""
    embedding = load(args.folder, mmap=True)
    hierarchy = common.read_tree(args)
    with common.progress_bar(args, "certifying") as progress:
        certificate = certify(
            embedding,
            hierarchy,
            notion=args.notion,
            exact=not args.no_exact,
            **common.checking(args, progress),
        )
    save_certificate(certificate, args.folder)
    data, text = certificate.to_dict(), str(certificate)
    if certificate.verdict == "fails":
        recall = recall_by_distance(
            embedding,
            hierarchy,
            notion=certificate.notion,
            threshold=certificate.threshold,
            n_queries=_RECALL_SAMPLE,
        )
        data["recall_by_distance"] = common.recall_data(recall)
        text += "\n" + common.recall_text(recall, certificate.notion)
    common.emit(args, data, text)
    return certificate.exit_code
