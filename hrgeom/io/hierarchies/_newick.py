"""Newick trees, by a reader of our own: files nest deeper and are written freer than parsers take.

Unquoted labels keep their underscores, as all tools of the field do; in names they are spaces, as
the definition of the format says.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from hrgeom.core import Hierarchy
from hrgeom.errors import FormatError
from hrgeom.io.hierarchies._assembly import Assembly
from hrgeom.io.hierarchies._format import HierarchyFormat

__all__ = ["NEWICK", "hierarchy_from_newick", "newick_of_hierarchy"]

_TOKEN = re.compile(
    r"\s+|[(),;:]|'(?:[^']|'')*'|\"[^\"]*\"|[^\s()\[\],;:'\"]+['\"]*[^\s()\[\],;:]*"
)
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?%?")


@dataclass
class _Trees:
    """Nodes in the order of their first sign: label or None, parent or -1."""

    labels: list[str | None] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)
    parents: list[int] = field(default_factory=list)
    has_children: set[int] = field(default_factory=set)
    n_lengths: int = 0
    comments: list[str] = field(default_factory=list)

    def add(self, parent: int) -> int:
        self.labels.append(None)
        self.parents.append(parent)
        if parent >= 0:
            self.has_children.add(parent)
        return len(self.labels) - 1


def _tokens(text: str, trees: _Trees) -> Iterator[tuple[int, str]]:
    """Yield (position, token); comments go to the trees."""
    position = 0
    while position < len(text):
        if text[position] == "[":
            end, depth = position, 0
            while end < len(text):
                depth += (text[end] == "[") - (text[end] == "]")
                end += 1
                if depth == 0:
                    break
            if depth:
                raise FormatError(f"a comment must end: got none at character {position}")
            trees.comments.append(text[position:end])
            position = end
            continue
        found = _TOKEN.match(text, position)
        if found is None:
            raise FormatError(
                f"text must be a Newick tree: got {text[position : position + 10]!r} "
                f"at character {position}"
            )
        if not found[0].isspace():
            yield position, found[0]
        position = found.end()


def _parse(text: str) -> _Trees:
    trees = _Trees()
    open_: list[int] = []
    node: int | None = None  # the one that a label or length belongs to
    in_length = False
    for position, token in _tokens(text, trees):
        if token == "(":
            if node is not None:
                raise _misplaced(token, position)
            open_.append(trees.add(open_[-1] if open_ else -1))
        elif token in (",", ")"):
            if not open_:
                raise _misplaced(token, position)
            if node is None:
                trees.add(open_[-1])
            node, in_length = (None, False) if token == "," else (open_.pop(), False)
        elif token == ":":
            if node is None:
                node = trees.add(open_[-1] if open_ else -1)
            in_length = True
        elif token == ";":
            if open_ or node is None:
                raise _misplaced(token, position)
            node, in_length = None, False
        elif in_length:
            trees.n_lengths += 1
        else:
            if node is None:
                node = trees.add(open_[-1] if open_ else -1)
            _label(trees, node, token)
    if open_ or not trees.labels:
        raise FormatError(
            f"every parenthesis must be closed: got {len(open_)} open at the end"
            if open_
            else "text must be a Newick tree: got none"
        )
    return trees


def _misplaced(token: str, position: int) -> FormatError:
    return FormatError(
        f"text must be a Newick tree: got a misplaced {token!r} at character {position}"
    )


def _label(trees: _Trees, node: int, token: str) -> None:
    """Set the label of a node, or lengthen it: some files have spaces in bare labels."""
    if token[0] in "'\"":
        label = token[1:-1].replace("''", "'") if token[0] == "'" else token[1:-1]
        name = label
    else:
        label, name = token, token.replace("_", " ")
    before = trees.labels[node]
    trees.labels[node] = label if before is None else f"{before} {label}"
    trees.names[node] = name if before is None else f"{trees.names[node]} {name}"


def hierarchy_from_newick(text: str) -> Hierarchy:
    """Return the hierarchy of a Newick tree, or of several with distinct labels.

    Parameters
    ----------
    text : str
        Inner nodes without a label are called by their first and last leaf, as
        ``mrca(first,last)``; numbers at inner nodes, when leaves have other labels, are support
        values.

    Raises
    ------
    FormatError
        If the text is no tree (with the place), or a label comes twice.

    Examples
    --------
    >>> h = hierarchy_from_newick("((Canis_lupus:0.1,'cat (tame)')Carnivora,cow)mammal;")
    >>> h.parents("Canis_lupus"), h.name("Canis_lupus")
    (['Carnivora'], 'Canis lupus')
    """
    trees = _parse(text)
    made = Assembly()
    _drop_support(trees, made)
    labels = _complete(trees, made)
    repeated = [label for label, times in Counter(labels).items() if times > 1]
    if repeated:
        raise FormatError(
            f"labels of a tree must be distinct: got {repeated[0]!r} twice; give one tree per "
            "file, or other labels"
        )
    if trees.n_lengths:
        made.note("branch-lengths", "", trees.n_lengths)
    if trees.comments:
        made.note("comments", trees.comments[0], len(trees.comments))
    for number, label in enumerate(labels):
        made.node(label, trees.names.get(number))
    for child, parent in enumerate(trees.parents):
        if parent >= 0:
            made.edge_of_numbers(child, parent, "")
    return made.hierarchy()


def _drop_support(trees: _Trees, made: Assembly) -> None:
    """Take the labels off the inner nodes if they are all numbers and those of leaves are not."""
    inner = [n for n in trees.has_children if trees.labels[n] is not None]
    texts = [trees.labels[n] or "" for n in inner]
    leaves = [
        label for n, label in enumerate(trees.labels) if n not in trees.has_children and label
    ]
    if inner and all(map(_NUMBER.fullmatch, texts)) and not all(map(_NUMBER.fullmatch, leaves)):
        made.note("support-values", repr(texts[0]), len(inner))
        for node in inner:
            trees.labels[node] = None
            trees.names.pop(node, None)


def _complete(trees: _Trees, made: Assembly) -> list[str]:
    """Return the labels with those of unnamed nodes made up, all different."""
    taken = {label for label in trees.labels if label is not None}
    used: Counter[str] = Counter()
    first, last = list(range(len(trees.labels))), list(range(len(trees.labels)))
    children: dict[int, list[int]] = {}
    for child, parent in enumerate(trees.parents):
        children.setdefault(parent, []).append(child)
    labels: list[str] = ["" if label is None else label for label in trees.labels]
    for node in reversed(range(len(labels))):  # children come after their parents
        if node in children:
            first[node], last[node] = first[children[node][0]], last[children[node][-1]]
        if trees.labels[node] is None:
            made.note("unnamed-nodes")
            ends = [labels[first[node]], labels[last[node]]]
            base = f"mrca({ends[0]},{ends[1]})" if node in children else "leaf"
            labels[node] = _free(base, taken, used)
            taken.add(labels[node])
    return labels


def _free(base: str, taken: set[str], used: Counter[str]) -> str:
    """Return a label that is not taken: the base, or with the next number behind it."""
    while True:
        used[base] += 1
        label = base if used[base] == 1 else f"{base} {used[base]}"
        if label not in taken:
            return label


def newick_of_hierarchy(hierarchy: Hierarchy) -> str:
    """Return a tree in Newick form; labels are kept, names and other labels are not.

    Raises
    ------
    FormatError
        If there are several roots or a node with two parents, or labels would not be read back.

    Examples
    --------
    >>> print(newick_of_hierarchy(Hierarchy(["mammal", "dog", "cat"], [(1, 0), (2, 0)])), end="")
    (dog,cat)mammal;
    """
    if len(hierarchy.roots) != 1 or not hierarchy.is_forest:
        raise FormatError(
            f"Newick must be of a tree: got {len(hierarchy.roots)} roots"
            + ("" if hierarchy.is_forest else " and nodes with several parents")
        )
    text = "".join(_written(hierarchy)) + ";\n"
    try:
        again = hierarchy_from_newick(text)
    except FormatError:
        again = None
    same = again is not None and set(again.labels) == set(hierarchy.labels)
    if not same or not _certainty(text):
        raise FormatError(
            "labels of a Newick tree must be text, inner ones not numbers alone, and there must "
            "be an edge; write JSON instead"
        )
    return text


def _written(hierarchy: Hierarchy) -> Iterator[str]:
    """Yield the signs of a tree, with a stack of its own so that depth is no limit."""
    indptr, indices = hierarchy.children
    stack: list[int | str] = [int(hierarchy.roots[0])]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            yield item
            continue
        label = _quoted(hierarchy.labels[item])
        below = indices[indptr[item] : indptr[item + 1]].tolist()
        if not below:
            yield label
            continue
        yield "("
        stack.append(f"){label}")
        for place, child in enumerate(reversed(below)):
            stack.extend([","] if place else [])
            stack.append(child)


def _quoted(label: str) -> str:
    if re.fullmatch(r"[A-Za-z0-9.+-]+", label):
        return label
    return "'" + label.replace("'", "''") + "'"


def _certainty(text: str) -> float:
    bare = re.sub(r"^(\s*\[[^\[\]]*\])+", "", text[:2_000]) if text.lstrip()[:1] == "[" else text
    if bare.lstrip()[:1] != "(" or text.rstrip()[-1:] != ";":
        return 0.0
    return 0.95


NEWICK = HierarchyFormat(
    name="newick",
    suffixes=(".nwk", ".newick", ".tre", ".tree"),
    description="Newick tree of phylogenetics",
    sniff=_certainty,
    read=hierarchy_from_newick,
    write=newick_of_hierarchy,
    example="((dog:0.1,wolf:0.1)Canis:0.5,\n 'cat (tame)':0.6)Carnivora;\n",
    keeps="labels; names with spaces for underscores",
    drops="branch lengths, support values, comments",
)
