"""Hypothesis strategies for tests of hrgeom and of its extensions (extra `testing`)."""

from hrgeom.testing._strategies import (
    dags,
    forests,
    hierarchies,
    relevances,
    score_problems,
    trees,
)

__all__ = ["dags", "forests", "hierarchies", "relevances", "score_problems", "trees"]
