"""Random rows: how many dimensions they take, how often they fail, and compression."""

from hrgeom.bounds.random._compression import THEOREM as COMPRESSION
from hrgeom.bounds.random._compression import compressed_dim, compressed_rows
from hrgeom.bounds.random._expected_errors import THEOREM as EXACT_LAW
from hrgeom.bounds.random._expected_errors import LeastDim, WrongPairs, least_dim, wrong_pairs
from hrgeom.bounds.random._failure_probability import (
    FailureProbability,
    failure_probability,
    n_wrong_pairs,
)
from hrgeom.bounds.random._gordon import THEOREM as GORDON
from hrgeom.bounds.random._gordon import kept_margin, ranking_dim
from hrgeom.bounds.random._score_distribution import score_cdf
from hrgeom.bounds.random._theorem_3_1 import (
    RANDOM_ROWS,
    random_rows_dim,
    theorem_3_1_dim,
    theorem_3_1_dim_of,
    theorem_3_1_threshold,
    theorem_3_1_tree_dim,
)
from hrgeom.bounds.random._theorem_3_1 import THEOREM as THEOREM_3_1

__all__ = [
    "THEOREMS",
    "FailureProbability",
    "LeastDim",
    "WrongPairs",
    "compressed_dim",
    "compressed_rows",
    "failure_probability",
    "kept_margin",
    "least_dim",
    "n_wrong_pairs",
    "random_rows_dim",
    "ranking_dim",
    "score_cdf",
    "theorem_3_1_dim",
    "theorem_3_1_dim_of",
    "theorem_3_1_threshold",
    "theorem_3_1_tree_dim",
    "wrong_pairs",
]

THEOREMS = (THEOREM_3_1, EXACT_LAW, RANDOM_ROWS, COMPRESSION, GORDON)
"""Upper bounds on the dimension by random directions, in the order in which they are shown."""
