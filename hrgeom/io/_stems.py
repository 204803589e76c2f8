"""Names of sources without folder and suffixes."""

from __future__ import annotations

import os
from pathlib import PurePath

from hrgeom.io.hierarchies import hierarchy_formats
from hrgeom.io.judgments import judgment_formats

__all__ = ["stem_of"]


def stem_of(path: str | os.PathLike[str]) -> str:
    """Return the name of a file of a hierarchy or of judgments without folder and suffixes.

    Parameters
    ----------
    path : str or path-like

    Returns
    -------
    stem : str
        The name without ".gz" and the suffixes of `hierarchy_formats()` and `judgment_formats()`.

    Examples
    --------
    >>> stem_of("data/pets.json.gz"), stem_of("wordnet")
    ('pets', 'wordnet')
    """
    name = PurePath(path).name.removesuffix(".gz")
    for entry in (*hierarchy_formats(), *judgment_formats()):
        for suffix in entry.suffixes:
            name = name.removesuffix(suffix)
    return name
