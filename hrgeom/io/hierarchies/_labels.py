"""Labels of tables that may mean something else: no parent (NaN), or the same number (2.0)."""

from __future__ import annotations

import re
from collections.abc import Collection

from hrgeom.core import Remark
from hrgeom.errors import FormatError
from hrgeom.io._tables import Quoted, Row
from hrgeom.io.hierarchies._assembly import NULLS, is_null
from hrgeom.io.hierarchies._repairs import counted

__all__ = [
    "declared_labels",
    "is_confusing",
    "met_numbers",
    "parents_apart",
    "plain_labels",
    "without_nulls",
]

_WHOLE = re.compile(r"-?\d+")
_DECIMAL = re.compile(r"-?\d+\.0+")
_REWRITTEN = re.compile(r"0\d{0,14}|\d(\.\d+)?[eE]\+?\d{1,2}|\d{1,3}(,\d{3})+")


def is_confusing(label: str) -> bool:
    """True if a reader of a table may take the label for no parent, several, or a whole number."""
    return is_null(label) or _has_sign(label) or _DECIMAL.fullmatch(label) is not None


def _has_sign(label: str) -> bool:
    return "|" in label or ";" in label


def declared_labels(rows: list[Row]) -> set[str]:
    """Labels in quotes in a row of their own, by which a table says that they are meant."""
    return {cells[0] for _, cells in rows if len(cells) == 1 and type(cells[0]) is Quoted}


def plain_labels(labels: list[str], parents: set[str]) -> list[Remark] | None:
    """Return remarks on distinct labels; None if rows must say what one of them means.

    Parameters
    ----------
    labels : list of str
        Without white space around them, none of them in quotes.
    parents : set of str
        Those that are no child.

    Raises
    ------
    FormatError
        As `met_numbers`.
    """
    has_nulls = not NULLS.isdisjoint(map(str.casefold, labels))
    if has_nulls or any(map(_has_sign, parents)):
        return None
    if any("." in label and _DECIMAL.fullmatch(label) for label in labels):
        return None
    return _written_twice(labels)


def without_nulls(
    children: list[str], parents: list[str], lines: list[int], declared: set[str]
) -> tuple[list[str], list[str], list[int], list[Remark]]:
    """Return children, parents and lines where parents such as NaN are none, and remarks.

    A word that is somebody's child, such as the noun "null", is a label and no null.
    """
    found = {label for label in {*parents, *children} if label and is_null(label)} - declared
    if not found:
        return children, parents, lines, []
    labels = {
        child
        for child, parent in zip(children, parents, strict=True)
        if child in found and parent and parent not in found
    }
    nulls = found - labels
    rows = list(zip(children, parents, lines, strict=True))
    kept = [row for row in rows if row[0] not in nulls]
    n_parents = sum(parent in nulls for _, parent, _ in kept)
    remarks = []
    if labels:
        text = f"{min(labels)!r} is read as a label, since it has a parent"
        remarks.append(Remark("null-labels", text, len(labels)))
    if n_parents:
        shown = ", ".join(map(repr, sorted({str(p) for _, p, _ in kept if p in nulls})))
        text = f"{counted(n_parents, 'parent')} {shown} read as no parent"
        remarks.append(Remark("no-parent-values", text, n_parents))
    if len(kept) < len(rows):
        n, line = len(rows) - len(kept), next(row[2] for row in rows if row[0] in nulls)
        text = f"{counted(n, 'row')} without a label left out, at line {line}"
        remarks.append(Remark("empty-rows", text, n))
    above = ["" if parent in nulls else parent for _, parent, _ in kept]
    return [row[0] for row in kept], above, [row[2] for row in kept], remarks


def parents_apart(
    children: list[str], parents: list[str], lines: list[int], declared: set[str]
) -> tuple[list[str], list[str], list[int], list[Remark]]:
    """Return the columns with a row for each parent where a cell holds several labels.

    A cell such as ``animal|pet`` holds several if each of them is a label elsewhere.
    """
    joined = {parent for parent in set(parents) if _has_sign(parent)} - declared - set(children)
    if not joined:
        return children, parents, lines, []
    known = set(children) | set(parents) - joined
    parts = {cell: [p.strip() for p in re.split(r"[|;]", cell) if p.strip()] for cell in joined}
    several = {cell: found for cell, found in parts.items() if known.issuperset(found)}
    rows = [
        (child, one, line)
        for child, parent, line in zip(children, parents, lines, strict=True)
        for one in several.get(parent, (parent,))
    ]
    remarks = []
    for code, cells, verb in (
        ("parents-split", joined & several.keys(), "taken apart, as each is a label"),
        ("signs-in-labels", joined - several.keys(), "read as one label"),
    ):
        if cells:
            n = sum(parent in cells for parent in parents)
            text = f"{counted(n, 'parent')} such as {str(min(cells))!r} {verb}"
            remarks.append(Remark(code, text, n))
    return [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows], remarks


def met_numbers(
    children: list[str], parents: list[str], declared: set[str]
) -> tuple[list[str], list[str], list[Remark]]:
    """Return the columns with whole numbers such as 2.0 written as 2 where the other has 2.

    A column of whole numbers with a gap becomes decimal in many programs.

    Raises
    ------
    FormatError
        If all labels are numbers and some are written both ways in one column.
    """
    below, above = set(children), set(parents) - {""}
    decimal = {x for x in below | above if "." in x and _DECIMAL.fullmatch(x)} - declared
    if not decimal:
        return children, parents, _written_twice(below | above)
    met: dict[str, str] = {}
    if above <= decimal and all(map(_WHOLE.fullmatch, below)):
        met = {label: _whole(label) for label in above}
    elif below <= decimal and all(map(_WHOLE.fullmatch, above)):
        met = {label: _whole(label) for label in below}
    else:
        met = {x: _whole(x) for x in decimal - below if _whole(x) in below}
    if met:
        n = sum(label in met for label in (*children, *parents))
        one = min(met)
        text = f"{counted(n, 'number')} such as {str(one)!r} read as {met[one]!r}"
        children = [met.get(label, label) for label in children]
        parents = [met.get(label, label) for label in parents]
        return children, parents, [Remark("whole-numbers", text, n)]
    both = sorted(x for x in decimal if _whole(x) in below | above)
    if not both:
        return children, parents, []
    one = str(both[0])
    if all(_WHOLE.fullmatch(x) or _DECIMAL.fullmatch(x) for x in below | above):
        raise FormatError(
            f"ids must be written one way: got {_whole(one)!r} and {one!r}; write whole numbers "
            "without a decimal point"
        )
    text = f"{counted(len(both), 'label')} equal to others as numbers, such as {one!r}"
    return children, parents, [Remark("numbers-alike", text, len(both))]


def _written_twice(labels: Collection[str]) -> list[Remark]:
    """A remark on numbers such as 007 and 7, 1e5 and 100000, or "1,000" and 1000.

    Raises
    ------
    FormatError
        If all labels are numbers: then these are ids that a program has rewritten.
    """
    odd = [label for label in labels if _REWRITTEN.fullmatch(label)]
    if not odd:
        return []
    groups: dict[float, list[str]] = {}
    for label in sorted(labels):
        if _WHOLE.fullmatch(label) or _REWRITTEN.fullmatch(label):
            groups.setdefault(float(label.replace(",", "")), []).append(label)
    alike = [label for group in groups.values() if len(group) > 1 for label in group]
    if not alike:
        return []
    one, other = map(str, alike[:2])
    if all(_WHOLE.fullmatch(x) or _REWRITTEN.fullmatch(x) for x in labels):
        raise FormatError(
            f"ids must be written one way: got {one!r} and {other!r}; write every id as it is in "
            "its own row"
        )
    text = f"{counted(len(alike), 'label')} equal to others as numbers, such as {one!r}"
    return [Remark("numbers-alike", text, len(alike))]


def _whole(label: str) -> str:
    return label.partition(".")[0]
