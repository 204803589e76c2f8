"""Time of certificates of random trees, and documents looked at, against the number of nodes.

python docs/examples/certify_growth_picture.py [FOLDER]     # certify_growth.png
"""

from _pictures import read, save
from matplotlib.figure import Figure

from hrgeom.figures import COLORS, MARKERS

NAMES = {"interval": "intervals, d = 3, float64", "trie": "Kraft trie, d = 22 to 34, int8"}
WAYS = {"tree": ("filter tree", "-"), "none": ("no filter", "--")}
SECONDS = (0.01, 0.1, 1, 10, 100, 1000)


def lines(rows, quantity):
    """Yield the points of every kind of vectors and way, with how to draw them."""
    for i, (method, name) in enumerate(NAMES.items()):
        for way, (words, style) in WAYS.items():
            points = [
                (r["nodes"], r[way][quantity]) for r in rows if r["method"] == method and way in r
            ]
            yield (
                points,
                {
                    "color": COLORS[i],
                    "marker": MARKERS[i],
                    "linestyle": style,
                    "markerfacecolor": COLORS[i] if way == "tree" else "white",
                    "label": f"{name}: {words}",
                },
            )


def draw(axes, rows, quantity):
    """Draw all lines of a quantity."""
    for points, how in lines(rows, quantity):
        x, y = zip(*points, strict=True)
        axes.plot(x, y, markersize=6, linewidth=1.5, **how)
    axes.set(xscale="log", yscale="log", xlabel="nodes n")
    axes.grid(alpha=0.3)
    axes.set_xlim(7e3, 1.4e6)
    axes.set_xticks([], minor=True)
    axes.set_xticks([10**4, 10**5, 10**6], ["10⁴", "10⁵", "10⁶"])


def slope(axes, start, power, text, at):
    """Draw a thin line of a power of n, from a point on."""
    (x, y), end = start, 10**6
    axes.plot([x, end], [y, y * (end / x) ** power], color="0.5", linewidth=0.9, linestyle=":")
    axes.annotate(text, at, fontsize=9, color="0.35", ha="center")


def main():
    """Draw time on the left and documents per query on the right."""
    rows = read("certify_growth")["rows"]
    figure = Figure(figsize=(9.0, 4.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    draw(left, rows, "cpu_seconds")
    slope(left, (10**4, 0.03), 1, "∝ n", (6e5, 0.9))
    slope(left, (10**4, 0.4), 2, "∝ n²", (1.3e5, 180))
    left.set_ylabel("processor seconds of a certificate")
    left.set_ylim(0.02, 6000)
    left.set_yticks([0.1, 1, 10, 100, 1000], ["0.1", "1", "10", "100", "1,000"])
    draw(right, rows, "looked_at_per_query")
    slope(right, (10**4, 10**4), 1, "all n", (5e5, 8e5))
    right.set_ylim(100, 2e6)
    right.set_ylabel("documents")
    figure.legend(
        *left.get_legend_handles_labels(),
        loc="outside lower center",
        ncols=2,
        fontsize=9,
        frameon=False,
    )
    left.set_title("Time", fontsize=11)
    right.set_title("Documents that a query is scored with", fontsize=11)
    save(figure, "certify_growth")


if __name__ == "__main__":
    main()
