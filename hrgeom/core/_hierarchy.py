"""Hierarchies: directed acyclic graphs of labeled nodes, with edges from child to parent."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hrgeom._base import csr
from hrgeom._base.checks import label_index
from hrgeom._base.html import html_table
from hrgeom.core._closure import transitive_closure
from hrgeom.core._crossing import Crossings
from hrgeom.core._cycles import cycle_error
from hrgeom.core._edges import check_edges, edge_array, numbered_edges
from hrgeom.core._find_crossings import crossings_by_witnesses
from hrgeom.core._forest import ForestRelevance
from hrgeom.core._levels import levels_of
from hrgeom.core._naming import (
    add_naming,
    checked_names,
    checked_other_labels,
    naming_of_graph,
    nodes_by_name,
    not_found,
)
from hrgeom.core._relevance import Relevance
from hrgeom.core._remark import Remark
from hrgeom.errors import CycleError, HierarchyError

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["Hierarchy"]

_EXPLICIT = 2**26  # pairs of a forest that are written out


@dataclass(frozen=True, eq=False)
class _CrossingNodes:
    """What finds the crossings of a hierarchy's relevance."""

    parent_indptr: NDArray[np.int64]
    parent_indices: NDArray[np.int32]
    levels: NDArray[np.int32]

    def __call__(self, relevance: Relevance) -> Crossings:
        return crossings_by_witnesses(
            (relevance.indptr, relevance.indices),
            (self.parent_indptr, self.parent_indices),
            self.levels,
        )


class Hierarchy:
    """Directed acyclic graph of labeled nodes; several roots and several parents are allowed.

    Parameters
    ----------
    labels : sequence of str
        One distinct label per node, any Unicode; node i is row i everywhere.
    edges : array_like of int, shape (n_edges, 2)
        (child, parent) as node numbers, each edge once.
    names : sequence of str or None, optional
        What to show for each node, beside its label; names may repeat. Where there is None, and
        by default, the label is the name.
    other_labels : mapping of str to int, optional
        Other texts that stand for a node, such as merged identifiers and synonyms, with its
        number. Those that are the node's own label are left out.
    metadata : mapping, optional
        Free text about the data, such as `name`, `source` and `license`.
    remarks : sequence of Remark, optional
        What a reader repaired, dropped or found odd.

    Raises
    ------
    HierarchyError
        If there is no node, labels repeat or are not text, or an edge points outside the nodes,
        joins a node to itself, or occurs twice; if names are not as many as labels or not text,
        or another label is the label of another node or points outside the nodes.
    CycleError
        If the edges form a cycle; the message counts them and shows some. `without_cycles` takes
        them out.

    Examples
    --------
    >>> h = Hierarchy(["animal", "dog", "cat"], [(1, 0), (2, 0)])
    >>> h.n_levels, h.ancestors("dog")
    (2, ['animal'])
    >>> h = Hierarchy(["P1", "P2"], [(1, 0)], names=["animal", "dog"], other_labels={"hound": 1})
    >>> h.find("dog"), h.find("hound"), h.name("P1")
    ('P2', 'P2', 'animal')
    """

    def __init__(
        self,
        labels: Sequence[str],
        edges: ArrayLike,
        *,
        names: Sequence[str | None] | None = None,
        other_labels: Mapping[str, int] | None = None,
        metadata: Mapping[str, Any] | None = None,
        remarks: Sequence[Remark] = (),
    ) -> None:
        self.labels: tuple[str, ...] = tuple(labels)
        if not self.labels:
            raise HierarchyError("a hierarchy must have at least one node: got none")
        self._index = label_index(self.labels, "labels")
        array = edge_array(edges)
        check_edges(array, self.labels)
        self.names: tuple[str, ...] = checked_names(names, self.labels)
        """What to show for each node, shape (n_nodes,); the labels themselves by default."""
        self.other_labels: dict[str, int] = checked_other_labels(
            other_labels or {}, self.labels, self._index
        )
        """Other texts that stand for a node, with its number."""
        self.metadata: dict[str, Any] = dict(metadata or {})
        self.remarks: tuple[Remark, ...] = tuple(remarks)
        self.parent_indptr, self.parent_indices = csr.from_pairs(
            array[:, 0], array[:, 1], len(self.labels)
        )
        self.levels: NDArray[np.int32] = levels_of(np.diff(self.parent_indptr), self.children)
        """Length of the longest path from a root to each node, shape (n_nodes,); roots have 0."""
        if (self.levels < 0).any():
            error: CycleError = self._cycle_error()
            raise error
        self._freeze()

    def _cycle_error(self) -> CycleError:
        """Return the error that names the cycles, with what a hierarchy without them needs."""
        error = cycle_error(self.labels, self.edges)
        error.arguments = {
            "labels": self.labels,
            "edges": self.edges,
            "names": self.names,
            "other_labels": self.other_labels,
            "metadata": self.metadata,
            "remarks": self.remarks,
        }
        return error

    def _freeze(self) -> None:
        for array in (self.parent_indptr, self.parent_indices, self.levels):
            array.flags.writeable = False

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._freeze()

    @classmethod
    def from_edges(
        cls,
        edges: Iterable[tuple[str, str]],
        *,
        labels: Sequence[str] | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> Hierarchy:
        """Return the hierarchy of (child label, parent label) pairs.

        Parameters
        ----------
        edges : iterable of (str, str)
            Pairs (child, parent).
        labels : sequence of str, optional
            All labels in the order wanted. Default: those of `edges`, in order of appearance.
        metadata : mapping, optional
            Free text about the data, as for the class.

        Returns
        -------
        hierarchy : Hierarchy
            Its nodes are in the order of the labels.

        Raises
        ------
        HierarchyError
            If `labels` is given and an edge uses another label, or as for the class.

        Examples
        --------
        >>> Hierarchy.from_edges([("dog", "animal"), ("cat", "animal")])
        Hierarchy(3 nodes, 2 edges, 1 root, 2 levels)
        """
        labels, numbered = numbered_edges(edges, labels)
        return cls(labels, numbered, metadata=metadata)

    @classmethod
    def from_networkx(cls, graph: nx.DiGraph, *, edge_direction: str = "child-parent") -> Hierarchy:
        """Return the hierarchy of a networkx digraph, whose edges run from child to parent or back.

        Parameters
        ----------
        graph : networkx.DiGraph
            Its nodes become labels by `str`; the node attributes `name` (else `label`), text, and
            `other_labels`, a list of text, are kept. Other attributes of nodes and edges are
            dropped, graph attributes become the metadata.
        edge_direction : {"child-parent", "parent-child"}
            What an edge runs from and to.

        Returns
        -------
        hierarchy : Hierarchy
            Its nodes are in the order of the graph's.

        Raises
        ------
        HierarchyError
            If the graph is undirected or a multigraph, the direction is another, or as for the
            class.
        """
        if edge_direction not in ("child-parent", "parent-child"):
            raise HierarchyError(
                f"edge_direction must be child-parent or parent-child: got {edge_direction!r}"
            )
        if not graph.is_directed() or graph.is_multigraph():
            raise HierarchyError(f"graph must be a DiGraph: got {type(graph).__name__}")
        number = {node: i for i, node in enumerate(graph)}
        edges = [(number[child], number[parent]) for child, parent in graph.edges]
        if edge_direction == "parent-child":
            edges = [(child, parent) for parent, child in edges]
        names, others = naming_of_graph(graph)
        return cls(
            [str(node) for node in graph],
            edges,
            names=names,
            other_labels=others,
            metadata=graph.graph,
        )

    def to_networkx(self) -> nx.DiGraph:
        """Return a networkx digraph of the labels, edges from child to parent.

        Names that differ from the labels are node attributes `name`, other labels lists in node
        attributes `other_labels`.
        """
        import networkx as nx

        graph = nx.DiGraph()
        graph.graph.update(self.metadata)
        graph.add_nodes_from(self.labels)
        add_naming(graph, self.labels, self.names, self.other_labels)
        graph.add_edges_from((self.labels[c], self.labels[p]) for c, p in self.edges.tolist())
        return graph

    @property
    def n_nodes(self) -> int:
        """Number of nodes m."""
        return len(self.labels)

    @property
    def n_edges(self) -> int:
        """Number of child-parent edges."""
        return len(self.parent_indices)

    @property
    def n_levels(self) -> int:
        """H, the number of nodes on the longest path from a root to a leaf."""
        return int(self.levels.max()) + 1

    @cached_property
    def edges(self) -> NDArray[np.int32]:
        """(child, parent) node numbers, shape (n_edges, 2), sorted."""
        return np.column_stack((csr.row_numbers(self.parent_indptr), self.parent_indices))

    @cached_property
    def children(self) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """The children of every node as CSR arrays (indptr, indices)."""
        return csr.transpose(self.parent_indptr, self.parent_indices, len(self.labels))

    @property
    def roots(self) -> NDArray[np.int64]:
        """Nodes without a parent."""
        return np.flatnonzero(np.diff(self.parent_indptr) == 0)

    @property
    def leaves(self) -> NDArray[np.int64]:
        """Nodes without a child."""
        return np.flatnonzero(np.diff(self.children[0]) == 0)

    @property
    def is_forest(self) -> bool:
        """True if no node has two parents."""
        return bool(np.diff(self.parent_indptr).max() <= 1)

    def index(self, label: str) -> int:
        """Return the number of the node with a label.

        Parameters
        ----------
        label : str
            Label of a node.

        Returns
        -------
        node : int
            Its row everywhere.

        Raises
        ------
        HierarchyError
            If no node has this label.
        """
        if label not in self._index:
            raise HierarchyError(f"label must be a node of the hierarchy: got {label!r}")
        return self._index[label]

    def name(self, label: str) -> str:
        """Return what to show for the node with a label.

        Parameters
        ----------
        label : str
            Label of the node.

        Returns
        -------
        name : str
            Its name; the label where it has no other.
        """
        return self.names[self.index(label)]

    def find(self, text: str) -> str:
        """Return the label of the node that a text stands for.

        Parameters
        ----------
        text : str
            A label, or else another label, or else a name that one node alone has.

        Returns
        -------
        label : str
            Label of the node.

        Raises
        ------
        HierarchyError
            If no node has it, with the nearest there are, or several nodes have this name.

        Examples
        --------
        >>> h = Hierarchy(["P1", "P2"], [(1, 0)], names=["animal", "Dog Beds"])
        >>> h.find("Dog Beds")
        'P2'
        >>> h.find("dog bed")
        Traceback (most recent call last):
            ...
        hrgeom.errors.HierarchyError: text must stand for a node: got 'dog bed'; nearest: 'Dog Beds'
        """
        if text in self._index:
            return text
        if text in self.other_labels:
            return self.labels[self.other_labels[text]]
        nodes = self._nodes_by_name.get(text, [])
        if len(nodes) != 1:
            known = (*self._nodes_by_name, *self.labels, *self.other_labels)
            raise not_found(text, [self.labels[node] for node in nodes], known)
        return self.labels[nodes[0]]

    @cached_property
    def _nodes_by_name(self) -> dict[str, list[int]]:
        return nodes_by_name(self.names)

    def _parents(self, node: int) -> NDArray[np.int32]:
        return self.parent_indices[self.parent_indptr[node] : self.parent_indptr[node + 1]]

    def parents(self, label: str) -> list[str]:
        """Return the labels of the parents of a node.

        Parameters
        ----------
        label : str
            Label of the node.

        Returns
        -------
        labels : list of str
            In the order of the nodes; empty for a root.
        """
        return [self.labels[i] for i in self._parents(self.index(label))]

    def ancestors(self, label: str) -> list[str]:
        """Return the labels of the proper ancestors of a node.

        Parameters
        ----------
        label : str
            Label of the node.

        Returns
        -------
        labels : list of str
            In the order of the nodes; empty for a root.
        """
        node = self.index(label)
        return [self.labels[i] for i in self.relevance.matches(node) if i != node]

    @cached_property
    def _closure(self) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
        return transitive_closure(self.parent_indptr, self.parent_indices, self.levels)

    @property
    def distances(self) -> NDArray[np.int32]:
        """Edges on the shortest path from q up to v, for every pair of `relevance`, same order."""
        return self._closure[2]

    @cached_property
    def relevance(self) -> Relevance:
        """Every node is a query and a document; q matches its ancestors and itself.

        Of a forest with more than 67 million pairs it is a `ForestRelevance`, which answers
        questions without writing them out.
        """
        n_pairs = int(self.levels.sum(dtype=np.int64)) + self.n_nodes
        if self.is_forest and n_pairs > _EXPLICIT:
            return ForestRelevance(
                self.parent_indptr, self.parent_indices, self.levels, self.labels
            )
        indptr, indices, _ = self._closure
        result = Relevance(
            indptr, indices, self.n_nodes, query_labels=self.labels, document_labels=self.labels
        )
        return result.with_crossings(
            _CrossingNodes(self.parent_indptr, self.parent_indices, self.levels)
        )

    @cached_property
    def sha256(self) -> str:
        """Digest of the labels and the sorted edges: the same for every file format.

        Names and other labels are no part of it: they change what is shown, not who matches whom.
        """
        digest = hashlib.sha256(f"hrgeom hierarchy {self.n_nodes} {self.n_edges}\n".encode())
        for label in self.labels:
            data = label.encode("utf-8", "surrogatepass")
            digest.update(len(data).to_bytes(8, "little") + data)
        digest.update(np.ascontiguousarray(self.edges, dtype="<i4").tobytes())
        return digest.hexdigest()

    def _repr_html_(self) -> str:
        """Return a table for notebooks."""
        name = self.metadata.get("name")
        return html_table(
            f"Hierarchy {name}" if name else "Hierarchy",
            [
                ("nodes", self.n_nodes),
                ("edges", self.n_edges),
                ("roots", len(self.roots)),
                ("leaves", len(self.leaves)),
                ("levels", self.n_levels),
                ("nodes with several parents", self._n_tangled),
            ],
        )

    @property
    def _n_tangled(self) -> int:
        return int(np.count_nonzero(np.diff(self.parent_indptr) > 1))

    def __repr__(self) -> str:
        counts = (
            (self.n_nodes, "node"),
            (self.n_edges, "edge"),
            (len(self.roots), "root"),
            (self.n_levels, "level"),
        )
        parts = [f"{n} {what}" + "s" * (n != 1) for n, what in counts]
        return f"Hierarchy({', '.join(parts)})"
