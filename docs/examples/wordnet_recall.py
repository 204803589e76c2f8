"""The data of the right half of README's picture: recall by distance on WordNet nouns, in %.

The published columns are figures of You et al. (2025), arXiv:2509.16411, for d = 64, as quoted by
secondary sources (the paper's own tables were not at hand); the last one is computed here.
Run with `python docs/examples/wordnet_recall.py`.
"""

from pathlib import Path

import hrgeom

STANDARD = [100.0, 93.9, 86.9, 76.8, 60.2, 46.8, 36.1, 28.8, 19.4]
RECIPE = [100.0, 90.8, 91.6, 92.7, 92.6, 91.8, 90.9, 87.3, 75.7]


def main():
    hierarchy = hrgeom.read_hierarchy("wordnet")
    embedding = hrgeom.construct(hierarchy, fewest=True).embedding
    if not hrgeom.certify(embedding, hierarchy).holds:
        raise SystemExit("the embedding must be exact")
    recall = hrgeom.recall_by_distance(embedding, hierarchy).recall
    path = Path(__file__).parent.parent / "data" / "wordnet_recall.csv"
    rows = [f"distance,standard_d64,recipe_d64,hrgeom_d{embedding.dim}"]
    rows += [
        f"{d},{a},{b},{100 * r:.4f}"
        for d, (a, b, r) in enumerate(zip(STANDARD, RECIPE, recall, strict=False))
    ]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
