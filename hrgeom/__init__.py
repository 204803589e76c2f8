"""hrgeom: constructive, certified embeddings of hierarchies for retrieval by dot product.

>>> import hrgeom
>>> h = hrgeom.Hierarchy.from_edges([("dog", "animal"), ("cat", "animal")])
>>> result = hrgeom.construct(h)
>>> result.certificate.verdict, result.embedding.dim
('holds', 2)
"""

from hrgeom._recheck import recheck
from hrgeom._version import __version__
from hrgeom.checker import Certificate, certify
from hrgeom.checker.kernels import available_kernels, kernel_info
from hrgeom.constructions import ConstructionResult, construct
from hrgeom.core import DualEmbedding, Hierarchy, Relevance
from hrgeom.errors import HrgeomError
from hrgeom.io import (
    load,
    load_certificate,
    read_hierarchy,
    read_judgments,
    save,
    save_certificate,
    write_hierarchy,
)
from hrgeom.metrics import recall_by_distance

__all__ = [
    "Certificate",
    "ConstructionResult",
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
    "read_judgments",
    "recall_by_distance",
    "recheck",
    "save",
    "save_certificate",
    "write_hierarchy",
]
