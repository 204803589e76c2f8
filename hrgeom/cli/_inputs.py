"""From parsed options to what they name."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hrgeom._base.optional import pip_install
from hrgeom.checker.kernels import available_kernels
from hrgeom.cli import _output
from hrgeom.core import Hierarchy, Remark
from hrgeom.errors import FormatError, KernelError
from hrgeom.io.hierarchies import BUNDLED, read_hierarchy
from hrgeom.io.judgments import Judgments, load_judgments
from hrgeom.io.vectors import RecordedSource, describe

_GPU = "'hrgeom[gpu]'"

READING: dict[str, tuple[type, ...]] = {
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
            f"packages with {pip_install(_GPU)}, or leave the option out"
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
    args.hierarchy_read = hierarchy
    _output.show_remarks(args, _recorded(args) or hierarchy.remarks, aloud=not _is_known(args))
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
    _output.show_remarks(args, _recorded(args) or judgments.remarks)
    return judgments


def _is_known(args: argparse.Namespace) -> bool:
    """Return whether remarks were said when the embedding was made, and a question needs none."""
    is_question = args.command in ("query", "locate") and not args.verbose
    return is_question and hasattr(args, "recorded_remarks")


def _recorded(args: argparse.Namespace) -> list[Remark]:
    """Return the remarks on the source of which an embedding keeps a copy; a copy has no faults."""
    return [
        Remark(each["code"], each["message"], each["count"])
        for each in getattr(args, "recorded_remarks", [])
        if isinstance(each, dict)
        and isinstance(each.get("code"), str)
        and isinstance(each.get("message"), str)
        and type(each.get("count")) is int
    ]


def read_target(args: argparse.Namespace, folder: str | None = None) -> Hierarchy | Judgments:
    """Read what --tree or --qrels says, or else what the embedding in `folder` was made from.

    Of the folder itself only a bundled hierarchy or a file inside it is read: whoever made it must
    not be able to have any file of this machine opened.

    Raises
    ------
    FormatError
        If neither is given and the embedding does not have its source, or that has changed.
    """
    digest = None
    is_own = folder is not None and args.tree is None and args.qrels is None
    if folder is not None and is_own:
        digest = _take_own_source(args, folder)
    target = read_tree(args) if args.qrels is None else _read_judgments(args)
    source = args.tree if args.qrels is None else args.qrels
    if digest is not None and target.sha256 != digest:
        raise FormatError(
            f"{source!r} must still be the one the embedding was made from "
            f"(sha256 {digest}): got {target.sha256}; say --tree or --qrels"
        )
    args.against = {
        "source": source,
        "named_by": "the embedding" if is_own else "the command",
        "sha256": target.sha256,
    }
    if isinstance(target, Hierarchy) and (release := release_of(target)):
        args.against["release"] = release
    return target


def release_of(hierarchy: Hierarchy) -> str | None:
    """Return the ontology and its version, where the file states a version."""
    version = hierarchy.metadata.get("data-version")
    if not version:
        return None
    ontology = hierarchy.metadata.get("ontology")
    return " ".join(f"{ontology} {version}".split()) if ontology else " ".join(version.split())


def _take_own_source(args: argparse.Namespace, folder: str) -> str:
    """Have the options say what an embedding folder names as its source; return its digest."""
    info = describe(folder)
    record, digest = info.get("tree"), info["sha256"]["hierarchy"]
    if record is None or digest is None:
        raise FormatError(
            "--tree or --qrels must be given: the embedding does not record its source"
        )
    source = RecordedSource.of(record)
    name, option = source.name, "qrels" if source.is_judgments else "tree"
    if option == "tree" and name in BUNDLED and not os.path.isfile(name):
        args.tree = name
        return str(digest)
    if source.path_in(folder) is None:
        raise FormatError(
            f"--{option} must be given: the embedding names {name!r}, which is no file inside "
            f"{folder!r}, and no other is opened unasked; --{option} {name} takes it"
        )
    kept = _checked_reading(info.get("reading"), folder)
    if source.is_copy:
        _refuse_reading(args, name)
        args.format = source.format
        args.recorded_remarks = info.get("remarks", [])
    else:
        _read_the_same_way(args, kept)
    setattr(args, option, os.path.join(folder, name))
    return str(digest)


def _refuse_reading(args: argparse.Namespace, name: str) -> None:
    """Refuse options of reading for the copy that hrgeom wrote itself, in a form of its own."""
    for option in reading_record(args):
        flag = f"--{option.replace('_', '-')}"
        raise FormatError(
            f"{flag} must come with --tree or --qrels: without them {name} of the embedding is read"
        )


def reading_record(args: argparse.Namespace) -> dict[str, Any]:
    """Return the options of reading that were given, to read the source the same way again."""
    given = {name: getattr(args, name) for name in READING}
    return {
        name: value
        for name, value in given.items()
        if value is not None and (value is not False or name == "header")
    }


def _checked_reading(reading: dict[str, Any] | None, folder: str) -> dict[str, Any]:
    """Return the options with which a source was read.

    Raises
    ------
    FormatError
        If the record is of a newer hrgeom.
    """
    for name, value in (reading or {}).items():
        if not isinstance(value, READING.get(name, ())):
            raise FormatError(
                f"{Path(folder) / 'embedding.json'} must hold options of reading that this hrgeom "
                f"has: got {name!r}, {value!r}; say --tree or --qrels"
            )
    return reading or {}


def _read_the_same_way(args: argparse.Namespace, reading: dict[str, Any]) -> None:
    """Take over the options with which a source was read, but for those that are given."""
    for name, value in reading.items():
        is_off = getattr(args, name) is False and name != "header"
        if getattr(args, name) is None or is_off:
            setattr(args, name, value)


def provenance(args: argparse.Namespace, target: Hierarchy | Judgments) -> dict[str, Any]:
    """Return what is kept with an embedding about where it comes from, as keywords of `save`.

    A bundled hierarchy is kept as its name, any other in a copy unless --no-source. Paths are left
    out: they mean nothing elsewhere, and tell of the machine where it was made.
    """
    given = args.tree or args.qrels
    is_bundled = given == args.tree and given in BUNDLED and not os.path.isfile(given)
    is_kept = args.source and not is_bundled
    name = given if is_bundled else Path(given).name
    return {
        "tree": None if given == "-" else RecordedSource(name, is_judgments=not args.tree).record,
        "source": target if is_kept else None,
        "reading": reading_record(args),
        "command": args.command_line,
        "remarks": target.remarks,
    }


_FOLDERS = re.compile(r"(?:(?<=^)|(?<=[=,:]))(?:[A-Za-z]:[\\/]|[\\/]|~)[^=,]*[\\/]")


def without_folders(text: str) -> str:
    """Return an argument with its absolute paths cut down to the name of the file.

    >>> without_folders("--tree=/home/me/x.json"), without_folders("../x.json")
    ('--tree=x.json', '../x.json')
    """
    return _FOLDERS.sub("", text)
