"""`hrgeom certify`: check vectors of any origin against a hierarchy or judgments."""

from __future__ import annotations

import argparse

from hrgeom._base.blocks import default_threads
from hrgeom._base.memory import in_words
from hrgeom.checker import Certificate, certify, memory_needed
from hrgeom.checker.executors import EXECUTORS
from hrgeom.cli import _inputs, _options, _output, _vectors
from hrgeom.cli._band import add_band, check_band, with_band
from hrgeom.cli._signals import terminated_gently
from hrgeom.core import DualEmbedding, as_relevance
from hrgeom.errors import FormatError
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
    _options.add_device(parser)
    parser.add_argument(
        "--executor",
        choices=[entry.name for entry in EXECUTORS],
        help="where blocks of queries are checked: "
        + "; ".join(f"{entry.name}, {entry.summary}" for entry in EXECUTORS)
        + f" (default: {EXECUTORS[0].name})",
    )
    parser.add_argument(
        "--address",
        metavar="URL",
        help="of --executor dask: the scheduler, such as tcp://10.0.0.5:8786",
    )
    parser.add_argument(
        "--checkpoint",
        metavar="FILE",
        help="keep results in a file as they come: the same command goes on from it after a kill, "
        "a crash or Ctrl-C; removed at the end",
    )
    add_band(parser)


def run_certify(args: argparse.Namespace) -> int:
    """Run the command; the exit status is that of the certificate."""
    target = _vectors.read_target(args)
    given = _vectors.read_vectors(args, target)
    _check_memory(args, given.embedding)
    check_band(args, given.embedding)
    n_documents = as_relevance(target).n_documents
    with (
        terminated_gently(),
        _output.progress_bar(args, "certifying", n_documents) as progress,
    ):
        certificate = certify(
            given.embedding,
            target,
            notion=args.notion,
            exact=not args.no_exact,
            executor=args.executor,
            address=args.address,
            checkpoint=args.checkpoint,
            on_interrupt="stop",
            **_inputs.checking(args, progress),
        )
    certificate = given.of_stored(certificate)
    is_interrupted = certificate.n_unchecked is not None
    if _vectors.is_folder(args.folder) and not is_interrupted:
        with _output.writing(args, f"the certificate in {args.folder}"):
            save_certificate(certificate, args.folder)
    data = certificate.to_dict()
    _vectors.tell(args, data, (*given.remarks, *_vectors.changed_since(args.folder, certificate)))
    shown = _output.certified(args, certificate)
    text = _vectors.said_of_failure(shown, certificate, given.remarks)
    text = _output.with_against(args, data, text)
    if not is_interrupted:
        text = _output.add_recall(data, text, given.embedding, target, certificate)
    if args.band and not is_interrupted:
        text = with_band(args, data, text, given.embedding, target, certificate)
    _output.emit(args, data, text)
    if is_interrupted:
        _tell_of_interrupt(args, certificate)
    return certificate.exit_code


def _check_memory(args: argparse.Namespace, embedding: DualEmbedding) -> None:
    """Raise FormatError where a limit on memory could not be kept."""
    needed = memory_needed(embedding, args.threads or default_threads())
    if args.memory is not None and args.memory < needed:
        raise FormatError(
            f"--memory must be at least {in_words(needed)} for these vectors: got "
            f"{in_words(args.memory)}; without it, only blocks of scores are limited"
        )


def _tell_of_interrupt(args: argparse.Namespace, certificate: Certificate) -> None:
    """Say what became of the results, and how to go on."""
    n_checked = certificate.n_pairs - (certificate.n_unchecked or 0)
    how = (
        f"{args.checkpoint} keeps what was found: the same command goes on from it"
        if args.checkpoint
        else "with --checkpoint FILE the same command could go on from here"
    )
    _output.remark(
        args,
        f"interrupted after {n_checked:,} of {certificate.n_pairs:,} pairs; no certificate was "
        f"written; {how}",
    )
