"""`hrgeom extend`: an embedding for a later version of its hierarchy."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from hrgeom.cli import _inputs, _options, _output, _status
from hrgeom.cli._signals import terminated_gently
from hrgeom.constructions.extension import Extension, extend
from hrgeom.core import Hierarchy
from hrgeom.errors import FormatError
from hrgeom.io import load, load_certificate, save
from hrgeom.io.hierarchies import read_hierarchy
from hrgeom.io.vectors import describe, linked, links_of


def add_parser(commands: _options.Commands) -> None:
    parser = _options.new_parser(
        commands,
        "extend",
        run_extend,
        "carry an embedding over to a later version of its hierarchy: old rows stay, rows of new "
        "nodes are found, and what is new or changed is certified",
        "hrgeom extend wordnet.emb --tree wordnet-2.json --out wordnet-2.emb",
    )
    parser.add_argument("folder", metavar="DIR", help="embedding folder with a certificate")
    _options.add_tree(parser)
    parser.add_argument(
        "--old",
        metavar="FILE",
        help="the hierarchy that the embedding was made for (default: the copy in its folder)",
    )
    parser.add_argument(
        "--renames",
        metavar="FILE",
        help="two columns, old label and new label, separated by a tab: nodes that are the same "
        "under another label",
    )
    parser.add_argument("--out", required=True, metavar="DIR", help="folder to write")
    parser.add_argument(
        "--keep-margin",
        type=float,
        default=0.5,
        metavar="SHARE",
        help="share of the normalized margin to keep (default: 0.5); exit status 1 if it is less",
    )
    parser.add_argument("--seed", type=_options.seed, default=0, help="random seed (default: 0)")
    _options.add_keeping(parser)
    parser.add_argument("--force", action="store_true", help="replace an embedding of that name")
    _options.add_checking(parser)


def run_extend(args: argparse.Namespace) -> int:
    """Run the command; exit status 0: it holds with the margin asked for, 1 or 3: it does not."""
    out = Path(args.out)
    _output.require_new(args, out)
    embedding, certificate = load(args.folder), load_certificate(args.folder)
    old = _old_hierarchy(args)
    new = _inputs.read_tree(args)
    renames = None if args.renames is None else _renames(Path(args.renames))
    with (
        terminated_gently(),
        _status.working(args, "extending") as status,
        _output.progress_bar(args, "certifying", status=status) as progress,
    ):
        found = extend(
            embedding,
            old,
            new,
            certificate=certificate,
            renames=renames,
            keep_margin=args.keep_margin,
            seed=args.seed,
            report=lambda line: _output.remark(args, line),
            **_inputs.checking(args, progress),
        )
    _output.tell_of_threshold(args, embedding.threshold, found.embedding.threshold)
    links = links_of(found.earlier, args.folder)
    certified = linked(found.certificate, links)
    with _output.writing(args, str(out)):
        save(
            found.embedding,
            out,
            certificate=certified,
            links=links,
            **_inputs.provenance(args, new),
            overwrite=args.force,
        )
    data: dict[str, Any] = {"out": str(out), **found.to_dict(), "certificate": certified.to_dict()}
    if Path(args.folder, "locator").is_dir():
        _output.remark(
            args,
            "remark: the locator belongs to the earlier version and is not carried over; hrgeom "
            f"locate fit {out} makes one",
        )
    shown = _output.certified(args, certified)
    _output.emit(args, data, f"{shown}\n{found}\n{_margins(found)}\nwritten to {out}")
    return certified.exit_code or int(not found.keeps_margin)


def _margins(found: Extension) -> str:
    before = found.earlier.certificate.normalized_margin_lower_bound
    now = found.certificate.normalized_margin_lower_bound
    if before is None:
        return "margin: the earlier certificate states none"
    if now is None and found.asked is None:
        return (
            f"margin: {found.certificate.margin_lower_bound:g} of whole scores; a chain states "
            f"no normalized margin as small as the {before:.4g} before"
        )
    if now is None:
        return f"margin: none, {before:.4g} before: less than the {found.asked:.4g} asked for"
    verdict = "" if found.keeps_margin else f": less than the {found.asked:.4g} asked for"
    return f"margin: {now:.4g}, {now / before:.0%} of the {before:.4g} before{verdict}"


def _old_hierarchy(args: argparse.Namespace) -> Hierarchy:
    """Return what the embedding was made for, from its folder or --old."""
    if args.old is not None:
        old = read_hierarchy(args.old)
        stated = describe(args.folder)["sha256"]["hierarchy"]
        if stated is not None and stated != old.sha256:
            raise FormatError(
                f"--old must be the hierarchy the embedding was made for (sha256 {stated}): got "
                f"{old.sha256}"
            )
        return old
    own = argparse.Namespace(**{**vars(args), **dict.fromkeys(_inputs.READING), "quiet": True})
    own.tree = own.qrels = None
    own.strict = own.allow_no_edges = False
    try:
        found = _inputs.read_target(own, args.folder)
    except FormatError as error:
        raise FormatError(f"{error} (for extend: --old)") from None
    if not isinstance(found, Hierarchy):
        raise FormatError(
            "an embedding must be made for a hierarchy to be extended: got one for judgments"
        )
    return found


def _renames(path: Path) -> dict[str, str]:
    """Read lines of an old label, a tab and a new label."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise FormatError(f"--renames must be text in UTF-8: {error}") from None
    found: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        columns = line.split("\t")
        if len(columns) != 2:
            raise FormatError(
                f"--renames must have two columns, separated by a tab: got {len(columns)} in line "
                f"{number} of {str(path)!r}"
            )
        if columns[0] in found:
            raise FormatError(
                f"--renames must name every old label once: got {columns[0]!r} again in line "
                f"{number} of {str(path)!r}"
            )
        found[columns[0]] = columns[1]
    return found
