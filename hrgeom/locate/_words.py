"""Words of texts, and the names that a text begins with."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["grams_of", "heads_of", "names_of", "words_of"]

_WORD = re.compile(r"[^\W_]+")
_NAME_ENDS = re.compile(r"[,;(]")
_MOST_WORDS = 400  # of one text
_GRAMS = (3, 4)
_LONGEST_WORD = 40


def words_of(text: str) -> list[str]:
    """Return the words of a text in lower case, without the s of plurals.

    Examples
    --------
    >>> words_of("Dog Beds & glass-ware")
    ['dog', 'bed', 'glass', 'ware']
    """
    return [_stem(word) for word in _WORD.findall(text.lower())[:_MOST_WORDS]]


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def names_of(text: str) -> list[tuple[str, ...]]:
    """Return the names before the definition of a joined text, each as its words.

    Examples
    --------
    >>> names_of("dog, domestic dog: a member of the genus Canis")
    [('dog',), ('domestic', 'dog')]
    """
    names = (tuple(words_of(name)) for name in _NAME_ENDS.split(text.split(": ", 1)[0]))
    return [name for name in names if name]


def heads_of(text: str) -> list[str]:
    """Return the last word of every name: in many languages what the thing is."""
    return [name[-1] for name in names_of(text)]


def grams_of(text: str) -> list[str]:
    """Return the words of the names and their runs of three and four letters.

    Examples
    --------
    >>> grams_of("dogs")
    ['<do', 'dog', 'og>', '<dog', 'dog>', '<dog>']
    """
    return [gram for name in names_of(text) for word in name for gram in _grams(word)]


def _grams(word: str) -> Iterator[str]:
    marked = f"<{word[:_LONGEST_WORD]}>"
    for length in _GRAMS:
        yield from (marked[i : i + length] for i in range(len(marked) - length + 1))
    yield marked
