"""Indented outlines, bulleted or not, and what the program `tree` prints."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from hrgeom.core import Hierarchy
from hrgeom.errors import FormatError, HierarchyError
from hrgeom.io._foreign import text_kind
from hrgeom.io.hierarchies._assembly import Assembly, head, path_labels
from hrgeom.io.hierarchies._columns import columns_of
from hrgeom.io.hierarchies._format import HierarchyFormat

__all__ = ["OUTLINE", "hierarchy_from_outline", "hierarchy_of_depths", "outline_of_hierarchy"]

_BRANCH = re.compile(r"((?:[│|]?[ \xa0]{2,3}|\t)*)(?:[├└+`\\|][─-]{2,3}) ?(.*)")
_GUIDE = re.compile(r"[│|]?[ \xa0]{2,3}|\t")
_SUMMARY = re.compile(r"\d+ director(y|ies)(, \d+ files?)?")
_BULLET = re.compile(r"[-*+•] +")
_BOX = re.compile(r"\[[ xX]\] +")
_TAB = 4

Item = tuple[int, int, str]
"""Line, depth or indentation, text."""


def hierarchy_of_depths(items: list[Item], made: Assembly) -> Hierarchy:
    """Return the hierarchy of (line, indentation, name), each below the last with less.

    Raises
    ------
    FormatError
        If a line goes back to an indentation that no line above it has.
    """
    names: list[str] = []
    parents: list[int] = []
    stack: list[tuple[int, int]] = []
    for line, indent, name in items:
        seen = {at for at, _ in stack}
        while stack and stack[-1][0] >= indent:
            stack.pop()
        if seen and indent < max(seen) and indent not in seen:
            raise FormatError(
                f"an indentation must be that of a line above: got {indent} at line {line}"
            )
        parents.append(stack[-1][1] if stack else -1)
        stack.append((indent, len(names)))
        names.append(name)
    labels = path_labels(names, parents)
    if labels is not names:
        made.note("repeated-names", repr(_first_repeated(names)), len(names) - len(set(names)))
        if len(set(labels)) < len(labels):
            raise FormatError(
                f"names below one parent must be distinct: got {_first_repeated(labels)!r} twice"
            )
    for label, name in zip(labels, names, strict=True):
        made.node(label, name)
    for child, parent in enumerate(parents):
        if parent >= 0:
            made.edge_of_numbers(child, parent, f"line {items[child][0]}")
    return made.hierarchy()


def _first_repeated(names: list[str]) -> str:
    return next(name for name, times in Counter(names).items() if times > 1)


def _indented(text: str) -> list[Item]:
    """Return the lines of an outline with their indentation, bullets taken off."""
    items = []
    for number, raw in enumerate(text.split("\n"), start=1):
        line = raw.rstrip("\r").expandtabs(_TAB).rstrip()
        if line.strip():
            items.append((number, len(line) - len(line.lstrip()), line.strip()))
    least = min((indent for _, indent, _ in items), default=0)
    if items and all(_BULLET.match(name) for _, indent, name in items if indent > least):
        items = [(line, indent, _BULLET.sub("", name, count=1)) for line, indent, name in items]
    if items and all(_BOX.match(name) for _, _, name in items):
        items = [(line, indent, _BOX.sub("", name, count=1)) for line, indent, name in items]
    return items


def _drawn(text: str, made: Assembly) -> list[Item]:
    """Return the lines that `tree` printed with their depth."""
    items = []
    for number, raw in enumerate(text.split("\n"), start=1):
        line = raw.rstrip("\r").rstrip()
        found = _BRANCH.fullmatch(line)
        if found:
            items.append((number, 1 + len(_GUIDE.findall(found[1])), found[2].strip()))
        elif _SUMMARY.fullmatch(line):
            made.note("summary", repr(line))
        elif re.search(r"[^\s│|]", line):
            items.append((number, 0, line.strip()))
    return items


def _is_drawn(text: str) -> bool:
    return (
        re.search(r"^[│|\s\xa0]*(?:[├└]──? ?|[`|+\\]-{2,3} ?)[^\s|:-]", text, re.MULTILINE)
        is not None
    )


def hierarchy_from_outline(text: str) -> Hierarchy:
    r"""Return the hierarchy of an indented outline, or of what the program `tree` prints.

    Raises
    ------
    FormatError
        If an indentation is that of no line above, or two children of one parent have one name.

    Examples
    --------
    >>> hierarchy_from_outline("animal\n  dog\n    puppy\n  cat\n").parents("puppy")
    ['dog']
    >>> hierarchy_from_outline("animal\n├── dog\n│   └── puppy\n└── cat\n").parents("puppy")
    ['dog']
    """
    made = Assembly()
    items = _drawn(text, made) if _is_drawn(text) else _indented(text)
    if not all(name for _, _, name in items) or not items:
        raise FormatError("every line of an outline must have a name: got one without")
    return hierarchy_of_depths(items, made)


def outline_of_hierarchy(hierarchy: Hierarchy) -> str:
    """Return a forest as an outline with two spaces per level.

    Raises
    ------
    FormatError
        If a node has two parents, there is no edge, or a label or name would not be read back.

    Examples
    --------
    >>> print(outline_of_hierarchy(Hierarchy(["animal", "dog"], [(1, 0)])), end="")
    animal
      dog
    """
    if not hierarchy.is_forest or not hierarchy.n_edges:
        raise FormatError(
            "an outline must be of a forest with edges: got "
            + ("no edge" if hierarchy.is_forest else "a node with several parents")
        )
    text = "".join(f"{'  ' * depth}{hierarchy.names[node]}\n" for node, depth in _down(hierarchy))
    if not _is_read_back(hierarchy, text):
        raise FormatError(
            "names of an outline must be lines without bullets or spaces at their ends, and "
            "labels the names, or the paths where names repeat; write JSON instead"
        )
    return text


def _down(hierarchy: Hierarchy) -> Iterator[tuple[int, int]]:
    """Yield the nodes of a forest with their depth, parents before children."""
    indptr, indices = hierarchy.children
    stack = [(int(root), 0) for root in hierarchy.roots[::-1]]
    while stack:
        node, depth = stack.pop()
        yield node, depth
        below = indices[indptr[node] : indptr[node + 1]]
        stack.extend((int(child), depth + 1) for child in below[::-1])


def _is_read_back(hierarchy: Hierarchy, text: str) -> bool:
    if not _certainty(text):
        return False
    try:
        again = hierarchy_from_outline(text)
    except FormatError:
        return False

    def content(h: Hierarchy) -> set[tuple[str, str, str]]:
        return {(label, h.name(label), ">".join(h.parents(label))) for label in h.labels}

    return content(again) == content(hierarchy)


def _is_code(items: list[Item]) -> bool:
    """True if what has something below it ends in a colon or is a field, as in YAML or Python."""
    inner = [name for (_, at, name), (_, below, _) in pairwise(items) if below > at]
    return bool(inner) and all(re.search(r":$|^\w+: ", name) for name in inner)


def _certainty(text: str) -> float:
    if text.lstrip()[:1] in ("<", "{", "[", "("):
        return 0.0
    text = head(text)
    if _is_drawn(text):
        return 0.96
    if text_kind(text):  # a diagram in words is indented as well
        return 0.0
    items = _indented(text)
    is_header = items and columns_of(re.split(r"[,;|\t]", items[0][2])) is not None
    is_plain = (
        not is_header
        and not _is_code(items)
        and not any(name.endswith(("{", "}", ";", "</")) for _, _, name in items)
    )
    if not is_plain or not items or items[0][1] != min(indent for _, indent, _ in items):
        return 0.0
    if len({indent for _, indent, _ in items}) < 2 or re.search(r"\S[ ]*\t", text):
        return 0.0
    try:
        hierarchy_from_outline(text)
    except (FormatError, HierarchyError):
        return 0.0
    return 0.8


OUTLINE = HierarchyFormat(
    name="outline",
    suffixes=(".outline",),
    description="indented outline, bulleted or not, or what the program tree prints",
    sniff=_certainty,
    read=hierarchy_from_outline,
    write=outline_of_hierarchy,
    example="Pet Supplies\n  Dog Supplies\n    Dog Beds\n  Cat Supplies\n",
    keeps="names as labels; paths where names repeat",
    drops="bullets, the summary of tree",
)
