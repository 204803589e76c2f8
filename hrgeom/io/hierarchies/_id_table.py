"""Tables in which a row is a node: its identifier, its name, the identifier of its parent."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from itertools import count, repeat

from hrgeom.core import Hierarchy, Remark
from hrgeom.errors import FormatError
from hrgeom.io._headers import Header
from hrgeom.io._plain_tables import PlainTable
from hrgeom.io._tables import read_table
from hrgeom.io.hierarchies._assembly import head
from hrgeom.io.hierarchies._columns import Columns, columns_of
from hrgeom.io.hierarchies._format import HierarchyFormat
from hrgeom.io.hierarchies._rows import Row, hierarchy_of_rows

__all__ = ["ID_TABLE", "hierarchy_from_id_table", "id_table_of_hierarchy"]

_DELIMITERS = "\t,;|"
_TRUE = frozenset({"true", "1", "yes", "t", "y"})


def _known(cells: list[str]) -> Header | None:
    """The header of such a table: columns of identifiers and parents, and another."""
    columns = columns_of(cells) if sum(map(bool, cells)) > 2 else None
    if columns is None:
        return None
    return Header({"child": columns.identifier, "parent": columns.parent}, is_sure=True)


def _delimiter(text: str) -> str | None:
    """Return the sign between the cells of such a table; None if it is none."""
    sample = head(text)
    for delimiter in _DELIMITERS:
        if delimiter not in sample:
            continue
        rows = read_table(sample, delimiter, _known, lenient=True).rows
        if rows and _known(rows[0][1]):
            return delimiter
    return None


def hierarchy_from_id_table(
    text: str,
    *,
    header: bool | None = None,
    relation: str | None = None,
    allow_no_edges: bool = False,
) -> Hierarchy:
    r"""Return the hierarchy of a table with a header, by identifier, name and parent.

    Parameters
    ----------
    text : str
        Between tabs, commas, semicolons or bars; cells may be quoted as in RFC 4180.
    header : bool, optional
        Whether there is a header, as there must be.
    relation : str, optional
        Of a table with a column of relations: which make the edges, separated by commas.
    allow_no_edges : bool
        Several rows without any parent are nodes.

    Raises
    ------
    FormatError
        If there is no such header, a row has more cells than it, quotes do not match, rows are of
        several relations, or none of several has a parent.

    Examples
    --------
    >>> h = hierarchy_from_id_table("id,name,parent_id\n1,animal,\n2,dog,1\n")
    >>> h.labels, h.names, h.parents("2")
    (('1', '2'), ('animal', 'dog'), ['1'])
    """
    delimiter = None if header is False else _delimiter(text)
    if delimiter is None:
        raise FormatError(
            "the first row must name a column of identifiers and one of parents, such as "
            "id,name,parent_id: got another, or --no-header"
        )
    headers, columns, rows, remarks = _plain_rows(text, delimiter) or _rows(text, delimiter)
    found = hierarchy_of_rows(
        rows,
        are_edges=columns.are_edges,
        unused=filter(None, columns.unused(headers)),
        relation=relation,
    )
    if found.n_nodes > 1 and not found.n_edges and not allow_no_edges:
        raise FormatError(
            f"a row must have a parent: got {len(rows):,} rows without any in the column "
            f"{headers[columns.parent]!r}; say --columns child=NAME,parent=NAME if it is another, "
            "or --allow-no-edges"
        )
    found.remarks = (*remarks, *found.remarks)
    return found


Rows = tuple[list[str], Columns, list[Row], list[Remark]]
"""Headers, where the columns are, the rows below, and what was repaired."""


def _rows(text: str, delimiter: str) -> Rows:
    """Rows of a table of any kind."""
    table = read_table(text, delimiter, _known)
    (_, headers), *rows = table.rows
    columns = columns_of(headers)
    assert columns is not None
    shift = int(_has_row_names(headers, [cells for _, cells in rows]))
    made = [_row(cells[shift:], f"line {line}", len(headers), columns) for line, cells in rows]
    return headers, columns, made, table.remarks


def _plain_rows(text: str, delimiter: str) -> Rows | None:
    """Rows of a plain table, in blocks; None if it is none."""
    table = PlainTable.of(text, delimiter, _known)
    columns = columns_of(table.first[1]) if table and _known(table.first[1]) else None
    if table is None or columns is None:
        return None
    line, headers = table.first
    made: list[Row] = []
    for cells in table.blocks():
        if cells is None or "" in cells[columns.identifier :: len(headers)]:
            return None
        made += _block_of_rows(cells, line + len(made) + 1, len(headers), columns)
    return headers, columns, made, []


def _block_of_rows(cells: list[str], line: int, width: int, columns: Columns) -> Iterable[Row]:
    def column(number: int | None) -> Iterable[str | None]:
        return repeat(None) if number is None else cells[number::width]

    return map(
        Row,
        map("line {}".format, count(line)),
        cells[columns.identifier :: width],
        cells[columns.parent :: width],
        column(columns.name),
        column(columns.synonyms),
        ((cell or "").casefold() in _TRUE for cell in column(columns.obsolete)),
        column(columns.relation),
    )


def _has_row_names(headers: list[str], rows: list[list[str]]) -> bool:
    """True if rows are numbered in a cell that the header lacks, as R writes them."""
    first = [str(number) for number in range(1, len(rows) + 1)]
    is_wider = all(len(cells) == len(headers) + 1 for cells in rows)
    return is_wider and len(rows) > 1 and [str(cells[0]) for cells in rows] == first


def _row(cells: list[str], place: str, n_columns: int, columns: Columns) -> Row:
    if len(cells) != n_columns:
        if any(cells[n_columns:]):
            raise FormatError(
                f"a row must have {n_columns} cells, as the header: got {len(cells)} at {place}"
            )
        cells = cells + [""] * (n_columns - len(cells))

    def cell(number: int | None) -> str | None:
        return None if number is None else str(cells[number])

    return Row(
        place,
        str(cells[columns.identifier]),
        str(cells[columns.parent]),
        cell(columns.name),
        cell(columns.synonyms),
        columns.obsolete is not None and cells[columns.obsolete].casefold() in _TRUE,
        cell(columns.relation),
    )


def id_table_of_hierarchy(hierarchy: Hierarchy) -> str:
    """Return a table id,name,parent_id between commas; a row for every further parent.

    Raises
    ------
    FormatError
        If a label or name is blank, has spaces at its ends, or a carriage return, or several nodes
        have no edge.

    Examples
    --------
    >>> print(id_table_of_hierarchy(Hierarchy(["animal", "dog"], [(1, 0)])), end="")
    id,name,parent_id
    animal,animal,
    dog,dog,animal
    """
    labels = hierarchy.labels
    if hierarchy.n_nodes > 1 and not hierarchy.n_edges:
        raise FormatError("a table of identifiers and parents must have an edge: got none")
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
    return 0.95 if _delimiter(text) else 0.0


ID_TABLE = HierarchyFormat(
    name="id-table",
    suffixes=(".nodes.csv", ".nodes.tsv"),
    description="table of identifiers, names and parents with a header such as id,name,parent_id",
    options=("header", "relation", "allow_no_edges"),
    sniff=_certainty,
    read=hierarchy_from_id_table,
    write=id_table_of_hierarchy,
    example="id,name,parent_id\n1,Pet Supplies,\n2,Dog Supplies,1\n3,Dog Beds,2\n4,Cats,1\n",
    keeps="identifiers as labels, names, synonyms, several parents (more rows, or 1|2 in a cell)",
    drops="other columns, rows marked obsolete, rows of other relations",
)
