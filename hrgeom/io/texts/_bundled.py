"""Lemmas and definitions of WordNet's nouns, which come with hrgeom.

Of every synset a line, in the order of the bundled hierarchy: its lemmas with bars between them, a
tab, and its gloss without examples; from data.noun of WordNet 3.0, under the license beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import resources

from hrgeom._base.sources import decoded
from hrgeom.errors import FormatError
from hrgeom.io.hierarchies import NodeText, load

__all__ = ["BUNDLED_TEXTS", "bundled_texts"]

BUNDLED_TEXTS = ("wordnet", "wordnet-mammals")
"""Names of the bundled hierarchies whose texts come with hrgeom, too."""

_FILE = "wordnet30-nouns.texts.gz"


def bundled_texts() -> Iterator[NodeText]:
    """Yield the lemmas and the definition of every synset of WordNet's nouns."""
    for label, (lemmas, gloss) in zip(load("wordnet").labels, _lines(), strict=True):
        for place, lemma in enumerate(lemmas):
            yield NodeText(label, "synonym" if place else "name", lemma)
        yield NodeText(label, "definition", gloss)


@cache
def _lines() -> tuple[tuple[tuple[str, ...], str], ...]:
    data = resources.files("hrgeom").joinpath("_data", _FILE).read_bytes()
    lines = (line.partition("\t") for line in decoded(data).split("\n"))
    found = tuple((tuple(lemmas.split("|")), gloss) for lemmas, tab, gloss in lines if tab)
    if not found:
        raise FormatError(f"{_FILE} must hold texts: got none; install hrgeom again")
    return found
