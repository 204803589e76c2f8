"""Texts that are to be placed: new products, mentions, search phrases, with labels of their own."""

from __future__ import annotations

import os
from dataclasses import dataclass

from hrgeom._base.sources import naming
from hrgeom.errors import FormatError
from hrgeom.io.hierarchies import NodeText, texts_of_file
from hrgeom.io.texts._records import TextRecord, text_records

__all__ = ["NewTexts", "read_new_texts"]

_SHOWN = 3


@dataclass(frozen=True)
class NewTexts:
    """Texts of things that are in no hierarchy yet.

    Attributes
    ----------
    labels : tuple of str or None
        One per thing, each once; None: the source has none.
    texts : tuple of tuple of str
        Of every thing its texts: name, synonyms, definition.

    Examples
    --------
    >>> NewTexts(("p7",), (("orthopedic dog sofa",),)).labels
    ('p7',)
    """

    labels: tuple[str, ...] | None
    texts: tuple[tuple[str, ...], ...]

    def __len__(self) -> int:
        """Return the number of things."""
        return len(self.texts)


def read_new_texts(source: str | os.PathLike[str], *, encoding: str | None = None) -> NewTexts:
    r"""Return the texts of a file, in its order.

    Parameters
    ----------
    source : str or path-like
        A table (tabs, commas or semicolons), JSON or JSON Lines with a text in every row and maybe
        a label (`id`, `label`, `code`), under the names that `read_texts` knows; or a text per
        line. Rows of one label are one thing. A file may be compressed by gzip; "-" is standard
        input.
    encoding : str, optional
        Of the text. Default: what a byte order mark says, else UTF-8.

    Returns
    -------
    texts : NewTexts
        With labels where all rows have one.

    Raises
    ------
    FormatError
        If there is no such file, it cannot be read (with the line), a thing has no text, or some
        rows have a label and others none.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "new.csv")
    ...     with open(path, "w") as file:
    ...         _ = file.write("id,name,description\np7,dog sofa,\"soft, washable\"\n")
    ...     read_new_texts(path)
    NewTexts(labels=('p7',), texts=(('dog sofa', 'soft, washable'),))
    """
    file = texts_of_file(source, encoding=encoding)
    with naming(file.name):
        if file.found is not None:
            return _grouped([TextRecord(each.label, each.label, (each,)) for each in file.found])
        records = text_records(file.content)
        _require_texts(records)
        n_without = sum(record.label is None for record in records)
        if not n_without:
            return _grouped(records)
        if n_without < len(records):
            place = next(record.place for record in records if record.label is None)
            raise FormatError(f"all texts must have a label, or none of them: got none at {place}")
        return NewTexts(None, tuple(_words(record.texts) for record in records))


def _require_texts(records: list[TextRecord]) -> None:
    empty = [record.place for record in records if not _words(record.texts)]
    if empty or not records:
        shown = ", ".join(empty[:_SHOWN]) or "the file"
        raise FormatError(
            f"every row must have a text: got {len(empty):,} without, the first at {shown}; take "
            "them out or fill them in"
        )


def _grouped(records: list[TextRecord]) -> NewTexts:
    said: dict[str, list[NodeText]] = {}
    for record in records:
        assert record.label is not None
        if not record.label:
            raise FormatError(f"a label must not be empty: got one at {record.place}")
        said.setdefault(record.label, []).extend(record.texts)
    return NewTexts(tuple(said), tuple(_words(texts) for texts in said.values()))


def _words(texts: list[NodeText] | tuple[NodeText, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for each in texts if (text := " ".join(each.text.split()))))
