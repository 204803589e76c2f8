"""Dimension and margin of the construction by treewidth, beside interval covers.

    python benchmarks/treewidth.py [NAME ...]

Gokhale et al. 2026 (arXiv:2606.18520) give O(t log n) dimensions for graphs of treewidth t. Their
text was not at hand; this is the construction of a public formalisation of it, made anew: small
separators are taken out of a hierarchy again and again, each of their nodes has three coordinates,
and earlier levels outweigh all later ones. `dim` is what that takes on a hierarchy, `dim_formula`
is 3(t + 1)(ceil(log2 n) + 1) with the width t of the tree decomposition that networkx finds.

All numbers are integers times powers of 2. `log10_margin_at_most` bounds the normalized margin from
above: half the least cosine of a node with itself, as some others have cosine 0. `log2_range` is
the range of the entries, which float32 ends at 2^127 and float64 at 2^1023. Up to a few thousand
nodes all scores are checked in integers.

The rival is the interval cover in float64, certified. Results: benchmarks/results/treewidth.json.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import common
import networkx as nx
import numpy as np
from networkx.algorithms.approximation import treewidth_min_degree

from hrgeom.checker import certify
from hrgeom.constructions.intervals import interval
from hrgeom.core import Hierarchy
from hrgeom.datasets import load, perfect_tree, random_dag
from hrgeom.io import read_hierarchy

_ALL_PAIRS = 2_000  # nodes up to which all scores are checked
_VIRTUAL = -1  # a node above all roots, so that the graph is connected


@dataclass
class Level:
    """One round of separators.

    Attributes
    ----------
    part : ndarray of int, shape (n,)
        Number of the part that a node is in, -1 if it was in a separator before.
    separators : list of list of int
        Of every part, the nodes that are taken out of it.
    """

    part: np.ndarray
    separators: list[list[int]]

    @property
    def width(self) -> int:
        """Most nodes of a separator."""
        return max(map(len, self.separators))

    @property
    def most_negative(self) -> int:
        """Size of the most negative contribution: all coordinates, parts farthest apart."""
        apart = len(self.separators) - 1
        return self.width * max(0, 2 * apart**2 - 1)


def levels_of(hierarchy: Hierarchy) -> tuple[int, list[Level]]:
    """Return the width of a tree decomposition and the rounds of separators from its bags."""
    n = hierarchy.n_nodes
    graph = nx.Graph()
    graph.add_nodes_from(range(n))
    graph.add_edges_from(hierarchy.edges.tolist())
    if len(hierarchy.roots) > 1:
        graph.add_edges_from((_VIRTUAL, int(root)) for root in hierarchy.roots)
    width, tree = treewidth_min_degree(graph)
    bags = list(tree.nodes)
    number = {bag: i for i, bag in enumerate(bags)}
    neighbors = [[number[other] for other in tree[bag]] for bag in bags]
    home = np.full(n, -1)
    for i, bag in enumerate(bags):
        for v in bag:
            if v != _VIRTUAL and home[v] < 0:
                home[v] = i
    weight = np.bincount(home, minlength=len(bags))
    gone = np.zeros(len(bags), dtype=bool)
    taken = np.zeros(n, dtype=bool)
    levels, parts = [], [0]
    while parts:
        level = Level(np.full(n, -1), [])
        following = []
        for start in parts:
            order, parent = _walk(neighbors, gone, start)
            center = _center(order, parent, weight)
            inside = [v for i in order for v in _own(bags[i], home, i) if not taken[v]]
            if not inside:
                continue
            separator = [v for v in bags[center] if v != _VIRTUAL and not taken[v]]
            if not separator:  # only nodes taken before: go on with what hangs on it
                separator = inside[:1]
            level.part[inside] = len(level.separators)
            level.separators.append(separator)
            for v in separator:
                taken[v] = True
                weight[home[v]] -= 1
            gone[center] = True
            following += [i for i in neighbors[center] if not gone[i]]
            if not all(taken[v] for v in _own(bags[center], home, center)):
                raise AssertionError("a bag that is taken out must leave none of its nodes")
        if level.separators:
            levels.append(level)
        parts = following
    return width, levels


def _own(bag: frozenset[int], home: np.ndarray, i: int) -> Iterator[int]:
    return (v for v in bag if v != _VIRTUAL and home[v] == i)


def _walk(neighbors: list[list[int]], gone: np.ndarray, start: int) -> tuple[list[int], dict]:
    """Return the bags that hang together with one, parents first."""
    parent, order = {start: -1}, [start]
    for i in order:
        for j in neighbors[i]:
            if j not in parent and not gone[j]:
                parent[j] = i
                order.append(j)
    return order, parent


def _center(order: list[int], parent: dict[int, int], weight: np.ndarray) -> int:
    """Return a bag without which no part has more than half of the nodes."""
    below = {i: int(weight[i]) for i in order}
    for i in reversed(order[1:]):
        below[parent[i]] += below[i]
    total = below[order[0]]
    heaviest = dict.fromkeys(order, 0)
    for i in order[1:]:
        heaviest[parent[i]] = max(heaviest[parent[i]], below[i])
    return next(i for i in order if max(heaviest[i], total - below[i]) * 2 <= total)


@dataclass
class Embedding:
    """Vectors of integers times powers of 2, level by level.

    Level l has 3 coordinates for each place in a separator. A query that reaches the node in that
    place has (1 - 2c^2, c, 1) there, c the number of its part, a document that is reached from it
    (1, 4c, -2c^2): the product is 1 - 2(c - c')^2, 1 in one part and negative between two.
    """

    levels: list[Level]
    exponents: list[int]  # of the weights, powers of 2
    reaches: list[list[np.ndarray]]  # level, place: queries
    reached: list[list[np.ndarray]]  # level, place: documents

    @classmethod
    def of(cls, hierarchy: Hierarchy, levels: list[Level]) -> Embedding:
        relevance = hierarchy.relevance
        below = relevance.transposed
        reaches, reached = [], []
        for level in levels:
            rows = [np.zeros((2, hierarchy.n_nodes), dtype=bool) for _ in range(level.width)]
            for part, separator in enumerate(level.separators):
                for place, s in enumerate(separator):
                    for side, others in enumerate(
                        (below[1][below[0][s] : below[0][s + 1]], relevance.matches(s))
                    ):
                        rows[place][side, others[level.part[others] == part]] = True
            reaches.append([row[0] for row in rows])
            reached.append([row[1] for row in rows])
        exponents, later = [], 0
        for level in reversed(levels):
            exponents.append(later.bit_length())  # 2^e > all that comes later
            later += level.most_negative << exponents[-1]
        return cls(levels, exponents[::-1], reaches, reached)

    @property
    def dim(self) -> int:
        return 3 * sum(level.width for level in self.levels)

    def scores(self) -> np.ndarray:
        """Return all scores as integers."""
        n = len(self.levels[0].part)
        total = np.zeros((n, n), dtype=object)
        for level, e, reaches, reached in zip(
            self.levels, self.exponents, self.reaches, self.reached, strict=True
        ):
            both = sum(
                np.outer(q, x).astype(np.int64) for q, x in zip(reaches, reached, strict=True)
            )
            apart = np.subtract.outer(level.part, level.part).astype(np.int64)
            total += (both * (1 - 2 * apart**2)).astype(object) * (1 << e)
        return total

    def log2_lengths(self) -> tuple[np.ndarray, np.ndarray]:
        """Return log2 of the lengths of queries and documents, columns balanced between the two."""
        n = len(self.levels[0].part)
        squares = [np.full(n, -np.inf), np.full(n, -np.inf)]
        for level, e, *sides in zip(
            self.levels, self.exponents, self.reaches, self.reached, strict=True
        ):
            c = level.part.astype(float)
            far = max(1.0, float(len(level.separators) - 1))
            # each column scaled so that its largest entries are equal on both sides
            columns = (
                ((1 - 2 * c**2), np.ones(n), max(1.0, 2 * far**2 - 1), 1.0),
                (c, 4 * c, far, 4 * far),
                (np.ones(n), -2 * c**2, 1.0, 2 * far**2),
            )
            for side in (0, 1):
                square = np.zeros(n)
                for column in columns:
                    largest = (column[2], column[3])
                    scale = math.sqrt(largest[1 - side] / largest[side])
                    square += (column[side] * scale) ** 2
                times = sum(place.astype(float) for place in sides[side])
                with np.errstate(divide="ignore"):
                    squares[side] = np.logaddexp2(squares[side], np.log2(times * square) + e)
        return squares[0] / 2, squares[1] / 2

    def log2_margin_at_most(self) -> float:
        """Half the least cosine of a node with itself: its score is the weight of its level."""
        queries, documents = self.log2_lengths()
        own = np.zeros(len(queries))
        for level, e in zip(self.levels, self.exponents, strict=True):
            for separator in level.separators:
                own[separator] = e
        return float((own - queries - documents).min()) - 1

    @property
    def log2_range(self) -> int:
        """Between the largest and the least entry, were the weights shared evenly."""
        return max(self.exponents) // 2 + max(
            2 * len(level.separators).bit_length() for level in self.levels
        )


def cases() -> dict[str, Any]:
    return {
        "perfect-tree-2-10": lambda: perfect_tree(2, 10),
        "wordnet-mammals": lambda: load("wordnet-mammals"),
        "schema-org": lambda: read_hierarchy(common.DATA / "schema-org.json.gz"),
        "disease-ontology": lambda: read_hierarchy(common.DATA / "disease-ontology.json.gz"),
        "shopify": lambda: read_hierarchy(common.DATA / "shopify-product-taxonomy.json.gz"),
        "random-dag-2000": lambda: random_dag(2000, extra_parents=0.4),
        "wordnet": lambda: load("wordnet"),
    }


def measured(hierarchy: Hierarchy) -> dict[str, Any]:
    started = time.process_time()
    width, levels = levels_of(hierarchy)
    found = Embedding.of(hierarchy, levels)
    n = hierarchy.n_nodes
    row: dict[str, Any] = {
        "n_nodes": n,
        "width": width,
        "n_levels": len(levels),
        "dim": found.dim,
        "dim_formula": 3 * (width + 1) * (math.ceil(math.log2(n)) + 1),
        "log10_margin_at_most": round(found.log2_margin_at_most() * math.log10(2), 1),
        "log2_weights": max(found.exponents),
        "log2_range": found.log2_range,
        "seconds": round(time.process_time() - started, 1),
    }
    if n <= _ALL_PAIRS:
        scores = found.scores()
        matches = np.zeros((n, n), dtype=bool)
        for q in range(n):
            matches[q, hierarchy.relevance.matches(q)] = True
        row["wrong_pairs"] = int(((scores >= 1) != matches).sum() + (scores[~matches] > 0).sum())
    cover = interval(hierarchy.relevance, dtype="float64")
    certificate = certify(cover, hierarchy.relevance)
    row["interval"] = {
        "dim": cover.dim,
        "verdict": certificate.verdict,
        "margin": certificate.normalized_margin_lower_bound,
    }
    return row


def main(names: list[str]) -> None:
    rows = common.known_rows("treewidth")
    for name, make in cases().items():
        if not names or name in names:
            rows[name] = measured(make())
            print(name, rows[name], flush=True)
            common.write("treewidth", {"rows": rows})


if __name__ == "__main__":
    main(sys.argv[1:])
