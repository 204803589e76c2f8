"""The picture in README: a tree on a circle, and what dimension buys on WordNet.

Left: the interval construction itself, on a small tree. Right: recall by distance on WordNet
nouns: trained encoders as published against a certified construction.
Run with `python docs/examples/readme_picture.py [FOLDER]`; needs the extra `plots`.
"""

import numpy as np
from _pictures import DOCS, save
from matplotlib.figure import Figure

import hrgeom

EDGES = [
    ("dog", "mammal"), ("cat", "mammal"), ("mammal", "animal"), ("owl", "bird"),
    ("bird", "animal"), ("oak", "plant"), ("plant", "living"), ("animal", "living"),
]  # fmt: skip
SHOWN = {"animal": "#0072B2", "mammal": "#D55E00", "plant": "#009E73"}


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


def draw_recall(axes):
    """Recall by distance: published figures as lines, the construction certified."""
    table = np.genfromtxt(DOCS / "data" / "wordnet_recall.csv", delimiter=",", names=True)
    distance = table["distance"]
    axes.plot(distance, table["standard_d64"], "o--", color="#D55E00",
              label="trained, d = 64 (You et al. 2025)")  # fmt: skip
    axes.plot(distance, table["recipe_d64"], "s--", color="#0072B2",
              label="pretrain-finetune, d = 64 (You et al. 2025)")  # fmt: skip
    axes.plot(distance, table["hrgeom_d30"], "-", color="black", lw=2.5,
              label="hrgeom, d = 30 float32, certified")  # fmt: skip
    axes.set(xlabel="distance from query to ancestor", ylabel="recall, %", ylim=(0, 105))
    axes.grid(color="0.92")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="lower left", fontsize=8, frameon=False)
    axes.set_title("WordNet, 82,115 nouns: all 6.7 billion pairs right", fontsize=10)


def main():
    figure = Figure(figsize=(9.5, 4.2))
    left, right = figure.subplots(1, 2, width_ratios=[1, 1.25])
    draw_circle(left)
    draw_recall(right)
    figure.tight_layout()
    save(figure, "readme", dpi=160)


if __name__ == "__main__":
    main()
