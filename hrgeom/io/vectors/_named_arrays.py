"""Which of the arrays of a file are the queries and the documents."""

from __future__ import annotations

from collections.abc import Mapping

from hrgeom.errors import FormatError

__all__ = ["chosen_names"]


def chosen_names(
    shapes: Mapping[str, tuple[int, ...]],
    wanted: tuple[str | None, str | None],
    n_rows: tuple[int, int],
    source: str,
) -> tuple[str, str]:
    """Return the names of the queries and the documents.

    Names that are given are used; one name alone is for both sides. Without any, among the
    matrices with as many rows as either side needs: the only one is for both sides, and of two
    the one with "quer" in its name is the queries and the one with "doc" the documents.

    Parameters
    ----------
    shapes : mapping of str to tuple of int
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
    listed = ", ".join(f"{name} {shape}" for name, shape in list(shapes.items())[:12])
    listed += ", ..." if len(shapes) > 12 else ""
    given = [name for name in wanted if name is not None]
    for name in given:
        if name not in shapes:
            raise FormatError(f"{source} must hold {name!r}: got {listed or 'no arrays'}")
    if given:
        return given[0], given[-1]
    fitting = [name for name, s in shapes.items() if len(s) == 2 and s[0] in n_rows]
    if len(fitting) == 1:
        return fitting[0], fitting[0]
    queries = [name for name in fitting if "quer" in name.lower()]
    documents = [name for name in fitting if "doc" in name.lower()]
    if len(fitting) == 2 and len(queries) == len(documents) == 1 and queries != documents:
        return queries[0], documents[0]
    rows = " or ".join(f"{n:,}" for n in sorted(set(n_rows)))
    raise FormatError(
        f"{source} must say which array is which, by queries=NAME and documents=NAME: of matrices "
        f"with {rows} rows there are {len(fitting)}, got {listed or 'no arrays'}"
    )
