"""Queries that are Python: the text of `query.py`, and the engine that runs it as it stands."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hrgeom._base.atomic_files import dump
from hrgeom.core import DualEmbedding
from hrgeom.export._interface import Engine, Handover, Query
from hrgeom.export._units import Units
from hrgeom.io import Vectors

__all__ = [
    "most_asked",
    "number",
    "opened",
    "python_query",
    "read_labels",
    "rows_beside",
    "write_queries",
]

_TEXT = '''"""The documents of a query: all that score {above}, and no others.

`python query.py LABEL` prints them.
"""

{imports}

{setup}


def retrieve(label):
    """Return document -> what the engine returns, of the documents of a query."""
{body}


if __name__ == "__main__":
    for document, value in retrieve(sys.argv[1]).items():
        print(f"{{value:+.6g}}  {{document}}")
'''
_IMPORTS = {"import json", "import sys", "from pathlib import Path"}
_STANDARD = ("import csv", "import os")
_SETUP = """HERE = Path(__file__).parent
LABELS = json.loads((HERE / "labels.json").read_text())
ROWS = {label: row for row, label in enumerate(LABELS["queries"])}
QUERIES = np.load(HERE / "queries.npy")"""


def python_query(
    handover: Handover,
    units: Units,
    *,
    imports: str,
    setup: str,
    body: str,
    prelude: str = _SETUP,
) -> Query:
    """Return a module that defines ``retrieve(label)``.

    Parameters
    ----------
    handover : Handover
        Its threshold stands in the text.
    units : Units
        What the engine returns.
    imports : str
        Lines beyond numpy and the standard library.
    setup : str
        Lines that open the engine, after the labels and queries are read.
    body : str
        Lines of the function, not indented.
    prelude : str
        Lines that find the folder and the rows of the queries.
    """
    more = {line for line in imports.splitlines() if line}
    standard = _sorted(_IMPORTS | {line for line in more if line in _STANDARD})
    foreign = _sorted({"import numpy as np"} | (more - set(standard)))
    return Query(
        "python",
        _TEXT.format(
            above=f"above {handover.threshold + 0.0!r} ({units.name} {units.comparison} "
            f"{units.threshold(handover.threshold)})",
            imports="\n".join([*standard, "", *foreign]),
            setup="\n".join(part for part in (prelude, setup) if part),
            body="\n".join(f"    {line}" if line else "" for line in body.splitlines()),
        ),
    )


def _sorted(lines: set[str]) -> list[str]:
    return sorted(lines, key=lambda line: (line.startswith("from "), line))


def write_queries(embedding: DualEmbedding, folder: Path) -> None:
    """Write `queries.npy` and `labels.json`, which `query.py` reads."""
    np.save(folder / "queries.npy", embedding.queries, allow_pickle=False)
    labels = {"queries": embedding.query_labels, "documents": embedding.document_labels}
    dump(labels, folder / "labels.json", indent=None)


def read_labels(folder: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the labels of the queries and of the documents."""
    labels = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
    return tuple(labels["queries"]), tuple(labels["documents"])


def rows_beside(folder: Path, documents: Any) -> Vectors:
    """Return the rows of an engine whose documents are in the order of `labels.json`."""
    queries = np.load(folder / "queries.npy", allow_pickle=False)
    return Vectors(queries, np.asarray(documents), *read_labels(folder))


def most_asked(handover: Handover) -> int:
    """Return how many documents to ask for first where there is no range: one beyond any S(q)."""
    return min(handover.target.relevance.max_matches + 1, handover.embedding.n_documents)


def number(value: float) -> str:
    """Return a number as a literal that float64 reads back exactly; never "-0.0"."""
    return repr(float(value) + 0.0)


@dataclass(frozen=True, eq=False)
class _PythonEngine:
    """An engine in this process: the names that `query.py` has defined."""

    names: dict[str, Any]
    read: Callable[[dict[str, Any], Path], Vectors]
    folder: Path

    def retrieve(self, label: str, /) -> Mapping[str, float]:
        """Return what ``retrieve(label)`` of the module returns."""
        found: Mapping[str, float] = self.names["retrieve"](label)
        return found

    def stored(self) -> Vectors:
        """Return the rows as the engine holds them."""
        return self.read(self.names, self.folder)


def opened(
    read: Callable[[dict[str, Any], Path], Vectors],
    close: Callable[[dict[str, Any]], object] | None = None,
) -> Callable[[Path], Any]:
    """Return the `open` of a target whose query is Python.

    Parameters
    ----------
    read : callable
        Takes the names that `query.py` defines, and the folder; returns the rows as the engine
        holds them.
    close : callable, optional
        Takes the names, and lets the engine go.
    """

    @contextmanager
    def open_(folder: Path) -> Iterator[Engine]:
        path = folder / "query.py"
        names: dict[str, Any] = {"__name__": "query", "__file__": str(path)}
        exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), names)
        try:
            yield _PythonEngine(names, read, folder)
        finally:
            if close is not None:
                close(names)

    return open_
