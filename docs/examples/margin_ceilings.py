"""Margin ceilings of perfect trees against their number of levels, from the committed results.

python docs/examples/margin_ceilings.py [FOLDER]     # margin_ceilings.png
"""

import numpy as np
from _pictures import read, save
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from hrgeom.figures import COLORS, MARKERS

SHOWN = (1, 2, 3, 10, None)  # None: the limit
LEVELS = (2, 3, 4, 5, 6, 8, 10, 12, 16, 20)
MARGINS = (0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8)


def main():
    """Draw a black line for every branching, and what constructions have as points."""
    rows = read("margin_ceilings")["perfect"]
    figure = Figure(figsize=(7.5, 5.2), layout="constrained")
    axes = figure.subplots()
    for i, branching in enumerate(SHOWN):
        own = [row for row in rows if row["branching"] == branching]
        ceilings = [row["global"]["upper"] for row in own]
        axes.plot([row["n_levels"] for row in own], ceilings, color="black", linewidth=1.2)
        name = "W → ∞" if branching is None else f"W = {branching}"
        axes.text(1.93, ceilings[0], name, ha="right", va="center", fontsize=9)
        built = [row for row in own if "certified" in row]
        if built:
            axes.plot(
                [row["n_levels"] for row in built],
                [row["certified"]["margin"] for row in built],
                color=COLORS[i],
                marker=MARKERS[i],
                markersize=6,
                linestyle="none",
                label="chains, W = 1" if branching == 1 else name,
            )
    levels = np.arange(2, 21)
    axes.plot(levels, 1 / (2 * np.sqrt(levels)), color="black", linestyle="--", linewidth=1)
    axes.text(1.93, 0.345, "1/(2√H)", ha="right", va="center", fontsize=9)
    axes.set(xscale="log", yscale="log", xlabel="levels H", ylabel="normalized margin")
    axes.set_xticks(LEVELS, [str(level) for level in LEVELS])
    axes.set_yticks(MARGINS, [str(margin) for margin in MARGINS])
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.grid(alpha=0.3)
    axes.set_xlim(1.6, 21.5)
    axes.set_ylim(0.1, 0.85)
    axes.legend(
        title="lines: ceilings in any dimension\npoints: certified, d ≤ 256",
        fontsize=9,
        title_fontsize=9,
        loc="upper right",
        ncols=2,
    )
    save(figure, "margin_ceilings")


if __name__ == "__main__":
    main()
