"""Lists of JSON objects, one per node or edge, as one JSON text or an object per line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from hrgeom._base.json_text import parse_json
from hrgeom.core import Hierarchy
from hrgeom.errors import FormatError
from hrgeom.io.hierarchies._columns import Columns, columns_of
from hrgeom.io.hierarchies._format import HierarchyFormat
from hrgeom.io.hierarchies._rows import Row, hierarchy_of_rows

__all__ = ["JSON_LINES", "RECORDS", "hierarchy_from_lines", "hierarchy_from_records", "text_of"]

_FIRST_RECORDS = 100
_DECODER = json.JSONDecoder()


def text_of(value: Any, place: str) -> str:
    """Return a JSON value as an identifier or a name; nothing as empty text."""
    if isinstance(value, dict):
        value = value.get("id", value.get("$oid", value.get("name")))
    if value is None or value != value:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise FormatError(f"a field must be text or a number: got {value!r} at {place}")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _columns(records: Iterable[tuple[str, dict[str, Any]]]) -> tuple[Columns | None, list[str]]:
    fields: dict[str, None] = {}
    for number, (_, record) in enumerate(records):
        if number == _FIRST_RECORDS:
            break
        fields.update(dict.fromkeys(record))
    return columns_of(list(fields)), list(fields)


def _hierarchy(records: list[tuple[str, dict[str, Any]]], relation: str | None) -> Hierarchy:
    columns, fields = _columns(records)
    if columns is None:
        raise FormatError(
            "records must have a field of identifiers and one of parents, such as id and "
            f"parent_id, or child and parent: got {', '.join(map(repr, fields[:8]))}"
        )
    rows = [_row(place, record, fields, columns) for place, record in records]
    return hierarchy_of_rows(
        rows, are_edges=columns.are_edges, unused=columns.unused(fields), relation=relation
    )


def _row(place: str, record: dict[str, Any], fields: list[str], columns: Columns) -> Row:
    def value(number: int | None) -> Any:
        return None if number is None else record.get(fields[number])

    parents = value(columns.parent)
    several = parents if isinstance(parents, list) else [parents]
    synonyms = value(columns.synonyms)
    return Row(
        place,
        text_of(value(columns.identifier), place),
        tuple(text_of(parent, place) for parent in several if parent is not None),
        text_of(value(columns.name), place) or None,
        "|".join(map(str, synonyms)) if isinstance(synonyms, list) else None,
        value(columns.obsolete) is True,
        text_of(value(columns.relation), place) or None,
    )


def hierarchy_from_records(text: str, *, relation: str | None = None) -> Hierarchy:
    """Return the hierarchy of a JSON list of objects, or of columns as pandas writes them.

    Parameters
    ----------
    text : str
        Also an object that has one list of objects, as of an interface's answers.
    relation : str, optional
        Of objects with a field of relations: which make the edges, separated by commas.

    Raises
    ------
    FormatError
        If it is no such list, or the fields are not known.

    Examples
    --------
    >>> h = hierarchy_from_records('[{"id": 1, "name": "animal"}, {"id": 2, "parent_id": 1}]')
    >>> h.names, h.parents("2")
    (('animal', '2'), ['1'])
    """
    value = _listed(parse_json(text))
    if not value:
        raise FormatError("text must be a list of objects, or an object with one: got neither")
    return _hierarchy(
        [(f"record {n}", _object(each, f"record {n}")) for n, each in enumerate(value, 1)],
        relation,
    )


def _listed(value: Any) -> list[Any] | None:
    """Return the records of a list, of the one list in an object, or of columns as pandas writes.

    Columns are ``{"id": [...], "parent": [...]}``, ``{"id": {"0": ...}, ...}`` or ``{"columns":
    [...], "data": [[...], ...]}``.
    """
    if isinstance(value, list):
        return value
    if not isinstance(value, dict) or any(key[:1] == "@" for key in value):
        return None
    fields, rows = value.get("columns"), value.get("data")
    if isinstance(fields, list) and isinstance(rows, list):
        if all(isinstance(row, list) and len(row) == len(fields) for row in rows):
            return [dict(zip(map(str, fields), row, strict=True)) for row in rows]
        return None
    if columns_of(list(value)) is not None:
        return _of_columns(value)
    lists = [each for each in value.values() if isinstance(each, list | dict) and each]
    inner = lists[0] if len(lists) == 1 else None
    if not isinstance(inner, list):
        return None
    return inner if all(isinstance(each, dict) for each in inner) else None


def _of_columns(value: dict[str, Any]) -> list[Any] | None:
    columns = [
        list(column.values()) if isinstance(column, dict) else column for column in value.values()
    ]
    if not all(isinstance(column, list) for column in columns):
        return None
    if len({len(column) for column in columns}) != 1:
        return None
    return [dict(zip(value, cells, strict=True)) for cells in zip(*columns, strict=True)]


def _object(value: Any, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise FormatError(f"a record must be an object: got {str(value)[:40]!r} at {place}")
    return value


def hierarchy_from_lines(text: str, *, relation: str | None = None) -> Hierarchy:
    r"""Return the hierarchy of a JSON object per line.

    Parameters
    ----------
    text : str
    relation : str, optional
        As of `hierarchy_from_records`.

    Raises
    ------
    FormatError
        If a line is no object, or the fields are not known.

    Examples
    --------
    >>> hierarchy_from_lines('{"child": "dog", "parent": "animal"}\n').parents("dog")
    ['animal']
    """
    records = [
        (f"line {n}", _object(parse_json(line, first_line=n), f"line {n}"))
        for n, line in enumerate(text.split("\n"), start=1)
        if line.strip()
    ]
    return _hierarchy(records, relation)


def _first_object(text: str, start: int) -> tuple[dict[str, Any], int] | None:
    try:
        value, end = _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None
    return (value, end) if isinstance(value, dict) else None


def _skip(text: str, start: int) -> int:
    while start < len(text) and text[start].isspace():
        start += 1
    return start


def _records_certainty(text: str) -> float:
    start = _skip(text, 0)
    if text[start : start + 1] == "{" and _MAY_HOLD.match(text, start):
        return _object_certainty(text)
    if text[start : start + 1] != "[":
        return 0.0
    fields: list[str] = []
    for _ in range(_FIRST_RECORDS):
        found = _first_object(text, _skip(text, start + 1))
        if found is None:
            break
        fields += found[0]
        start = _skip(text, found[1])
        if text[start : start + 1] != ",":
            break
    return 0.95 if columns_of(list(dict.fromkeys(fields))) else 0.0


_MAY_HOLD = re.compile(
    r'\{\s*"(\w*(id|name|child|parent|source|target|from|to|subject|object)|columns|index|schema)"'
    r'\s*:\s*[\[{]|(?s:.{0,100000}?)"\w+"\s*:\s*\[\s*\{',
    re.IGNORECASE,
)
"""An object that begins with a column, or holds a list of objects."""


def _object_certainty(text: str) -> float:
    try:
        found = _listed(parse_json(text))
    except FormatError:
        return 0.0
    fields = [key for each in (found or [])[:_FIRST_RECORDS] for key in each]
    return 0.95 if columns_of(list(dict.fromkeys(fields))) else 0.0


def _lines_certainty(text: str) -> float:
    start = _skip(text, 0)
    found = _first_object(text, start) if text[start : start + 1] == "{" else None
    if found is None or "\n" in text[start : found[1]]:
        return 0.0
    after = _skip(text, found[1])
    is_known = columns_of(list(found[0])) is not None
    if text[after : after + 1] == "{":
        return 0.95
    return 0.95 if is_known and after == len(text) and _is_flat(found[0]) else 0.0


def _is_flat(record: dict[str, Any]) -> bool:
    return all(value is None or isinstance(value, str | int | float) for value in record.values())


RECORDS = HierarchyFormat(
    name="records",
    suffixes=(".records.json",),
    description="JSON list of objects with identifier, name and parent, or child and parent",
    options=("relation",),
    sniff=_records_certainty,
    read=hierarchy_from_records,
    example='[{"id": 1, "name": "Pet Supplies", "parent_id": null},\n'
    ' {"id": 2, "name": "Dog Supplies", "parent_id": 1},\n'
    ' {"id": 3, "name": "Dog Beds", "parent_id": 2}]\n',
    keeps="identifiers as labels, names, synonyms, several parents (a list)",
    drops="other fields",
)
JSON_LINES = HierarchyFormat(
    name="json-lines",
    suffixes=(".jsonl", ".ndjson"),
    description="a JSON object per line with identifier, name and parent, or child and parent",
    options=("relation",),
    sniff=_lines_certainty,
    read=hierarchy_from_lines,
    example='{"id": 1, "name": "Pet Supplies", "parent_id": null}\n'
    '{"id": 2, "name": "Dog Supplies", "parent_id": 1}\n'
    '{"id": 3, "name": "Dog Beds", "parent_id": 2}\n',
    keeps="identifiers as labels, names, synonyms, several parents (a list)",
    drops="other fields",
)
