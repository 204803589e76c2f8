"""For tests of hrgeom and of what extends it: Hypothesis strategies (extra `testing`)."""

from hrgeom.testing._strategies import (
    dags,
    forests,
    hierarchies,
    relevances,
    score_problems,
    trees,
)

__all__ = ["dags", "forests", "hierarchies", "relevances", "score_problems", "trees"]
