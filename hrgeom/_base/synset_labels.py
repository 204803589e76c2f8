"""Labels of WordNet's synsets, LEMMA.POS.NUMBER, and the word that they hold."""

from __future__ import annotations

import re

__all__ = ["lemma_of"]

_SYNSET = re.compile(r"(.+)\.[nvasr]\.\d+")


def lemma_of(label: str) -> str | None:
    """Return the lemma of the label of a synset, its underscores as spaces; None of other labels.

    Examples
    --------
    >>> lemma_of("domestic_dog.n.01"), lemma_of("GO:0008150")
    ('domestic dog', None)
    """
    synset = _SYNSET.fullmatch(label)
    return synset[1].replace("_", " ") if synset else None
