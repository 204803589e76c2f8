"""hrgeom: constructive, certified embeddings of hierarchies for retrieval by dot product.

>>> import hrgeom
>>> h = hrgeom.Hierarchy.from_edges([("dog", "animal"), ("cat", "animal")])
>>> result = hrgeom.construct(h)
>>> result.certificate.verdict, result.embedding.dim
('holds', 2)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from hrgeom._recheck import Recheck, recheck
from hrgeom._version import __version__
from hrgeom.checker import Certificate, certify
from hrgeom.checker.kernels import available_kernels, kernel_info
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

if TYPE_CHECKING:
    from hrgeom.constructions import ConstructionResult, construct
    from hrgeom.constructions.extension import Extension, extend
    from hrgeom.metrics import recall_by_distance

__all__ = [
    "Certificate",
    "ConstructionResult",
    "DualEmbedding",
    "Extension",
    "Hierarchy",
    "HrgeomError",
    "Recheck",
    "Relevance",
    "__version__",
    "available_kernels",
    "certify",
    "construct",
    "extend",
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

_SUBMODULES = (
    "bounds",
    "checker",
    "claims",
    "constructions",
    "core",
    "datasets",
    "derived",
    "descent",
    "diagnosis",
    "errors",
    "export",
    "figures",
    "io",
    "learned",
    "locate",
    "metrics",
    "models",
    "report",
    "testing",
)
# Loaded when a name of theirs is first asked for: half of what the import would cost.
_LAZY = {
    "ConstructionResult": "constructions",
    "Extension": "constructions.extension",
    "construct": "constructions",
    "extend": "constructions.extension",
    "recall_by_distance": "metrics",
}
# What is looked for here and lies elsewhere.
_ELSEWHERE = {
    "all_bounds": "bounds.all_bounds",
    "combine": "derived.combine",
    "compare": "diagnosis.compare",
    "diagnose": "diagnosis.diagnose",
    "export_embedding": "export.export_embedding",
    "frontier": "constructions.frontier",
    "plan": "constructions.frontier",
    "planner": "constructions.frontier",
    "quantize": "derived.quantize",
    "read_model": "models.read_model",
    "train": "learned.train",
}


def __getattr__(name: str) -> Any:
    if name in _SUBMODULES:
        return import_module(f"{__name__}.{name}")
    if name not in _LAZY:
        hint = f"; it is {__name__}.{_ELSEWHERE[name]}" if name in _ELSEWHERE else ""
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}{hint}")
    value = getattr(import_module(f"{__name__}.{_LAZY[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_SUBMODULES})
