"""Margin against dimension below its ceiling: what is built, and what no embedding can have.

python docs/examples/ceiling_gap_picture.py [FOLDER]     # ceiling_gap.png
"""

from _descent_rows import curve
from _pictures import at_most, proved_ceiling, read, save
from matplotlib.figure import Figure

from hrgeom.figures import COLORS, MARKERS

TYPES = (("float32", 1), ("int8", 4))
TICKS = (3, 5, 8, 12, 20, 32, 64, 128, 256, 512, 1024)
LOWEST = 1e-7


def best_promises(promises):
    """Return dimensions and margins of a staircase: the best promise in at most so many."""
    stairs, best = [], 0.0
    for dim, margin in sorted((p["dim"], p["margin"]) for p in promises if p["margin"]):
        if margin > best:
            best = margin
            stairs.append((dim, margin))
    return stairs


def by_descent():
    """Return certified float32 points of descent: of the tree, and of WordNet."""
    rows = read("frontier_perfect_descent")["hierarchies"]["perfect (2, 12)"]["rows"]
    of_tree = [
        (row["dim"], row["normalized_margin"])
        for row in rows
        if row["dtype"] == "float32" and row["verdict"] == "holds"
    ]
    return of_tree, curve(read("descent")["rows"], "wordnet", "float32")


def draw(axes, title, frontier, promises, ceiling, descent):
    """Draw one hierarchy: lines of theory in black, certified embeddings as points."""
    right = 1.5 * max(row["dim"] for row in frontier["rows"])
    axes.axhline(ceiling, color="black", linewidth=2)
    axes.axhspan(ceiling, 4, color="0.9", linewidth=0)
    s = frontier["max_ancestors"]
    reference = 1 / (2 * s**0.5)
    axes.axhline(reference, color="black", linestyle="--", linewidth=1)
    stairs = [*best_promises(promises["float32"]), (right, 0)]
    stairs[-1] = (right, stairs[-2][1])
    axes.step(*zip(*stairs, strict=True), where="post", color="black", linewidth=0.9, linestyle=":")
    for dtype, i in TYPES:
        points = sorted(
            (row["dim"], row["normalized_margin"])
            for row in frontier["rows"]
            if row["dtype"] == dtype and row["verdict"] == "holds"
        )
        axes.plot(
            *zip(*points, strict=True),
            color=COLORS[i],
            marker=MARKERS[i],
            linestyle="",
            markersize=6,
            label=f"certified, {dtype}",
        )
    axes.plot(
        *zip(*descent, strict=True),
        color=COLORS[2],
        marker=MARKERS[2],
        linestyle="",
        markersize=6.5,
        label="certified, float32, by descent",
    )
    axes.text(3, ceiling * 1.15, f"impossible above {at_most(ceiling)}", fontsize=9, va="bottom")
    axes.text(3, reference / 1.25, f"1/(2√{s}) = {reference:.4f}", fontsize=9, va="top")
    axes.set(xscale="log", yscale="log", title=title, xlabel="dimension d")
    axes.set_xlim(2.6, right)
    axes.set_ylim(LOWEST, 1.5)
    ticks = [t for t in TICKS if t <= right]
    axes.set_xticks(ticks, [f"{t:,}" for t in ticks])
    axes.set_xticks([], minor=True)
    axes.grid(alpha=0.3)


def main():
    """Draw the perfect binary tree of 12 levels and WordNet nouns."""
    of_tree = next(
        row["global"]["upper"]
        for row in read("margin_ceilings")["perfect"]
        if (row["branching"], row["n_levels"]) == (2, 12)
    )
    figure = Figure(figsize=(9.5, 4.6), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    descent_of_tree, descent_of_wordnet = by_descent()
    for axes, kind, name, title, ceiling, descent in (
        (
            left,
            "perfect",
            "perfect (2, 12)",
            "Perfect binary tree, 12 levels",
            of_tree,
            descent_of_tree,
        ),
        (
            right,
            "wordnet",
            "WordNet nouns",
            "WordNet, 82,115 nouns",
            proved_ceiling("wordnet"),
            descent_of_wordnet,
        ),
    ):
        frontier = read(f"frontier_{kind}")["hierarchies"][name]
        promises = read(f"promises_{kind}")["hierarchies"][name]
        draw(axes, title, frontier, promises, ceiling, descent)
    left.plot([], [], color="black", linewidth=0.9, linestyle=":", label="promised, float32")
    left.set_ylabel("normalized margin")
    left.legend(fontsize=9, loc="lower right")
    save(figure, "ceiling_gap")


if __name__ == "__main__":
    main()
