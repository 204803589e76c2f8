"""What the scripts of the pictures share: committed results are read, pictures written.

Every script takes the folder to write to, docs/figures if none is given.
"""

import json
import math
import sys
from pathlib import Path

DOCS = Path(__file__).parents[1]
RESULTS = DOCS.parent / "benchmarks" / "results"


def read(name):
    """Return the committed results of a benchmark."""
    return json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))


def proved_ceiling(hierarchy):
    """Return the least margin that no embedding exceeds, one threshold for all; None if unknown."""
    parts = read("part_ceiling")["rows"].values()
    subtrees = [row for row in read("margin_ceilings")["subtrees"] if row["notion"] == "global"]
    found = [row["upper"] for row in (*parts, *subtrees) if row["hierarchy"] == hierarchy]
    return min(found, default=None)


def at_most(margin):
    """Write a margin from above with four digits, so that it stays a bound."""
    return f"{math.ceil(margin * 1e4) / 1e4:.4f}"


def save(figure, name, dpi=150):
    """Write a picture, and say where."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DOCS / "figures"
    path = folder / f"{name}.png"
    figure.savefig(path, dpi=dpi)
    print(path)
