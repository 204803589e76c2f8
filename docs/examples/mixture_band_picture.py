"""The mixture band at the even threshold, by dimension, for every construction measured.

python docs/examples/mixture_band_picture.py [FOLDER]     # mixture_band.png
"""

from _pictures import read, save
from matplotlib.figure import Figure

from hrgeom.figures import COLORS

HIERARCHIES = ("Disease Ontology", "WordNet nouns")
APART = 1.06  # of bars beside each other, as a factor of d


def by_construction(rows, hierarchy):
    """Return the rows of a hierarchy by construction, in order of dimension."""
    found = {}
    for row in sorted(rows, key=lambda row: row["dim"]):
        if row["hierarchy"] == hierarchy:
            found.setdefault(row["construction"], []).append(row)
    return found


def draw(axes, hierarchy, found):
    """Draw a bar from the lower to the upper end of every median band."""
    for i, (name, rows) in enumerate(found.items()):
        shift = APART ** (i - (len(found) - 1) / 2)
        for k, row in enumerate(rows):
            even = row["band"]["even"]
            axes.plot(
                [row["dim"] * shift] * 2,
                [even["lower_median"], even["upper_median"]],
                color=COLORS[i],
                linewidth=7,
                solid_capstyle="butt",
                label=name if k == 0 else None,
            )
    dims = sorted({row["dim"] for rows in found.values() for row in rows})
    axes.axhline(0.5, color="gray", linewidth=0.8, linestyle="--")
    axes.set(xscale="log", ylim=(0, 1), title=hierarchy, xlabel="dimension d")
    axes.set_xticks(dims, [str(d) for d in dims])
    axes.set_xticks([], minor=True)
    axes.set_xlim(dims[0] / 1.4, dims[-1] * 1.4)
    axes.grid(alpha=0.3, axis="y")
    axes.legend(fontsize=8, loc="lower right")


def main():
    """Draw a panel per hierarchy."""
    rows = read("mixture_band")["rows"].values()
    panels = {name: by_construction(rows, name) for name in HIERARCHIES}
    panels = {name: found for name, found in panels.items() if found}
    figure = Figure(figsize=(4.8 * len(panels), 4.2), layout="constrained")
    for axes, (name, found) in zip(
        figure.subplots(1, len(panels), squeeze=False)[0], panels.items(), strict=True
    ):
        draw(axes, name, found)
        axes.set_ylabel("weight on matches: not below, always above")
    save(figure, "mixture_band")


if __name__ == "__main__":
    main()
