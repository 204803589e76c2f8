"""Tables in Parquet files, through pyarrow (extra `parquet`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hrgeom._base.memory import in_words
from hrgeom._base.optional import imported
from hrgeom._base.regular_files import FREE_EXPANSION, MOST_EXPANSION
from hrgeom.core import Hierarchy
from hrgeom.errors import FormatError
from hrgeom.io.hierarchies._columns import Columns, columns_of
from hrgeom.io.hierarchies._format import HierarchyFormat
from hrgeom.io.hierarchies._records import text_of
from hrgeom.io.hierarchies._rows import Row, hierarchy_of_rows

__all__ = ["PARQUET", "hierarchy_from_parquet"]

_EXTRA = "'hrgeom[parquet]'"
_MAGIC = b"PAR1"


def hierarchy_from_parquet(
    data: bytes,
    *,
    columns: Mapping[str, int | str] | None = None,
    relation: str | None = None,
) -> Hierarchy:
    """Return the hierarchy of a Parquet file with columns of children and parents.

    Parameters
    ----------
    data : bytes
        Columns child and parent, or identifier, name and parent, in any order; parents may be
        lists.
    columns : mapping, optional
        "child" and "parent" -> number of the column from 1, or its name.
    relation : str, optional
        Of a table with a column of relations: which make the edges, separated by commas.

    Raises
    ------
    FormatError
        If pyarrow is missing or cannot read it, or the columns are not known.
    """
    imported("pyarrow", "reading Parquet", _EXTRA, error=FormatError)
    parquet = imported("pyarrow.parquet", "reading Parquet", _EXTRA, error=FormatError)
    arrow = imported("pyarrow", "reading Parquet", _EXTRA, error=FormatError)
    try:
        file = parquet.ParquetFile(arrow.BufferReader(data))
        _check_expansion(file.metadata, len(data))
        table = file.read()
    except FormatError:
        raise
    except (arrow.ArrowException, OSError, ValueError) as error:
        raise FormatError(
            f"data must be Parquet: got {str(error).splitlines()[0]}; "
            "write the file again, or as CSV"
        ) from error
    fields = [str(name) for name in table.column_names]
    found = columns_of(fields) if columns is None else _given(columns, fields)
    if found is None:
        raise FormatError(
            "columns must be child and parent, or identifier, name and parent, under usual names: "
            f"got {', '.join(map(repr, fields[:8]))}; say --columns child=NAME,parent=NAME"
        )
    return hierarchy_of_rows(
        _rows(table, found),
        are_edges=found.are_edges,
        unused=found.unused(fields),
        relation=relation,
    )


def _check_expansion(metadata: Any, size: int) -> None:
    """Raise FormatError for more cells than a file of this size holds, but for repetitions."""
    most = max(FREE_EXPANSION, MOST_EXPANSION * size)
    groups = (metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups))
    expanded = max(8 * metadata.num_rows * max(metadata.num_columns, 1), sum(groups))
    if expanded > most:
        raise FormatError(
            f"Parquet must expand to at most {in_words(FREE_EXPANSION)}, or {MOST_EXPANSION} times "
            f"its size: got {in_words(expanded)}; write it as CSV if you trust it"
        )


def _given(columns: Mapping[str, int | str], fields: list[str]) -> Columns:
    """Return the columns that are asked for, by number from 1 or by name."""
    at: dict[str, int] = {}
    for role in ("child", "parent"):
        column = columns.get(role)
        if column in fields:
            at[role] = fields.index(str(column))
        elif isinstance(column, int) and 1 <= column <= len(fields):
            at[role] = column - 1
        else:
            raise FormatError(
                "columns must give child and parent, by name or number: got "
                f"{role} {column!r}; there are {', '.join(map(repr, fields[:8]))}"
            )
    return Columns(at["child"], at["parent"], are_edges=True)


def _rows(table: Any, columns: Columns) -> Iterator[Row]:
    def values(number: int | None) -> list[Any]:
        return [None] * table.num_rows if number is None else table.column(number).to_pylist()

    used = (
        *(columns.identifier, columns.parent, columns.name, columns.synonyms, columns.obsolete),
        columns.relation,
    )
    for number, cells in enumerate(zip(*map(values, used), strict=True), start=1):
        identifier, parents, name, synonyms, obsolete, relation = cells
        place = f"row {number}"
        several = parents if isinstance(parents, list) else [parents]
        yield Row(
            place,
            text_of(identifier, place),
            tuple(text_of(parent, place) for parent in several if parent is not None),
            text_of(name, place) or None,
            "|".join(map(str, synonyms)) if isinstance(synonyms, list) else synonyms,
            obsolete is True,
            text_of(relation, place) or None,
        )


def _certainty(data: bytes) -> float:
    return 1.0 if data[:4] == _MAGIC == data[-4:] else 0.0


PARQUET = HierarchyFormat(
    name="parquet",
    suffixes=(".parquet", ".pq"),
    description="Parquet table of child and parent, or identifier, name and parent",
    extra=_EXTRA,
    binary=True,
    options=("columns", "relation"),
    sniff=_certainty,
    read=hierarchy_from_parquet,
    keeps="identifiers as labels, names, synonyms, several parents (a list)",
    drops="other columns",
)
