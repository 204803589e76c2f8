"""Hierarchies as tables of two columns, separated by tabs (TSV) or commas (CSV).

TSV has no quoting: a label is what stands between the tabs. CSV follows RFC 4180. Messages give
the line; the caller adds the name of the source.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import numpy as np

from hrgeom.core import Hierarchy
from hrgeom.errors import FormatError, HierarchyError

__all__ = [
    "delimiter_of",
    "hierarchy_from_table",
    "rows_of_table",
    "sniff_delimiter",
    "table_of_hierarchy",
]


def _is_skipped(line: str) -> bool:
    return line.startswith("#") or not line.strip()


def delimiter_of(text: str, format: str | None) -> str:
    """Return the sign between the columns of a table."""
    return {"tsv": "\t", "csv": ","}.get(format or "") or sniff_delimiter(text)


def sniff_delimiter(text: str) -> str:
    r"""Return the tab if the first line with a tab or a comma has a tab, else the comma.

    Blank lines and comments do not count, nor do leading rows of a single column.

    Examples
    --------
    >>> sniff_delimiter("animal\ndog, small\tanimal\n"), sniff_delimiter("dog,animal\n")
    ('\t', ',')
    """
    for line in text.split("\n"):
        if _is_skipped(line):
            continue
        if "\t" in line:
            return "\t"
        if "," in line:
            return ","
    return ","


def rows_of_table(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    r"""Yield (line number, fields) of every row; blank lines and lines from ``#`` on are skipped.

    Raises
    ------
    FormatError
        If quotes in a CSV do not match.

    Examples
    --------
    >>> list(rows_of_table('# pets\n"dog, small",animal\n', ","))
    [(2, ['dog, small', 'animal'])]
    """
    if delimiter == "\t":
        for number, line in enumerate(text.split("\n"), start=1):
            if not _is_skipped(line):
                yield number, line.removesuffix("\r").split("\t")
    else:
        yield from _rows_of_csv(text, delimiter)


def _rows_of_csv(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    # A "#" or a blank line inside a quoted label is data. The reader asks for a row's first line
    # when the caller asks for the row, so only that line is a candidate for skipping.
    number = start = 0
    between_rows = True

    def lines() -> Iterator[str]:
        nonlocal number, start, between_rows
        for line in io.StringIO(text, newline=""):
            number += 1
            if between_rows and _is_skipped(line):
                continue
            if between_rows:
                start, between_rows = number, False
            yield line

    reader = csv.reader(lines(), delimiter=delimiter, strict=True)
    while True:
        between_rows = True
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise FormatError(
                f"a CSV row must be well quoted: got {error} at line {start}"
            ) from error
        yield start, row


def hierarchy_from_table(
    text: str, *, delimiter: str, edge_direction: str | None = None
) -> Hierarchy:
    r"""Return the hierarchy of a table of children and parents.

    Parameters
    ----------
    text : str
        A row is an edge, or a node without a parent if it has one column or an empty second one.
        A first row ``child, parent`` or ``parent, child``, in any letter case, is a header.
    delimiter : {"\\t", ","}
    edge_direction : {"child-parent", "parent-child"}, optional
        Order of the columns. Default: what the header says, else child-parent.

    Raises
    ------
    FormatError
        If a row has more than two columns or an empty first one, or the header contradicts
        `edge_direction`.
    HierarchyError, CycleError
        If an edge comes twice or joins a node to itself (with the lines), or edges form a cycle.

    Examples
    --------
    >>> hierarchy_from_table("child,parent\ndog,animal\ncat,animal\n", delimiter=",")
    Hierarchy(3 nodes, 2 edges, 1 root, 2 levels)
    """
    index: dict[str, int] = {}
    line_of: dict[tuple[int, int], int] = {}
    rows = rows_of_table(text, delimiter)
    for position, (line, row) in enumerate(rows):
        if position == 0 and (header := _header_direction(row)):
            if edge_direction not in (None, header):
                raise FormatError(
                    f"edge_direction must agree with the header: got {edge_direction!r}, "
                    f"header {delimiter.join(row)!r} at line {line}"
                )
            edge_direction = header
            continue
        if len(row) > 2:
            raise FormatError(
                f"a row must have one or two columns: got {len(row)} at line {line}: {row!r}"
            )
        if not row[0]:
            raise FormatError(f"the first column must not be empty: got {row!r} at line {line}")
        numbers = [index.setdefault(label, len(index)) for label in row if label]
        if len(numbers) == 1:
            continue
        first, second = numbers
        if first == second:
            raise HierarchyError(
                f"an edge must not join a node to itself: got {row[0]!r} at line {line}"
            )
        earlier = line_of.setdefault((first, second), line)
        if earlier != line:
            raise HierarchyError(
                f"an edge must come once: got {row[0]!r}, {row[1]!r} at lines {earlier} and {line}"
            )
    edges = np.array(list(line_of), dtype=np.int64).reshape(-1, 2)
    if edge_direction == "parent-child":
        edges = edges[:, ::-1]
    return Hierarchy(list(index), edges)


def _header_direction(row: list[str]) -> str | None:
    direction = "-".join(row).lower()
    return direction if direction in ("child-parent", "parent-child") and len(row) == 2 else None


def table_of_hierarchy(hierarchy: Hierarchy, delimiter: str) -> str:
    r"""Return a hierarchy as a table: a header, its edges, then the nodes that have no edge.

    The header is always there, so that an edge from "child" to "parent" cannot be taken for one.

    Raises
    ------
    FormatError
        If a label is blank; for TSV also if it holds a tab or a line break or starts with ``#``.

    Examples
    --------
    >>> print(table_of_hierarchy(Hierarchy(["animal", "dog"], [(1, 0)]), ","), end="")
    child,parent
    dog,animal
    """
    fields = [_field(label, delimiter) for label in hierarchy.labels]
    lines = [f"child{delimiter}parent"]
    lines += [
        f"{fields[child]}{delimiter}{fields[parent]}" for child, parent in hierarchy.edges.tolist()
    ]
    alone = np.ones(hierarchy.n_nodes, dtype=np.bool_)
    alone[hierarchy.edges] = False
    lines += [fields[node] for node in np.flatnonzero(alone)]
    return "\n".join(lines) + "\n"


def _field(label: str, delimiter: str) -> str:
    if not label.strip():
        raise FormatError(f"labels of a table must not be blank: got {label!r}; write JSON instead")
    if delimiter == "\t":
        if label.startswith("#") or any(sign in label for sign in "\t\n\r"):
            raise FormatError(
                "labels of a TSV must hold no tab or line break and not start with '#': "
                f"got {label!r}; write CSV or JSON instead"
            )
        return label
    if label.startswith("#") or any(sign in label for sign in ',"\n\r'):
        return '"' + label.replace('"', '""') + '"'
    return label
