"""NCBI taxonomy dumps: nodes.dmp, with names.dmp and merged.dmp beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from hrgeom.core import Hierarchy
from hrgeom.errors import FormatError
from hrgeom.io.hierarchies._assembly import Assembly
from hrgeom.io.hierarchies._format import HierarchyFormat

__all__ = ["TAXDUMP", "hierarchy_from_taxdump"]

_SYNONYMS = frozenset(
    {"synonym", "common name", "genbank common name", "equivalent name", "genbank synonym"}
)


def _rows(text: str, least: int, file: str) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        cells = [cell.strip() for cell in line.rstrip("\r").removesuffix("|").split("|")]
        if len(cells) < least:
            raise FormatError(
                f"a row of {file} must have at least {least} fields between bars: "
                f"got {len(cells)} at line {number}"
            )
        yield number, cells


def hierarchy_from_taxdump(
    text: str, *, beside: Callable[[str], str | None] = lambda name: None
) -> Hierarchy:
    r"""Return the hierarchy of a taxonomy dump.

    Parameters
    ----------
    text : str
        Content of nodes.dmp.
    beside : callable, optional
        Returns the text of names.dmp and merged.dmp, or None.

    Raises
    ------
    FormatError
        If a row has too few fields or an identifier that is no number (with the line).

    Examples
    --------
    >>> names = "1\t|\troot\t|\t\t|\tscientific name\t|\n"
    >>> h = hierarchy_from_taxdump(
    ...     "1\t|\t1\t|\tno rank\t|\n2\t|\t1\t|\tdomain\t|\n", beside={"names.dmp": names}.get
    ... )
    >>> h.labels, h.names, h.parents("2")
    (('1', '2'), ('root', '2'), ['1'])
    """
    made = Assembly()
    pairs = []
    for line, cells in _rows(text, 3, "nodes.dmp"):
        if not (cells[0].isdigit() and cells[1].isdigit()):
            raise FormatError(
                f"identifiers of nodes.dmp must be numbers: got {cells[:2]} at line {line}"
            )
        if cells[0] in made.index:
            raise FormatError(f"a node must come once: got {cells[0]} again at line {line}")
        made.node(cells[0])
        pairs.append((line, cells[0], cells[1]))
    names, merged = beside("names.dmp"), beside("merged.dmp")
    if names is None:
        made.note("no-names-file", "names.dmp")
    else:
        _add_names(made, names)
    for _, cells in _rows(merged or "", 2, "merged.dmp"):
        if cells[1] in made.index:
            made.other(cells[0], cells[1])
    for line, child, parent in pairs:
        if parent not in made.index:
            made.note("dangling-parents", parent)
        if child != parent:  # the root is its own parent
            made.edge(child, parent, f"line {line}")
    if not made.index:
        raise FormatError("nodes.dmp must have rows: got none")
    return made.hierarchy()


def _add_names(made: Assembly, text: str) -> None:
    for _, cells in _rows(text, 4, "names.dmp"):
        identifier, name, _, kind = cells[:4]
        if identifier not in made.index:
            continue
        if kind == "scientific name":
            made.node(identifier, name)
        elif kind in _SYNONYMS:
            made.other(name, identifier)


def _certainty(text: str) -> float:
    first = next((line for line in text[:2_000].split("\n") if line.strip()), "")
    return 0.97 if re.match(r"\d+\s*\|\s*\d+\s*\|\s*[a-z][a-z ]*\s*\|", first) else 0.0


TAXDUMP = HierarchyFormat(
    name="taxdump",
    suffixes=(".dmp",),
    description="NCBI taxonomy dump: a folder, or nodes.dmp with names.dmp beside it",
    sniff=_certainty,
    read=hierarchy_from_taxdump,
    files=("nodes.dmp", "names.dmp", "merged.dmp"),
    example="1\t|\t1\t|\tno rank\t|\n9605\t|\t1\t|\tgenus\t|\n9606\t|\t9605\t|\tspecies\t|\n",
    keeps="identifiers as labels, scientific names, synonyms and merged identifiers",
    drops="ranks, divisions, genetic codes, authorities",
)
