"""What the program says of embeddings and targets with one thing changed, against exact arithmetic.

`python mutations.py PROGRAM [N] [SEED]` changes an entry, a scale, an edge, the threshold or a hint
N times for each of eight embeddings, and prints what came of it. Nothing wrong may be said. Of what
was refused, `right` counts those in which every pair is right.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from random import Random

import numpy as np

from hrgeom import DualEmbedding, construct
from hrgeom._recheck._thresholds import row_thresholds
from hrgeom.core import Relevance
from hrgeom.datasets import random_dag
from hrgeom.io import save

KINDS = ("hint", "query", "document", "edge", "threshold", "scale")
NAMES = ("float64", "float32", "int8", "failing", "row", "trie", "arc", "hybrid")
STRUCTURES = {
    "float64": {"method": "interval", "dtype": "float64"},
    "int8": {"method": "trie", "dtype": "int8"},
    "trie": {"method": "trie", "dtype": "float32"},
    "arc": {"method": "interval", "code": "arc", "dtype": "float32"},
    "hybrid": {"method": "hybrid", "dtype": "int8"},
}


@dataclass(frozen=True)
class Case:
    """An embedding, the edges it is checked against, the notion, and which hint is spoiled."""

    embedding: DualEmbedding
    edges: tuple[tuple[int, int], ...]
    notion: str = "global"
    spoil: int | None = None


def case(name: str) -> Case:
    """Return the embedding before anything is changed."""
    tree = random_dag(60, extra_parents=0.1, seed=3)
    if name in STRUCTURES:
        e = construct(tree, certify=False, **STRUCTURES[name]).embedding
    else:
        e = construct(tree, method="descent", dim=8, dtype="float32", certify=False).embedding
    if name == "int8":
        scales = np.linspace(0.5, 1.5, tree.n_nodes, dtype=np.float32)
        e = replace(e, document_scale=scales)
    if name == "failing":
        rows = np.array(e.queries)
        rows[[5, 17]] *= -1
        e = replace(e, queries=rows)
    if name == "row":  # queries whose scores are far apart: no threshold would do for all
        shift = np.linspace(-40, 40, tree.n_nodes, dtype=np.float32)
        e = replace(
            e,
            queries=np.column_stack((e.queries, shift)),
            documents=np.column_stack((e.documents, np.ones_like(shift))),
        )
    edges = tuple((int(c), int(p)) for c, p in tree.edges)
    return Case(e, edges, "row" if name == "row" else "global")


def changed(start: Case, kind: str, random: Random) -> tuple[str, Case]:
    """Return what was changed, and the changed case."""
    e = start.embedding
    if kind == "hint":
        return kind, replace(start, spoil=random.randrange(10**6))
    if kind == "edge":
        edges = list(start.edges)
        n = random.randrange(len(edges))
        child, parent = edges[n] = (edges[n][0], random.randrange(e.n_documents))
        if child in _ancestors(parent, tuple(edges)):
            kind = "cycle"
        return kind, replace(start, edges=tuple(edges))
    if kind == "threshold":
        return kind, replace(start, embedding=replace(e, threshold=_nudged_threshold(e, random)))
    if kind == "scale":
        if e.dtype != "int8":
            return changed(start, "query", random)
        factor = np.float32(random.choice([0.25, 1.1, 3]))
        if isinstance(e.document_scale, float):
            return kind, replace(start, embedding=replace(e, document_scale=float(factor)))
        scales = np.array(e.document_scale)
        scales[random.randrange(len(scales))] *= factor
        return kind, replace(start, embedding=replace(e, document_scale=scales))
    side = "queries" if kind == "query" else "documents"
    rows = np.array(getattr(e, side))
    place = random.randrange(rows.shape[0]), random.randrange(rows.shape[1])
    rows[place] = _nudged(rows[place], random)
    return kind, replace(start, embedding=replace(e, **{side: rows}))


def _nudged(x, random: Random):
    if x.dtype == np.int8:
        return np.int8(min(127, max(-127, int(x) + random.choice([-2, -1, 1, 2]))))
    if float(x).is_integer() and random.random() < 0.7:
        return x.dtype.type(x + random.choice([-2, -1, 1, 2]))
    return x.dtype.type(x * random.choice([-1, 0.5, 0.99, 1.0001, 1.2]) + random.choice([0, 0.01]))


def _nudged_threshold(e: DualEmbedding, random: Random) -> float:
    size = 1.0 if float(e.threshold).is_integer() else 0.05
    return float(e.threshold) + size * random.choice([-2, -1, -0.25, 1e-9, 0.25, 1, 2])


def wrong_pairs(c: Case) -> int:
    """Return the number of wrong pairs (row notion: of wrong queries), in whole numbers."""
    e = c.embedding
    queries, q_bits = _whole_numbers(e.queries, e.query_scale)
    documents, v_bits = _whole_numbers(e.documents, e.document_scale)
    scores = queries @ documents.T
    threshold = Fraction(e.threshold) * 2 ** (q_bits + v_bits)
    relevant = _relevant(c)
    if c.notion == "row":
        inf = Fraction(10**100)
        worst = np.where(relevant, scores, inf).min(axis=1)
        best = np.where(relevant, -inf, scores).max(axis=1)
        return int((worst <= best).sum())
    return int(np.where(relevant, scores <= threshold, scores >= threshold).sum())


def _relevant(c: Case) -> np.ndarray:
    relevant = np.zeros((c.embedding.n_queries, c.embedding.n_documents), dtype=bool)
    for q in range(len(relevant)):
        relevant[q, list(_ancestors(q, c.edges))] = True
    return relevant


def _ancestors(node: int, edges: tuple[tuple[int, int], ...]) -> set[int]:
    found, left = {node}, [node]
    while left:
        here = left.pop()
        new = {p for c, p in edges if c == here} - found
        found |= new
        left += new
    return found


def _whole_numbers(rows, scale) -> tuple[np.ndarray, int]:
    """Return the rows times a power of 2, as integers of Python, and the power."""
    scales = [scale] * len(rows) if isinstance(scale, float) else scale.tolist()
    exact = [
        [Fraction(x) * Fraction(s) for x in row]
        for row, s in zip(rows.tolist(), scales, strict=True)
    ]
    bits = max(x.denominator.bit_length() - 1 for row in exact for x in row)
    return np.array([[int(x * 2**bits) for x in row] for row in exact], dtype=object), bits


def said(program: str, c: Case, folder: Path) -> int | None:
    """Return the number of wrong pairs that the program says it has proved; None if none."""
    labels = list(c.embedding.query_labels)
    target = folder / "target.json"
    target.write_text(json.dumps({"nodes": labels, "edges": c.edges}))
    save(c.embedding, folder / "x.emb", overwrite=True)
    command = [program, str(target), str(folder / "x.emb")]
    if c.notion == "row":
        sets = [set(np.flatnonzero(row).tolist()) for row in _relevant(c)]
        np.save(
            folder / "t.npy", row_thresholds(c.embedding, Relevance.from_sets(sets, len(labels)))
        )
        command += ["--notion", "row", "--thresholds", str(folder / "t.npy")]
    if c.spoil is not None:
        command += ["--spoil", str(c.spoil)] + ["--pairs"] * (c.spoil % 2)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 0 and done.stdout.startswith("VERIFIED "):
        return 0
    found = re.search(r"^VERIFIED TO FAIL: .* exactly ([\d,]+) are wrong", done.stdout)
    if done.returncode == 1 and found:
        return int(found[1].replace(",", ""))
    if done.returncode == 3 and done.stdout.startswith("NOT VERIFIED"):
        return None
    raise SystemExit(f"{command}: {done}")


@dataclass(frozen=True)
class Outcome:
    """What was changed, whether the program proved anything, and what is true."""

    kind: str
    answer: int | None
    truth: int

    @property
    def is_wrong(self) -> bool:
        """Whether the program said something that is not so."""
        return self.answer is not None and self.answer != self.truth


def outcomes(program: str, name: str, n: int, seed: int = 0) -> Iterator[Outcome]:
    """Change a case n times; in the row notion the program says only that nothing is wrong."""
    start, random = case(name), Random(f"{name} {seed}")
    with tempfile.TemporaryDirectory() as folder:
        for number in range(n):
            kind, mutant = changed(start, KINDS[number % len(KINDS)], random)
            yield Outcome(kind, said(program, mutant, Path(folder)), wrong_pairs(mutant))


def main() -> int:
    """Print a line for each embedding and kind of change."""
    program = sys.argv[1]
    n, seed = int((sys.argv[2:] or ["60"])[0]), int((sys.argv[3:] or ["0"])[0])
    bad = 0
    print("embedding,changed,mutations,proved,refused,right,wrong")
    for name in sys.argv[4:] or NAMES:
        found = list(outcomes(program, name, n, seed))
        for kind in sorted({o.kind for o in found}):
            of_kind = [o for o in found if o.kind == kind]
            refused = [o for o in of_kind if o.answer is None]
            wrong = sum(o.is_wrong for o in of_kind)
            bad += wrong
            right = sum(o.truth == 0 for o in refused) if kind != "cycle" else 0
            numbers = len(of_kind), len(of_kind) - len(refused), len(refused), right, wrong
            print(f"{name},{kind},{','.join(map(str, numbers))}", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main())
