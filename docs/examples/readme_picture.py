"""The picture in README: a tree on a circle, and what dimension buys on WordNet.

Left: the interval construction itself, on a small tree. Right: recall by distance on WordNet nouns:
tables that hrgeom trained as lines, figures quoted from the paper dashed, a construction certified.
Run with `python docs/examples/readme_picture.py [FOLDER]`; needs the extra `plots`.
"""

import numpy as np
from _pictures import DOCS, read, save
from matplotlib.figure import Figure

import hrgeom
from hrgeom.datasets import published_table

EDGES = [
    ("dog", "mammal"), ("cat", "mammal"), ("mammal", "animal"), ("owl", "bird"),
    ("bird", "animal"), ("oak", "plant"), ("plant", "living"), ("animal", "living"),
]  # fmt: skip
SHOWN = {"animal": "#0072B2", "mammal": "#D55E00", "plant": "#009E73"}


N_DISTANCES = 9
"""Distances 0 to 8, those that are published."""
LINES = (
    ("#D55E00", "o", "standard-64", "standard training", "standard"),
    ("#0072B2", "s", "recipe-64-cut3", "then far pairs", "finetuned"),
)
"""Color, marker, row of the benchmark, words, row of the published table."""


def draw_circle(axes):
    """Queries as points on the circle; a document as the arc of the queries it matches."""
    tree = hrgeom.Hierarchy.from_edges(EDGES)
    e = hrgeom.construct(
        tree, method="interval", dtype="float64", code="arc", certify=False
    ).embedding
    if not hrgeom.certify(e, tree).holds:
        raise SystemExit("the picture must show an exact embedding")
    points = e.queries[:, :2] / np.linalg.norm(e.queries[:, :2], axis=1, keepdims=True)
    angle = np.linspace(0, 2 * np.pi, 721)
    axes.plot(np.cos(angle), np.sin(angle), color="0.8", lw=1, zorder=0)
    for ring, (label, color) in enumerate(SHOWN.items()):
        x = e.documents[tree.index(label)]
        constant = e.queries[0, 2]
        scale = np.linalg.norm(e.queries[0, :2])
        score = scale * (np.cos(angle) * x[0] + np.sin(angle) * x[1]) + constant * x[2]
        radius = np.where(score > 0, 1.1 + 0.08 * ring, np.nan)
        axes.plot(radius * np.cos(angle), radius * np.sin(angle), color=color, lw=5,
                  solid_capstyle="butt", label=f"queries that retrieve “{label}”")  # fmt: skip
    axes.scatter(*points.T, s=28, color="black", zorder=3)
    for label, (px, py) in zip(tree.labels, points, strict=True):
        axes.text(0.88 * px, 0.88 * py, label, ha="right" if px > 0.3 else "left" if px < -0.3
                  else "center", va="center", fontsize=9)  # fmt: skip
    axes.set(xlim=(-1.35, 1.35), ylim=(-1.35, 1.35), aspect="equal")
    axes.axis("off")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, 0.03), fontsize=8, frameon=False)
    axes.set_title(
        "Any tree in 3 dimensions: queries on a circle,\nevery document an arc", fontsize=10
    )


def trained(name):
    """Mean recall by distance of a row of benchmarks/learned_wordnet.py, over its seeds."""
    rows = read("learned_wordnet")["rows"]
    seeds = [row for label, row in rows.items() if label.partition(", seed ")[0] == name]
    return np.mean([row["test"]["by_distance"][:N_DISTANCES] for row in seeds], axis=0)


def quoted(training):
    """Recall by distance in 64 dimensions as published."""
    rows = published_table("you-recall")
    (row,) = (row for row in rows if (row["d"], row["training"]) == ("64", training))
    return [float(row[f"r{d}"]) for d in range(N_DISTANCES)]


def draw_recall(axes):
    """Recall by distance: own runs as lines, published figures dashed, a construction certified."""
    table = np.genfromtxt(DOCS / "data" / "wordnet_recall.csv", delimiter=",", names=True)
    axes.plot(table["distance"], table["hrgeom_d30"], "-", color="black", lw=2.5,
              label="constructed, d = 30: certified, 100 %")  # fmt: skip
    for color, marker, own, text, published in LINES:
        axes.plot(trained(own), f"{marker}-", color=color, label=f"{text}, d = 64: our runs")
        axes.plot(quoted(published), f"{marker}--", color=color, lw=1, mfc="white",
                  label=f"{text}, d = 64: quoted, You et al. 2025")  # fmt: skip
    axes.set(xlabel="distance from query to ancestor", ylabel="recall, %", ylim=(0, 105))
    axes.grid(color="0.92")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.13), fontsize=8, frameon=False)
    axes.set_title("WordNet, 82,115 nouns: recall by distance", fontsize=10)


def main():
    figure = Figure(figsize=(9.5, 4.9), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=[1, 1.25])
    draw_circle(left)
    draw_recall(right)
    save(figure, "readme", dpi=160)


if __name__ == "__main__":
    main()
