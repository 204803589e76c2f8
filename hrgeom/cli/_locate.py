"""`hrgeom locate`: where text belongs that is in no hierarchy, and query vectors for it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from hrgeom._base.nearest import nearest
from hrgeom.cli import _inputs, _options, _output
from hrgeom.cli._locate_options import (
    FORMS,
    add_deciding,
    add_model,
    add_text_encoding,
)
from hrgeom.core import DualEmbedding, Hierarchy
from hrgeom.errors import FormatError
from hrgeom.io import NewTexts, load, read_new_texts, vector_formats, write_vectors
from hrgeom.io.vectors import WrittenVectors
from hrgeom.locate import Located, Locations, Locator
from hrgeom.models import text_encoder

LOCATOR = "locator"
"""Where the locator stands in the folder of its embedding."""

_SHOWN = 5
_SHOWN_BESIDE_FILE = 20  # texts at most whose places are printed where vectors go to a file


def add_parser(commands: _options.Commands) -> None:
    parser = _options.new_parser(
        commands,
        "locate",
        run_locate,
        "say where a text belongs that is in no hierarchy, how sure that is, and give query "
        "vectors for the documents of an embedding; `locate fit` makes the locator, `locate "
        "evaluate` says what it is worth on data of one's own",
        'hrgeom locate products.emb "orthopedic dog sofa"',
    )
    parser.add_argument(
        "folder",
        metavar="DIR",
        help="embedding folder with a locator (`hrgeom locate fit`); one that is called fit or "
        "evaluate is given as ./fit",
    )
    parser.add_argument("text", metavar="TEXT", nargs="*", help="the text, in quotes")
    parser.add_argument(
        "--texts",
        metavar="FILE",
        help="many texts: a table with columns such as id, text or name, description; JSON; JSON "
        "Lines; or a text per line; - for standard input",
    )
    add_text_encoding(parser)
    parser.add_argument(
        "--out",
        metavar="PATH",
        help="write the query vectors, in the order of the texts and with their ids, to a file of "
        "vectors: "
        + ", ".join(
            suffix
            for entry in vector_formats()
            if entry.write is not None
            for suffix in entry.suffixes
        ),
    )
    parser.add_argument("--force", action="store_true", help="replace a file of that name")
    add_deciding(parser)
    add_model(parser, required=False)
    _options.add_tree(parser, required=False)
    parser.set_defaults(qrels=None)


def run_locate(args: argparse.Namespace) -> int:
    """Run the command; exit status 0: placed, 3: the one text asked for has no place."""
    _require_locator(args.folder)
    asked = _asked(args)
    if args.out is not None:
        _require_writable(args)
    locator = _locator(args)
    found = locator(
        asked.texts,
        decision=args.decision,
        min_expected=args.min_expected,
        alpha=args.conformal,
    )
    data: dict[str, Any] = {
        "folder": args.folder,
        "model": locator.model_name,
        "decision": found.decision,
        "threshold": found.threshold,
        "n_texts": len(found),
    }
    if args.texts is None:
        data |= _as_json(found[0])
        _output.emit(
            args,
            data,
            _output.with_against(
                args, data, _told(found[0], found, locator.hierarchy, args.min_expected)
            ),
        )
        return 3 if found[0].state == "abstained" else 0
    return _run_many(args, asked, found, locator, data)


def _asked(args: argparse.Namespace) -> NewTexts:
    """Return the texts that are to be placed."""
    if args.texts is not None:
        if args.text:
            raise FormatError(f"--texts must come without a text: got {args.text[0]!r} as well")
        return read_new_texts(args.texts, encoding=args.text_encoding)
    if len(args.text) != 1:
        n = len(args.text)
        raise FormatError(
            f"a text must be one argument, or --texts names a file: got {n} arguments"
            + ("; put the text in quotes" if n else "")
        )
    if not args.text[0].strip():
        raise FormatError(f"a text must have words: got {args.text[0]!r}")
    if args.out is not None:
        _output.remark(args, "remark: --out writes one vector")
    return NewTexts(None, ((" ".join(args.text[0].split()),),))


def require_folder(folder: str, form: str | None = None) -> None:
    """Raise FormatError unless an embedding folder exists; say where its name may be a form's."""
    if Path(folder).is_dir():
        return
    hint = ""
    if folder in FORMS:
        hint = f"; `hrgeom locate {folder}` comes before all options"
    elif meant := nearest(folder, FORMS, 1):
        hint = f"; did you mean `hrgeom locate {meant[0]}`?"
    elif form is not None and Path(form).is_dir():
        hint = f"; to place text with the embedding in the folder {form!r}, say ./{form}"
    raise FormatError(f"an embedding folder must exist: got {folder!r}{hint}")


def _require_locator(folder: str) -> None:
    require_folder(folder)
    if not Path(folder, LOCATOR).is_dir():
        raise FormatError(
            f"an embedding must have a locator to place text: got none in {folder!r}; make one "
            f"with hrgeom locate fit {folder} --model wordllama"
        )


def _require_writable(args: argparse.Namespace) -> None:
    """Refuse an output that cannot be written before the work, not after."""
    suffixes = [s for entry in vector_formats() if entry.write for s in entry.suffixes]
    if not args.out.lower().endswith(tuple(suffixes)):
        raise FormatError(f"--out must end in {', '.join(suffixes)}: got {args.out!r}")
    if not Path(args.out).absolute().parent.is_dir():
        raise FormatError(f"the parent of the output must exist: got {args.out!r}")
    if Path(args.out).exists() and not args.force:
        raise FormatError(
            f"the output must not exist yet: got {args.out!r}; --force replaces a file"
        )


def read_hierarchy_of(args: argparse.Namespace, folder: str) -> Hierarchy:
    """Return the hierarchy that --tree names, or the one kept with an embedding."""
    found = _inputs.read_target(args, folder)
    if not isinstance(found, Hierarchy):
        raise FormatError(
            "text must be placed in a hierarchy: got an embedding for judgments, which has none"
        )
    return found


def _locator(args: argparse.Namespace) -> Locator:
    hierarchy = read_hierarchy_of(args, args.folder)
    return Locator.load(
        args.folder,
        None if args.model is None else text_encoder(args.model),
        embedding=load(args.folder, mmap=True).aligned_to(hierarchy, name=args.folder),
        hierarchy=hierarchy,
    )


# --- One text ---------------------------------------------------------------------------------


def _as_json(found: Located) -> dict[str, Any]:
    return {**found.to_dict(), "vector": found.vector.tolist()}


def _told(
    found: Located, all_of_them: Locations, hierarchy: Hierarchy, min_expected: float | None
) -> str:
    lines = [_decided(found, hierarchy, min_expected)]
    if found.ancestors:
        lines.append(f"  ancestors   {_chain(found.ancestors, hierarchy)}")
    if found.state != "abstained":
        lines.append(f"  retrieves   {_retrieval(found, all_of_them)}")
    lines += _listed("parents", found.posterior, hierarchy, "probability")
    lines.append(f"  {'':11} {found.p_none:6.1%} none of these")
    lines += _listed("runners-up", found.runners_up, hierarchy, "expected F1")
    for name, labels in (("sure", found.sure), ("possible", found.possible)):
        if labels is not None:
            shown = ", ".join(_named(label, hierarchy) for label in labels[:_SHOWN]) or "none"
            more = f" and {len(labels) - _SHOWN:,} more" if len(labels) > _SHOWN else ""
            lines.append(f"  {name:11} {shown}{more}")
    if found.known:
        told = ", ".join(_named(label, hierarchy) for label in found.known[:_SHOWN])
        lines.append(f"  known       this very text is told of {told}")
    return "\n".join(lines)


def _decided(found: Located, hierarchy: Hierarchy, min_expected: float | None) -> str:
    text = found.text if len(found.text) <= 80 else found.text[:77] + "..."
    if found.node is None:
        return f"{text!r}: no node is sure enough"
    climbed = ""
    if found.state == "climbed":
        climbed = f" or a node under it, with probability {min_expected:.0%} or more"
    return (
        f"{text!r}: below {_named(found.node, hierarchy)}{climbed} (expected F1 of its ancestors "
        f"{found.expected_f1:.0%})"
    )


def _retrieval(found: Located, all_of_them: Locations) -> str:
    if all_of_them.decision == "node":
        return f"exactly these {len(found.ancestors):,}, by the certificate of the embedding"
    shown = ", ".join(found.retrieved[:_SHOWN]) or "nothing"
    more = f" and {len(found.retrieved) - _SHOWN:,} more" if len(found.retrieved) > _SHOWN else ""
    return f"{shown}{more} (mean of query vectors, above {all_of_them.threshold:g})"


def _named(label: str, hierarchy: Hierarchy) -> str:
    name = hierarchy.name(label)
    return label if name == label else f"{label} ({name})"


def _chain(labels: Sequence[str], hierarchy: Hierarchy) -> str:
    return ", ".join(hierarchy.name(label) for label in labels)


def _listed(
    what: str, pairs: Sequence[tuple[str, float]], hierarchy: Hierarchy, unit: str
) -> list[str]:
    return [
        f"  {'' if place else what:11} {value:6.1%} {_named(label, hierarchy)}"
        + ("" if place else f"  ({unit})")
        for place, (label, value) in enumerate(pairs[:_SHOWN])
    ]


# --- Many texts -------------------------------------------------------------------------------


def _run_many(
    args: argparse.Namespace,
    asked: NewTexts,
    found: Locations,
    locator: Locator,
    data: dict[str, Any],
) -> int:
    counts = {state: found.states.count(state) for state in ("decided", "climbed", "abstained")}
    data |= counts
    names = asked.labels or tuple(str(row) for row in range(len(asked)))
    lines = [_line(name, number, found, locator.hierarchy) for number, name in enumerate(names)]
    if args.out is None:
        data["texts"] = [
            {"id": name, **each.to_dict()} for name, each in zip(names, found, strict=True)
        ]
        _output.emit(args, data, _output.with_against(args, data, "\n".join(lines)))
        return 0
    with _output.writing(args, args.out):
        written = _written(args, asked, found, locator.embedding)
    data |= {
        "out": str(written.path),
        "format": written.format,
        "sha256": written.sha256,
        "lost": list(written.lost),
        "texts": [
            {"id": name, **_short(number, found, locator.hierarchy)}
            for number, name in enumerate(names)
        ],
    }
    told = "".join(f"{line}\n" for line in lines if len(lines) <= _SHOWN_BESIDE_FILE) + (
        f"{len(found):,} texts: {counts['decided']:,} decided, {counts['climbed']:,} climbed to "
        f"an ancestor, {counts['abstained']:,} without a node (rows of zeros)\n"
        f"{found.vectors.shape[1]} dimensions, {found.vectors.dtype}, threshold {found.threshold}"
    )
    told = _output.with_against(args, data, told)
    told += f"\nwritten to {written.path} ({written.format})"
    if written.lost:
        told += f"\n  not kept by this format: {', '.join(written.lost)}"
    _output.emit(args, data, told)
    return 0


def _short(number: int, found: Locations, hierarchy: Hierarchy) -> dict[str, Any]:
    node = int(found.nodes[number])
    return {
        "node": None if node < 0 else hierarchy.labels[node],
        "expected_f1": float(found.expected_f1[number]),
        "state": found.states[number],
    }


def _line(name: str, number: int, found: Locations, hierarchy: Hierarchy) -> str:
    node = int(found.nodes[number])
    place = "-" if node < 0 else _named(hierarchy.labels[node], hierarchy)
    return f"{name}\t{place}\t{found.expected_f1[number]:.3f}\t{found.states[number]}"


def _written(
    args: argparse.Namespace, asked: NewTexts, found: Locations, embedding: DualEmbedding
) -> WrittenVectors:
    """Write the query vectors as one table; the threshold is that of the decision."""
    vectors = np.ascontiguousarray(found.vectors)
    queries = DualEmbedding(
        vectors,
        vectors,
        threshold=found.threshold,
        query_labels=asked.labels or (),
        document_labels=asked.labels or (),
        construction="located",
        parameters={"decision": found.decision, "documents": embedding.sha256["documents"]},
    )
    return write_vectors(queries, args.out, side="queries", overwrite=args.force)
