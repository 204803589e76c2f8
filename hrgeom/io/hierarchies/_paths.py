"""Lists of paths: a node per line, by the way from the root, such as ``A > B > C`` or ``A/B/C``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hrgeom.core import Hierarchy
from hrgeom.errors import FormatError
from hrgeom.io._path_cells import is_table_of
from hrgeom.io.hierarchies._assembly import Assembly, head
from hrgeom.io.hierarchies._format import HierarchyFormat

__all__ = ["PATHS", "hierarchy_from_paths", "paths_of_hierarchy"]

_ARROWS = (" > ", " » ", " › ", " → ", " :: ", ">", "»", "›", "→", "::")
_SLASHES = ("/", "\\")
_NUMBERED = re.compile(r"(\S+)(?: - |\t+)(\S.*)")
_IN_CELLS = re.compile(r'"?(\d+)"?[,;|] *"?([^"]*)"?')
_TITLE = re.compile(
    r"(?i)(([\w ]*id|code|no|number)[,;|\t] *)?\"?((full|category|product|taxonomy|google)[ _-]?)*"
    r"(path|paths|category|categories|taxonomy|breadcrumbs?|hierarchy|name|type|label|title)\"?"
)
"""What the first line of a list of paths says, if it is a header."""
_FEW_LINES = 2_000  # that are looked at to recognize the format


@dataclass(frozen=True)
class _Path:
    """A line: its number, its identifier if it has one, and the names from the root down."""

    line: int
    identifier: str | None
    names: tuple[str, ...]


def _lines(text: str) -> tuple[list[tuple[int, str]], list[str]]:
    """Return numbered lines, and the comments above the first."""
    lines: list[tuple[int, str]] = []
    comments: list[str] = []
    for number, raw in enumerate(text.split("\n"), start=1):
        line = raw.strip("\r").strip()
        if line.startswith("#") and not lines:
            comments.append(line)
        elif line:
            lines.append((number, line))
    if lines and all(len(line) > 2 and line[0] == line[-1] == '"' for _, line in lines):
        lines = [(number, line[1:-1].replace('""', '"')) for number, line in lines]
    return lines, comments


def _without_header(lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Leave out a first line that names the column, unless other lines begin with it."""
    if len(lines) < 2 or not _TITLE.fullmatch(lines[0][1]):
        return lines
    title = lines[0][1]
    return lines if any(line.startswith(title) for _, line in lines[1:]) else lines[1:]


def _separator(lines: list[tuple[int, str]], among: tuple[str, ...]) -> str | None:
    """Return the separator that at least half of the lines have, or all below the roots."""
    for separator in among:
        having = [line for _, line in lines if separator in line]
        if not having:
            continue
        roots = {line.split(separator)[0].strip() for line in having}
        alone = [line for _, line in lines if separator not in line]
        if len(alone) <= len(having) or all(line in roots for line in alone):
            return separator
    return None


def _paths(lines: list[tuple[int, str]]) -> tuple[str, list[_Path]] | None:
    """Return the separator and the paths; None if the lines have none."""
    lines = _without_header(lines)
    numbered = _numbered(lines)
    bare = lines if numbered is None else [(line, rest) for line, _, rest in numbered]
    separator = _separator(bare, (*_ARROWS, *_SLASHES))
    if separator is None:
        return None
    identifiers: list[str | None] = [None] * len(lines)
    if numbered is not None:
        identifiers = [identifier for _, identifier, _ in numbered]
    found = [
        _Path(line, identifier, _names(rest, separator))
        for (line, rest), identifier in zip(bare, identifiers, strict=True)
    ]
    if numbered is not None and not _are_identifiers(found):
        found = [_Path(line, None, _names(rest, separator)) for line, rest in lines]
    return separator, found


def _numbered(lines: list[tuple[int, str]]) -> list[tuple[int, str, str]] | None:
    """Return (line, identifier, rest) if every line begins with one of its own."""
    found = []
    in_cells = sum(" > " in text for _, text in lines) * 2 > len(lines)
    for line, text in lines:
        match = _NUMBERED.fullmatch(text) or ((in_cells and _IN_CELLS.fullmatch(text)) or None)
        if match is None:
            return None
        found.append((line, match[1], match[2].strip()))
    return found if len({identifier for _, identifier, _ in found}) == len(found) else None


def _are_identifiers(paths: list[_Path]) -> bool:
    """Numbers are; other words are if the way to every line is a line too, word for word."""
    if all(path.identifier is not None and path.identifier.isdigit() for path in paths):
        return True
    known = {path.names for path in paths}
    return all(len(path.names) == 1 or path.names[:-1] in known for path in paths)


def _names(text: str, separator: str) -> tuple[str, ...]:
    if separator in _SLASHES:
        text = text.removeprefix("." + separator).strip(separator)
    sign = separator.strip()
    names = (name.strip() for name in text.split(separator))
    return tuple("" if name.startswith(sign) or name.endswith(sign) else name for name in names)


def hierarchy_from_paths(text: str) -> Hierarchy:
    r"""Return the hierarchy of a path per line.

    Parameters
    ----------
    text : str
        Names between ``>``, ``»``, ``→``, ``::``, slashes or backslashes; maybe with an identifier
        and " - " or a tab in front, as in Google's product taxonomy. Labels are the identifiers,
        else the paths.

    Raises
    ------
    FormatError
        If the lines have no separator in common, or a part of a path is empty (with the line).

    Examples
    --------
    >>> h = hierarchy_from_paths("Pets\nPets > Dogs\nPets > Dogs > Beds\n")
    >>> h.labels[2], h.names[2], h.parents("Pets > Dogs")
    ('Pets > Dogs > Beds', 'Beds', ['Pets'])
    """
    lines, comments = _lines(text)
    found = _paths(lines)
    if found is None:
        raise FormatError("lines must be paths such as A > B > C or A/B/C: got another form")
    separator, paths = found
    joint = separator if separator in _SLASHES else f" {separator.strip()} "
    made = Assembly(says_once=False)
    if comments:
        made.note("comments", comments[0], len(comments))
    if len(paths) < len(lines):
        made.note("header-line", repr(lines[0][1]))
    label_of: dict[tuple[str, ...], str] = {}
    for path in paths:
        if not all(path.names):
            raise FormatError(f"no part of a path must be empty: got one at line {path.line}")
        if path.names in label_of:
            made.note("repeated-lines", f"line {path.line}")
            continue
        label = label_of[path.names] = path.identifier or joint.join(path.names)
        made.node(label, path.names[-1])
    for path in paths:
        _climb(made, path, label_of, joint)
    return made.hierarchy()


def _climb(made: Assembly, path: _Path, label_of: dict[tuple[str, ...], str], joint: str) -> None:
    """Add the edges from a path up to its root, and the nodes that are only parts of paths."""
    names = path.names
    if label_of[names] != joint.join(names):
        made.other(joint.join(names), label_of[names])
    while len(names) > 1:
        above = names[:-1]
        is_new = above not in label_of
        if is_new:
            label_of[above] = joint.join(above)
            made.note("implied-nodes", repr(label_of[above]))
            made.node(label_of[above], above[-1])
        made.edge(label_of[names], label_of[above], f"line {path.line}")
        if not is_new:
            return
        names = above


def _names_down(hierarchy: Hierarchy) -> list[tuple[str, ...]]:
    """Return the names from the root to each node of a forest."""
    paths: list[tuple[str, ...]] = [()] * hierarchy.n_nodes
    for node in hierarchy.levels.argsort(kind="stable").tolist():
        start, end = hierarchy.parent_indptr[node], hierarchy.parent_indptr[node + 1]
        above = paths[hierarchy.parent_indices[start]] if end > start else ()
        paths[node] = (*above, hierarchy.names[node])
    return paths


def paths_of_hierarchy(hierarchy: Hierarchy) -> str:
    """Return a forest as a path per line, with its label in front unless that is the path.

    Raises
    ------
    FormatError
        If a node has two parents, there is no edge, or a label or name would not be read back.

    Examples
    --------
    >>> print(paths_of_hierarchy(Hierarchy(["1", "2"], [(1, 0)], names=["Pets", "Dogs"])), end="")
    1 - Pets
    2 - Pets > Dogs
    """
    if not hierarchy.is_forest or not hierarchy.n_edges:
        raise FormatError(
            "a list of paths must be of a forest with edges: got "
            + ("no edge" if hierarchy.is_forest else "a node with several parents")
        )
    paths = [" > ".join(names) for names in _names_down(hierarchy)]
    lines = paths
    if list(hierarchy.labels) != paths:
        lines = [f"{label} - {path}" for label, path in zip(hierarchy.labels, paths, strict=True)]
    text = "\n".join(lines) + "\n"
    if not _is_read_back(hierarchy, text):
        raise FormatError(
            "labels of a list of paths must have no spaces, and names no separators, line breaks "
            "or spaces at their ends, with no two of one name below one parent; write JSON instead"
        )
    return text


def _is_read_back(hierarchy: Hierarchy, text: str) -> bool:
    if _certainty(text) < 0.9:
        return False
    try:
        again = hierarchy_from_paths(text)
    except FormatError:
        return False
    return (again.sha256, again.names) == (hierarchy.sha256, hierarchy.names)


def _certainty(text: str) -> float:
    if text.lstrip()[:1] in "<{[":
        return 0.0
    text = head(text)
    lines = _lines(text)[0][:_FEW_LINES]
    found = _paths(lines)
    if found is None:
        return 0.0
    separator, paths = found
    if any(not all(path.names) for path in paths):
        return 0.0
    if ">" in separator and re.search(r"[-=]>|<[^<>\n]*>", text):
        return 0.0
    is_quoted = all(line[:1] == line.rstrip()[-1:] == '"' for line in text.split("\n") if line)
    if paths[0].identifier is None and not is_quoted and ("\t" in text or _is_table(lines)):
        return 0.0
    if separator in _SLASHES:
        roots = {path.names[0] for path in paths}
        is_shared = len(roots) < len(paths)
        return 0.7 if is_shared and "://" not in text and not _is_indented(text) else 0.0
    return 0.94


def _is_table(lines: list[tuple[int, str]]) -> bool:
    """Return whether every line has as many cells, between commas, semicolons or bars."""
    return any(is_table_of([line for _, line in lines], delimiter) for delimiter in ",;|")


def _is_indented(text: str) -> bool:
    return re.search(r"^[ \t]+\S", text, re.MULTILINE) is not None


PATHS = HierarchyFormat(
    name="paths",
    suffixes=(".paths",),
    description="a path per line, A > B > C or A/B/C, maybe with a number in front as Google's",
    sniff=_certainty,
    read=hierarchy_from_paths,
    write=paths_of_hierarchy,
    example="Pet Supplies\nPet Supplies > Dog Supplies\nPet Supplies > Dog Supplies > Dog Beds\n",
    keeps="paths as labels, or the numbers in front of them; the last part as name",
    drops="comments at the top",
)
