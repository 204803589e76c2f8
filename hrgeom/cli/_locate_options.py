"""Options of `hrgeom locate`, `locate fit` and `locate evaluate`."""

from __future__ import annotations

import argparse

from hrgeom.cli import _output
from hrgeom.core import Hierarchy
from hrgeom.errors import FormatError
from hrgeom.io import NodeTexts, names_as_texts, read_texts
from hrgeom.io.hierarchies import TextKind
from hrgeom.io.texts import BUNDLED_TEXTS, TEXT_PARTS
from hrgeom.locate import DECISIONS

FORMS = ("fit", "evaluate")
"""Words after `locate` that are commands of their own, not an embedding."""


def with_forms_joined(argv: list[str]) -> list[str]:
    """Return the arguments with `locate fit` and `locate evaluate` as the names of commands.

    Only --json and --quiet may stand between the two words. A folder that is called fit is ./fit.

    >>> with_forms_joined(["locate", "--json", "fit", "x.emb"])
    ['locate fit', '--json', 'x.emb']
    >>> with_forms_joined(["locate", "./fit", "text"])
    ['locate', './fit', 'text']
    """
    if argv[:1] != ["locate"]:
        return argv
    place = next(
        (n for n, word in enumerate(argv[1:], 1) if word not in ("--json", "--quiet")), len(argv)
    )
    if place == len(argv) or argv[place] not in FORMS:
        return argv
    return [f"locate {argv[place]}", *argv[1:place], *argv[place + 1 :]]


def add_model(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    """Add the option that says which text encoder."""
    default = "wordllama" if required else "the one it was fitted with"
    parser.add_argument(
        "--model",
        metavar="MODEL",
        default="wordllama" if required else None,
        help="text encoder: wordllama (extra `text`; wordllama,dim=64 for fewer dimensions), "
        "st:MODEL of sentence-transformers, or py:MODULE:FUNCTION, any function from a list of "
        f"texts to rows (default: {default})",
    )


def add_node_texts(parser: argparse.ArgumentParser) -> None:
    """Add the options that say what is told of the nodes."""
    parser.add_argument(
        "--texts",
        metavar="FILE",
        help="texts of the nodes: an ontology (its names, synonyms and definitions), a table or "
        "JSON with a label and a text in every row, a dict folder of WordNet, or one of "
        f"{', '.join(BUNDLED_TEXTS)} (default: the names of the hierarchy)",
    )
    parser.add_argument(
        "--parts",
        type=parts,
        metavar="PART,...",
        default=TEXT_PARTS,
        help=f"what is taken of --texts: {', '.join(TEXT_PARTS)} (default: all)",
    )
    add_text_encoding(parser)


def add_text_encoding(parser: argparse.ArgumentParser) -> None:
    """Add --text-encoding, how --texts is encoded; --encoding is about --tree."""
    parser.add_argument(
        "--text-encoding",
        metavar="NAME",
        help="of the file that --texts names, such as latin-1 (default: by its byte order mark, or "
        "UTF-8)",
    )


def add_deciding(parser: argparse.ArgumentParser) -> None:
    """Add the options that say how a posterior becomes an answer."""
    parser.add_argument(
        "--decision",
        choices=DECISIONS,
        default="node",
        help="node: the certified query of one node, which retrieves exactly its ancestors "
        "(default); majority: the mean of the queries of all candidates, which retrieves what "
        "most of them match; rank: the same, at a threshold for rankings",
    )
    parser.add_argument(
        "--min-expected",
        type=share,
        metavar="X",
        help="from 0 to 1: where the best node has less expected F1, give the deepest node that is "
        "a right ancestor with at least this probability, or none",
    )
    parser.add_argument(
        "--conformal",
        type=level,
        metavar="A",
        help="between 0 and 1: also give the nodes that are sure, and those that are possible, "
        "each right with probability at least 1 - A",
    )


def share(text: str) -> float:
    """Parse a number from 0 to 1."""
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"must be from 0 to 1: got {text}")
    return value


def level(text: str) -> float:
    """Parse a number between 0 and 1."""
    value = float(text)
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"must be between 0 and 1: got {text}")
    return value


def parts(text: str) -> tuple[TextKind, ...]:
    """Parse parts of texts, such as name,synonym."""
    names = [name.strip() for name in text.split(",")]
    found = tuple(part for part in TEXT_PARTS if part in names)
    if len(found) != len(names):
        raise argparse.ArgumentTypeError(
            f"must be among {', '.join(TEXT_PARTS)}, each once: got {text!r}"
        )
    return found


def dims(text: str) -> tuple[int, ...]:
    """Parse dimensions such as 64,256; none for no vectors."""
    if text.strip() == "none":
        return ()
    values = [word.strip() for word in text.split(",")]
    if not all(word.isascii() and word.isdigit() and int(word) for word in values):
        raise argparse.ArgumentTypeError(f"must be such as 64,256, or none: got {text!r}")
    return tuple(int(word) for word in values)


def node_texts(args: argparse.Namespace, hierarchy: Hierarchy) -> NodeTexts:
    """Return what --texts says of the nodes, or their names; print the remarks."""
    if args.texts is None:
        if args.parts != TEXT_PARTS:
            raise FormatError("--parts must come with --texts: got none")
        return names_as_texts(hierarchy)
    texts = read_texts(
        args.texts,
        hierarchy,
        parts=args.parts,
        encoding=args.text_encoding,
        language=args.language,
        strict=args.strict,
    )
    for each in texts.remarks:
        _output.remark(args, f"remark: {each}")
    return texts
