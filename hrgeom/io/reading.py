"""Reading from files, standard input and bundled data, compressed or not."""

from __future__ import annotations

import gzip
import os
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePath
from typing import Any

from hrgeom import datasets
from hrgeom.errors import FormatError, HierarchyError
from hrgeom.hierarchy import Hierarchy
from hrgeom.io.json_forms import hierarchy_from_json, parse_json
from hrgeom.io.tables import hierarchy_from_table, rows_of_table, sniff_delimiter
from hrgeom.relevance import Relevance

__all__ = ["hierarchy_from_bytes", "read_hierarchy", "read_judgements"]

_HIERARCHY_FORMATS = ("json", "tsv", "csv")
_JUDGEMENT_FORMATS = ("jsonl", "tsv", "csv")
_DIRECTIONS = ("child-parent", "parent-child")
_COLUMNS = (("query-id", "query"), ("corpus-id", "document"), ("score", "grade"))


def read_hierarchy(
    source: str | os.PathLike[str],
    *,
    format: str | None = None,
    edge_direction: str | None = None,
) -> Hierarchy:
    """Return the hierarchy in a file, on standard input, or bundled with hrgeom.

    Parameters
    ----------
    source : str or path-like
        A path, "-" for standard input, or a name in `hrgeom.datasets.BUNDLED`; a file of that
        name comes first. Data may be compressed by gzip, whatever the suffix; text is UTF-8.
    format : {"json", "tsv", "csv"}, optional
        Default: by the suffix before any ".gz"; without a known one, text that starts with a
        brace or bracket is JSON, and the first line with a tab or comma tells TSV from CSV.
    edge_direction : {"child-parent", "parent-child"}, optional
        Order of the pairs in the data; of a mapping: whether its keys are children or parents.
        Default: what the header of a table says, else child-parent. It has no effect on the
        nested form, and a bundled hierarchy takes no other than the default.

    Returns
    -------
    hierarchy : Hierarchy
        The text fields at the top of a JSON object become its metadata.

    Raises
    ------
    FormatError
        If the source does not exist, is not UTF-8 text (with the byte), is damaged, or is in none
        of the forms (with the line). A message about the content starts with the source.
    HierarchyError, CycleError
        If the content is no hierarchy, as the class does.

    Examples
    --------
    >>> read_hierarchy("wordnet-mammals")
    Hierarchy(1182 nodes, 1182 edges, 1 root, 10 levels)
    """
    _check_option(format, _HIERARCHY_FORMATS, "format")
    _check_option(edge_direction, _DIRECTIONS, "edge_direction")
    path = os.fsdecode(source)
    if isinstance(source, str) and source in datasets.BUNDLED and not _is_readable(path):
        if edge_direction == "parent-child":
            raise FormatError(
                f"edge_direction must be child-parent for the bundled {source!r}: "
                f"got {edge_direction!r}"
            )
        return datasets.load(source)
    if source != "-" and not os.path.exists(path):
        raise FormatError(
            "source must be a file, '-' or a bundled hierarchy "
            f"({', '.join(datasets.bundled())}): got {path!r}"
        )
    name, data = _read_bytes(source)
    return hierarchy_from_bytes(
        data,
        name=name,
        format=format or _suffix(path, _HIERARCHY_FORMATS),
        edge_direction=edge_direction,
    )


def hierarchy_from_bytes(
    data: bytes,
    *,
    name: str,
    format: str | None = None,
    edge_direction: str | None = None,
) -> Hierarchy:
    """Return the hierarchy in the bytes of a file.

    Parameters
    ----------
    data : bytes
        Compressed by gzip or not.
    name : str
        What messages call the source.
    format, edge_direction
        As in `read_hierarchy`; the format is told from the text by default.

    Raises
    ------
    FormatError, HierarchyError, CycleError
        As `read_hierarchy` does.

    Examples
    --------
    >>> hierarchy_from_bytes(b'{"dog": ["animal"]}', name="pets").labels
    ('dog', 'animal')
    """
    with _naming(name):
        text = _text(data)
        if format is None:
            format = "json" if text.lstrip()[:1] in ("{", "[") else None
        if format == "json":
            return hierarchy_from_json(text, parents_first=edge_direction == "parent-child")
        return hierarchy_from_table(
            text, delimiter=_delimiter(text, format), edge_direction=edge_direction
        )


def read_judgements(source: str | os.PathLike[str], *, format: str | None = None) -> Relevance:
    """Return who matches what according to a list of judgements (qrels).

    Parameters
    ----------
    source : str or path-like
        A path, or "-" for standard input; gzip and UTF-8 as in `read_hierarchy`.
    format : {"jsonl", "tsv", "csv"}, optional
        Default: by the suffix before any ".gz", else by the text. JSONL has one object a line
        with "query-id", "corpus-id" and "score" (BEIR), or "query", "document" and "grade".
        Tables have these three columns; such names in the first row are a header. The grade may
        be left out where nothing stands in its place, and then counts as 1.

    Returns
    -------
    relevance : Relevance
        A pair matches if its grade is above 0; the labels of the others are known all the same.
        Labels come in order of appearance.

    Raises
    ------
    FormatError
        If the source does not exist, is damaged, holds no judgement, or has a line of another
        form (with its number). A message about the content starts with the source.
    HierarchyError
        If a pair is judged both ways.

    Examples
    --------
    >>> import os, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "qrels.csv")
    ...     with open(path, "w") as file:
    ...         _ = file.write("fruit,apple,2\\nfruit,brick,0\\n")
    ...     relevance = read_judgements(path)
    >>> relevance.document_labels, relevance.matches(0).tolist()
    (('apple', 'brick'), [0])
    """
    _check_option(format, _JUDGEMENT_FORMATS, "format")
    path = os.fsdecode(source)
    if source != "-" and not os.path.exists(path):
        raise FormatError(f"source must be a file or '-': got {path!r}")
    name, data = _read_bytes(source)
    format = format or _suffix(path, _JUDGEMENT_FORMATS)
    with _naming(name):
        text = _text(data)
        if format == "jsonl" or (format is None and text.lstrip().startswith("{")):
            return _relevance(_judgements_of_jsonl(text))
        return _relevance(_judgements_of_table(text, _delimiter(text, format)))


def _relevance(judgements: Iterator[tuple[int, str, str, float]]) -> Relevance:
    queries: dict[str, None] = {}
    documents: dict[str, None] = {}
    verdicts: dict[tuple[str, str], tuple[bool, int]] = {}
    for line, query, document, grade in judgements:
        queries.setdefault(query)
        documents.setdefault(document)
        is_match, earlier = verdicts.setdefault((query, document), (grade > 0, line))
        if is_match != (grade > 0):
            raise HierarchyError(
                f"a pair must be judged one way: got {query!r}, {document!r} as a match and as "
                f"none at lines {earlier} and {line}"
            )
    if not verdicts:
        raise FormatError("there must be at least one judgement: got none")
    return Relevance.from_judgements(
        (pair for pair, (is_match, _) in verdicts.items() if is_match),
        queries=list(queries),
        documents=list(documents),
    )


def _judgements_of_jsonl(text: str) -> Iterator[tuple[int, str, str, float]]:
    for line, row in enumerate(text.split("\n"), start=1):
        if not row.strip():
            continue
        try:
            item = parse_json(row, first_line=line)
        except FormatError as error:
            raise FormatError(f"line {line} must be a JSON object: {error}") from error
        if not isinstance(item, dict):
            raise FormatError(_judgement_message(row.strip(), line))
        query, document, grade = (
            next((item[name] for name in names if name in item), None) for names in _COLUMNS
        )
        if grade is None:
            # Another field may be the grade under a name of its own: do not read it as a match.
            if len(item) > 2:
                raise FormatError(_judgement_message(row.strip(), line))
            grade = 1
        # A number is a label too (it is one in a table), but true and 1.5 are none.
        if type(query) not in (str, int) or type(document) not in (str, int):
            raise FormatError(_judgement_message(row.strip(), line))
        yield line, str(query), str(document), _grade(grade, line)


def _judgement_message(found: object, line: int) -> str:
    forms = ", ".join(" or ".join(names) for names in _COLUMNS)
    return f"a judgement must have {forms}: got {found} at line {line}"


def _judgements_of_table(text: str, delimiter: str) -> Iterator[tuple[int, str, str, float]]:
    for position, (line, row) in enumerate(rows_of_table(text, delimiter)):
        if len(row) not in (2, 3) or not (row[0] and row[1]):
            raise FormatError(_judgement_message(row, line))
        if position == 0 and all(
            name.lower() in names for name, names in zip(row, _COLUMNS, strict=False)
        ):
            continue
        yield line, row[0], row[1], _grade(row[2] if len(row) == 3 else 1, line)


def _grade(value: Any, line: int) -> float:
    try:
        grade = float("nan") if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        grade = float("nan")
    if grade != grade:
        raise FormatError(f"grade must be a number: got {value!r} at line {line}")
    return grade


def _check_option(value: str | None, allowed: tuple[str, ...], what: str) -> None:
    if value is not None and value not in allowed:
        raise FormatError(f"{what} must be one of {', '.join(allowed)}: got {value!r}")


def _is_readable(path: str) -> bool:
    """A folder that happens to bear the name of a bundled hierarchy does not hide it."""
    return os.path.exists(path) and not os.path.isdir(path)


def _suffix(path: str, formats: tuple[str, ...]) -> str | None:
    name = PurePath(path).name.lower().removesuffix(".gz")
    suffix = name.rpartition(".")[2]
    return suffix if suffix in formats else None


def _delimiter(text: str, format: str | None) -> str:
    return {"tsv": "\t", "csv": ","}.get(format or "") or sniff_delimiter(text)


def _read_bytes(source: str | os.PathLike[str]) -> tuple[str, bytes]:
    """Return what to call the source, and its content."""
    if source == "-":
        return "standard input", sys.stdin.buffer.read()
    path = os.fsdecode(source)
    if os.path.isdir(path):
        raise FormatError(f"source must be a file: got the folder {path!r}")
    with open(path, "rb") as file:
        return path, file.read()


def _text(data: bytes) -> str:
    if data.startswith(b"\x1f\x8b"):
        try:
            data = gzip.decompress(data)
        except (OSError, EOFError, zlib.error) as error:
            raise FormatError(f"gzip data must be whole: got {error}") from error
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise FormatError(
            f"text must be UTF-8: got byte 0x{data[error.start]:02x} at byte {error.start}"
        ) from error
    if not text.strip():
        raise FormatError("source must not be empty: got no text")
    return text


@contextmanager
def _naming(name: str) -> Iterator[None]:
    """Put the source in front of the message of an error, which stays the same object."""
    try:
        yield
    except (FormatError, HierarchyError) as error:
        error.args = (f"{name}: {error}",)
        raise
