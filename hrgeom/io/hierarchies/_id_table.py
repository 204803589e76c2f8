"""Tables in which a row is a node: its identifier, its name, the identifier of its parent."""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Iterator

from hrgeom.core import Hierarchy
from hrgeom.errors import FormatError
from hrgeom.io.hierarchies._columns import Columns, columns_of
from hrgeom.io.hierarchies._format import HierarchyFormat
from hrgeom.io.hierarchies._rows import Row, hierarchy_of_rows

__all__ = ["ID_TABLE", "hierarchy_from_id_table", "id_table_of_hierarchy"]

_DELIMITERS = "\t,;|"
_LONGEST_HEADER = 10_000
_RULE = re.compile(r":?-{2,}:?")  # below the header of a table in Markdown
_TRUE = frozenset({"true", "1", "yes", "t", "y"})
_MOST_FIELD = min(sys.maxsize, 2**31 - 1)


def _header(text: str) -> tuple[str, list[str], int] | None:
    """Return delimiter, header and number of the line after it; None if it is not known."""
    start = line = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        first = text[start:end].strip("\r")
        line, start = line + 1, end + 1
        if first.strip() and not first.startswith(("#", "sep=")):
            break
    else:
        return None
    if len(first) > _LONGEST_HEADER or "\r" in first or first.count('"') % 2:
        return None
    for delimiter in _DELIMITERS:
        if delimiter not in first:
            continue
        headers = [cell.strip() for cell in next(csv.reader([first], delimiter=delimiter))]
        if len([each for each in headers if each]) > 2 and columns_of(headers):
            return delimiter, headers, start
    return None


def _with_line_feeds(text: str) -> str:
    """Return a text of an old Macintosh, whose lines end in carriage returns alone, with others."""
    return text.replace("\r", "\n") if "\r" in text and "\n" not in text else text


def hierarchy_from_id_table(text: str) -> Hierarchy:
    r"""Return the hierarchy of a table with a header, by identifier, name and parent.

    Parameters
    ----------
    text : str
        Between tabs, commas, semicolons or bars; cells may be quoted as in RFC 4180.

    Raises
    ------
    FormatError
        If there is no such header, a row has more cells than it, or quotes do not match.

    Examples
    --------
    >>> h = hierarchy_from_id_table("id,name,parent_id\n1,animal,\n2,dog,1\n")
    >>> h.labels, h.names, h.parents("2")
    (('1', '2'), ('animal', 'dog'), ['1'])
    """
    text = _with_line_feeds(text)
    found = _header(text)
    if found is None:
        raise FormatError(
            "the first row must name a column of identifiers and one of parents, such as "
            "id,name,parent_id: got another"
        )
    delimiter, headers, start = found
    columns = columns_of(headers)
    assert columns is not None
    rows = _rows(text, start, delimiter, len(headers), columns)
    return hierarchy_of_rows(
        rows, are_edges=columns.are_edges, unused=filter(None, columns.unused(headers))
    )


def _rows(text: str, start: int, delimiter: str, n_columns: int, columns: Columns) -> Iterator[Row]:
    first = text.count("\n", 0, start)
    csv.field_size_limit(_MOST_FIELD)
    reader = csv.reader(io.StringIO(text[start:], newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            said = [cell.strip() for cell in cells if cell and not cell.isspace()]
            if said and not all(map(_RULE.fullmatch, said)):
                place = f"line {first + reader.line_num}"
                yield _row(cells, place, n_columns, columns)
    except csv.Error as error:
        raise FormatError(
            f"a row must be well quoted: got {error} at line {first + reader.line_num}"
        ) from error


def _row(cells: list[str], place: str, n_columns: int, columns: Columns) -> Row:
    if len(cells) != n_columns:
        if any(cell.strip() for cell in cells[n_columns:]):
            raise FormatError(
                f"a row must have {n_columns} cells, as the header: got {len(cells)} at {place}"
            )
        cells = cells + [""] * (n_columns - len(cells))
    return Row(
        place,
        cells[columns.identifier].strip(),
        cells[columns.parent].strip(),
        None if columns.name is None else cells[columns.name].strip(),
        None if columns.synonyms is None else cells[columns.synonyms],
        columns.obsolete is not None and cells[columns.obsolete].strip().casefold() in _TRUE,
    )


def id_table_of_hierarchy(hierarchy: Hierarchy) -> str:
    """Return a table id,name,parent_id between commas; a row for every further parent.

    Raises
    ------
    FormatError
        If a label or name is blank, has spaces at its ends, or a carriage return.

    Examples
    --------
    >>> print(id_table_of_hierarchy(Hierarchy(["animal", "dog"], [(1, 0)])), end="")
    id,name,parent_id
    animal,animal,
    dog,dog,animal
    """
    labels = hierarchy.labels
    for text in (*labels, *hierarchy.names):
        if not text or text != text.strip() or "\0" in text or "\r" in text:
            raise FormatError(
                "labels and names of a table must not be blank, have no spaces at their ends "
                f"and no carriage returns: got {text!r}; write JSON instead"
            )
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("id", "name", "parent_id"))
    for label, name in zip(labels, hierarchy.names, strict=True):
        parents = hierarchy.parents(label) or [""]
        writer.writerows((label, name, parent) for parent in parents)
    return out.getvalue()


def _certainty(text: str) -> float:
    if text.lstrip()[:1] in ("{", "["):  # a JSON text, be its first field "child"
        return 0.0
    return 0.95 if _header(_with_line_feeds(text)) else 0.0


ID_TABLE = HierarchyFormat(
    name="id-table",
    suffixes=(".nodes.csv", ".nodes.tsv"),
    description="table of identifiers, names and parents with a header such as id,name,parent_id",
    sniff=_certainty,
    read=hierarchy_from_id_table,
    write=id_table_of_hierarchy,
    example="id,name,parent_id\n1,Pet Supplies,\n2,Dog Supplies,1\n3,Dog Beds,2\n4,Cats,1\n",
    keeps="identifiers as labels, names, synonyms, several parents (more rows, or 1|2 in a cell)",
    drops="other columns, rows marked obsolete",
)
