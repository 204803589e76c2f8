"""The page of the public names: `python tests/api_page.py` writes docs/api.md.

Every package with a public path has a section: the first line of its docstring, then the functions
and classes of its `__all__`, each shown once, under the first package that offers it; names
that were shown before follow in a line of their own, then data and types with their values.
"""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from typing import Literal, get_args, get_origin

from places import DOCS

import hrgeom

PAGE = DOCS / "api.md"
NOT_SHOWN = ("hrgeom.cli", "hrgeom.proofs")
"""The command line has its own page, and so have the proofs."""
NEEDS = {
    "hrgeom.descent": (
        {"descend_dense"},
        "torch (`hrgeom[learned]`), for `descend_dense` alone",
    ),
    "hrgeom.learned": (
        {"Recall", "TextTower", "Trained", "text_config", "train", "train_text"},
        "torch (`hrgeom[learned]`)",
    ),
    "hrgeom.testing": (set(), "Hypothesis (`hrgeom[testing]`)"),
    "hrgeom.figures": (set(), "matplotlib (`hrgeom[plots]`)"),
    "hrgeom.report": (set(), "anywidget (`hrgeom[notebook]`), for `explorer` alone"),
}
"""Names that cannot be imported without an extra, and what a package takes to run."""

LONGEST, MOST = 60, 12
"""Characters of a value that is shown, and entries of one that holds several."""

HEAD = """# Python

Packages are what is public: a module whose name starts with `_` may change at any time.
`import hrgeom` offers every package below as an attribute (`hrgeom.bounds`), loaded when it is
first used.
"""


def public_packages() -> list[str]:
    """Return `hrgeom` and every module below it whose path has no underscore, in order."""
    found = pkgutil.walk_packages(hrgeom.__path__, "hrgeom.", onerror=None)
    names = [m.name for m in found if not any(p.startswith("_") for p in m.name.split("."))]
    return ["hrgeom", *(n for n in names if not n.startswith(NOT_SHOWN))]


def page() -> str:
    """Return the text of the page."""
    shown: dict[int, str] = {}
    return "\n".join([HEAD, *(_section(name, shown) for name in public_packages())])


def _section(package: str, shown: dict[int, str]) -> str:
    module = importlib.import_module(package)
    late, needs = NEEDS.get(package, (set(), ""))
    new, before, data = [], [], []
    for name in sorted(module.__all__, key=str.lower):
        value = None if name in late else getattr(module, name)
        if name in late:
            new.append(name)
        elif not _is_code(value):
            data.append(f"- `{name}`: {_said(value)}")
        elif id(value) in shown:
            before.append(f"{{py:obj}}`{shown[id(value)]}`")
        else:
            new.append(name)
            shown[id(value)] = f"{package}.{name}"
    first = (module.__doc__ or "").partition("\n")[0]
    lines = [f"{'#' * (package.count('.') + 2)} {package}", "", first, ""]
    if needs:
        lines += [f"To run, it needs {needs}.", ""]
    if new:
        lines += ["```{eval-rst}", f".. currentmodule:: {package}", "", ".. autosummary::"]
        lines += ["   :toctree: api", "   :nosignatures:", "", *(f"   {name}" for name in new)]
        lines += ["```", ""]
    if before:
        lines += [f"Offered here too: {', '.join(before)}.", ""]
    if data:
        lines += ["Data and types:", "", *data, ""]
    return "\n".join(lines)


def _is_code(value: object) -> bool:
    return inspect.isroutine(value) or inspect.isclass(value)


def _said(value: object) -> str:
    """Return what a value or type is, in a line: values, or the names of what it holds."""
    if values := get_args(value):
        return f"a type: one of {_names(values)}" if get_origin(value) is Literal else "a type"
    if isinstance(value, dict):
        return f"a mapping from {_names(tuple(value))}"
    if isinstance(value, tuple):
        return _names(tuple(getattr(entry, "name", entry) for entry in value))
    short = repr(value)
    return f"`{short}`" if len(short) <= LONGEST else f"of the class `{type(value).__name__}`"


def _names(values: tuple[object, ...]) -> str:
    once = list(dict.fromkeys(map(str, values)))
    shown = ", ".join(f"`{value}`" for value in once[:MOST])
    return f"{shown} and others" if len(once) > MOST else shown


def listed(text: str) -> Iterator[tuple[str, set[str]]]:
    """Yield the packages of a page and the names that each section lists."""
    for section in re.split(r"^#+ (?=hrgeom)", text, flags=re.MULTILINE)[1:]:
        package, _, rest = section.partition("\n")
        names = set(re.findall(r"^   (\w+)$", rest, re.MULTILINE))
        names |= set(re.findall(r"^- `(\w+)`", rest, re.MULTILINE))
        for line in re.findall(r"^Offered here too: (.*)\.$", rest, re.MULTILINE):
            names |= {name.rpartition(".")[2] for name in re.findall(r"`([\w.]+)`", line)}
        yield package.strip(), names


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
