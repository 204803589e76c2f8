"""What a text encoder is given for a label."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from hrgeom._base.sources import decoded, naming, read_bytes
from hrgeom._base.synset_labels import lemma_of
from hrgeom.errors import FormatError

__all__ = ["read_descriptions", "text_of", "texts_of"]


def text_of(label: str) -> str:
    """Return the text of a label: of a WordNet synset its first lemma, of any other the label.

    A synset is LEMMA.POS.NUMBER with POS one of n, v, a, s, r, and the underscores of the lemma
    become spaces. Synsets of one lemma so have one text, and one vector; descriptions tell them
    apart.

    Parameters
    ----------
    label : str
        Of a node, a query or a document.

    Returns
    -------
    text : str
        What a text encoder is given.

    Examples
    --------
    >>> text_of("domestic_dog.n.01"), text_of("dog.n.01"), text_of("GO:0008150")
    ('domestic dog', 'dog', 'GO:0008150')
    """
    return lemma_of(label) or label


def texts_of(labels: Sequence[str], descriptions: Mapping[str, str] | None = None) -> list[str]:
    """Return the texts of labels: those described, or else by `text_of`.

    Parameters
    ----------
    labels : sequence of str
        Of the rows.
    descriptions : mapping of str to str, optional
        Texts of all of these labels.

    Returns
    -------
    texts : list of str
        One per label.

    Raises
    ------
    FormatError
        If there are descriptions, and a label has none.

    Examples
    --------
    >>> texts_of(["dog.n.01"]), texts_of(["dog.n.01"], {"dog.n.01": "a barking animal"})
    (['dog'], ['a barking animal'])
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


def read_descriptions(path: str | os.PathLike[str]) -> dict[str, str]:
    """Read descriptions: a line each, label, tab, text; UTF-8, maybe gzip.

    Parameters
    ----------
    path : str or path-like
        A file.

    Returns
    -------
    texts : dict of str to str
        Label to text.

    Raises
    ------
    FormatError
        If a line has no tab or no text, or a label comes twice.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "texts.tsv")
    ...     with open(path, "w") as file:
    ...         _ = file.write("dog.n.01\\ta barking animal\\n")
    ...     read_descriptions(path)
    {'dog.n.01': 'a barking animal'}
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
