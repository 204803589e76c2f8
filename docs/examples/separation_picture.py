"""How often Algorithm 1 separates all pairs, predicted and measured, from committed results.

python docs/examples/separation_picture.py [FOLDER]     # separation.png
"""

from _pictures import read, save
from matplotlib.figure import Figure
from scipy.stats import binomtest

from hrgeom.figures import COLORS, MARKERS

PANELS = (
    ("row", "every query by itself (row notion)"),
    ("global", "one threshold, fixed beforehand (global notion)"),
)
TICKS = (80, 100, 150, 200, 300, 400, 600, 800, 1000, 1500, 2000)


def draw(axes, curves):
    """Draw the hierarchies of one notion: black lines predicted, points measured."""
    for i, curve in enumerate(curves):
        points = curve["points"]
        dims = [p["dim"] for p in points]
        predicted = [100 * (1 - p["predicted"]) for p in points]
        errors = [200 * p["predicted_standard_error"] for p in points]
        axes.plot(dims, [max(0, p) for p in predicted], color="black", linewidth=1.3)
        axes.fill_between(
            dims,
            [max(0, p - e) for p, e in zip(predicted, errors, strict=True)],
            [max(0, p + e) for p, e in zip(predicted, errors, strict=True)],
            color="0.85",
            linewidth=0,
        )
        union = [(p["dim"], 100 * (1 - p["expected_wrong_pairs"])) for p in points]
        axes.plot(*zip(*union, strict=True), color="black", linewidth=0.9, linestyle=":")
        shares, lower, upper = [], [], []
        for p in points:
            test = binomtest(p["seeds"] - p["failures"], p["seeds"])
            low, high = test.proportion_ci(0.95)
            shares.append(100 * test.statistic)
            lower.append(100 * (test.statistic - low))
            upper.append(100 * (high - test.statistic))
        axes.errorbar(
            dims,
            shares,
            yerr=[lower, upper],
            color=COLORS[i],
            marker=MARKERS[i],
            markersize=5,
            linestyle="",
            linewidth=1,
            capsize=2,
            label=curve["hierarchy"],
        )


def main():
    """Draw both notions, one above the other."""
    curves = read("exact_law")["curves"]
    figure = Figure(figsize=(8.5, 6.6))
    figure.set_layout_engine("constrained")
    panels = figure.subplots(2, 1, sharex=True)
    for axes, (notion, title) in zip(panels, PANELS, strict=True):
        draw(axes, [curve for curve in curves if curve["notion"] == notion])
        axes.set(xscale="log", ylim=(-4, 104), title=title, ylabel="seeds without a wrong pair, %")
        axes.set_xticks(TICKS, [f"{t:,}" for t in TICKS])
        axes.set_xticks([], minor=True)
        axes.grid(alpha=0.3)
    panels[1].set_xlabel("dimension d")
    panels[0].plot([], [], color="black", linewidth=1.3, label="predicted, ± 2 standard errors")
    panels[0].plot([], [], color="black", linewidth=0.9, linestyle=":", label="union bound, proved")
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, fontsize=9, ncols=4, loc="outside lower center", frameon=False)
    save(figure, "separation")


if __name__ == "__main__":
    main()
