"""HyperLex: its pairs, the synsets of its words, and what an embedding says of a pair.

Numbers only; nothing here needs torch. `learned_hyperlex.py` trains.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

Floats = NDArray[np.float64]

HEADER = ("WORD1", "WORD2", "POS", "TYPE", "AVG_SCORE")
MISSING = (
    "{path} is not there: HyperLex is not part of this repository; hyperlex-all.txt is in "
    "hyperlex-data.zip of github.com/cambridgeltl/hyperlex; say --data PATH"
)


@dataclass(frozen=True)
class WordPair:
    """To what degree is `word` a `kind`? `rating` from 0 to 6; `relation` as WordNet has it."""

    word: str
    kind: str
    relation: str
    rating: float


def load_pairs(path: Path) -> list[WordPair]:
    """Return the noun pairs of a HyperLex file, in its order."""
    if not path.is_file():
        raise FileNotFoundError(MISSING.format(path=path))
    lines = path.read_text(encoding="utf-8").splitlines()
    if tuple(lines[0].split()[: len(HEADER)]) != HEADER:
        raise ValueError(f"{path} must start with {' '.join(HEADER)}: got {lines[0][:80]!r}")
    rows = [line.split() for line in lines[1:] if line.strip()]
    return [
        WordPair(row[0].lower(), row[1].lower(), row[3], float(row[4]))
        for row in rows
        if row[2] == "N"
    ]


def senses_of_labels(labels: Sequence[str]) -> dict[str, list[int]]:
    """Return word -> nodes, commonest sense first, as far as labels such as dog.n.01 tell.

    A label has the first lemma of its synset only: of dog.n.01 nobody learns that it is a
    domestic dog too.
    """
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for node, label in enumerate(labels):
        lemma, _, sense = label.rsplit(".", 2)
        found[lemma].append((int(sense), node))
    return {lemma: [node for _, node in sorted(nodes)] for lemma, nodes in found.items()}


def senses_of_files(folder: Path, labels: Sequence[str]) -> dict[str, list[int]]:
    """Return word -> nodes, commonest sense first, from WordNet 3.0's index.noun and data.noun."""
    offsets = {}
    for line in _entries(folder / "index.noun"):
        fields = line.split()
        # lemma, pos, n synsets, n pointers, pointers, n senses, n tagged senses, offsets
        offsets[fields[0]] = fields[6 + int(fields[3]) :]
    numbers = {label: node for node, label in enumerate(labels)}
    nodes = {}
    for line in _entries(folder / "data.noun"):
        fields = line.split(maxsplit=5)
        lemma = fields[4].lower()
        sense = offsets[lemma].index(fields[0]) + 1
        nodes[fields[0]] = numbers[f"{lemma}.n.{sense:02d}"]
    return {lemma: [nodes[offset] for offset in rows] for lemma, rows in offsets.items()}


def _entries(path: Path) -> list[str]:
    """Return the lines of a WordNet file without its licence, whose lines start with a space."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith(" ")]


@dataclass(frozen=True, eq=False)
class Candidates:
    """All (synset of word, synset of kind) of the pairs that have one, one after the other.

    Attributes
    ----------
    covered : ndarray of int64
        Which of the pairs are.
    queries, documents : ndarray of int64
        Nodes.
    starts : ndarray of int64, shape (len(covered),)
        Where each pair begins.
    """

    covered: NDArray[np.int64]
    queries: NDArray[np.int64]
    documents: NDArray[np.int64]
    starts: NDArray[np.int64]

    @classmethod
    def of(cls, pairs: Sequence[WordPair], senses: Mapping[str, Sequence[int]]) -> Candidates:
        """Return what the senses known make of the pairs."""
        covered = [
            number for number, pair in enumerate(pairs) if {pair.word, pair.kind} <= senses.keys()
        ]
        products = [
            [(q, v) for q in senses[pairs[number].word] for v in senses[pairs[number].kind]]
            for number in covered
        ]
        both = np.array([pair for product in products for pair in product], dtype=np.int64)
        sizes = np.array([len(product) for product in products], dtype=np.int64)
        queries, documents = both.reshape(-1, 2).T
        return cls(np.array(covered, dtype=np.int64), queries, documents, np.cumsum(sizes) - sizes)

    def best(self, values: Floats) -> Floats:
        """Return the largest value of every pair."""
        result: Floats = np.maximum.reduceat(values, self.starts)
        return result


def dot(queries: Floats, documents: Floats, candidates: Candidates) -> Floats:
    """Return <q, x> of every candidate."""
    rows = queries[candidates.queries], documents[candidates.documents]
    return np.einsum("ij,ij->i", *rows)


def cosine(queries: Floats, documents: Floats, candidates: Candidates) -> Floats:
    """Return the cosine of every candidate."""
    return dot(_unit(queries), _unit(documents), candidates)


def standardized(queries: Floats, documents: Floats, candidates: Candidates) -> Floats:
    """Return how many standard deviations <q, x> is above its query's mean over documents."""
    mean = documents.mean(0)
    spread = np.cov(documents.T, bias=True).reshape(len(mean), -1)
    rows = queries[candidates.queries]
    deviations = np.sqrt(np.einsum("ij,jk,ik->i", rows, spread, rows))
    return (dot(queries, documents, candidates) - rows @ mean) / deviations


def _unit(rows: Floats) -> Floats:
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-300)


SCORES = {"dot": dot, "cosine": cosine, "standardized": standardized}
"""Name -> function of queries, documents and candidates; larger says rather a type of."""


def correlation(values: Floats, pairs: Sequence[WordPair], covered: NDArray[np.int64]) -> float:
    """Return Spearman's rho of the values of covered pairs with the ratings, ties averaged."""
    ratings = [pairs[number].rating for number in covered]
    return float(spearmanr(values, ratings).statistic)


def is_validation(n_pairs: int, share: float, seed: int) -> NDArray[np.bool_]:
    """Return which pairs, drawn at random, may choose a protocol; the others are reported."""
    chosen = np.random.default_rng(seed).permutation(n_pairs)[: round(share * n_pairs)]
    return np.isin(np.arange(n_pairs), chosen)


def of_closure(hierarchy: Any, candidates: Candidates) -> Floats:
    """Return -distance up from q to v, and less than any for a v that is no ancestor of q."""
    relevance = hierarchy.relevance
    none = -float(hierarchy.distances.max()) - 1
    values = np.full(len(candidates.queries), none)
    for place, (q, v) in enumerate(zip(candidates.queries, candidates.documents, strict=True)):
        first, last = relevance.indptr[q : q + 2]
        at = first + np.searchsorted(relevance.indices[first:last], v)
        if at < last and relevance.indices[at] == v:
            values[place] = -float(hierarchy.distances[at])
    return values
