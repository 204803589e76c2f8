"""The registry of formats of hierarchies: one line per format, in order of preference."""

from __future__ import annotations

from hrgeom.io._formats import registered
from hrgeom.io.hierarchies._format import HierarchyFormat
from hrgeom.io.hierarchies._graph_files import GML, GRAPHML
from hrgeom.io.hierarchies._id_table import ID_TABLE
from hrgeom.io.hierarchies._json import JSON
from hrgeom.io.hierarchies._nested_json import NESTED_JSON
from hrgeom.io.hierarchies._newick import NEWICK
from hrgeom.io.hierarchies._obo import OBO
from hrgeom.io.hierarchies._obo_graphs import OBO_GRAPHS
from hrgeom.io.hierarchies._outline import OUTLINE
from hrgeom.io.hierarchies._parquet import PARQUET
from hrgeom.io.hierarchies._paths import PATHS
from hrgeom.io.hierarchies._rdf import JSON_LD, RDF_XML, TURTLE
from hrgeom.io.hierarchies._records import JSON_LINES, RECORDS
from hrgeom.io.hierarchies._tables import TABLES
from hrgeom.io.hierarchies._taxdump import TAXDUMP
from hrgeom.io.hierarchies._wordnet import WN_LMF, WORDNET

__all__ = ["hierarchy_formats"]

_BUILT_IN: tuple[HierarchyFormat, ...] = (
    JSON,
    *TABLES,
    ID_TABLE,
    RECORDS,
    JSON_LINES,
    OBO,
    PATHS,
    OUTLINE,
    NESTED_JSON,
    TURTLE,
    RDF_XML,
    JSON_LD,
    OBO_GRAPHS,
    NEWICK,
    TAXDUMP,
    GRAPHML,
    GML,
    PARQUET,
    WORDNET,
    WN_LMF,
)


def hierarchy_formats() -> tuple[HierarchyFormat, ...]:
    """Return the formats of hierarchies: those of hrgeom, then those of installed plug-ins.

    Returns
    -------
    formats : tuple of HierarchyFormat
        In order of preference: of equal certainties the first counts.

    Raises
    ------
    HrgeomError
        If two of them share a name or a suffix; the message names both.

    Examples
    --------
    >>> [entry.name for entry in hierarchy_formats()][:3]
    ['json', 'tsv', 'csv']
    """
    return registered(_BUILT_IN, HierarchyFormat)
