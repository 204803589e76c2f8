"""`hrgeom export`: an embedding folder in a format that other programs read."""

from __future__ import annotations

import argparse
from typing import Any

from hrgeom.cli import _options, _output
from hrgeom.io import WrittenVectors, load, vector_formats, write_vectors


def add_parser(commands: _options.Commands) -> None:
    targets = [entry for entry in vector_formats() if entry.write is not None]
    parser = _options.new_parser(
        commands,
        "export",
        run_export,
        "write the vectors of an embedding folder in another format, and read them back",
        "hrgeom export wordnet.emb --to safetensors --out wordnet.safetensors",
    )
    parser.add_argument("folder", metavar="DIR", help="embedding folder")
    parser.add_argument(
        "--to",
        required=True,
        choices=[entry.name for entry in targets],
        help="; ".join(f"{entry.name}: {entry.description}" for entry in targets),
    )
    parser.add_argument(
        "--out", required=True, metavar="PATH", help="what to write, with a suffix of the format"
    )
    one_table = [entry.name for entry in targets if entry.one_table]
    parser.add_argument(
        "--side",
        choices=["queries", "documents"],
        help=f"write one side alone, as is needed for {', '.join(one_table)}",
    )
    parser.add_argument("--force", action="store_true", help="replace what has that name")


def run_export(args: argparse.Namespace) -> int:
    """Run the command; exit status 0: what was written is what is stored."""
    embedding = load(args.folder, mmap=True)
    with _output.writing(args, args.out):
        written = write_vectors(
            embedding, args.out, format=args.to, side=args.side, overwrite=args.force
        )
    data: dict[str, Any] = {
        "out": str(written.path),
        "format": written.format,
        "side": args.side,
        "sha256": written.sha256,
        "verified": written.is_verified,
        "lost": list(written.lost),
    }
    side = "" if args.side is None else f"{args.side} of "
    _output.emit(args, data, f"{side}{embedding!r}\n{_report(written)}")
    return 0


def _report(written: WrittenVectors) -> str:
    checked = (
        "read back, and the same numbers as are stored"
        if written.is_verified
        else "not read back: hrgeom only writes this format"
    )
    lines = [f"written to {written.path} ({written.format}): {checked}"]
    lines += [f"  sha256 of {name}: {digest}" for name, digest in written.sha256.items()]
    if written.lost:
        lines.append(f"  not kept by this format: {', '.join(written.lost)}")
    return "\n".join(lines)
