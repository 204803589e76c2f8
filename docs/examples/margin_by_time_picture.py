"""Margin on WordNet against processor time: descent by effort, constructions with a theorem.

python docs/examples/margin_by_time_picture.py [FOLDER]     # margin_by_time.png
"""

from statistics import median

from _descent_rows import by_name, middle
from _pictures import read, save
from matplotlib.figure import Figure

from hrgeom.figures import COLORS, MARKERS

DIMS = (64, 32)
LEAST = 1e-3
TICKS = (2, 5, 10, 20, 50, 100, 200, 500, 1000)


def points(rows, dim):
    """Return middle time, least, middle and greatest margin of every name that holds, by time."""
    found = []
    for seeds in by_name(rows, "wordnet").values():
        if (seeds[0]["dim"], seeds[0]["dtype"]) == (dim, "float32") and middle(seeds):
            margins = [row["margin"] for row in seeds]
            seconds = median(row["cpu_seconds"] for row in seeds)
            found.append((seconds, min(margins), median(margins), max(margins)))
    return sorted(found)


def draw_descent(axes, i, dim, found):
    """Draw what descent reaches in some dimensions, bars from the least to the greatest seed."""
    seconds, low, middles, high = zip(*found, strict=True)
    bars = [
        [m - x for m, x in zip(middles, low, strict=True)],
        [x - m for m, x in zip(middles, high, strict=True)],
    ]
    axes.errorbar(
        seconds,
        middles,
        yerr=bars,
        color=COLORS[i],
        marker=MARKERS[i],
        markersize=6,
        linewidth=1.4,
        capsize=3,
        label=f"descent, d = {dim}",
    )


def constructions(rows):
    """Return the certified float32 rows with a margin that can be seen."""
    holding = [row for row in rows if row["dtype"] == "float32" and row.get("verdict") == "holds"]
    return [row for row in holding if row["normalized_margin"] > LEAST]


def draw_constructions(axes, rows, right):
    """Draw a mark where each is built, and its margin as a line: no more time adds to it."""
    for row in rows:
        margin, seconds = row["normalized_margin"], row["construct_seconds"]
        axes.plot(
            [seconds, right], [margin, margin], color="0.6", linewidth=0.9, linestyle="--", zorder=1
        )
        axes.plot(
            seconds,
            margin,
            color="black",
            marker="D",
            markersize=5,
            markerfacecolor="white",
            linestyle="",
            zorder=2,
        )
        axes.annotate(
            f"{row['construction']}, d = {row['dim']:,}",
            (seconds, margin),
            xytext=(-7, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            fontsize=7.5,
        )


def main():
    """Draw both dimensions and the constructions."""
    rows = read("descent")["rows"]
    found = {dim: points(rows, dim) for dim in DIMS}
    right = 1.3 * max(seconds for row in found.values() for seconds, *_ in row)
    figure = Figure(figsize=(7.5, 5.0), layout="constrained")
    axes = figure.subplots()
    for i, dim in enumerate(DIMS):
        draw_descent(axes, i, dim, found[dim])
    theorems = read("frontier_wordnet")["hierarchies"]["WordNet nouns"]["rows"]
    draw_constructions(axes, constructions(theorems), right)
    axes.plot(
        [],
        [],
        color="black",
        marker="D",
        markerfacecolor="white",
        linestyle="--",
        markersize=5,
        linewidth=0.9,
        label="theorem, in the time it takes to build",
    )
    axes.set(xscale="log", xlabel="processor seconds", ylabel="normalized margin, certified")
    axes.set_title("WordNet nouns, float32: margin against time")
    axes.set_xlim(1.2, right)
    axes.set_ylim(bottom=0)
    axes.set_xticks(ticks := [t for t in TICKS if t <= right], [f"{t:,}" for t in ticks])
    axes.set_xticks([], minor=True)
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8, loc="upper left")
    save(figure, "margin_by_time", dpi=130)


if __name__ == "__main__":
    main()
