"""A text model on WordNet nouns against a construction: docs/guide/compare.md and its figures.

python benchmarks/compare_text_model.py     # eight minutes; extras text, optimum, plots
"""

import shutil
import tempfile
from pathlib import Path

import hrgeom
from hrgeom.cli import main as command
from hrgeom.models import text_of

FIGURES = Path(__file__).parents[1] / "docs" / "figures"


def descriptions(hierarchy, path):
    """Write a description of every node: its text, and those of its parents."""
    with path.open("w", encoding="utf-8") as file:
        for label in hierarchy.labels:
            text = text_of(label)
            parents = " and ".join(map(text_of, hierarchy.parents(label)))
            file.write(
                f"{label}\t{text}, a kind of {parents}\n" if parents else f"{label}\t{text}\n"
            )


def main():
    """Compare, and keep the figures."""
    with tempfile.TemporaryDirectory() as folder:
        texts, out = Path(folder) / "parents.tsv", Path(folder) / "out"
        descriptions(hrgeom.read_hierarchy("wordnet"), texts)
        command(
            [
                "compare",
                "wordllama,score=cosine,name=lemma",
                f"wordllama,score=cosine,texts={texts},name=lemma+parents",
                "construction,dim=256",
                *("--tree", "wordnet", "--out", str(out)),
            ]
        )
        for name in ("recall", "causes"):
            shutil.copy(out / f"{name}.png", FIGURES / f"compare_{name}.png")


if __name__ == "__main__":
    main()
