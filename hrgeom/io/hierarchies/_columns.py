"""Which columns of a table, or fields of records, hold identifier, name and parent."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = ["Columns", "columns_of"]

_PARENT = frozenset(
    [
        *("parent", "parents", "broader", "hypernym", "hypernyms", "superclass", "superclasses"),
        *("supercategory", "supertype", "superordinate", "subclassof", "isa", "super"),
        *("manager", "boss", "supervisor", "father"),
    ]
)
_PARENT_PHRASES = frozenset({"is_a", "subclass_of", "sub_class_of", "reports_to", "belongs_to"})
_IDENTIFIER = (
    *("id", "identifier", "code", "key", "uuid", "guid", "uri", "iri", "curie", "accession"),
    *("taxid", "nodeid", "conceptid", "notation", "sku", "number", "no", "nr"),
)
_NAME = (
    *("name", "title", "label", "term", "preferred_label", "pref_label", "preferred_name"),
    *("display_name", "scientific_name", "category", "concept", "text", "value", "description"),
)
_CHILD = (
    *("child", "node", "narrower", "hyponym", "subclass", "category", "employee", "name"),
    "term",
)
_SYNONYMS = frozenset({"synonym", "synonyms", "alias", "aliases", "alt_labels", "alt_label"})
_OBSOLETE = frozenset({"obsolete", "is_obsolete", "deprecated", "is_deprecated"})
_RELATION = frozenset(
    [
        *("predicate", "relation", "relationship", "rel", "property", "verb", "rel_type"),
        *("reltype", "relation_type", "relationship_type", "edge_type", "edge_label", "link_type"),
    ]
)
_BY_LANGUAGE = re.compile(r"(name|title|label)_[a-z]{2}(_[a-z]{2})?")
_MOST_COLUMNS = 1_000
_PAIRS = (
    *(("child", "parent"), ("hyponym", "hypernym"), ("narrower", "broader")),
    *(("source", "target"), ("subject", "object"), ("employee", "manager"), ("from", "to")),
    *(("subclass", "superclass"), ("sub", "super"), ("id1", "id2"), ("category", "parent")),
)


@dataclass(frozen=True)
class Columns:
    """Numbers of the columns that are used; None: there is none.

    `are_edges`: a row is an edge rather than a node, so that roots need no row of their own.
    """

    identifier: int
    parent: int
    name: int | None = None
    synonyms: int | None = None
    obsolete: int | None = None
    relation: int | None = None
    are_edges: bool = False

    def unused(self, headers: Sequence[str]) -> list[str]:
        """Return the headers of the other columns."""
        used = {self.identifier, self.parent, self.name, self.synonyms, self.obsolete}
        used.add(self.relation)
        return [name for number, name in enumerate(headers) if number not in used]


def columns_of(headers: Sequence[str]) -> Columns | None:
    """Return which columns hold what, by their headers in any case and order; None if unclear.

    Examples
    --------
    >>> columns_of(["parentId", "Title", "ID"])
    Columns(identifier=2, parent=0, name=1, synonyms=None, obsolete=None, relation=None, \
are_edges=False)
    >>> columns_of(["animal", "dog"]) is None
    True
    """
    if len(headers) > _MOST_COLUMNS:  # an object of labels, not of fields
        return None
    words = [_words(header) for header in headers]
    named = ["_".join(each) for each in words]
    parents = [
        number
        for number, each in enumerate(words)
        if _PARENT & set(each) or named[number] in _PARENT_PHRASES
    ]
    rest = [number for number in range(len(headers)) if number not in parents]
    identifier = _identifier(named, rest) if parents else None
    if identifier is None or not named[identifier]:
        return _pair(named)
    parent = _parent_of_kind(words, parents, words[identifier])
    names = [number for number in rest if number != identifier]
    return Columns(
        identifier,
        parent,
        _name_of(named, names),
        next((number for number in names if named[number] in _SYNONYMS), None),
        next((number for number in names if named[number] in _OBSOLETE), None),
        next((number for number in names if named[number] in _RELATION), None),
        are_edges=named[identifier] in ("child", "narrower", "hyponym", "subclass", "employee"),
    )


def _words(header: str) -> list[str]:
    """Split at spaces, signs and capitals: "parentNameUsageID" -> parent, name, usage, id."""
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", header.strip())
    return re.findall(r"[^\W_]+", split.casefold())


def _first(named: Sequence[str], among: Iterable[int], wanted: Iterable[str]) -> int | None:
    """Return the column with the first of the wanted names, or that ends in it."""
    listed = list(among)
    for word in wanted:
        for number in listed:
            if named[number] == word:
                return number
    for word in wanted:
        for number in listed:
            if named[number].endswith(f"_{word}"):
                return number
    return None


def _name_of(named: Sequence[str], among: Sequence[int]) -> int | None:
    """Return the column of names; of several by language the English one, else the first."""
    found = _first(named, among, _NAME)
    if found is not None:
        return found
    by_language = [number for number in among if _BY_LANGUAGE.fullmatch(named[number])]
    english = [number for number in by_language if "_en" in named[number]]
    return next(iter(english or by_language), None)


def _identifier(named: Sequence[str], rest: Sequence[int]) -> int | None:
    found = _first(named, rest, _IDENTIFIER)
    return _first(named, rest, _CHILD) if found is None else found


def _parent_of_kind(
    words: Sequence[Sequence[str]], parents: Sequence[int], identifier: Sequence[str]
) -> int:
    """Return the parent column of the same kind as the identifiers: parent_id beside id."""
    kind = identifier[-1]
    same = [number for number in parents if kind in words[number]]
    bare = [number for number in parents if len(words[number]) == 1]
    named = {"name", "title", "label"}
    other = [number for number in parents if not named & set(words[number])]
    return (same or bare or other or list(parents))[0]


def _pair(named: Sequence[str]) -> Columns | None:
    for child, parent in _PAIRS:
        if child in named and parent in named:
            relation = next((i for i, name in enumerate(named) if name in _RELATION), None)
            return Columns(
                named.index(child), named.index(parent), relation=relation, are_edges=True
            )
    return None
