"""For tests of hrgeom and its extensions: contracts and Hypothesis strategies (extra `testing`)."""

from hrgeom.testing._kernels import check_kernel
from hrgeom.testing._strategies import (
    dags,
    forests,
    hierarchies,
    relevances,
    score_problems,
    trees,
)

__all__ = [
    "check_kernel",
    "dags",
    "forests",
    "hierarchies",
    "relevances",
    "score_problems",
    "trees",
]
