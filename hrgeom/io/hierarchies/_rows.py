"""From rows with identifier, name and parents to a hierarchy: what tables and records share."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from hrgeom.core import Hierarchy
from hrgeom.errors import FormatError
from hrgeom.io.hierarchies._assembly import Assembly, is_null

__all__ = ["Row", "cells_of", "hierarchy_of_rows"]

_NO_PARENT = frozenset({"0", "-1", "0.0", "-1.0"})
_SEPARATORS = "|;,"


class Row(NamedTuple):
    """A node, or an edge, of a table."""

    place: str
    identifier: str
    parents: tuple[str, ...] | str
    """Text is one cell, which may hold several identifiers between | or ; or commas."""
    name: str | None = None
    synonyms: str | None = None
    obsolete: bool = False
    relation: str | None = None
    """What the row says of its two ends, such as "is_a"; None: nothing."""


def cells_of(text: str | None) -> list[str]:
    """Return the parts of a cell that holds several texts between bars or semicolons."""
    if not text:
        return []
    return [part.strip() for part in re.split(r"[|;]", text) if part.strip()]


def hierarchy_of_rows(
    rows: Iterable[Row],
    *,
    are_edges: bool = False,
    metadata: Mapping[str, Any] | None = None,
    unused: Iterable[str] = (),
    relation: str | None = None,
) -> Hierarchy:
    """Return the hierarchy of rows; everything left out or looked up otherwise is remarked.

    Parameters
    ----------
    rows : iterable of Row
    are_edges : bool
        Whether a parent needs no row of its own.
    metadata : mapping, optional
    unused : iterable of str
        Columns that are not used.
    relation : str, optional
        Which relations make the edges, separated by commas.

    Raises
    ------
    FormatError
        If an identifier is empty, no parent is an identifier or a name, or rows are of several
        relations and nobody says which make the edges.
    """
    made, listed = Assembly(), []
    for row in _of_relation(list(rows), relation, made):
        if not row.identifier:
            raise FormatError(f"an identifier must not be empty: got none at {row.place}")
        if row.obsolete:
            made.note("obsolete", repr(row.identifier))
            continue
        if row.identifier in made.index and not are_edges:
            made.note("repeated-rows", row.place)
        node = made.node(row.identifier, row.name)
        if row.name and made.names.get(node) != row.name:
            made.other(row.name, row.identifier)
        for synonym in cells_of(row.synonyms):
            made.other(synonym, row.identifier)
        listed.append(row)
    found = _Parents(made, are_edges).add(listed)
    if not found and made.notes.get("dangling-parents", [0])[0] > 1:
        raise FormatError(
            "parents must be identifiers or names of other rows: got none that is, such as "
            f"{made.notes['dangling-parents'][1]}"
        )
    for column in unused:
        made.note("ignored-columns", repr(column))
    return made.hierarchy(metadata, closure="reduce" if are_edges else "keep")


def _of_relation(rows: list[Row], wanted: str | None, made: Assembly) -> list[Row]:
    """Return the rows of one relation, or of those that are wanted; the others are remarked.

    Raises
    ------
    FormatError
        If a relation that is wanted is not there, or it takes an answer which are.
    """
    times = Counter(row.relation for row in rows if row.relation)
    if wanted is None and len(times) < 2:
        downward = next((name for name in times if _last_words(name) in _DOWNWARD), None)
        if downward is None:
            return rows
        raise FormatError(
            f"rows must have the child first: got the relation {downward!r}, which has it last; "
            "say --columns child=3,parent=1, by number or name"
        )
    shown = ", ".join(f"{name!r} ({n:,})" for name, n in times.most_common(4))
    if wanted is None:
        raise FormatError(
            f"rows must be of one relation: got {shown}; say --relation NAME, or several "
            "between commas"
        )
    names = {_last_words(name) for name in wanted.split(",")}
    kept = [row for row in rows if row.relation and _last_words(row.relation) in names]
    if not kept:
        raise FormatError(
            f"relation must be one of the rows: got {wanted!r}; there are {shown or 'none'}"
        )
    if len(kept) < len(rows):
        other = next(name for name in times if _last_words(name) not in names)
        made.note("other-relations", repr(other), len(rows) - len(kept))
    return kept


def _last_words(relation: str) -> str:
    """A relation without its prefix, in lower case without signs."""
    return re.sub(r"[^a-z0-9]+", "", re.split(r"[#/:]", relation.strip())[-1].lower())


_DOWNWARD = frozenset(
    [
        *("narrower", "hasnarrower", "hyponym", "hashyponym", "haschild", "parentof", "haspart"),
        *("hassubclass", "superclassof", "contains", "includes", "hypernymof", "children"),
    ]
)
"""Relations whose second end is below the first."""


class _Parents:
    """The edges of rows whose identifiers are all known."""

    def __init__(self, made: Assembly, are_edges: bool) -> None:
        self.made, self.are_edges = made, are_edges
        self.known = dict(made.index)
        self.by_number: dict[int, int] = {}
        for label, node in made.index.items():
            if label.isdecimal() and len(label) < 16:
                self.by_number[int(label)] = -1 if int(label) in self.by_number else node
        self.by_name: dict[str, int] = {}
        for node, name in made.names.items():
            self.by_name[name] = node if self.by_name.get(name, node) == node else -1

    def add(self, rows: Iterable[Row]) -> int:
        """Add the edges; return how many parents were found."""
        found = 0
        for row in rows:
            child = self.known[row.identifier]
            for parent in self._listed(row.parents):
                node = self.known.get(parent)
                if node is None:
                    node = self._elsewhere(parent)
                if node is None:
                    continue
                found += node < len(self.known)
                self.made.edge_of_numbers(child, node, row.place)
        return found

    def _listed(self, parents: tuple[str, ...] | str) -> Sequence[str]:
        """Return the parents of a row; a cell that is no identifier may list several."""
        if isinstance(parents, tuple):
            return parents
        if parents in self.known:
            return (parents,)
        for sign in _SEPARATORS:
            parts = [part.strip() for part in parents.split(sign)]
            if len(parts) > 1 and any(part in self.known for part in parts):
                return parts
        return (parents,)

    def _elsewhere(self, parent: str) -> int | None:
        """Return the node that a parent which is no identifier means; None for no parent."""
        if is_null(parent) or parent in _NO_PARENT:
            if parent:
                self.made.note("no-parent-values", repr(parent))
            return None
        for other in (re.sub(r"\.0+$", "", parent), f"{parent}.0"):
            if re.fullmatch(r"-?\d+(\.0+)?", parent) and other in self.known:
                self.made.note("whole-numbers", repr(parent))
                return self.known[other]
        if re.fullmatch(r"\d{1,3}(,\d{3})+|\d{1,15}", parent):
            node = self.by_number.get(int(parent.replace(",", "")), -1)
            if node >= 0:
                self.made.note("numbers-met", repr(parent))
                return node
        if self.by_name.get(parent, -1) >= 0:
            self.made.note("parents-by-name", repr(parent))
            return self.by_name[parent]
        if not self.are_edges and parent not in self.made.index:
            self.made.note("dangling-parents", repr(parent))
        return self.made.node(parent)
