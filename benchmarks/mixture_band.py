"""The mixture band by dimension, with and without evening, and mixtures that try to break it.

    python benchmarks/mixture_band.py                            # an hour on one core
    python benchmarks/mixture_band.py --only "Disease Ontology"

Every row is built, certified over all pairs and looked at once more for its band. Then 100,000
mixtures in all, random ones and ones of the extreme queries of a document just beyond the ends of
its band, are held against all documents; and bands that are a thousandth too narrow, against
mixtures of the extreme queries within them. Results: benchmarks/results/mixture_band.json; what is
there already is not computed again.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from typing import Any

import common
import numpy as np
from numpy.typing import NDArray

from hrgeom import read_hierarchy
from hrgeom.checker import Band, band, certify
from hrgeom.constructions import construct
from hrgeom.core import DualEmbedding, Hierarchy, Relevance
from hrgeom.datasets import load

HIERARCHIES = {
    "WordNet mammals": lambda: load("wordnet-mammals"),
    "Disease Ontology": lambda: read_hierarchy(common.DATA / "disease-ontology.json.gz"),
    "WordNet nouns": lambda: load("wordnet"),
}
DESCENT: dict[str, Any] = {"method": "descent", "seed": 0, "threads": 1}
EVEN = {**DESCENT, "even_scores": 1.0}
SHORT: dict[str, Any] = {**DESCENT, "effort": 0.5}


@dataclass(frozen=True)
class Case:
    """An embedding to build: hierarchy, name of the construction, options, mixtures to try."""

    hierarchy: str
    construction: str
    options: dict[str, Any]
    n_mixtures: int = 0

    @property
    def label(self) -> str:
        """Return the name of the row."""
        return f"{self.hierarchy}, {self.construction}, {self.options.get('dim', '')}"


def cases() -> list[Case]:
    """Return what is built, quick ones first."""
    mammals, diseases, nouns = HIERARCHIES
    found = [
        Case(mammals, "centroid-hubs, int8", {"method": "centroid-hubs", "dtype": "int8"}, 20_000),
        Case(mammals, "descent", {**DESCENT, "dim": 32}, 20_000),
        Case(mammals, "descent, evened", {**EVEN, "dim": 32}, 20_000),
    ]
    for dim in (64, 128, 256):
        tried = 20_000 if dim == 64 else 0
        found += [
            Case(diseases, "mixed", {"method": "mixed", "dim": dim}, tried),
            Case(diseases, "descent", {**DESCENT, "dim": dim}, tried),
            Case(diseases, "descent, evened", {**EVEN, "dim": dim}),
        ]
    for dim in (64, 128):
        found.append(Case(nouns, "descent, effort 0.5", {**SHORT, "dim": dim}))
    evened = {**SHORT, "even_scores": 0.25, "dim": 64}
    return [*found, Case(nouns, "descent, effort 0.5, evened", evened)]


def measured(case: Case, hierarchy: Hierarchy) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Return the row of a case, and what mixtures did."""
    began = time.process_time()
    result = construct(hierarchy, **case.options)
    e, built = result.embedding, time.process_time() - began
    certificate = result.certificate or certify(e, hierarchy, threads=1)
    began = time.process_time()
    found = band(e, hierarchy, threshold=certificate.threshold, threads=1)
    looked = time.process_time() - began
    row = {
        "hierarchy": case.hierarchy,
        "n_nodes": hierarchy.n_nodes,
        "construction": case.construction,
        "dim": e.dim,
        "verdict": certificate.verdict,
        "margin": certificate.normalized_margin_lower_bound,
        "cpu_seconds": round(built, 1),
        "band_cpu_seconds": round(looked, 2),
        "band": found.to_dict(),
        "share_within": {
            f"{a:g} to {1 - a:g}": found.moved_to(found.even_threshold()).share_within(
                a, 1 - a, inner=True
            )
            for a in (0.2, 0.25, 0.3, 0.35)
        },
    }
    if not case.n_mixtures:
        return row, None
    return row, tried(e, hierarchy.relevance, found, case.n_mixtures)


def tried(e: DualEmbedding, relevance: Relevance, found: Band, n: int) -> dict[str, Any]:
    """Return how many of so many mixtures break the band, and how many wrong bands they find."""
    rng = np.random.default_rng(0)
    queries, documents = (rows.astype(np.float64) for rows in e.values())
    extremes = extreme_queries(queries, documents, relevance, found)
    chosen = rng.choice(len(extremes), min(n // 4, len(extremes)), replace=False)
    hard = [w for v in chosen for w in at_ends(extremes[v], found, 1e-6)]
    weights = [*hard, *random_mixtures(rng, relevance, n - len(hard))]
    broken = sum(
        n_broken(part, queries, documents, relevance, found)
        for part in (weights[i : i + 500] for i in range(0, len(weights), 500))
    )
    planted, noticed = 0, 0
    for v in chosen:
        document = extremes[v][0]
        for (numbers, parts), is_upper in zip(
            at_ends(extremes[v], found, -5e-4), (True, False), strict=True
        ):
            score = parts @ queries[numbers] @ documents[document]
            planted += 1
            noticed += (score <= found.threshold) if is_upper else (score > found.threshold)
    return {
        "n_mixtures": len(weights),
        "n_broken": broken,
        "n_planted": planted,
        "n_planted_found": int(noticed),
    }


def extreme_queries(
    queries: NDArray[Any], documents: NDArray[Any], relevance: Relevance, found: Band
) -> list[tuple[int, int, int, int, int]]:
    """Return inner documents with their worst and best match, and lowest and highest other."""
    indptr, indices = relevance.transposed
    rows = []
    for v in np.flatnonzero(found.is_inner & found.is_promised).tolist():
        scores = queries @ documents[v]
        own = indices[indptr[v] : indptr[v + 1]]
        worst, best = own[scores[own].argmin()], own[scores[own].argmax()]
        others = np.delete(np.arange(len(scores)), own)
        low, high = others[scores[others].argmin()], others[scores[others].argmax()]
        rows.append((v, int(worst), int(best), int(low), int(high)))
    return rows


def at_ends(
    extreme: tuple[int, int, int, int, int], found: Band, beyond: float
) -> list[tuple[NDArray[np.int64], NDArray[np.float64]]]:
    """Return two mixtures of two queries, so far beyond the upper and the lower end of a band."""
    v, worst, best, low, high = extreme
    more, less = found.upper[v] + beyond, found.lower[v] - beyond
    return [
        (np.array([worst, low]), np.array([more, 1 - more])),
        (np.array([best, high]), np.array([less, 1 - less])),
    ]


def random_mixtures(
    rng: np.random.Generator, relevance: Relevance, n: int
) -> list[tuple[NDArray[np.int64], NDArray[np.float64]]]:
    """Return mixtures of 2 to 40 queries: anywhere, or all but a few below one document."""
    indptr, indices = relevance.transposed
    inner = np.flatnonzero(relevance.n_queries_of > 1)
    found = []
    for _ in range(n):
        size = int(rng.integers(2, 41))
        numbers = rng.choice(relevance.n_queries, size)
        if rng.random() < 0.5:
            v = int(rng.choice(inner))
            own = rng.random(size) < rng.random()
            below = indices[indptr[v] : indptr[v + 1]]
            numbers[own] = rng.choice(below, int(own.sum()))
        weights = rng.gamma(0.3, size=size) + 1e-9
        found.append((numbers, weights / weights.sum()))
    return found


def n_broken(
    weights: list[tuple[NDArray[np.int64], NDArray[np.float64]]],
    queries: NDArray[Any],
    documents: NDArray[Any],
    relevance: Relevance,
    found: Band,
) -> int:
    """Return how many pairs of a mixture and a document do what the band says they do not."""
    from scipy import sparse

    sizes = [len(numbers) for numbers, _ in weights]
    rows = np.repeat(np.arange(len(weights)), sizes)
    columns = np.concatenate([numbers for numbers, _ in weights])
    parts = np.concatenate([each for _, each in weights])
    n, m = relevance.n_queries, relevance.n_documents
    mixing: Any = sparse.csr_array((parts, (rows, columns)), shape=(len(weights), n))
    ones = np.ones(relevance.n_pairs)
    matching: Any = sparse.csr_array((ones, relevance.indices, relevance.indptr), shape=(n, m))
    shares = (mixing @ matching).toarray()
    scores = (mixing @ queries) @ documents.T
    missed = (shares > found.upper + 1e-9) & (scores <= found.threshold)
    taken = (shares < found.lower - 1e-9) & (scores > found.threshold)
    return int(missed.sum() + taken.sum())


def main() -> None:
    """Build what is missing, and write after every row."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", metavar="HIERARCHY", help="rows of one hierarchy")
    only = parser.parse_args().only
    rows = common.known_rows("mixture_band")
    mixtures = common.known_rows("mixture_band", "mixtures")
    for case in cases():
        if case.label in rows or only not in (None, case.hierarchy):
            continue
        row, did = measured(case, HIERARCHIES[case.hierarchy]())
        rows[case.label] = row
        if did is not None:
            mixtures[case.label] = did
        print(case.label, row["margin"], row["band"]["even"], did, flush=True)
        common.write("mixture_band", {"rows": rows, "mixtures": mixtures})


if __name__ == "__main__":
    main()
