"""Nested JSON: a tree of objects with their children, or of keys with what is below them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from hrgeom._base.json_text import parse_json
from hrgeom.core import Hierarchy
from hrgeom.errors import FormatError
from hrgeom.io.hierarchies._assembly import Assembly, path_labels
from hrgeom.io.hierarchies._format import HierarchyFormat
from hrgeom.io.hierarchies._records import text_of

__all__ = ["NESTED_JSON", "hierarchy_from_nested_json"]

_CHILDREN = (
    *("children", "_children", "childs", "child", "subcategories", "sub_categories", "subtopics"),
    *("items", "nodes", "narrower", "hyponyms", "subclasses", "sub", "subs", "childnodes"),
    *("categories", "child_nodes", "subnodes", "descendants", "subitems"),
)
_NAMES = ("name", "label", "title", "text", "value", "key", "data", "id")
_MENTIONED = re.compile('"(?:' + "|".join(_CHILDREN) + r')"\s*:\s*(?:\[|null)', re.IGNORECASE)
_KEYED = re.compile(r'\s*\{\s*"[^"]*"\s*:\s*\{')


def hierarchy_from_nested_json(text: str) -> Hierarchy:
    """Return the hierarchy of nested JSON.

    Parameters
    ----------
    text : str
        ``{"name": ..., "children": [...]}``, also under other names and with identifiers, one or
        a list; or ``{"animal": {"dog": {}, "cat": null}}``. Labels are identifiers if every node
        has one of its own, else names, and paths where names repeat.

    Raises
    ------
    FormatError
        If it has neither form, or two children of one parent have one name.

    Examples
    --------
    >>> h = hierarchy_from_nested_json('{"animal": {"dog": {"other": {}}, "cat": {"other": {}}}}')
    >>> h.labels[2], h.names[2]
    ('animal > dog > other', 'other')
    """
    value = parse_json(text)
    items = _items(value)
    if items is None:
        raise FormatError(
            'nested JSON must be {"name": label, "children": [...]} or {"label": {...}}: '
            f"got {str(value)[:60]}"
        )
    names, identifiers, parents = zip(*items, strict=True)
    return _hierarchy(list(names), list(identifiers), list(parents))


def _hierarchy(names: list[str], identifiers: list[str], parents: list[int]) -> Hierarchy:
    made = Assembly()
    labels = identifiers
    if not all(identifiers) or len(set(identifiers)) < len(names):
        labels = path_labels(names, parents)
        if labels is not names:
            repeated = len(names) - len(set(names))
            made.note("repeated-names", repr(_repeated(names)), repeated)
    if len(set(labels)) < len(labels):
        raise FormatError(
            f"names below one parent must be distinct: got {_repeated(labels)!r} twice"
        )
    for label, name in zip(labels, names, strict=True):
        made.node(label, name)
    for child, parent in enumerate(parents):
        if parent >= 0:
            made.edge_of_numbers(child, parent, f"node {child}")
    return made.hierarchy()


def _repeated(names: list[str]) -> str:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return ""


_Item = tuple[str, str, int]
"""Name, identifier or nothing, number of the parent or -1."""


def _items(value: Any) -> list[_Item] | None:
    """Return the nodes, depth first; None if the value has neither form."""
    roots = value if isinstance(value, list) else [value]
    if not roots or not all(isinstance(root, dict) and root for root in roots):
        return None
    keys = {key for root in roots for key in root}
    if len(roots) == 1 and (inner := _wrapped(roots[0])) is not None:
        return _items(inner)
    plain = {key.casefold(): key for key in sorted(keys)}
    below = next((plain[key] for key in _CHILDREN if key in plain), None)
    shared = {key.casefold(): key for key in roots[0] if all(key in root for root in roots)}
    named = next((shared[key] for key in _NAMES if key in shared), None)
    if below is not None and named is not None and not {"edges", "links"} & keys:
        return _of_objects(roots, named, below)
    is_graph = "nodes" in keys and bool({"edges", "links"} & keys)
    if isinstance(value, dict) and not is_graph and not any(key[:1] == "@" for key in keys):
        return _of_keys(value)
    return None


def _wrapped(value: dict[str, Any]) -> Any:
    """Return the one object or list of objects in an object without a name; else None."""
    if any(key.casefold() in _NAMES[:4] for key in value) or any(key[:1] == "@" for key in value):
        return None
    inner = [each for each in value.values() if isinstance(each, dict | list) and each]
    if len(inner) != 1:
        return None
    items = inner[0] if isinstance(inner[0], list) else inner
    found = {key.casefold() for item in items if isinstance(item, dict) for key in item}
    is_tree = found & {*_NAMES[:4]} and found & {*_CHILDREN} and not found & {"edges", "links"}
    return inner[0] if is_tree and all(isinstance(item, dict) for item in items) else None


def _of_objects(roots: list[Any], named: str, below: str) -> list[_Item] | None:
    found: list[_Item] = []
    stack: list[tuple[Any, int]] = [(root, -1) for root in reversed(roots)]
    while stack:
        item, parent = stack.pop()
        if isinstance(item, str):
            item = {named: item}
        children = item.get(below) if isinstance(item, dict) else False
        if not isinstance(children, list | None) or not isinstance(item.get(named), str | int):
            under = repr(found[parent][0]) if parent >= 0 else "the top"
            raise FormatError(
                f'each nested item must be {{"{named}": label, "{below}": [...]}}: '
                f"got something else under {under}"
            )
        number = len(found)
        name = text_of(item[named], f"node {number}")
        own = item.get("id", item.get("Id", item.get("ID")))
        identifier = text_of(own, f"node {number}") if named.casefold() != "id" else ""
        found.append((name, identifier, parent))
        stack.extend((child, number) for child in reversed(children or []))
    return found


def _of_keys(value: Mapping[str, Any]) -> list[_Item] | None:
    found: list[_Item] = []
    stack: list[tuple[str, Any, int]] = [(k, v, -1) for k, v in reversed(list(value.items()))]
    is_nested = False
    while stack:
        name, below, parent = stack.pop()
        number = len(found)
        found.append((name, "", parent))
        if isinstance(below, dict):
            is_nested = True
            stack.extend((k, v, number) for k, v in reversed(below.items()))
        elif isinstance(below, list) and all(isinstance(each, str) for each in below):
            stack.extend((each, None, number) for each in reversed(below))
        elif below not in (None, "") or isinstance(below, int | float):
            return None
    return found if is_nested else None


def _certainty(text: str) -> float:
    start = text.lstrip()[:1]
    if start not in ("{", "[") or not (_MENTIONED.search(text) or _KEYED.match(text)):
        return 0.0
    try:
        found = _items(parse_json(text))
    except FormatError:
        return 0.0
    return 0.95 if found else 0.0


NESTED_JSON = HierarchyFormat(
    name="nested-json",
    suffixes=(".nested.json",),
    description="nested JSON: objects with children, or keys with what is below them",
    sniff=_certainty,
    read=hierarchy_from_nested_json,
    example='{"name": "Pet Supplies", "children": [\n'
    '  {"name": "Dog Supplies", "children": [{"name": "Beds"}]},\n'
    '  {"name": "Cat Supplies", "children": [{"name": "Beds"}]}]}\n',
    keeps="identifiers or names as labels, paths where names repeat",
    drops="other fields",
)
