"""`hrgeom certify`: check vectors of any origin against a hierarchy or judgments."""

from __future__ import annotations

import argparse

from hrgeom.checker import certify
from hrgeom.checker.kernels import available_kernels
from hrgeom.cli import _inputs, _options, _output, _vectors
from hrgeom.errors import KernelError
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
    parser.add_argument(
        "--device",
        choices=["cpu", "cuda"],
        default="cpu",
        help="cuda: count on a GPU, score on the CPU what that leaves (the kernel cuda; needs "
        "the extra gpu)",
    )


def run_certify(args: argparse.Namespace) -> int:
    """Run the command; the exit status is that of the certificate."""
    checking = _on_device(args)
    target = _vectors.read_target(args)
    given = _vectors.read_vectors(args, target)
    with _output.progress_bar(args, "certifying") as progress:
        certificate = certify(
            given.embedding,
            target,
            notion=args.notion,
            exact=not args.no_exact,
            **{**_inputs.checking(args, progress), **checking},
        )
    certificate = given.of_stored(certificate)
    if _vectors.is_folder(args.folder):
        save_certificate(certificate, args.folder)
    data = certificate.to_dict()
    _vectors.tell(args, data, given.remarks)
    text = _vectors.said_of_failure(str(certificate), certificate, given.remarks)
    text = _output.add_recall(data, text, given.embedding, target, certificate)
    _output.emit(args, data, text)
    return certificate.exit_code


def _on_device(args: argparse.Namespace) -> dict[str, str]:
    """Return the kernel that the device asks for, if any; a missing one is known at once."""
    if args.device == "cpu":
        return {}
    if args.kernel not in (None, args.device):
        raise KernelError(
            f"--device {args.device} must be given without --kernel: got --kernel {args.kernel}"
        )
    if args.device not in available_kernels():
        raise KernelError(
            "--device cuda must find torch, Triton and the driver of an NVIDIA GPU; install the "
            "packages with pip install 'hrgeom[gpu]', or leave the option out"
        )
    return {"kernel": args.device}
