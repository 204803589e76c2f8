"""The certified line of README's picture: recall by distance of a construction on WordNet nouns.

    python docs/examples/wordnet_recall.py        # docs/data/wordnet_recall.csv, in a minute

The trained lines are runs of hrgeom's own (`python benchmarks/learned_wordnet.py --rows
standard-64 recipe-64-cut3`, committed in benchmarks/results), and the dashed ones are quoted
(`hrgeom.datasets.published_table("you-recall")`); `readme_picture.py` draws all of them.
"""

from pathlib import Path

import hrgeom

FARTHEST = 8
"""The last distance that is published."""


def main():
    hierarchy = hrgeom.read_hierarchy("wordnet")
    embedding = hrgeom.construct(hierarchy, fewest=True).embedding
    if not hrgeom.certify(embedding, hierarchy).holds:
        raise SystemExit("the embedding must be exact")
    recall = hrgeom.recall_by_distance(embedding, hierarchy).recall[: FARTHEST + 1]
    path = Path(__file__).parent.parent / "data" / "wordnet_recall.csv"
    rows = [f"distance,hrgeom_d{embedding.dim}"]
    rows += [f"{d},{100 * r:.4f}" for d, r in enumerate(recall)]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
