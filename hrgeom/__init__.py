"""hrgeom: constructive, certified embeddings of hierarchies for retrieval by dot product.

>>> import hrgeom
>>> h = hrgeom.Hierarchy.from_edges([("dog", "animal"), ("cat", "animal")])
>>> e = hrgeom.construct(h)
>>> hrgeom.certify(e, h).verdict
'holds'
"""

from hrgeom._kernels import available_kernels, kernel_info
from hrgeom._version import __version__
from hrgeom.certificate import Certificate
from hrgeom.certify import certify
from hrgeom.constructions import REGISTRY, construct
from hrgeom.embedding import DualEmbedding
from hrgeom.errors import HrgeomError
from hrgeom.hierarchy import Hierarchy
from hrgeom.io import read_hierarchy, read_judgements, write_hierarchy
from hrgeom.metrics import recall_by_distance
from hrgeom.recheck import recheck
from hrgeom.relevance import Relevance
from hrgeom.store import load, load_certificate, save, save_certificate

__all__ = [
    "REGISTRY",
    "Certificate",
    "DualEmbedding",
    "Hierarchy",
    "HrgeomError",
    "Relevance",
    "__version__",
    "available_kernels",
    "certify",
    "construct",
    "kernel_info",
    "load",
    "load_certificate",
    "read_hierarchy",
    "read_judgements",
    "recall_by_distance",
    "recheck",
    "save",
    "save_certificate",
    "write_hierarchy",
]
