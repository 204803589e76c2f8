"""`hrgeom export`: an embedding folder in a format or an engine that other programs read."""

from __future__ import annotations

import argparse
from typing import Any

from hrgeom.cli import _inputs, _options, _output
from hrgeom.core import DualEmbedding, Target
from hrgeom.errors import FormatError
from hrgeom.export import SAMPLE, Exported, export_embedding, export_targets, vector_file_query
from hrgeom.io import WrittenVectors, load, vector_formats, write_vectors
from hrgeom.io.vectors import describe


def add_parser(commands: _options.Commands) -> None:
    formats = [entry for entry in vector_formats() if entry.write is not None]
    targets = export_targets()
    parser = _options.new_parser(
        commands,
        "export",
        run_export,
        "write an embedding folder for another program or a vector database, open it there, and "
        "check that the query to paste retrieves what it should",
        "hrgeom export wordnet.emb --to pgvector --out wordnet.pgvector",
    )
    parser.add_argument("folder", metavar="DIR", help="embedding folder")
    parser.add_argument(
        "--to",
        required=True,
        metavar="TARGET",
        choices=[*(entry.name for entry in formats), *(entry.name for entry in targets)],
        help="; ".join(
            [
                *(f"{entry.name}: {entry.description}" for entry in formats),
                *(f"{entry.name}: {entry.summary}" for entry in targets),
            ]
        ),
    )
    parser.add_argument(
        "--out",
        required=True,
        metavar="PATH",
        help="what to write: a file with a suffix of the format, or a folder for an engine",
    )
    _add_vector_file(parser, [entry.name for entry in formats if entry.one_table])
    _add_engine(parser)
    parser.add_argument("--force", action="store_true", help="replace what has that name")
    _options.add_target(parser, required=False)


def _add_vector_file(parser: argparse.ArgumentParser, one_table: list[str]) -> None:
    parser.add_argument(
        "--side",
        choices=["queries", "documents"],
        help=f"write one side alone, as is needed for {', '.join(one_table)}",
    )


def _add_engine(parser: argparse.ArgumentParser) -> None:
    """Add what concerns the targets that are checked in an engine."""
    parser.add_argument(
        "--dtype",
        choices=["float32", "float16"],
        help="stored type in an engine (default: float32)",
    )
    parser.add_argument(
        "--set",
        type=_setting,
        action="append",
        default=[],
        metavar="NAME=NUMBER",
        help="a setting of an index, such as ef=256 ("
        + "; ".join(
            f"{entry.name}: {', '.join(f'{name}={n}' for name, n in entry.options.items())}"
            for entry in export_targets()
            if entry.options
        )
        + ")",
    )
    parser.add_argument(
        "--leaves",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="without leaves an engine holds inner nodes alone, and looks through less: a leaf is "
        "retrieved only by the query of the same label, for which no search is needed",
    )
    parser.add_argument(
        "--check",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="load it in the engine, run the query as written, and compare with the hierarchy "
        "(default)",
    )
    parser.add_argument(
        "--sample",
        type=_sample,
        default=SAMPLE,
        metavar="N",
        help=f"how many queries are asked, or all (default: {SAMPLE}); what the engine holds is "
        "always checked over all pairs",
    )
    parser.add_argument("--keep", action="store_true", help="keep what fails the check")


def _setting(text: str) -> tuple[str, int]:
    name, equals, value = text.partition("=")
    if not equals or not value.isdecimal():
        raise argparse.ArgumentTypeError(f"must be such as ef=256: got {text!r}")
    return name, int(value)


def _sample(text: str) -> int | None:
    return None if text == "all" else _options.positive(text)


def run_export(args: argparse.Namespace) -> int:
    """Run the command; exit status 0: what was written holds, 1: it does not, 3: undecided."""
    embedding = load(args.folder, mmap=True)
    if any(entry.name == args.to for entry in vector_formats()):
        if not args.leaves:
            raise FormatError(f"--no-leaves must come with an engine: got --to {args.to}")
        return _run_format(args, embedding)
    if args.side is not None:
        raise FormatError(f"--side must come with a format of vectors: got --to {args.to}")
    exported = export_embedding(
        embedding,
        args.out,
        args.to,
        target=_target(args),
        dtype=args.dtype,
        settings=dict(args.set),
        leaves=args.leaves,
        check_it=args.check,
        sample=args.sample,
        keep=args.keep,
        overwrite=args.force,
    )
    _output.emit(args, exported.to_dict(), _told(exported, embedding))
    if exported.check is not None and exported.check.is_undecided:
        return 3
    return 0 if exported.holds else 1


def _target(args: argparse.Namespace) -> Target | None:
    """Return what the documents of each query are, if the embedding or an option says."""
    if args.tree is None and args.qrels is None and describe(args.folder).get("tree") is None:
        _output.remark(
            args,
            "remark: no hierarchy is recorded or given: held against what the vectors retrieve "
            "by their own numbers",
        )
        return None
    return _inputs.read_target(args, args.folder)


def _told(exported: Exported, embedding: DualEmbedding) -> str:
    done = f"written to {exported.path}" if exported.is_written else "nothing was written"
    settings = "".join(f", {name} = {value}" for name, value in exported.settings.items() if value)
    if exported.n_leaves_out:
        settings += f", without {exported.n_leaves_out:,} leaves"
    lines = [
        f"{embedding!r}",
        f"{done} ({exported.target}{settings}); retrieved is {exported.threshold}",
        "not run in an engine" if exported.check is None else str(exported.check),
    ]
    if exported.query is not None:
        lines += ["", exported.query.text.rstrip()]
    return "\n".join(lines)


def _run_format(args: argparse.Namespace, embedding: DualEmbedding) -> int:
    with _output.writing(args, args.out):
        written = write_vectors(
            embedding, args.out, format=args.to, side=args.side, overwrite=args.force
        )
    query = None if args.side else vector_file_query(args.to, args.out, embedding)
    data: dict[str, Any] = {
        "out": str(written.path),
        "format": written.format,
        "side": args.side,
        "sha256": written.sha256,
        "verified": written.is_verified,
        "lost": list(written.lost),
        "query": None if query is None else query.text,
    }
    side = "" if args.side is None else f"{args.side} of "
    text = "" if query is None else f"\n\n{query.text.rstrip()}"
    _output.emit(args, data, f"{side}{embedding!r}\n{_report(written)}{text}")
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
