"""Graded lexical entailment (HyperLex) by a yes or no: is the kind an ancestor of the word?

    python benchmarks/hyperlex_ancestors.py --data hyperlex-all.txt

Half a minute of one thread. No rating is trained on, and nothing is chosen by one.

Protocol: the 2,163 noun pairs (word, kind, rating from 0 to 6). A word stands for every synset of
WordNet 3.0's nouns of which it is a lemma, in any letter case, with spaces for underscores; the
lemmas come with hrgeom. The answer is 1 if some synset of the kind is an ancestor of some synset of
the word, or the same, else 0: what a certified embedding of the nouns retrieves, exactly.
Spearman's rho of answers and ratings, ties averaged; its standard error is that of 1,000 bootstrap
samples of the pairs. `first sense` takes of either word the synset whose label bears it with the
least number, and where there is none the first of all. Beside it stand distance and breadth
(`learned_hyperlex.py` says what these are), and the learned rows of its result: dot product, all
pairs, means over seeds.

Published, by protocols of their own: 0.744 without training (information content in WordNet,
Renner et al. 2023), 0.686 for vectors specialized by WordNet (LEAR, Vulic and Mrksic 2018), 0.415
for the recipe of You et al. 2025. That a yes or no does so well says as much of the pairs as of the
method: their relations were drawn from WordNet. `by_relation` shows it: yes for nearly all pairs
that were drawn as hypernyms or synonyms, no for nearly all others.

Result: benchmarks/results/hyperlex_ancestors.json.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import common
import hyperlex
import numpy as np

from hrgeom.core import Hierarchy
from hrgeom.datasets import load
from hrgeom.io import read_texts

NAME = "hyperlex_ancestors"
DATA = common.DATA / "hyperlex-all.txt"
PUBLISHED = {"WordNet-IC, no training": 0.744, "LEAR": 0.686, "You et al. 2025": 0.415}
N_SAMPLES, SEED = 1000, 0


def senses_of_lemmas(hierarchy: Hierarchy) -> dict[str, list[int]]:
    """Return word -> nodes: those whose label has the word first, by number, then the others."""
    lemmas = read_texts("wordnet", hierarchy, parts=["name", "synonym"])
    found: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for node, label in enumerate(hierarchy.labels):
        first, _, number = label.rsplit(".", 2)
        for lemma in dict.fromkeys(text.lower().replace(" ", "_") for text in lemmas[label]):
            found[lemma].append((int(lemma != first), int(number), node))
    return {lemma: [node for *_, node in sorted(rows)] for lemma, rows in found.items()}


def standard_error(values: Any, pairs: list[hyperlex.WordPair], covered: Any) -> float:
    """Return the standard deviation of rho over bootstrap samples of the pairs."""
    rng = np.random.default_rng(SEED)
    samples = [rng.integers(0, len(covered), len(covered)) for _ in range(N_SAMPLES)]
    rhos = [hyperlex.correlation(values[s], pairs, covered[s]) for s in samples]
    return float(np.std(rhos, ddof=1))


def by_relation(values: Any, pairs: list[hyperlex.WordPair], covered: Any) -> dict[str, Any]:
    """Return for every relation of HyperLex pairs, mean rating and share of answers yes."""
    groups = defaultdict(list)
    for place, number in enumerate(covered):
        groups[pairs[number].relation].append(place)
    return {
        relation: {
            "pairs": len(places),
            "mean_rating": round(float(np.mean([pairs[covered[p]].rating for p in places])), 2),
            "yes": round(float(np.mean(values[places])), 3),
        }
        for relation, places in sorted(groups.items())
    }


def learned_rows() -> dict[str, float]:
    """Return the mean over seeds of rho on all pairs, of the learned rows, by the dot product."""
    path = common.RESULTS / "learned_hyperlex.json"
    rows = json.loads(path.read_text(encoding="utf-8"))["rows"]
    found: dict[str, list[float]] = defaultdict(list)
    for name, row in rows.items():
        senses = row["chosen"].get("files") or row["chosen"]["labels"]
        found[name.partition(",")[0]].append(senses["dot"]["all"])
    return {name: round(float(np.mean(values)), 4) for name, values in found.items()}


def measured(hierarchy: Hierarchy, pairs: list[hyperlex.WordPair]) -> dict[str, Any]:
    """Return the rows of the result."""
    senses = senses_of_lemmas(hierarchy)
    found = hyperlex.Candidates.of(pairs, senses)
    away = found.best(hyperlex.of_closure(hierarchy, found))
    yes = (away > -float(hierarchy.distances.max()) - 1).astype(np.float64)
    first = hyperlex.Candidates.of(pairs, {word: nodes[:1] for word, nodes in senses.items()})
    one = first.best(hyperlex.of_closure(hierarchy, first))
    breadth = np.log(hierarchy.relevance.n_queries_of)
    values = {
        "ancestor, any sense": (yes, found),
        "ancestor, first sense": ((one > one.min()).astype(np.float64), first),
        "distance": (away, found),
        "breadth": (found.best(breadth[found.documents]), found),
    }
    return {
        "pairs": len(pairs),
        "covered": len(found.covered),
        "rho": {
            name: {
                "all": round(hyperlex.correlation(v, pairs, c.covered), 4),
                "standard_error": round(standard_error(v, pairs, c.covered), 4),
            }
            for name, (v, c) in values.items()
        },
        "by_relation": by_relation(yes, pairs, found.covered),
    }


def main() -> None:
    """Measure and write the result."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, default=DATA, metavar="PATH", help="hyperlex-all.txt")
    args = parser.parse_args()
    try:
        pairs = hyperlex.load_pairs(args.data)
    except FileNotFoundError as error:
        parser.exit(2, f"{error}\n")
    data = measured(load("wordnet"), pairs)
    path = common.write(
        NAME, {"seed": SEED, **data, "learned": learned_rows(), "published": PUBLISHED}
    )
    for name, row in data["rho"].items():
        print(f"{name:24} {row['all']:.3f} +- {row['standard_error']:.3f}")
    print(f"written to {path}")


if __name__ == "__main__":
    main()
