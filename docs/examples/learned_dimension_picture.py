"""The dimensions that training takes, against depth and fan-out, from committed results.

python docs/examples/learned_dimension_picture.py [FOLDER]     # learned_dimension.png
"""

import numpy as np
from _pictures import read, save
from matplotlib.figure import Figure

from hrgeom.figures import COLORS, MARKERS

WAYS = {"standard": "standard, 95 % of pairs", "masked": "masked, all pairs"}
PUBLISHED = {"depth": 2.29, "fan_out": 16.5}


def draw(axes, data, kind, x, xlabel, title):
    """Draw one family of trees; the legend says the fitted slopes."""
    where = np.array([row[x] for row in data["rows"]], dtype=float)
    for i, (way, text) in enumerate(WAYS.items()):
        dims = [row[way]["dim"] for row in data["rows"]]
        axes.plot(
            where,
            dims,
            color=COLORS[i],
            marker=MARKERS[i],
            linestyle="",
            markersize=6,
            label=f"{text}  [{data['slopes'][way]:.2f}]",
        )
    anchor = data["rows"][0]["standard"]["dim"]
    slope = PUBLISHED[kind]
    if kind == "depth":
        line = anchor * (where / where[0]) ** slope
    else:
        line = anchor + slope * np.log(where / where[0])
    axes.plot(
        where,
        line,
        color="black",
        linestyle="--",
        linewidth=1.2,
        label=f"slope published for learned encoders  [{slope}]",
    )
    axes.axhline(2, color="black", linewidth=1.5, label="enough for any tree: half planes")
    axes.set(xscale="log", xlabel=xlabel, title=title)
    axes.set_xticks(where, [f"{value:g}" for value in where])
    axes.set_xticks([], minor=True)
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.15), frameon=False)


def main():
    """Draw both families side by side."""
    data = read("learned_dimension")
    figure = Figure(figsize=(9.5, 5), layout="constrained")
    left, right = figure.subplots(1, 2)
    draw(
        left,
        data["depth"],
        "depth",
        "n_levels",
        "levels H, two children each",
        "Deeper: [slope of ln d by ln H]",
    )
    left.set_yscale("log")
    ticks = (1, 2, 3, 5, 8, 12, 20, 30)
    left.set_yticks(ticks, [str(d) for d in ticks])
    left.set_yticks([], minor=True)
    draw(
        right,
        data["fan_out"],
        "fan_out",
        "branching",
        "children W, four levels",
        "Wider: [slope of d by ln W]",
    )
    left.set_ylabel("least dimension d")
    right.set_ylim(bottom=0)
    save(figure, "learned_dimension")


if __name__ == "__main__":
    main()
