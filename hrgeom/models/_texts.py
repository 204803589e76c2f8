"""What a text encoder is given for a label."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence

from hrgeom._base.sources import decoded, naming, read_bytes
from hrgeom.errors import FormatError

__all__ = ["read_texts", "text_of", "texts_of"]

_SYNSET = re.compile(r"(.+)\.[nvasr]\.\d+")


def text_of(label: str) -> str:
    """Return the text of a label: of a WordNet synset its first lemma, of any other the label.

    A synset is LEMMA.POS.NUMBER with POS one of n, v, a, s, r, and the underscores of the lemma
    become spaces. Synsets of one lemma so have one text, and one vector; descriptions tell them
    apart.

    Examples
    --------
    >>> text_of("domestic_dog.n.01"), text_of("dog.n.01"), text_of("GO:0008150")
    ('domestic dog', 'dog', 'GO:0008150')
    """
    synset = _SYNSET.fullmatch(label)
    return synset[1].replace("_", " ") if synset else label


def texts_of(labels: Sequence[str], descriptions: Mapping[str, str] | None = None) -> list[str]:
    """Return the texts of labels: those described, or else by `text_of`.

    Raises
    ------
    FormatError
        If there are descriptions, and a label has none.
    """
    if descriptions is None:
        return [text_of(label) for label in labels]
    missing = [label for label in labels if label not in descriptions]
    if missing:
        raise FormatError(
            f"every label must have a description: got none for {len(missing):,} of "
            f"{len(labels):,}, {missing[0]!r} first"
        )
    return [descriptions[label] for label in labels]


def read_texts(path: str | os.PathLike[str]) -> dict[str, str]:
    """Read descriptions: a line each, label, tab, text; UTF-8, maybe gzip.

    Raises
    ------
    FormatError
        If a line has no tab or no text, or a label comes twice.
    """
    name, data = read_bytes(path)
    texts: dict[str, str] = {}
    lines: dict[str, int] = {}
    with naming(name):
        for number, line in enumerate(decoded(data).split("\n"), start=1):
            if not line.strip():
                continue
            label, tab, text = line.partition("\t")
            if not tab or not label or not text.strip():
                raise FormatError(
                    f"a description must be label, tab, text: got {line[:80]!r} at line {number}"
                )
            if label in texts:
                raise FormatError(
                    f"a label must have one description: got {label!r} at lines {lines[label]} "
                    f"and {number}"
                )
            texts[label], lines[label] = text.strip(), number
    return texts
