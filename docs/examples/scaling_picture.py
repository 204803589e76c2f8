"""Dimension against depth and against fan-out, from committed results.

python docs/examples/scaling_picture.py [FOLDER]     # dimension_scaling.png
"""

from _pictures import read, save
from matplotlib.figure import Figure

from hrgeom.figures import COLORS, MARKERS

LINES = [
    ("theorem_3_1", "Theorem 3.1, constants named", "black", "-", 1.8),
    ("dual_frame", "dual frame, half a wrong pair expected", "black", ":", 1.5),
    ("exact_law", "Algorithm 1, exact law: fails ≤ 50 %", "black", "--", 1.5),
    ("lower_bound", "lower bound for unit rows, all embeddings", "black", "-.", 1.2),
]
DIMENSIONS = (1, 3, 10, 30, 100, 300, 1000, 3000)
POINTS = [
    ("trie", "Kraft trie", 2),
    ("interval", "intervals", 1),
]


def draw(axes, data, x, xlabel, title):
    """Draw one family of trees; the legend says the fitted slopes."""

    def label(name, text):
        slope = data["slopes"].get(name)
        return text if slope is None else f"{text}  [{slope:{'.2f' if slope < 10 else '.0f'}}]"

    rows = data["rows"]
    for name, text, color, style, width in LINES:
        axes.plot(
            [row[x] for row in rows],
            [row[name] for row in rows],
            color=color,
            linestyle=style,
            linewidth=width,
            label=label(name, text),
        )
    tried = [row for row in rows if "measured" in row]
    middle = [row["measured"] for row in tried]
    axes.errorbar(
        [row[x] for row in tried],
        middle,
        yerr=[
            [m - row["measured_10"] for m, row in zip(middle, tried, strict=True)],
            [row["measured_90"] - m for m, row in zip(middle, tried, strict=True)],
        ],
        color=COLORS[0],
        marker=MARKERS[0],
        linestyle="",
        markersize=5,
        capsize=2.5,
        linewidth=1.2,
        label=label("measured", "Algorithm 1, 10, 50, 90 % of 20 seeds"),
    )
    for name, text, i in POINTS:
        axes.plot(
            [row[x] for row in rows],
            [row[name] for row in rows],
            color=COLORS[i],
            marker=MARKERS[i],
            linestyle="",
            markersize=5,
            label=label(name, text),
        )
    axes.set(xscale="log", yscale="log", xlabel=xlabel, title=title)
    axes.set_ylim(0.8, 9000)
    axes.set_yticks(DIMENSIONS, [f"{d:,}" for d in DIMENSIONS])
    axes.set_yticks([], minor=True)
    ticks = [t for t in (2, 3, 5, 8, 12, 20, 50) if axes.get_xlim()[0] <= t <= axes.get_xlim()[1]]
    axes.set_xticks(ticks, [str(t) for t in ticks])
    axes.set_xticks([], minor=True)
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.13), frameon=False)


def main():
    """Draw both families side by side."""
    data = read("dimension_scaling")
    figure = Figure(figsize=(9.5, 6.2), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    draw(
        left,
        data["depth"],
        "n_levels",
        "levels H, two children each",
        "Deeper: [slope of ln d by ln H]\nO-notation says 2, learned encoders 2.29",
    )
    draw(
        right,
        data["fan_out"],
        "branching",
        "children W, four levels",
        "Wider: [slope of d by ln W]\nO-notation says 16, learned encoders 16.5",
    )
    left.set_ylabel("dimension d")
    save(figure, "dimension_scaling")


if __name__ == "__main__":
    main()
