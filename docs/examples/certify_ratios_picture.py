"""Time of certificates of WordNet over that of named rivals, from committed results.

python docs/examples/certify_ratios_picture.py [FOLDER]     # certify_ratios.png
"""

from _pictures import read, save
from matplotlib.figure import Figure

from hrgeom.figures import COLORS, MARKERS

RESULTS = ("certify", "certify-descent-64", "certify-11", "certify-512")
NAMES = {"interval": "intervals", "descent": "descent", "block-code": "block codes"}
RIVALS = {
    "faiss": "FAISS IndexFlatIP, search for the top 36",
    "sgemm": "sgemm alone, scores thrown away",
    "dgemm": "dgemm alone, scores thrown away",
}
TICKS = (0.05, 0.1, 0.2, 0.5, 1, 2)


def bars():
    """Return a label, the rival and the ratios of every comparison, the slowest first."""
    found = [
        (
            f"{NAMES[result['construction']]}, d = {result['dim']}, {result['dtype']}",
            rival,
            ratio,
        )
        for result in map(read, RESULTS)
        for rival, ratio in result["ratio_of_the_last_filter_to"].items()
        if rival in RIVALS
    ]
    return sorted(found, key=lambda bar: -bar[2]["wall"]["median"])


def draw(axes, y, rival, ratio):
    """Draw the ratio by the clock with its bar from least to greatest, and by processor time."""
    i = list(RIVALS).index(rival)
    wall, cpu = ratio["wall"], ratio["cpu"]
    axes.barh(y, wall["median"], left=0, height=0.62, color=COLORS[i], alpha=0.25)
    axes.errorbar(
        wall["median"],
        y - 0.13,
        xerr=[[wall["median"] - wall["min"]], [wall["max"] - wall["median"]]],
        color=COLORS[i],
        marker=MARKERS[i],
        markersize=7,
        capsize=3,
        linewidth=1.4,
    )
    axes.plot(
        cpu["median"],
        y + 0.15,
        color=COLORS[i],
        marker=MARKERS[i],
        markersize=7,
        markerfacecolor="white",
    )
    axes.annotate(
        f"{wall['median']:.2f}",
        (max(wall["max"], cpu["median"]), y),
        xytext=(8, 0),
        textcoords="offset points",
        va="center",
        fontsize=9,
    )


def legend(axes):
    """Name the rivals, and what is filled and what is not."""
    for i, text in enumerate(RIVALS.values()):
        axes.plot([], [], color=COLORS[i], marker=MARKERS[i], markersize=7, label=text)
    for face, text in (("0.3", "by the clock, least to greatest"), ("white", "processor time")):
        axes.plot(
            [],
            [],
            color="0.3",
            marker="o",
            markersize=7,
            markerfacecolor=face,
            linestyle="",
            label=text,
        )
    axes.legend(
        fontsize=8.5, loc="upper center", bbox_to_anchor=(0.35, -0.17), ncols=2, frameon=False
    )


def main():
    """Draw all comparisons, one below the other."""
    found = bars()
    figure = Figure(figsize=(8.0, 3.9), layout="constrained")
    axes = figure.subplots()
    for y, (_, rival, ratio) in enumerate(found):
        draw(axes, y, rival, ratio)
    axes.axvline(1, color="black", linewidth=1)
    axes.set(xscale="log", xlabel="time of the certificate / time of the rival")
    axes.set_xlim(0.045, 2.6)
    axes.set_xticks(TICKS, [f"{tick:g}" for tick in TICKS])
    axes.set_xticks([], minor=True)
    axes.set_yticks(range(len(found)), [label for label, *_ in found])
    figure.suptitle("Certifying all pairs of WordNet nouns, two threads", fontsize=11)
    axes.grid(alpha=0.3, axis="x")
    legend(axes)
    save(figure, "certify_ratios")


if __name__ == "__main__":
    main()
