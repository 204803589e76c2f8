"""From what a reader finds, piece by piece, to a hierarchy with remarks on what was left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from hrgeom.core import Hierarchy, Remark
from hrgeom.io.hierarchies._remarks import REMARKS
from hrgeom.io.hierarchies._repairs import mended_hierarchy

__all__ = ["NULLS", "Assembly", "head", "is_null", "path_labels"]

NULLS = frozenset(
    [
        *("", "nan", "null", "none", "na", "n/a", "n.a.", "<na>", "nil", "\\n", "nat", "#n/a"),
        *("(null)", "undefined", "-", "--", "---", "\N{EN DASH}", "\N{EM DASH}"),
    ]
)
"""What stands for nothing in tables, in any letter case."""

_LONGEST_NULL = max(map(len, NULLS))


def is_null(text: str) -> bool:
    """Return whether a text stands for nothing."""
    return len(text) <= _LONGEST_NULL and text.strip().casefold() in NULLS


@dataclass
class Assembly:
    """Nodes, edges, names and remarks in the making; nodes are numbered as they come.

    Repeated edges and edges from a node to itself are left out with a remark, and so are other
    labels that stand for several nodes.

    Examples
    --------
    >>> made = Assembly()
    >>> made.edge("dog", "animal", "line 1")
    >>> made.edge("dog", "animal", "line 2")
    >>> h = made.hierarchy()
    >>> h.labels, [str(remark) for remark in h.remarks]
    (('dog', 'animal'), ['1 repeated edge left out, the first at line 2'])
    """

    index: dict[str, int] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    others: dict[str, int] = field(default_factory=dict)
    edges: dict[tuple[int, int], None] = field(default_factory=dict)
    notes: dict[str, list[Any]] = field(default_factory=dict)  # code -> [count, first example]
    says_once: bool = True
    """False: the format may state an edge several times, as from both ends."""

    def node(self, label: str, name: str | None = None) -> int:
        """Return the number of the node with a label, new or not; the first name counts."""
        number = self.index.setdefault(label, len(self.index))
        if name and number not in self.names:
            self.names[number] = name
        return number

    def edge(self, child: str, parent: str, place: str) -> None:
        """Add an edge between two labels; the place is for remarks."""
        self.edge_of_numbers(self.node(child), self.node(parent), place)

    def edge_of_numbers(self, child: int, parent: int, place: str) -> None:
        """Add an edge between two nodes that are there."""
        if child == parent:
            self.note("self-loops", place)
        elif (child, parent) in self.edges:
            if self.says_once:
                self.note("repeated-edges", place)
        else:
            self.edges[child, parent] = None

    def other(self, text: str, label: str) -> None:
        """Let another text stand for a node; several nodes with the same text: for none."""
        node = self.node(label)
        if self.others.setdefault(text, node) != node:
            self.others[text] = -1

    def note(self, code: str, example: object = "", count: int = 1) -> None:
        """Count something for a remark; the first example is shown."""
        self.notes.setdefault(code, [0, example])[0] += count

    def hierarchy(
        self, metadata: Mapping[str, Any] | None = None, *, closure: str = "keep"
    ) -> Hierarchy:
        """Return what was put together; "reduce" leaves out what follows in a whole closure."""
        labels = list(self.index)
        others = self._other_labels(labels)
        return mended_hierarchy(
            labels,
            np.array(list(self.edges), dtype=np.int64).reshape(-1, 2),
            names=[self.names.get(node) for node in range(len(labels))],
            other_labels=others,
            metadata=metadata,
            remarks=self.remarks(),
            closure=closure,
        )

    def _other_labels(self, labels: list[str]) -> dict[str, int]:
        """Without those that are another node's label or name, or stand for several nodes."""
        named: dict[str, int] = {}
        for node, name in self.names.items():
            named[name] = node if named.get(name, node) == node else -1
        kept = {
            text: node
            for text, node in self.others.items()
            if node >= 0 and text not in self.index and named.get(text, node) == node
        }
        own = sum(self.index.get(text) == node for text, node in self.others.items())
        if lost := len(self.others) - len(kept) - own:
            example = next(
                t for t, n in self.others.items() if t not in kept and n != self.index.get(t)
            )
            self.note("ambiguous-other-labels", repr(example), lost)
        return kept

    def remarks(self) -> list[Remark]:
        """Return the remarks, in the order of first occurrence."""
        return [
            Remark(code, REMARKS[code].message(count, example), count)
            for code, (count, example) in self.notes.items()
        ]


def head(text: str, most: int = 200_000) -> str:
    """Return the first lines of a text, which are enough to recognize its format."""
    if len(text) <= most:
        return text
    end = text.rfind("\n", 0, most)
    return text[: end if end > 0 else most]


def path_labels(names: list[str], parents: Iterable[int], separator: str = " > ") -> list[str]:
    """Return the names as labels if they are distinct, else the path to each.

    Parameters
    ----------
    names : list of str
    parents : iterable of int
        Number of the one parent of each, below its own; -1 for a root.
    separator : str
        What stands between the names of a path.

    Examples
    --------
    >>> path_labels(["a", "x", "b", "x"], [-1, 0, 0, 2])
    ['a', 'a > x', 'a > b', 'a > b > x']
    """
    if len(set(names)) == len(names):
        return names
    labels: list[str] = []
    for name, parent in zip(names, parents, strict=True):
        labels.append(name if parent < 0 else f"{labels[parent]}{separator}{name}")
    return labels
