"""Dimension and margin by treewidth and by interval covers, from committed results.

python docs/examples/treewidth_picture.py [FOLDER]     # treewidth.png
"""

import math

from _pictures import read, save
from matplotlib.figure import Figure

from hrgeom.figures import COLORS, MARKERS

NAMES = {
    "perfect-tree-2-10": "perfect tree (2, 10)",
    "wordnet-mammals": "WordNet mammals",
    "schema-org": "schema.org",
    "shopify": "Shopify",
    "disease-ontology": "Disease Ontology",
    "random-dag-2000": "random DAG, 2,000",
    "wordnet": "WordNet nouns",
}


def main():
    """Draw an arrow for every hierarchy, from separators to intervals."""
    rows = read("treewidth")["rows"]
    figure = Figure(figsize=(8.5, 4.6))
    axes = figure.subplots()
    for i, (name, label) in enumerate(NAMES.items()):
        row = rows[name]
        separators = row["dim"], row["log10_margin_at_most"]
        cover = row["interval"]["dim"], math.log10(row["interval"]["margin"])
        axes.annotate(
            "",
            xy=cover,
            xytext=separators,
            arrowprops={"arrowstyle": "->", "color": COLORS[i % len(COLORS)], "alpha": 0.5},
        )
        color, marker = COLORS[i % len(COLORS)], MARKERS[i % len(MARKERS)]
        axes.plot(*separators, color=color, marker=marker, linestyle="", fillstyle="none")
        axes.plot(*cover, color=color, marker=marker, linestyle="", label=label)
    axes.axhline(math.log10(2.0**-53), color="0.6", linewidth=0.8, linestyle=":")
    axes.text(650, math.log10(2.0**-53), " 2⁻⁵³", va="bottom", ha="left", color="0.4", fontsize=8)
    axes.set_xscale("log")
    axes.set_xlim(2, 900)
    axes.set_xlabel("dimensions")
    axes.set_ylabel("log₁₀ of the normalised margin")
    axes.set_title(
        "By treewidth (open, at most) and by interval covers (filled, certified)", fontsize=10
    )
    axes.legend(fontsize=8, loc="lower left")
    figure.set_layout_engine("constrained")
    save(figure, "treewidth")


if __name__ == "__main__":
    main()
