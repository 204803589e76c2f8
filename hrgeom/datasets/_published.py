"""Tables of numbers as their authors printed them, and the judgments of LIMIT-small."""

from __future__ import annotations

import csv
from importlib import resources

from hrgeom.core import Relevance

__all__ = ["limit_small", "published_source", "published_table"]

_LIMIT_DOCUMENTS = 46


def published_table(name: str) -> list[dict[str, str]]:
    """Return the rows of a published table, `hrgeom/_data/NAME.csv`, cells as printed.

    Parameters
    ----------
    name : str
        Name of the file without its suffix.

    Returns
    -------
    rows : list of dict of str to str
        One per row, from the names of the columns to the cells.

    Examples
    --------
    >>> published_table("weller-critical-n")[0]
    {'d': '4', 'n': '10'}
    """
    return list(csv.DictReader(_lines(name)[1:]))


def published_source(name: str) -> str:
    """Return where a published table comes from: the first line of its file.

    Parameters
    ----------
    name : str
        Name of the file without its suffix.

    Returns
    -------
    source : str
        The publication, and the place in it.

    Examples
    --------
    >>> published_source("weller-critical-n")[:19]
    'Weller et al. 2025,'
    """
    return _lines(name)[0].removeprefix("# ")


def limit_small() -> Relevance:
    """Return the relevance of LIMIT-small: 1,000 queries, 46 documents, two matches each.

    Returns
    -------
    relevance : Relevance
        Labels are the numbers of the rows.

    Notes
    -----
    Weller et al. 2025, arXiv:2508.21038; CC BY 4.0, see `_data/limit-small.LICENSE.txt`. The
    texts are left out.

    Examples
    --------
    >>> limit_small()
    Relevance(1000 queries, 46 documents, 2000 pairs, s = 2)
    """
    sets = [{int(row["first"]), int(row["second"])} for row in published_table("limit-small")]
    return Relevance.from_sets(sets, _LIMIT_DOCUMENTS)


def _lines(name: str) -> list[str]:
    path = resources.files("hrgeom") / "_data" / f"{name}.csv"
    return path.read_text(encoding="utf-8").splitlines()
