"""Algorithm 1 against its exact law: predicted and observed failures, and WordNet nouns.

    python benchmarks/exact_law.py frequencies   # 200 seeds on five hierarchies, minutes
    python benchmarks/exact_law.py curves        # the same along the dimension, ten minutes
    python benchmarks/exact_law.py wordnet       # three certificates, a quarter of an hour

`frequencies`: global thresholds are those of the exact law, chosen before any run. An unbiased
estimate of the probability that some pair is wrong (`hrgeom.bounds.failure_probability`) is
compared with the number of seeds for which one is; no seed or draw is shared. `curves`: from where
nearly all seeds fail to where nearly none does, for the picture. Results, a section each:
benchmarks/results/exact_law.json.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import time
from typing import Any

import common
import numpy as np
from scipy import stats

from hrgeom import certify, construct, read_hierarchy
from hrgeom.bounds.random import failure_probability, n_wrong_pairs, theorem_3_1_dim_of
from hrgeom.bounds.random._expected_errors import WrongPairs, least_dim, wrong_pairs
from hrgeom.constructions.queries._gaussian import gaussian_directions
from hrgeom.core import Hierarchy, Notion, Relevance
from hrgeom.datasets import perfect_tree, random_dag, random_tree

SEEDS, DRAWS, CERTIFIED = 200, 400, 5
EXPECTED = (0.9, 0.4, 0.1)  # wrong pairs, by the exact law
SHARES = (0.6, 0.7, 0.78, 0.86, 0.94, 1.05, 1.18, 1.35)  # of the least dimension for delta = 1/2
NOTIONS: tuple[Notion, ...] = ("global", "row")


def hierarchies() -> dict[str, Hierarchy]:
    """Return the five hierarchies, by label."""
    return {
        "perfect (2, 6)": perfect_tree(2, 6),
        "perfect (5, 4)": perfect_tree(5, 4),
        "random recursive, 500": random_tree(500, shape="uniform", seed=0),
        "random DAG, 300": random_dag(300, extra_parents=0.2, seed=0),
        "WordNet mammals": read_hierarchy("wordnet-mammals"),
    }


def certified(hierarchy: Hierarchy, at: WrongPairs, seed: int) -> bool:
    """Return whether the certificate of this seed holds, at the threshold of `at`."""
    embedding = construct(
        hierarchy, method="gaussian", dim=at.dim, seed=seed, certify=False
    ).embedding
    embedding = dataclasses.replace(embedding, threshold=at.threshold)
    return certify(embedding, hierarchy, notion=at.notion, threads=1).holds


def fails_at_every_threshold(relevance: Relevance, dim: int, seed: int) -> bool:
    """Return whether no one threshold separates the scores of this seed."""
    queries, documents = gaussian_directions(relevance, dim, np.dtype(np.float32), seed)
    queries /= np.linalg.norm(queries, axis=1, keepdims=True)
    scores = queries @ documents.T
    of = np.repeat(np.arange(relevance.n_queries), relevance.n_matches)
    worst = scores[of, relevance.indices].min()
    scores[of, relevance.indices] = -np.inf
    return bool(worst <= scores.max())


def frequency(hierarchy: Hierarchy, notion: Notion, expected: float) -> dict[str, Any]:
    """Predict and observe in the least dimension where so many wrong pairs are expected."""
    started = time.perf_counter()
    relevance = hierarchy.relevance
    at = least_dim(relevance, delta=expected, notion=notion).at_dim
    predicted = failure_probability(relevance, at, n_draws=DRAWS, seed=10**6)
    failed = [n_wrong_pairs(relevance, at, seed) > 0 for seed in range(SEEDS)]
    record = {
        "notion": notion,
        "dim": at.dim,
        "threshold": at.threshold,
        "expected_wrong_pairs": at.expected,
        "predicted": predicted.estimate,
        "predicted_standard_error": predicted.standard_error,
        "lower": predicted.lower,
        "upper": predicted.upper,
        "seeds": SEEDS,
        "failures": sum(failed),
        "p_value": float(stats.binomtest(sum(failed), SEEDS, predicted.estimate).pvalue),
        "certificates_that_agree": sum(
            certified(hierarchy, at, seed) != failed[seed] for seed in range(CERTIFIED)
        ),
        "certificates": CERTIFIED,
    }
    if notion == "global":
        record["failures_at_every_threshold"] = sum(
            fails_at_every_threshold(relevance, at.dim, seed) for seed in range(SEEDS)
        )
    return record | {"seconds": round(time.perf_counter() - started, 1)}


def frequencies() -> list[dict[str, Any]]:
    """Predict and observe on the five hierarchies, in three dimensions each for both notions."""
    rows = []
    for label, hierarchy in hierarchies().items():
        for notion in NOTIONS:
            for expected in EXPECTED:
                rows.append({"hierarchy": label} | frequency(hierarchy, notion, expected))
                print(json.dumps(rows[-1]), flush=True)
    return rows


def curve(relevance: Relevance, notion: Notion) -> list[dict[str, Any]]:
    """Predict and observe in dimensions around the one where half a wrong pair is expected."""
    middle = least_dim(relevance, notion=notion).dim
    points = []
    for share in SHARES:
        at = wrong_pairs(relevance, round(share * middle), notion=notion)
        predicted = failure_probability(relevance, at, n_draws=DRAWS, seed=10**6)
        points.append(
            {
                "dim": at.dim,
                "expected_wrong_pairs": at.expected,
                "predicted": predicted.estimate,
                "predicted_standard_error": predicted.standard_error,
                "seeds": SEEDS,
                "failures": sum(n_wrong_pairs(relevance, at, seed) > 0 for seed in range(SEEDS)),
            }
        )
    return points


def curves() -> list[dict[str, Any]]:
    """Predict and observe along the dimension, for the five hierarchies and both notions."""
    rows = []
    for label, hierarchy in hierarchies().items():
        for notion in NOTIONS:
            points = curve(hierarchy.relevance, notion)
            rows.append({"hierarchy": label, "notion": notion, "points": points})
            print(json.dumps(rows[-1]), flush=True)
    return rows


def wordnet() -> dict[str, Any]:
    """Least dimensions, and certificates of seed 0 above and below them."""
    hierarchy = read_hierarchy("wordnet")
    relevance = hierarchy.relevance
    result: dict[str, Any] = {"theorem_3_1": theorem_3_1_dim_of(relevance), "delta": 0.5}
    for notion in NOTIONS:
        started = time.perf_counter()
        least = least_dim(relevance, notion=notion)
        result[notion] = {
            "least_dim": least.dim,
            "threshold": least.at_dim.threshold,
            "seconds": round(time.perf_counter() - started, 2),
        }
    certificates = []
    for notion, dim in (
        ("row", 1280),
        ("row", result["row"]["least_dim"]),
        ("global", result["global"]["least_dim"]),
    ):
        at = wrong_pairs(relevance, dim, notion=notion)
        embedding = construct(
            hierarchy, method="gaussian", dim=dim, seed=0, certify=False
        ).embedding
        embedding = dataclasses.replace(embedding, threshold=at.threshold)
        certificate = certify(embedding, hierarchy, notion=notion)
        certificates.append(
            {
                "notion": notion,
                "dim": dim,
                "seed": 0,
                "expected_wrong_pairs": at.expected,
                "verdict": certificate.verdict,
                "threshold": certificate.threshold,
                "n_violations": certificate.n_violations,
                "n_violating_queries": certificate.n_violating_queries,
                "margin_lower_bound": certificate.margin_lower_bound,
                "certify_seconds": round(certificate.seconds, 1),
            }
        )
        print(json.dumps(certificates[-1]), flush=True)
    return result | {"certificates": certificates}


def main() -> None:
    """Run one section and keep the others."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    sections = {"frequencies": frequencies, "curves": curves, "wordnet": wordnet}
    parser.add_argument("section", choices=sections)
    section = parser.parse_args().section
    found = sections[section]()
    path = common.RESULTS / "exact_law.json"
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    kept = {name: known[name] for name in sections if name in known}
    print(common.write("exact_law", kept | {section: found}))


if __name__ == "__main__":
    main()
