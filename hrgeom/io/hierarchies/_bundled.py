"""The hierarchies that come with hrgeom."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources

from hrgeom.core import Hierarchy
from hrgeom.errors import HierarchyError
from hrgeom.io.hierarchies._json import JSON
from hrgeom.io.hierarchies._parsing import hierarchy_from_bytes

__all__ = ["BUNDLED", "BundledHierarchy", "bundled", "load"]


@dataclass(frozen=True)
class BundledHierarchy:
    """A bundled hierarchy: its file, description and license.

    Attributes
    ----------
    file : str
        Name in the folder hrgeom/_data.
    description : str
        One line: source, version, what the nodes are.
    license : str
        Name of the license.
    license_file : str
        Name of the text of the license in the same folder.
    """

    file: str
    description: str
    license: str
    license_file: str


BUNDLED: dict[str, BundledHierarchy] = {
    "wordnet": BundledHierarchy(
        file="wordnet30-nouns.json.gz",
        description="WordNet 3.0, all nouns: hypernyms and instance hypernyms of 82,115 synsets",
        license="WordNet 3.0 license (Princeton University)",
        license_file="wordnet30-nouns.LICENSE.txt",
    ),
    "wordnet-mammals": BundledHierarchy(
        file="wordnet30-mammals.json.gz",
        description="WordNet 3.0, mammals: the 1,182 synsets below mammal.n.01 and itself",
        license="WordNet 3.0 license (Princeton University)",
        license_file="wordnet30-mammals.LICENSE.txt",
    ),
}
"""Name -> file, description and license of every bundled hierarchy."""


def bundled() -> list[str]:
    """Return the names of the bundled hierarchies, which `load` reads.

    Returns
    -------
    names : list of str

    Examples
    --------
    >>> bundled()
    ['wordnet', 'wordnet-mammals']
    """
    return list(BUNDLED)


def load(name: str) -> Hierarchy:
    """Return the bundled hierarchy of this name, read afresh.

    Parameters
    ----------
    name : str
        One of `bundled()`.

    Returns
    -------
    hierarchy : Hierarchy

    Raises
    ------
    HierarchyError
        If there is none of this name.

    Examples
    --------
    >>> load("wordnet-mammals").parents("dog.n.01")
    ['canine.n.02']
    """
    if name not in BUNDLED:
        raise HierarchyError(f"name must be one of {', '.join(BUNDLED)}: got {name!r}")
    data = resources.files("hrgeom").joinpath("_data", BUNDLED[name].file).read_bytes()
    return hierarchy_from_bytes(data, name=name, format=JSON)
