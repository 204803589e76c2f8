"""Which columns of a table hold what, and whether its first row names them.

What is not known is asked: a first row that may be a header and may be data is an error that says
how to answer.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from hrgeom.errors import FormatError
from hrgeom.io._headers import Header, hierarchy_header, is_usual, judgment_header, plain
from hrgeom.io._tables import Row, width_of

__all__ = ["EDGES", "JUDGMENTS", "Columns", "Layout", "Roles", "layout_of"]

Columns = Mapping[str, int | str]
"""Role, such as "child", -> number of the column from 1, or its name in the header."""

_MANY = 0.5  # share of rows that stand alone from which on the first may too


@dataclass(frozen=True)
class Roles:
    """What a kind of table holds.

    Attributes
    ----------
    needed, optional : tuple of str
        Roles in the order of the columns where no header says another.
    known : callable
        Takes the cells of a row, returns the header it is, or None.
    canonical : tuple of str
        The header that hrgeom writes: a header whatever the labels are.
    row : str
        What a row is called.
    """

    needed: tuple[str, ...]
    optional: tuple[str, ...]
    known: Callable[[list[str]], Header | None]
    canonical: tuple[str, ...]
    row: str

    @property
    def all(self) -> tuple[str, ...]:
        """Every role."""
        return self.needed + self.optional


EDGES = Roles(("child", "parent"), (), hierarchy_header, ("child", "parent"), "edge")
JUDGMENTS = Roles(
    ("query", "document"),
    ("grade",),
    judgment_header,
    ("query-id", "corpus-id", "score"),
    "judgment",
)


@dataclass(frozen=True)
class Layout:
    """Where the columns are.

    Attributes
    ----------
    columns : dict
        Role -> position of its column.
    header : list of str, optional
        Cells of the first row, if it is a header.
    width : int
        How many cells most rows have.
    is_known : bool
        The names of the header said which column is which.
    """

    columns: dict[str, int]
    header: list[str] | None
    width: int
    is_known: bool = False


def layout_of(
    rows: list[Row], roles: Roles, *, columns: Columns | None = None, header: bool | None = None
) -> Layout:
    """Return where the columns are.

    Parameters
    ----------
    rows : list of (int, list of str)
        All rows of the table, at least one.
    roles : Roles
        `EDGES` or `JUDGMENTS`.
    columns : mapping, optional
        Role -> number of the column from 1, or its name in the header.
    header : bool, optional
        Whether the first row is a header.

    Raises
    ------
    FormatError
        If the first row may be a header and is not known, a column that is asked for is not there,
        or a table of more columns does not say which are needed.
    """
    line, first = rows[0]
    width = max(width_of(rows), len(first) if len(rows) == 1 else 1)
    if columns is not None:
        return _given(rows, roles, columns, header, width)
    if roles is EDGES and header is not False and judgment_header(first):
        raise FormatError(
            f"the first row must be an edge or a header of edges: got {_shown(first)} at line "
            f"{line}, the header of judgments, which are read by --qrels (read_judgments); if it "
            f"is an edge, say --no-header, or --columns {_example(roles)}"
        )
    found = None if header is False else roles.known(first)
    if found and header is None and _is_data(found, first, rows, roles):
        found = None
    if found:
        shift = _row_names(rows)
        at = {role: position + shift for role, position in found.columns.items()}
        return Layout(at, first, width, is_known=True)
    if header is None and _may_be_header(first, rows, width):
        raise FormatError(_question(first, line, roles))
    if width > len(roles.all) and len(rows) > 1:
        raise FormatError(
            f"a table of {width} columns must say which are the {' and the '.join(roles.needed)}, "
            f"by a header with usual names or by --columns {_example(roles)}: "
            f"got {_shown(first)} at line {line}"
        )
    at = {role: position for position, role in enumerate(roles.all)}
    return Layout(at, first if header else None, width)


def _shown(cells: list[str]) -> str:
    text = ", ".join(repr(str(cell)[:40]) for cell in cells[:6])
    return text + (", ..." if len(cells) > 6 else "")


def _example(roles: Roles) -> str:
    return ",".join(f"{role}={position}" for position, role in enumerate(roles.needed, start=1))


_LEVEL = re.compile(r"(?i)\s*([a-z]+[ _-])?(level|lvl|tier|depth|cat|category)[ _-]*\d+\s*")


def _question(first: list[str], line: int, roles: Roles) -> str:
    if len(first) > 1 and all(map(_LEVEL.fullmatch, map(str, first))):
        return (
            f"a row must be an {roles.row}: got levels side by side, {_shown(first)}, at line "
            f"{line}; write a path per line, such as A > B > C, or say --columns "
            f"{_example(roles)} to read two of them"
        )
    return (
        f"the first row must be an {roles.row} or a header of usual names such as "
        f"{','.join(roles.canonical)}: got {_shown(first)} at line {line}, which may be either; "
        f"say --no-header, --header or --columns {_example(roles)} (names work too)"
    ).replace("an judgment", "a judgment")


# --- Columns that are given -------------------------------------------------------------------


def _given(
    rows: list[Row], roles: Roles, columns: Columns, header: bool | None, width: int
) -> Layout:
    unknown = [role for role in columns if role not in roles.all]
    missing = [role for role in roles.needed if role not in columns]
    if unknown or missing:
        raise FormatError(
            f"columns must be given for {' and '.join(roles.needed)}, such as {_example(roles)}: "
            f"got {', '.join(map(repr, columns))}"
        )
    line, first = rows[0]
    by_name = any(isinstance(column, str) for column in columns.values())
    if by_name and header is False:
        raise FormatError("columns must be given by number where there is no header: got a name")
    at = {role: _position(column, first, width, line) for role, column in columns.items()}
    if len(set(at.values())) < len(at):
        raise FormatError(f"columns must be different ones: got {dict(columns)}")
    if by_name or header:
        return Layout(at, first, width)
    used = [first[i] for i in at.values() if i < len(first)]
    known = header is None and (roles.known(first) or roles.known(used))
    if known and not _is_data(known, first, rows, roles):
        return Layout(at, first, width)
    if header is None and _may_be_header(used, _only(rows, at), len(at)):
        raise FormatError(
            f"the first row must be an {roles.row} or a header of usual names: got {_shown(used)} "
            f"at line {line}, which may be either; say --header or --no-header".replace(
                "an judgment", "a judgment"
            )
        )
    return Layout(at, None, width)


def _only(rows: list[Row], at: dict[str, int]) -> list[Row]:
    return [(n, [cells[i] for i in at.values() if i < len(cells)]) for n, cells in rows]


def _position(column: int | str, first: list[str], width: int, line: int) -> int:
    if isinstance(column, int):
        if not 1 <= column <= width:
            raise FormatError(f"columns must be numbers from 1 to {width}: got {column}")
        return column - 1
    for names in (first, [plain(name) for name in first]):
        wanted = column if names is first else plain(column)
        if wanted and names.count(wanted) == 1:
            return names.index(wanted)
    raise FormatError(
        f"columns must be names in the header, each there once, or numbers from 1: got {column!r}, "
        f"header {_shown(first)} at line {line}"
    )


# --- Is the first row a header? ---------------------------------------------------------------


def _labels(rows: list[Row]) -> Iterator[str]:
    return (cell for _, cells in rows[1:] for cell in cells if cell)


def _recurs(first: list[str], rows: list[Row]) -> bool:
    wanted = {cell for cell in first if cell}
    return any(cell in wanted for cell in _labels(rows))


def _row_names(rows: list[Row]) -> int:
    """1 if every row has one cell more than the header, as R writes tables with row names."""
    return int(len(rows) > 1 and all(len(c) == len(rows[0][1]) + 1 for _, c in rows[1:]))


def _is_data(found: Header, first: list[str], rows: list[Row], roles: Roles) -> bool:
    """True if a row with usual names is one of labels, since these occur again.

    Raises
    ------
    FormatError
        If it may be both.
    """
    names = tuple(cell.lower() for cell in first)
    ways = (roles.canonical, roles.canonical[:2], roles.canonical[1::-1])
    if names in ways or not _recurs([first[i] for i in found.columns.values()], rows):
        return False
    if found.is_sure:
        raise FormatError(_question(first, rows[0][0], roles))
    return True


def _may_be_header(first: list[str], rows: list[Row], width: int) -> bool:
    """True if nothing says that the first row is data.

    It is data if it has an empty cell or fewer cells than the others, if a cell occurs again, or
    if its cells are built as those below them are (`GO:0000001`, `dog.n.01`, numbers). It may be a
    header if a cell has a usual name, if a column is of numbers below it alone, or if labels
    repeat in the other rows so that a row of two labels that do not stands out.
    """
    if len(rows) < 2 or len(first) < max(width, 2) or not all(first[:width]):
        return False
    if _recurs(first, rows):
        return False
    if any(is_usual(cell) for cell in first):
        return True
    below = [[c[i] for _, c in rows[1:] if len(c) > i and c[i]] for i in range(width)]
    numbers = [bool(column) and all(map(_is_number, column)) for column in below]
    if any(n and not _is_number(cell) for n, cell in zip(numbers, first, strict=False)):
        return True
    if all(_built_alike(cell, column) for cell, column in zip(first, below, strict=False)):
        return False
    return _stands_out(rows[1:])


def _is_number(cell: str) -> bool:
    return re.fullmatch(r"[-+]?\d+([.,]\d+)?", cell) is not None


def _shape(cell: str) -> str:
    return re.sub(r"\d+", "9", re.sub(r"[^\W\d_]+", "a", cell))


def _built_alike(cell: str, column: list[str]) -> bool:
    shape = _shape(cell)
    is_code = re.search(r"[9.:/#]", shape) is not None
    return is_code and any(_shape(other) == shape for other in column[:1000])


def _stands_out(rows: list[Row]) -> bool:
    """True if labels repeat in most rows."""
    times = Counter(cell for _, cells in rows for cell in cells if cell)
    alone = sum(all(times[cell] == 1 for cell in cells) for _, cells in rows)
    return alone < _MANY * len(rows)
