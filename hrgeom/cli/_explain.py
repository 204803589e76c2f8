"""`hrgeom explain`: what a word means, in a paragraph."""

from __future__ import annotations

import argparse
import textwrap

from hrgeom._base.nearest import nearest
from hrgeom.cli import _options, _output
from hrgeom.cli._glossary import GLOSSARY, GROUPS, Entry
from hrgeom.constructions import all_constructions
from hrgeom.errors import FormatError

_PAGES = "https://github.com/hrgeom/hrgeom/blob/main/docs/"
_WIDTH = 88


def add_parser(commands: _options.Commands) -> None:
    parser = _options.new_parser(
        commands,
        "explain",
        run_explain,
        "explain a word that hrgeom prints, in a paragraph; without a word, list them",
        "hrgeom explain margin",
    )
    parser.add_argument("word", metavar="WORD", nargs="*", help="such as hybrid, notion or margin")


def run_explain(args: argparse.Namespace) -> int:
    """Run the command."""
    if not args.word:
        listed = {"words": {title: [e.word for e in entries] for title, entries in GROUPS.items()}}
        lines = [
            f"{title}\n{_wrapped(', '.join(entry.word for entry in entries))}"
            for title, entries in GROUPS.items()
        ]
        _output.emit(args, listed, "\n".join([*lines, "hrgeom explain WORD says what one means"]))
        return 0
    entry = find(" ".join(args.word))
    where = address(entry.page)
    others = f"\n  also: {', '.join(entry.others)}" if entry.others else ""
    text = f"{entry.word}\n{_wrapped(entry.text)}{others}" + (f"\n  more: {where}" if where else "")
    data = {"word": entry.word, "text": entry.text, "others": list(entry.others), "page": where}
    _output.emit(args, data, text)
    return 0


def find(word: str) -> Entry:
    """Return the entry of a word, whatever its case; of a construction of a plug-in, its guarantee.

    Raises
    ------
    FormatError
        If there is none, with the nearest words.
    """
    known: dict[str, Entry] = {}
    for entry in GLOSSARY:
        known.setdefault(entry.word.casefold(), entry)
    for entry in GLOSSARY:
        for other in entry.others:
            known.setdefault(other.casefold(), entry)
    for c in all_constructions():
        known.setdefault(c.name, Entry(c.name, f"{c.guarantee}. It needs: {c.needs}.", c.page))
    text = word.strip().casefold()
    for form in (text, text.removesuffix("s"), text.removesuffix("es"), text.lstrip("-")):
        if form in known:
            return known[form]
    near = nearest(text, known)
    offered = f"; nearest: {', '.join(map(repr, near))}" if near else ""
    raise FormatError(
        f"the word must be one of the glossary: got {word!r}{offered}; hrgeom explain lists them"
    )


def address(page: str) -> str:
    """Return where a page is to be read; pages of plug-ins have an address of their own."""
    if not page or "://" in page:
        return page
    name, hash_, heading = page.partition("#")
    return _PAGES + (name if name.endswith(".md") else f"{name}.md") + hash_ + heading


def _wrapped(text: str) -> str:
    return textwrap.fill(
        text, _WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False
    )
