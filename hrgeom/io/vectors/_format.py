"""The entry of a registry that reads and writes vectors in one format."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hrgeom.core import STORED_TYPES, DualEmbedding
from hrgeom.errors import FormatError
from hrgeom.io._formats import Format
from hrgeom.io.vectors._alignment import Vectors

__all__ = ["LABEL_OPTIONS", "NAMED_OPTIONS", "VectorFormat", "Wanted", "check_one_table"]

LABEL_OPTIONS = ("labels", "query_labels", "document_labels")
"""Options that name files with the labels of the rows."""
NAMED_OPTIONS = (*LABEL_OPTIONS, "queries", "documents")
"""Options of a format that holds named arrays."""


@dataclass(frozen=True)
class Wanted:
    """Which arrays of a file are asked for.

    Parameters
    ----------
    queries, documents : str, optional
        Values of the options of these names: names of arrays, or a file for the documents.
    n_rows : pair of int, optional
        Rows needed, for queries and documents; they tell which arrays of a file are meant.
    labels : pair of sequence of str, optional
        Labels that rows are wanted for, of queries and documents; they tell which arrays of text
        are labels.
    label_arrays : pair of str or None
        Names of the arrays that hold the labels of the queries and of the documents.

    Examples
    --------
    >>> Wanted("query.weight", "doc.weight").n_rows is None
    True
    """

    queries: str | None = None
    documents: str | None = None
    n_rows: tuple[int, int] | None = None
    labels: tuple[Sequence[str], Sequence[str]] | None = None
    label_arrays: tuple[str | None, str | None] = (None, None)


@dataclass(frozen=True, kw_only=True)
class VectorFormat(Format):
    """A format of vectors: how a file or folder is recognized, read and written.

    Parameters
    ----------
    name : str
        Lower case, without spaces; what `format=` and `--format` take.
    suffixes : tuple of str
        Suffixes of files, lower case with the dot, before any ".gz"; no two formats of a kind may
        share one.
    description : str
        One line without a full stop, for help texts and the table of formats.
    options : tuple of str, optional
        Among "labels", "query_labels", "document_labels", "queries", "documents", and "texts" where
        labels of rows may be words of texts.
    extra : str, optional
        What to install with pip: an extra such as `'hrgeom[parquet]'`, or packages.
    sniff : callable
        Takes the path and the first 64 bytes (none for a folder), returns the certainty from 0 to
        1 that it is in this format.
    read : callable, optional
        Takes the path as text and a `Wanted`; returns `Vectors`, or a `DualEmbedding` where the
        format holds a whole one. Raises FormatError, or HrgeomError if a package is missing.
        None: the format is only written.
    write : callable, optional
        Takes a `DualEmbedding` and the path of a file or folder that does not exist; raises
        FormatError if the format cannot hold it. What is written need not be atomic:
        `write_vectors` sees to it. None: the format is only read.
    stored_types : tuple of str, optional
        Stored types that come back exactly from what was written.
    keeps : tuple of str, optional
        What comes back beside the numbers, among "labels", "scales" and "threshold".
    one_table : bool, optional
        True if the format holds one table of vectors, so that one side at a time is written.

    Examples
    --------
    >>> from hrgeom.io import vector_formats
    >>> [entry.name for entry in vector_formats() if entry.write][:3]
    ['folder', 'npy', 'npz']
    """

    sniff: Callable[[Path, bytes], float]
    read: Callable[[str, Wanted], Vectors | DualEmbedding] | None = None
    write: Callable[[DualEmbedding, Path], object] | None = None
    stored_types: tuple[str, ...] = STORED_TYPES
    keeps: tuple[str, ...] = ()
    one_table: bool = False

    @property
    def kind(self) -> str:
        """The name before a hyphen, which the text and binary forms of one format share."""
        return self.name.partition("-")[0]


def check_one_table(embedding: DualEmbedding, name: str) -> None:
    """Raise FormatError unless both sides of an embedding are the same table of vectors."""
    e = embedding
    same_labels = e.query_labels == e.document_labels
    if not same_labels or e.queries.tobytes() != e.documents.tobytes():
        raise FormatError(
            f"the format {name} holds one table of vectors: queries and documents must be the "
            "same; write one side, by side='queries' or side='documents' (--side)"
        )
