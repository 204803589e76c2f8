"""What is said of the nodes: names, synonyms, definitions, joined to one text per node.

A joined text is `name, synonym: definition; definition`. A text of many words is a definition, and
what comes last, where definitions stand, is one already with fewer words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from hrgeom.core import Hierarchy
from hrgeom.errors import FormatError, HierarchyError
from hrgeom.models import text_of

__all__ = ["Texts", "joined", "joined_texts", "texts_of_nodes"]

Texts = Mapping[str, str | Sequence[str]]
"""Label to one text or several: name first, then synonyms, then definitions."""

_LONG_NAME, _LONG_LAST_NAME = 8, 4  # words; longer texts are definitions
_MOST_SIGNS = 20_000  # of one text; what follows says little of where it belongs


def joined(parts: Iterable[str]) -> str:
    """Return the texts of one thing as one text.

    Examples
    --------
    >>> joined(["dog", "domestic dog", "a member of the genus Canis that has long been tame"])
    'dog, domestic dog: a member of the genus Canis that has long been tame'
    """
    known = [part for part in dict.fromkeys(" ".join(part.split()) for part in parts) if part]
    last = len(known) - 1
    names = [
        part
        for i, part in enumerate(known)
        if i == 0 or len(part.split()) <= (_LONG_LAST_NAME if i == last else _LONG_NAME)
    ]
    told = [part for part in known if part not in names]
    head = ", ".join(names)
    return (f"{head}: {'; '.join(told)}" if told else head)[:_MOST_SIGNS]


def joined_texts(texts: Sequence[str | Sequence[str]]) -> list[str]:
    """Return each text, or several of one thing, as one text; none may be empty.

    Raises
    ------
    FormatError
        If something is not text, or nothing is said.
    """
    if isinstance(texts, str):
        raise FormatError(f"texts must be a sequence of texts: got the one text {texts[:80]!r}")
    found = [joined(_parts(text, f"number {i}")) for i, text in enumerate(texts)]
    for i, text in enumerate(found):
        if not text:
            raise FormatError(f"a text must say something: got {texts[i]!r} at number {i}")
    return found


def texts_of_nodes(hierarchy: Hierarchy, texts: Texts | None) -> list[str]:
    """Return one text per node; nodes of which nothing is said have their name, or their label.

    Raises
    ------
    HierarchyError
        If a text has a label that no node has.
    FormatError
        If something is not text.
    """
    given = {} if texts is None else texts
    labels = set(hierarchy.labels)
    unknown = next((label for label in given if label not in labels), None)
    if unknown is not None:
        raise HierarchyError(f"texts must be of nodes of the hierarchy: got label {unknown!r}")
    return [
        joined(_parts(given.get(label, ()), repr(label))) or _own_text(label, name)
        for label, name in zip(hierarchy.labels, hierarchy.names, strict=True)
    ]


def _own_text(label: str, name: str) -> str:
    return joined([name if name != label else text_of(label)])


def _parts(text: object, where: str) -> tuple[str, ...]:
    parts = (text,) if isinstance(text, str) else text
    if not isinstance(parts, Sequence) or not all(isinstance(part, str) for part in parts):
        raise FormatError(f"a text must be text, or a sequence of texts: got {text!r} of {where}")
    return tuple(parts)
