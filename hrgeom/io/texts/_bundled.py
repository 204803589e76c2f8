"""Lemmas and definitions of WordNet's nouns, which come with hrgeom.

Of every synset a line, in the order of the bundled hierarchy: its lemmas with bars between them, a
tab, and its gloss without examples; from data.noun of WordNet 3.0, under the license beside it.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from importlib import resources

from hrgeom._base.sources import decoded
from hrgeom.io.hierarchies import NodeText, load

__all__ = ["BUNDLED_TEXTS", "bundled_texts"]

BUNDLED_TEXTS = ("wordnet", "wordnet-mammals")
"""Names of the bundled hierarchies whose texts come with hrgeom, too."""

_FILE = "wordnet30-nouns.texts.gz"


def bundled_texts() -> Iterator[NodeText]:
    """Yield the lemmas and the definition of every synset of WordNet's nouns."""
    labels = load("wordnet").labels
    data = resources.files("hrgeom").joinpath("_data", _FILE).read_bytes()
    lines = io.StringIO(decoded(data), newline="\n")
    for label, line in zip(labels, lines, strict=True):
        lemmas, _, gloss = line.rstrip("\n").partition("\t")
        for place, lemma in enumerate(lemmas.split("|")):
            yield NodeText(label, "synonym" if place else "name", lemma)
        yield NodeText(label, "definition", gloss)
