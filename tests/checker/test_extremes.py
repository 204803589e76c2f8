"""The exact extremes of all pairs against fractions, with tiles of every size."""

from contextlib import contextmanager

import definitions
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrgeom import Relevance
from hrgeom.checker import _extremes
from hrgeom.checker._extremes import exact_extreme, extreme_interval
from hrgeom.checker._sweep import Progress, Settings, Sweep
from hrgeom.checker.executors import SerialExecutor
from hrgeom.checker.kernels import available_kernels, get_kernel
from hrgeom.testing import score_problems

TILES = [(1, 1), (24, 2), (2**18, 256)]  # numbers of rows, and queries, at a time


@contextmanager
def tiled(sizes):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_extremes, "_MOST_NUMBERS", sizes[0])
        patch.setattr(_extremes, "_MOST_QUERIES", sizes[1])
        yield


def sweep_over(queries, documents, relevance, kernel):
    settings = Settings(get_kernel(kernel), SerialExecutor(), 2**20, True, Progress(None))
    return Sweep(queries, documents, relevance, settings)


def extremes(sweep):
    """The worst match and the best non-match of every query, against no level."""
    levels = (sweep.constant_level(value) for value in (-np.inf, np.inf))
    return sweep.worst_matches(next(levels)), sweep.best_others(next(levels))


@given(
    data=st.data(),
    sizes=st.sampled_from(TILES),
    kernel=st.sampled_from(available_kernels()),
    dtype=st.sampled_from(["float32", "float64"]),
)
def test_extremes_are_exact(data, sizes, kernel, dtype):
    queries, documents, relevance = data.draw(score_problems(dtype))
    sweep = sweep_over(queries, documents, relevance, kernel)
    sets = definitions.sets_of_relevance(relevance)
    rows = list(zip(definitions.scores(queries, documents), sets, strict=True))
    for matches, tally in zip((True, False), extremes(sweep), strict=True):
        of_row = definitions.worst_match if matches else definitions.best_other
        own = [of_row(*row) for row in rows]
        interval = extreme_interval(sweep, tally, matches=matches)
        if all(score is None for score in own):
            assert interval is None
            continue
        best = (min if matches else max)(score for score in own if score is not None)
        assert interval[0] <= best <= interval[1]
        with tiled(sizes):
            found = exact_extreme(sweep, tally, matches=matches)
        assert found.score == best == rows[found.query][0][found.document]
        assert (found.document in sets[found.query]) == matches
        assert found.n_exact >= 1
        query = data.draw(st.sampled_from([i for i, score in enumerate(own) if score is not None]))
        with tiled(sizes):
            found = exact_extreme(sweep, tally, matches=matches, query=query)
        assert (found.score, found.query) == (own[query], query)


@pytest.mark.parametrize("sizes", TILES, ids=str)
def test_equal_pairs_are_scored_once(sizes):
    rng = np.random.default_rng(0)
    queries, documents = (np.repeat(rng.standard_normal((1, 5)), 40, axis=0) for _ in range(2))
    relevance = Relevance.from_sets([{i} for i in range(40)], 40)
    sweep = sweep_over(queries, documents, relevance, "numpy")
    with tiled(sizes):
        found = exact_extreme(sweep, extremes(sweep)[1], matches=False)
    n_tiles = -(-40 // sizes[1]) * -(-40 // max(1, sizes[0] // 5))
    assert found.n_exact <= n_tiles
