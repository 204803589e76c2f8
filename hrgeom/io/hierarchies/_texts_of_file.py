"""What a file says of its nodes in words, by whatever format of hierarchies knows texts."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial

from hrgeom._base.sources import decoded, naming, read_bytes, unpacked
from hrgeom.errors import FormatError
from hrgeom.io._foreign import binary_kind
from hrgeom.io._formats import most_certain
from hrgeom.io.hierarchies._format import HierarchyFormat
from hrgeom.io.hierarchies._node_text import NodeText
from hrgeom.io.hierarchies._reading import file_beside, first_of_folder
from hrgeom.io.hierarchies._registry import hierarchy_formats

__all__ = ["TextsOfFile", "texts_of_file"]


@dataclass(frozen=True)
class TextsOfFile:
    """The text of a file, and what its format says of nodes.

    Attributes
    ----------
    name : str
        What messages call the source.
    content : str
        The text of the file.
    found : tuple of NodeText or None
        None: the file is in no format of hierarchies that knows texts.
    """

    name: str
    content: str
    found: tuple[NodeText, ...] | None


def texts_of_file(
    source: str | os.PathLike[str], *, encoding: str | None = None, language: str | None = None
) -> TextsOfFile:
    """Return the texts of the nodes of a file: an ontology, a thesaurus, a dict folder of WordNet.

    Parameters
    ----------
    source : str or path-like
        A file, gzip or not, a folder that holds data.noun, or "-" for standard input.
    encoding : str, optional
        Of the text. Default: what a byte order mark says, else UTF-8.
    language : str, optional
        Of the texts, where the format has several.

    Returns
    -------
    texts : TextsOfFile
        With the text of the file, for readers of other forms.

    Raises
    ------
    FormatError
        If there is no such file, if it is no text, or damaged.

    Examples
    --------
    >>> import tempfile
    >>> from hrgeom.io.hierarchies._obo import OBO
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "pets.obo")
    ...     with open(path, "w") as file:
    ...         _ = file.write(OBO.example)
    ...     [each.text for each in texts_of_file(path).found]
    ['animal', 'dog', 'hound']
    """
    path = os.fsdecode(source)
    if path != "-" and not os.path.exists(path):
        raise FormatError(f"texts must be in a file or folder that exists: got {path!r}")
    if path != "-" and os.path.isdir(path):
        path = first_of_folder(None, path)[1]
    name, data = read_bytes(path)
    with naming(name):
        data = unpacked(data)
        if encoding is None and (kind := binary_kind(data)):
            raise FormatError(f"texts must be text: got {kind[0]}; {kind[1]}")
        content = decoded(data, encoding=encoding)
        entry = _format_of(content)
        if entry is None or entry.texts is None:
            return TextsOfFile(name, content, None)
        options = _options(entry, path, encoding, language)
        found = tuple(each for each in entry.texts(content, **options) if each.text.strip())
    return TextsOfFile(name, content, found)


_SURE = 0.9


def _format_of(content: str) -> HierarchyFormat | None:
    certainties = (
        (certainty, entry)
        for entry in hierarchy_formats()
        if entry.texts is not None and (certainty := entry.sniff(content)) >= _SURE
    )
    return most_certain(certainties)


def _options(
    entry: HierarchyFormat, path: str, encoding: str | None, language: str | None
) -> dict[str, object]:
    options: dict[str, object] = {}
    if language is not None and "language" in entry.options:
        options["language"] = language
    if entry.files:
        options["beside"] = partial(_text_beside, path, encoding)
    return options


def _text_beside(path: str, encoding: str | None, name: str) -> str | None:
    data = None if path == "-" else file_beside(path, name)
    return None if data is None else decoded(data, encoding=encoding)
