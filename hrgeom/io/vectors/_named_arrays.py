"""Which of the arrays of a file are the queries and the documents.

An array whose name says what it is, such as `queries` or `doc_embeddings`, is used or the file is
refused: it is never passed over for another array that happens to have as many rows as are needed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from hrgeom.errors import FormatError

__all__ = ["chosen_names", "side_of_name"]

_WORDS = {
    "queries": ("q", "qs", "question", "questions", "anchor", "anchors"),
    "documents": (
        *("d", "ds", "passage", "passages", "corpus", "item", "items", "product", "products"),
        *("candidate", "candidates", "context", "contexts", "ctx"),
    ),
}
_PARTS = {"queries": "quer", "documents": "doc"}
_SPLIT = re.compile(r"[^a-z0-9]+|(?<=[a-z])(?=[0-9])")


def side_of_name(name: str) -> str | None:
    """Return "queries" or "documents" if a name says one of the two, else None.

    Examples
    --------
    >>> [side_of_name(name) for name in ("Q", "doc_embeddings", "query.weight", "qdoc", "emb")]
    ['queries', 'documents', 'queries', 'documents', None]
    """
    lower = name.lower()
    words = set(_SPLIT.split(lower))
    said = [
        side for side, part in _PARTS.items() if part in lower or not words.isdisjoint(_WORDS[side])
    ]
    return said[0] if len(said) == 1 else None


def chosen_names(
    shapes: Mapping[str, tuple[int, ...]],
    wanted: tuple[str | None, str | None],
    n_rows: tuple[int, int],
    source: str,
) -> tuple[str, str]:
    """Return the names of the queries and the documents.

    Names that are given are used. Otherwise a side has the array whose name says so, such as
    "query.weight", whatever its number of rows; of several, the only one with as many rows as
    needed. Where no name says anything, the only matrix with as many rows as a side needs is for
    both sides.

    Parameters
    ----------
    shapes : mapping of str to tuple of int
        Of the arrays of numbers.
    wanted : pair of str or None
        Names of the queries and of the documents as the user gave them.
    n_rows : pair of int
        Rows needed, for queries and documents.
    source : str
        What to call the file.

    Raises
    ------
    FormatError
        If a name is not there, or there is more than one way to choose; the message lists what
        there is.

    Examples
    --------
    >>> chosen_names({"query.weight": (9, 4), "doc.weight": (9, 4)}, (None, None), (9, 9), "it")
    ('query.weight', 'doc.weight')
    """
    listed = _listed(shapes)
    for name in wanted:
        if name is not None and name not in shapes:
            raise FormatError(f"{source} must hold {name!r}: got {listed}")
    queries, documents = wanted
    if queries is not None and documents is not None:
        return queries, documents
    named = {
        side: _named(shapes, side, n, set(wanted) - {None})
        for side, n in zip(_PARTS, n_rows, strict=True)
    }
    one, other = queries or named["queries"], documents or named["documents"]
    if one is not None and other is not None:
        return one, other
    fitting = [name for name, shape in shapes.items() if len(shape) == 2 and shape[0] in n_rows]
    given = queries or documents
    alone = [name for name, shape in shapes.items() if len(shape) == 2]
    if given is not None and (fitting == [given] or alone == [given]):
        return given, given
    says = [name for name in shapes if len(shapes[name]) != 1 and side_of_name(name)]
    if given is None and not says and len(fitting or alone) == 1:
        return (fitting or alone)[0], (fitting or alone)[0]
    raise FormatError(_undecided(source, says, fitting, n_rows, listed))


def _named(
    shapes: Mapping[str, tuple[int, ...]], side: str, n: int, taken: set[str | None]
) -> str | None:
    """Return the only array whose name says the side; of several, the only one that fits."""
    own = [name for name, shape in shapes.items() if len(shape) != 1 and side_of_name(name) == side]
    if len(own) > 1:
        own = [name for name in own if len(shapes[name]) == 2 and shapes[name][0] == n]
    free = [name for name in own if name not in taken] or own
    return free[0] if len(free) == 1 else None


def _listed(shapes: Mapping[str, tuple[int, ...]]) -> str:
    listed = ", ".join(f"{name} {shape}" for name, shape in list(shapes.items())[:12])
    return (listed + (", ..." if len(shapes) > 12 else "")) or "no arrays"


def _undecided(
    source: str, says: list[str], fitting: list[str], n_rows: tuple[int, int], listed: str
) -> str:
    rows = " or ".join(f"{n:,}" for n in sorted(set(n_rows)))
    if len(says) == 1:
        reason = (
            f"{says[0]!r} is named for one side, and no array for the other (one array for both "
            f"sides is queries={says[0]},documents={says[0]})"
        )
    else:
        reason = f"of matrices with {rows} rows there are {len(fitting)}"
    return (
        f"{source} must say which array is which, by queries=NAME and documents=NAME: {reason}, "
        f"got {listed}"
    )
