"""For tests of hrgeom and its extensions: contracts and Hypothesis strategies (extra `testing`)."""

from hrgeom.testing._constructions import check_construction
from hrgeom.testing._formats import check_format
from hrgeom.testing._kernels import check_kernel
from hrgeom.testing._strategies import (
    dags,
    forests,
    hierarchies,
    relevances,
    score_problems,
    trees,
)
from hrgeom.testing._targets import check_target
from hrgeom.testing._theorems import check_theorem

__all__ = [
    "check_construction",
    "check_format",
    "check_kernel",
    "check_target",
    "check_theorem",
    "dags",
    "forests",
    "hierarchies",
    "relevances",
    "score_problems",
    "trees",
]
