"""What columns of a table are usually called: names of children and parents, queries and documents.

Names are compared in any letter case, without signs and without a prefix such as `skos:`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Header", "hierarchy_header", "is_usual", "judgment_header", "plain"]


@dataclass(frozen=True)
class Header:
    """Where the columns of a known header are.

    Attributes
    ----------
    columns : dict
        Role, such as "child", -> position of the column.
    is_sure : bool
        Every column that is used has a usual name, so that the row can hardly be data.
    """

    columns: dict[str, int]
    is_sure: bool


_PAIRS = {
    (child, parent)
    for children, parents in (
        ("child", "parent"),
        ("hyponym narrower", "hypernym broader"),
        ("narrowerterm nt", "broaderterm bt"),
        ("source src from fromnode fromid fromnodeid", "target dst to tonode toid tonodeid"),
        ("subject subj s", "object obj o"),
        ("head", "tail"),
        ("employee", "manager boss supervisor reportsto"),
        ("subclass subtype subcategory", "class superclass type supertype category supercategory"),
        ("descendant", "ancestor"),
        ("specific", "generic"),
        ("product item article page title subcategory", "category"),
    )
    for child in children.split()
    for parent in parents.split()
}
_NUMBERED = frozenset(
    ["id", "node", "synset", "word", "term", "concept", "entity", "label", "name", "item"]
)
_PARENT = re.compile(
    r"parents?(id|ids|name|label|code|key|node|uid|uuid|number|category|categoryid|class|term|concept"
    r"|uri|iri|taxid|taxonid)?"
)
_PARENTS = frozenset(
    [
        "hypernym",
        "hypernyms",
        "hypernymid",
        "broader",
        "broaderterm",
        "broaderid",
        "isa",
        "subclassof",
        "superclass",
        "supertype",
        "super",
        "supercategory",
        "ancestor",
        "manager",
        "managerid",
        "supervisor",
        "supervisorid",
        "reportsto",
        "boss",
        "bossid",
        "belongsto",
        "partof",
        "bt",
        "motherid",
        "upper",
    ]
)
_CHILDREN = frozenset(
    [
        "child",
        "children",
        "childid",
        "childname",
        "hyponym",
        "hyponyms",
        "hyponymid",
        "narrower",
        "narrowerterm",
        "subcategory",
        "subclass",
        "subtype",
        "descendant",
        "subordinate",
        "nt",
    ]
)
_IDENTIFIERS = (
    *("child", "id", "childid", "nodeid", "node", "code", "key", "uid", "uuid", "uri", "iri"),
    *("identifier", "taxid", "taxonid", "categoryid", "termid", "conceptid", "employeeid"),
    *("employee", "name", "label", "term", "concept", "category", "class", "title", "word"),
)
"""The child beside a column that is a parent, the first of these that is there."""

_USUAL = frozenset(
    [
        "value",
        "values",
        "weight",
        "count",
        "score",
        "rank",
        "level",
        "depth",
        "type",
        "kind",
        "description",
        "comment",
        "relation",
        "predicate",
        "index",
        "source",
        "target",
        "from",
        "to",
        "subject",
        "object",
    ]
) | {*_IDENTIFIERS, *_PARENTS, *_CHILDREN}


def plain(name: str) -> str:
    """Return a name in lower case, without a prefix, signs or spaces.

    Examples
    --------
    >>> plain("skos:Broader"), plain("Parent ID")
    ('broader', 'parentid')
    """
    return re.sub(r"[^a-z0-9]+", "", name.rpartition(":")[2].lower())


def is_usual(name: str) -> bool:
    """True if a column of a table is often called so, whatever it holds."""
    return plain(name) in _USUAL or _is_parent(name)


def _is_parent(name: str) -> bool:
    words = re.split(r"[^a-z0-9]+", re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower())
    return plain(name) in _PARENTS or bool(_PARENT.fullmatch(plain(name))) or "parent" in words


def hierarchy_header(cells: list[str]) -> Header | None:
    """Return where a header has the child and the parent; None if it is none that is known.

    Examples
    --------
    >>> hierarchy_header(["Parent ID", "name", "ID"]).columns
    {'child': 2, 'parent': 0}
    """
    names = [plain(cell) for cell in cells]
    found = _counterparts(names) or _pair(names)
    if found:
        return Header(dict(zip(("child", "parent"), found, strict=True)), is_sure=True)
    parents = [i for i, cell in enumerate(cells) if _is_parent(cell)]
    children = [i for i, name in enumerate(names) if name in _CHILDREN]
    if parents:
        return _beside(names, parents[0])
    if len(children) == 1 and len(cells) == 2:
        child = children[0]
        return Header({"child": child, "parent": 1 - child}, is_sure=names[1 - child] in _USUAL)
    return _numbered(names)


def _counterparts(names: list[str]) -> tuple[int, int] | None:
    """Columns such as `id` and `parent_id`, `child_name` and `parent_name`; ids come first."""
    at = {name: i for i, name in reversed(list(enumerate(names)))}
    pairs = [
        (at[other], i)
        for i, name in enumerate(names)
        if "parent" in name
        for other in (name.replace("parent", "child"), name.replace("parent", ""))
        if other in at and at[other] != i
    ]
    return min(pairs, key=lambda pair: not names[pair[1]].endswith("id"), default=None)


def _pair(names: list[str]) -> tuple[int, int] | None:
    at = {name: i for i, name in reversed(list(enumerate(names)))}
    found = [(at[child], at[parent]) for child, parent in _PAIRS if child in at and parent in at]
    return min(found, default=None)


def _beside(names: list[str], parent: int) -> Header | None:
    """The child beside a parent: one of a usual name, or the one other column there is."""
    usual = [names.index(name) for name in _IDENTIFIERS if name in names]
    usual = [i for i in usual if i != parent]
    if usual:
        return Header({"child": usual[0], "parent": parent}, is_sure=True)
    if len(names) == 2:
        return Header({"child": 1 - parent, "parent": parent}, is_sure=False)
    return None


def _numbered(names: list[str]) -> Header | None:
    """Columns such as `id1,id2`; labels may be called so too, so that it is not sure."""
    for name in names:
        if name[:-1] in _NUMBERED and name[-1:] == "1" and f"{name[:-1]}2" in names:
            columns = {"child": names.index(name), "parent": names.index(f"{name[:-1]}2")}
            return Header(columns, is_sure=False)
    return None


_JUDGED = {
    "query": "queryid query qid q topic topicid topicno queryno qno",
    "document": "corpusid document documentid docid docno doc pid passageid passage did productid",
    "grade": "score grade relevance rel label judgment judgement gain qrel",
}
_UNREAD = frozenset(["iteration", "iter", "q0", "unused"])


def judgment_header(cells: list[str]) -> Header | None:
    """Return where a header has the query, the document and the grade; None if it is not known.

    Examples
    --------
    >>> judgment_header(["corpus-id", "query-id"]).columns
    {'query': 1, 'document': 0}
    """
    names = [plain(cell) for cell in cells]
    columns: dict[str, int] = {}
    for role, known in _JUDGED.items():
        at = [i for i, name in enumerate(names) if name in known.split()]
        if at:
            columns[role] = at[0]
    others = {name for i, name in enumerate(names) if i not in columns.values()}
    if not {"query", "document"} <= columns.keys() or not others <= _UNREAD:
        return None
    return Header(columns, is_sure=True)
