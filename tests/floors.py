"""The floors of the house: who may import whom. `python tests/floors.py` writes them into the page.

This is the one table; `tests/test_layers.py` holds the imports against it, and
`docs/architecture.md` shows it.
"""

import re
from pathlib import Path

FLOORS = (
    (("errors", "_version", "_native"), "exceptions; the version; the C library, if it was built"),
    (("_base",), "checks, stored types, files, CSR arithmetic, optional imports, threads"),
    (("core",), "the values: hierarchies, relevances, embeddings"),
    (("checker",), "certificates: sweeps, rounding bounds, kernels"),
    (
        ("descent", "io", "metrics"),
        "unit rows from steps on all pairs; files of hierarchies, judgments and vectors; recall",
    ),
    (
        ("constructions", "datasets", "derived", "export", "_recheck"),
        "embeddings with a theorem; data to work with; embeddings made of embeddings; vectors in "
        "engines and other programs' files; the second opinion, which no checker helps",
    ),
    (
        ("bounds", "models"),
        "what no embedding can do, and what some can; vectors of other origin",
    ),
    (
        ("claims", "diagnosis", "learned"),
        "statements with evidence and verdict; causes of failure; encoders that are trained",
    ),
    (
        ("figures", "locate", "report"),
        "pictures of results; new text and its place; a page about embeddings, with an explorer",
    ),
    (("cli",), "a module per command: options, progress, exit codes; no mathematics"),
)
"""From the ground up: the rooms of a floor and what they hold. A room imports lower floors only."""

DOORS = {
    "__init__": "the face of the whole package: imports anything but `cli`",
    "testing": "strategies and contract checks for tests: imports anything but `cli`",
    "__main__": "`python -m hrgeom`: imports `cli`",
}
"""Rooms that stand beside the floors: nobody imports them."""

OPEN = ("errors", "_version", "_base", "_native")
"""Rooms whose private modules every other room may import."""

LATE = {
    (
        "hrgeom.checker.kernels._cuda_device",
        "hrgeom.checker.kernels._cuda_tiles",
    ): "Triton, only for a GPU",
    ("hrgeom.cli._bounds", "hrgeom.bounds"): "scipy and the theorems, for one command",
    ("hrgeom.cli._compare", "hrgeom.figures"): "matplotlib, only with --figures",
    ("hrgeom.cli._plan", "hrgeom.figures"): "matplotlib, only with --figure",
    ("hrgeom.cli._plot", "hrgeom.figures"): "matplotlib, for one command",
    ("hrgeom.cli._report", "hrgeom.report"): "scipy and the theorems, for one command",
    ("hrgeom.cli._train", "hrgeom.learned"): "torch, for one command",
    ("hrgeom.constructions._descent", "hrgeom.descent"): "torch, only for a GPU",
    ("hrgeom.descent", "hrgeom.descent._dense"): "torch, when a name that needs it is used",
    (
        "hrgeom.locate.evaluation._towers",
        "hrgeom.learned",
    ): "torch, only where towers are trained",
    ("hrgeom.learned", "hrgeom.learned._evaluation"): "torch, when a name that needs it is used",
    ("hrgeom.learned", "hrgeom.learned._text_towers"): "torch, when a name that needs it is used",
    ("hrgeom.learned", "hrgeom.learned._trainer"): "torch, when a name that needs it is used",
}
"""Imports inside functions, each with what it saves. They point strictly down as well."""

PAGE = Path(__file__).parents[1] / "docs" / "architecture.md"
BEGIN, END = "<!-- floors: python tests/floors.py -->\n", "<!-- end of floors -->\n"


def table() -> str:
    """Return the floors as a table in Markdown, the highest first."""
    rows = [
        f"| {number} | {', '.join(f'`{_shown(room)}`' for room in rooms)} | {holds} |"
        for number, (rooms, holds) in reversed(list(enumerate(FLOORS)))
    ]
    beside = [f"| beside | `{_shown(room)}` | {holds} |" for room, holds in DOORS.items()]
    return "\n".join(["| floor | rooms | hold |", "| --- | --- | --- |", *rows, *beside]) + "\n"


def _shown(room: str) -> str:
    package = Path(__file__).parents[1] / "hrgeom" / room
    return f"{room}/" if package.is_dir() else f"{room}.py"


def on_page() -> str:
    """Return what the page shows between its markers."""
    found = re.search(f"{BEGIN}\n(.*\n)\n{END}", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    if found is None:
        raise SystemExit(f"{PAGE} must have a region from {BEGIN!r} to {END!r}")
    return found[1]


if __name__ == "__main__":
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(text.replace(f"{BEGIN}\n{on_page()}", f"{BEGIN}\n{table()}"), encoding="utf-8")
