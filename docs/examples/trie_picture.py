"""A small tree with the codes of its Kraft trie, and what one query scores with every document.

python docs/examples/trie_picture.py [FOLDER]     # trie.png
"""

import numpy as np
from _pictures import save
from matplotlib.figure import Figure

import hrgeom
from hrgeom.figures import COLORS

EDGES = [
    ("animal", "living"), ("plant", "living"), ("mammal", "animal"), ("bird", "animal"),
    ("dog", "mammal"), ("cat", "mammal"), ("owl", "bird"), ("oak", "plant"),
]  # fmt: skip
LEAVES = ("dog", "cat", "owl", "oak")  # from left to right
QUERY = "mammal"


def places(tree):
    """Return (x, y) of every node: leaves side by side, parents above their children."""
    level = dict(zip(tree.labels, tree.relevance.n_matches.tolist(), strict=True))
    x = {leaf: float(i) for i, leaf in enumerate(LEAVES)}
    for label in sorted(tree.labels, key=lambda label: -level[label]):
        if label not in x:
            x[label] = float(np.mean([x[child] for child, parent in EDGES if parent == label]))
    return {label: (x[label], -level[label]) for label in tree.labels}


def main():
    """Draw the tree; every number in it is computed from the embedding."""
    tree = hrgeom.Hierarchy.from_edges(EDGES)
    e = hrgeom.construct(tree, method="trie", dtype="float64", certify=False).embedding
    if not hrgeom.certify(e, tree).holds:
        raise SystemExit("the picture must show an exact embedding")
    scores = e.documents @ e.queries[tree.index(QUERY)]
    figure = Figure(figsize=(7.5, 4.4), layout="constrained")
    axes = figure.subplots()
    at = places(tree)
    for child, parent in EDGES:
        axes.plot(*zip(at[child], at[parent], strict=True), color="0.7", linewidth=1, zorder=0)
    for label, (x, y) in at.items():
        code = e.queries[tree.index(label), :-1]
        signs = " ".join("+" if bit > 0 else "−" for bit in code if bit) or "no code"
        score = scores[tree.index(label)]
        sign = "+" if score > 0 else "−"
        axes.text(
            x,
            y,
            f"{label}\n{signs}\n{'matches' if score > 0 else 'does not'}: {sign}{abs(score):.0f}",
            ha="center",
            va="center",
            fontsize=10,
            linespacing=1.4,
            bbox={
                "boxstyle": "round,pad=0.4",
                "facecolor": "white",
                "edgecolor": COLORS[0] if score > 0 else "0.6",
                "linewidth": 2.5 if score > 0 else 1,
                "linestyle": "-" if score > 0 else "--",
            },
        )
    axes.set(xlim=(-0.55, 3.55), ylim=(-4.6, -0.5))
    axes.axis("off")
    axes.set_title(
        f"Codes of a trie in {e.dim} dimensions, and the scores of the query “{QUERY}”", fontsize=11
    )
    save(figure, "trie")


if __name__ == "__main__":
    main()
