"""Small problems of margin descent: relevances, states in the middle of one, and plain oracles."""

from __future__ import annotations

from copy import deepcopy

import numpy as np

from hrgeom.core import Relevance
from hrgeom.descent import available_passes
from hrgeom.descent._engine import Engine
from hrgeom.descent._native_passes import NativePasses
from hrgeom.descent._numpy_passes import NumpyPasses
from hrgeom.descent._problem import Problem
from hrgeom.descent._state import State

__all__ = ["COMPILED", "engine_of", "passes_named", "random_judgments", "state_of", "unit"]

COMPILED = available_passes()[1:]
"""Names of the kernels in C; none where they were not built."""


def unit(rng, n, dim):
    """Random unit rows in float32."""
    rows = rng.standard_normal((n, dim)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def random_judgments(rng, n_queries, n_documents, most=8):
    """Random sets, one of them empty and one of them full."""
    sizes = rng.integers(1, most + 1, n_queries)
    sets = [set(rng.choice(n_documents, k, replace=False).tolist()) for k in sizes]
    sets[0] = set()
    sets[-1] = set(range(n_documents))
    return Relevance.from_sets(sets, n_documents)


def passes_named(name):
    """The passes of a name of `available_passes`."""
    return NumpyPasses() if name == "numpy" else NativePasses(name)


def state_of(relevance, dim, *, notion="global", n_groups=3, most=30, seed=0):
    """A problem, and a state of it: rows at random, all at rest, lists made by NumPy."""
    rng = np.random.default_rng(seed)
    problem = Problem.of(relevance, notion, n_groups, rng)
    state = State.at_random(problem, dim, min(most, problem.n_documents), 0.2, rng)
    engine = engine_of(problem, state, "numpy")
    engine.sweep(2.0)
    engine.look(20.0)
    engine.close()
    return problem, state


def engine_of(problem, state, name, threads=1):
    """An engine whose passes have a name; its state is a copy that aligns its rows anew."""
    return Engine(problem, state, passes_named(name), threads)


def copied(state):
    """The same state, to be changed by itself."""
    return deepcopy(state)
