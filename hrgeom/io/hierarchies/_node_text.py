"""What a file says of a node in words: a name, a synonym, a definition, or any text."""

from __future__ import annotations

from typing import Literal, NamedTuple

__all__ = ["NodeText", "TextKind"]

TextKind = Literal["name", "synonym", "definition", "text"]
"""What a text is to its node; "text" where the file does not say."""


class NodeText(NamedTuple):
    """A text of a node.

    Attributes
    ----------
    label : str
        Of the node, as the reader of the hierarchy gives it.
    kind : {"name", "synonym", "definition", "text"}
        What the text is to the node.
    text : str
        As it stands in the file.

    Examples
    --------
    >>> NodeText("PET:2", "synonym", "hound").text
    'hound'
    """

    label: str
    kind: TextKind
    text: str
