"""Trained text towers on leaves that were held out: what in-batch training loses at a distance.

    python benchmarks/text_towers.py [SEEDS ...]

Held out are 10 % of the leaves of the Disease Ontology for the test, at most 1,000 of them, and
5 % for the choice of the state kept; the other nodes are documents and training queries. Right
are a leaf's ancestors without itself. Recall is the share of (text, ancestor) pairs in the top |S|
of all documents, mean over the texts; by distance, over all pairs of that distance. The text
encoder is wordllama, frozen but for the recipes with a trained encoder; the split, the tower and
the pairs drawn go by the seed.

`standard` and `pretrain_finetune` are the recipes of those names, `masked` leaves the batch's
other matches out of the denominator, `masked, certified documents` holds documents fixed at those
of a certified embedding of 64 dimensions, `..., trained encoder` trains the rows of the word
pieces too. Requires torch and wordllama; one or two minutes of one thread per recipe and seed.

Results: benchmarks/results/text_towers.json, written after every row; rows that are there are
kept.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from typing import Any

import common
import numpy as np

import hrgeom
from hrgeom.core import Hierarchy, Relevance
from hrgeom.learned import RECIPES, Config, TextTower, text_config, train_text
from hrgeom.models import read_model, texts_of, word_pieces

NAME = "text_towers"
DATA = common.DATA / "disease-ontology.json.gz"
DIM, STEPS, LOOK, PATIENCE = 64, 6000, 200, 6
RECIPE_NAMES = ("standard", "pretrain_finetune", "masked")
CERTIFIED = "masked, certified documents"
TRAINED = {f"{name}, trained encoder": name for name in ("standard", "masked")}
HELD_OUT, MOST, DISTANCES = 0.1, 1000, 8


class Task:
    """The nodes that stay, and the leaves that do not."""

    def __init__(self, whole: Hierarchy, rows: Any, seed: int) -> None:
        order = np.random.default_rng(seed).permutation(whole.leaves)
        n_test = round(HELD_OUT * len(order))
        test, validation = order[:n_test][:MOST], order[n_test : n_test + n_test // 2][:MOST]
        stays = np.ones(whole.n_nodes, dtype=bool)
        stays[order[: n_test + n_test // 2]] = False
        kept = np.flatnonzero(stays)
        new = np.full(whole.n_nodes, -1)
        new[kept] = np.arange(len(kept))
        edges = new[whole.edges]
        labels = [whole.labels[v] for v in kept]
        self.hierarchy = Hierarchy(labels, edges[(edges >= 0).all(axis=1)])
        self.rows = rows[kept]
        self.test, self.validation = (self._asked(whole, rows, q, new) for q in (test, validation))
        self.distances = [whole.distances[self._pairs(whole, q)] for q in test]

    @staticmethod
    def _pairs(whole: Hierarchy, query: int) -> np.ndarray:
        """The positions of a leaf's pairs, but that with itself."""
        places = np.arange(whole.relevance.indptr[query], whole.relevance.indptr[query + 1])
        return places[whole.relevance.indices[places] != query]

    def _asked(
        self, whole: Hierarchy, rows: Any, queries: np.ndarray, new: np.ndarray
    ) -> tuple[Any, Relevance]:
        right = [new[whole.relevance.indices[self._pairs(whole, q)]].tolist() for q in queries]
        return rows[queries], Relevance.from_sets(right, self.hierarchy.n_nodes)

    def judged(self, tower: TextTower) -> dict[str, Any]:
        """Recall of the test texts, in per cent."""
        rows, right = self.test
        scores = tower.queries(rows) @ tower.documents.T
        found: list[np.ndarray] = []
        for i, own in enumerate(scores):
            matches = right.matches(i)
            found.append(own[matches] >= np.sort(own)[-len(matches)])
        hits, away = np.concatenate(found), np.concatenate(self._sorted_distances())
        by_distance = [
            round(100 * float(hits[away == k].mean()), 1) if (away == k).any() else None
            for k in range(1, DISTANCES + 1)
        ]
        mean = float(np.mean([f.mean() for f in found if len(f)]))
        return {"recall": round(100 * mean, 1), "by_distance": by_distance}

    def _sorted_distances(self) -> list[np.ndarray]:
        return self.distances  # numbers keep their order when nodes are left out


def configs(seed: int) -> dict[str, Config]:
    """Return what is done for every row."""
    made = {name: text_config(RECIPES[name](DIM, steps=STEPS, seed=seed)) for name in RECIPE_NAMES}
    made[CERTIFIED] = made["masked"]
    made |= {name: made[recipe] for name, recipe in TRAINED.items()}
    return {
        name: replace(
            config,
            stages=tuple(
                replace(stage, evaluate_every=LOOK, patience=PATIENCE)
                if stage.evaluate_every > LOOK
                else stage
                for stage in config.stages
            ),
        )
        for name, config in made.items()
    }


def main(seeds: list[int]) -> None:
    whole = hrgeom.read_hierarchy(DATA)
    model = read_model("wordllama,score=cosine", whole)
    texts = np.asarray(model.embedding.queries, dtype=np.float32)
    pieces = word_pieces()
    weights = pieces.weights(texts_of(whole.labels))
    rows = common.known_rows(NAME)
    for seed in seeds:
        frozen, trained = Task(whole, texts, seed), Task(whole, weights, seed)
        for name, config in configs(seed).items():
            key = f"{name}, seed {seed}"
            if key in rows:
                continue
            documents = None
            if name == CERTIFIED:
                made = hrgeom.construct(frozen.hierarchy, method="descent", dim=DIM, effort=0.3)
                documents = made.embedding.documents
            task = trained if name in TRAINED else frozen
            start = time.process_time()
            tower = train_text(
                task.hierarchy,
                task.rows,
                config,
                validation=task.validation,
                documents=documents,
                pieces=pieces.table if name in TRAINED else None,
            )
            rows[key] = {
                "recipe": name,
                "seed": seed,
                **task.judged(tower),
                "steps": [entry["step"] for entry in tower.log if entry["best"]][-1],
                "cpu_s": round(time.process_time() - start, 1),
            }
            print(key, rows[key], flush=True)
            common.write(NAME, {"dim": DIM, "n_nodes": whole.n_nodes, "rows": rows})


if __name__ == "__main__":
    main([int(seed) for seed in sys.argv[1:]] or [0, 1, 2])
