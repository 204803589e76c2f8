"""Random rows: how many dimensions they take, how often they fail, and compression."""

from hrgeom.bounds.random._compression import compressed_dim, compressed_rows
from hrgeom.bounds.random._expected_errors import least_dim, wrong_pairs
from hrgeom.bounds.random._failure_probability import failure_probability, n_wrong_pairs
from hrgeom.bounds.random._score_distribution import score_cdf
from hrgeom.bounds.random._theorem_3_1 import (
    random_rows_dim,
    theorem_3_1_dim,
    theorem_3_1_dim_of,
    theorem_3_1_threshold,
    theorem_3_1_tree_dim,
)

__all__ = [
    "compressed_dim",
    "compressed_rows",
    "failure_probability",
    "least_dim",
    "n_wrong_pairs",
    "random_rows_dim",
    "score_cdf",
    "theorem_3_1_dim",
    "theorem_3_1_dim_of",
    "theorem_3_1_threshold",
    "theorem_3_1_tree_dim",
    "wrong_pairs",
]
