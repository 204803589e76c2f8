"""For tests of hrgeom and of what extends it: strategies and contracts (extra `testing`)."""

from hrgeom.testing._constructions import check_construction
from hrgeom.testing._strategies import (
    dags,
    forests,
    hierarchies,
    relevances,
    score_problems,
    trees,
)

__all__ = [
    "check_construction",
    "dags",
    "forests",
    "hierarchies",
    "relevances",
    "score_problems",
    "trees",
]
