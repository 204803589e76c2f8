"""From parsed options to what they name."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hrgeom.checker.kernels import available_kernels
from hrgeom.cli import _output
from hrgeom.core import Hierarchy
from hrgeom.errors import FormatError, KernelError
from hrgeom.io.hierarchies import read_hierarchy
from hrgeom.io.judgments import Judgments, load_judgments
from hrgeom.io.vectors import describe

_JUDGMENTS = "judgements:"  # in the record of an embedding: not a hierarchy

_READING: dict[str, tuple[type, ...]] = {
    "format": (str,),
    "edge_direction": (str,),
    "columns": (dict,),
    "header": (bool,),
    "encoding": (str,),
    "relation": (str,),
    "language": (str,),
    "allow_no_edges": (bool,),
    "on_cycle": (str,),
}
"""Options of reading that are kept with an embedding, and the types of their values."""


def checking(args: argparse.Namespace, progress: Callable[[int, int], None]) -> dict[str, Any]:
    """Return the checker's keywords."""
    return {
        "kernel": _kernel(args),
        "filter": args.filter,
        "threads": args.threads,
        "memory": args.memory,
        "progress": progress,
    }


def _kernel(args: argparse.Namespace) -> str | None:
    """Return the kernel that --kernel or --device asks for."""
    device: str = getattr(args, "checked_on", "cpu")
    if device == "cpu":
        kernel: str | None = args.kernel
        return kernel
    if args.kernel not in (None, device):
        raise KernelError(
            f"--device {device} must be given without --kernel: got --kernel {args.kernel}"
        )
    if device not in available_kernels():
        raise KernelError(
            "--device cuda must find torch, Triton and the driver of an NVIDIA GPU; install the "
            "packages with pip install 'hrgeom[gpu]', or leave the option out"
        )
    return device


def read_tree(args: argparse.Namespace) -> Hierarchy:
    """Read what --tree says, and print the remarks."""
    hierarchy = read_hierarchy(
        args.tree,
        format=args.format,
        edge_direction=args.edge_direction,
        columns=args.columns,
        header=args.header,
        encoding=args.encoding,
        relation=args.relation,
        language=args.language,
        allow_no_edges=args.allow_no_edges,
        strict=args.strict,
        on_cycle=args.on_cycle or "error",
    )
    _output.show_remarks(args, hierarchy.remarks)
    return hierarchy


def _read_judgments(args: argparse.Namespace) -> Judgments:
    """Read what --qrels says, and print the remarks."""
    for option in ("edge_direction", "relation", "language", "allow_no_edges", "on_cycle"):
        if getattr(args, option):
            flag = f"--{option.replace('_', '-')}"
            raise FormatError(f"{flag} must come with --tree: got --qrels")
    judgments = load_judgments(
        args.qrels,
        format=args.format,
        columns=args.columns,
        header=args.header,
        encoding=args.encoding,
        strict=args.strict,
    )
    _output.show_remarks(args, judgments.remarks)
    return judgments


def read_target(args: argparse.Namespace, folder: str | None = None) -> Hierarchy | Judgments:
    """Read what --tree or --qrels says, or else what the embedding in `folder` was made from.

    Raises
    ------
    FormatError
        If neither is given and the embedding does not record its source, or that has changed.
    """
    digest = None
    if folder is not None and args.tree is None and args.qrels is None:
        info = describe(folder)
        record, digest = info.get("tree"), info["sha256"]["hierarchy"]
        if record is None or digest is None:
            raise FormatError(
                "--tree or --qrels must be given: the embedding does not record its source"
            )
        if record.startswith(_JUDGMENTS):
            args.qrels = record.removeprefix(_JUDGMENTS)
        else:
            args.tree = record
        _read_the_same_way(args, info.get("reading"), folder)
    target = read_tree(args) if args.qrels is None else _read_judgments(args)
    if digest is not None and target.sha256 != digest:
        raise FormatError(
            f"{args.tree or args.qrels!r} must still be the one the embedding was made from "
            f"(sha256 {digest}): got {target.sha256}; say --tree or --qrels"
        )
    return target


def reading_record(args: argparse.Namespace) -> dict[str, Any]:
    """Return the options of reading that were given, to read the source the same way again."""
    given = {name: getattr(args, name) for name in _READING}
    return {
        name: value
        for name, value in given.items()
        if value is not None and (value is not False or name == "header")
    }


def _read_the_same_way(args: argparse.Namespace, reading: object, folder: str) -> None:
    """Take over the options with which a source was read, but for those that are given.

    Raises
    ------
    FormatError
        If the record is damaged, or of a newer hrgeom.
    """
    if reading is None:
        return
    where = Path(folder) / "embedding.json"
    if not isinstance(reading, dict):
        raise FormatError(f"{where} must hold an object as reading: got {reading!r}")
    for name, value in reading.items():
        if not isinstance(value, _READING.get(name, ())):
            raise FormatError(
                f"{where} must hold options of reading that this hrgeom has: got {name!r}, "
                f"{value!r}; say --tree or --qrels"
            )
        is_off = getattr(args, name) is False and name != "header"
        if getattr(args, name) is None or is_off:
            setattr(args, name, value)


def source_record(args: argparse.Namespace) -> str | None:
    """Return how to find the source again: an absolute path or a bundled name."""
    given = args.tree or args.qrels
    if given == "-":
        return None
    place = str(Path(given).resolve()) if os.path.exists(given) else given
    return place if args.tree else _JUDGMENTS + place
