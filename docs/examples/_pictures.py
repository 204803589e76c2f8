"""What the scripts of the pictures share: committed results are read, pictures written.

Every script takes the folder to write to, docs/figures if none is given.
"""

import json
import sys
from pathlib import Path

DOCS = Path(__file__).parents[1]
RESULTS = DOCS.parent / "benchmarks" / "results"


def read(name):
    """Return the committed results of a benchmark."""
    return json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))


def save(figure, name, dpi=150):
    """Write a picture, and say where."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DOCS / "figures"
    path = folder / f"{name}.png"
    figure.savefig(path, dpi=dpi)
    print(path)
