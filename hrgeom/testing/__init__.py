"""For tests of hrgeom and of what extends it: strategies and contracts (extra `testing`)."""

from hrgeom.testing._strategies import (
    dags,
    forests,
    hierarchies,
    relevances,
    score_problems,
    trees,
)
from hrgeom.testing._theorems import check_theorem

__all__ = [
    "check_theorem",
    "dags",
    "forests",
    "hierarchies",
    "relevances",
    "score_problems",
    "trees",
]
