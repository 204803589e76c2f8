r"""Theorem 3.1 of You et al. (2025), arXiv:2509.16411, with its constants.

**Theorem.** Let :math:`1 \le |S(q)| \le s` for n queries and m documents, and
:math:`0 \le \epsilon < 1/(2\sqrt s)`. With probability above :math:`1 - \delta`, Algorithm 1
(Gaussian centroid) gives unit vectors whose matches score above :math:`r + \epsilon` and all others
below :math:`r - \epsilon`, with :math:`r = 1/(2\sqrt s)`, as soon as

.. math:: d \ge \frac{8 s \ln(nm/\delta)}{(1 - 2\epsilon\sqrt s)^2}.

With :math:`\delta = 1` the probability is above 0: such vectors exist. Perfect W-ary trees of H
levels: :math:`d \ge (16 H^2 \ln W + 8 H \ln(1/\delta)) / (1 - 2\epsilon\sqrt H)^2`.

**Rows** need half of it: for :math:`d \ge 4 s \ln(nsm/\delta)` every match scores above every
non-match of its query with probability above :math:`1 - \delta` (no margin is claimed). Proof:
`proofs/random_rows.py`.

Proof: `proofs/theorem_3_1.py`. The published statement is
:math:`d = O(\max(s\log m, \epsilon^{-2}\log m))`. For :math:`\epsilon \le 1/(4\sqrt s)` ours is
:math:`32 s \ln(nm/\delta)`: the second term is not needed. No bound of that form can hold for all
relevances with unit vectors and larger :math:`\epsilon`: if every k-subset of the documents is a
query, :math:`\epsilon \le \frac12 m/\sqrt{k(m-1)(m-k)}` in every dimension, which tends to
:math:`1/(2\sqrt k)` as m grows. So the margins of the theorem are all there are.
"""

from __future__ import annotations

import math

from hrgeom.bounds._problem import BoundsProblem
from hrgeom.bounds._theorem import NotApplicableError, Statement, Theorem
from hrgeom.core import Relevance
from hrgeom.errors import ConstructionError

__all__ = [
    "DELTA",
    "RANDOM_ROWS",
    "THEOREM",
    "matches_and_margin",
    "random_rows_dim",
    "theorem_3_1_dim",
    "theorem_3_1_dim_of",
    "theorem_3_1_failure",
    "theorem_3_1_threshold",
    "theorem_3_1_tree_dim",
]

DELTA = 0.5
"""The probability of failure at which the theorems of random directions are stated."""


def theorem_3_1_dim(
    s: int, n_documents: int, n_queries: int, *, eps: float = 0.0, delta: float = 0.5
) -> int:
    """Return a dimension in which Algorithm 1 fails with probability below delta.

    An upper bound on the dimension needed, for global thresholds (so for rows too); not tight:
    see `least_dim` for the real histogram without inequalities.

    Parameters
    ----------
    s : int
        At least every |S(q)|, and these at least 1.
    n_documents, n_queries : int
        Numbers m and n of documents and queries, at least 1.
    eps : float
        Half gap between unit rows, 0 <= eps < 1/(2 sqrt(s)).
    delta : float
        0 < delta <= 1; 1: such vectors exist.

    Returns
    -------
    dim : int
        At least 1.

    Raises
    ------
    ConstructionError
        If a parameter is out of range.

    References
    ----------
    You et al. 2025, arXiv:2509.16411, Theorem 3.1; the module's theorem; `proofs/theorem_3_1.py`.

    Examples
    --------
    >>> theorem_3_1_dim(35, 82115, 82115)  # WordNet nouns
    6531
    """
    _check(s, n_documents, n_queries)
    # union bound over n m pairs, each wrong with probability at most exp(-d gap^2/2)
    pairs = math.log(n_documents) + math.log(n_queries) - _log_delta(delta)
    return max(1, math.ceil(2 * pairs / _gap(s, eps) ** 2))


def theorem_3_1_dim_of(relevance: Relevance, *, eps: float = 0.0, delta: float = 0.5) -> int:
    """Return `theorem_3_1_dim` for a relevance in which every query has a match.

    Parameters
    ----------
    relevance : Relevance
        Every query matches a document.
    eps : float
        As for `theorem_3_1_dim`.
    delta : float
        As for `theorem_3_1_dim`.

    Returns
    -------
    dim : int
        At least 1.

    Raises
    ------
    ConstructionError
        If a query matches nothing, or a parameter is out of range.

    References
    ----------
    You et al. 2025, arXiv:2509.16411, Theorem 3.1; the module's theorem; `proofs/theorem_3_1.py`.

    Examples
    --------
    >>> theorem_3_1_dim_of(Relevance.from_sets([{0}, {0, 1}], 2))
    34
    """
    if relevance.n_matches.min() < 1:
        raise ConstructionError(
            f"every query must match a document: got none for query {relevance.n_matches.argmin()}"
        )
    return theorem_3_1_dim(
        relevance.max_matches, relevance.n_documents, relevance.n_queries, eps=eps, delta=delta
    )


def theorem_3_1_tree_dim(
    branching: int, n_levels: int, *, eps: float = 0.0, delta: float = 0.5
) -> int:
    """Return the dimension of the theorem for the perfect tree, in the form O(H^2 log W).

    Parameters
    ----------
    branching : int
        W >= 2.
    n_levels : int
        H >= 1, the nodes on a path from the root to a leaf, as s = H; there are fewer than W^H
        documents.
    eps : float
        As for `theorem_3_1_dim`.
    delta : float
        As for `theorem_3_1_dim`.

    Returns
    -------
    dim : int
        At least 1.

    Raises
    ------
    ConstructionError
        If a parameter is out of range.

    References
    ----------
    You et al. 2025, arXiv:2509.16411, Theorem 3.1; the module's theorem; `proofs/theorem_3_1.py`.

    Examples
    --------
    >>> theorem_3_1_tree_dim(5, 4), theorem_3_1_dim(4, 156, 156)
    (435, 346)
    """
    if branching < 2:
        raise ConstructionError(f"branching must be at least 2: got {branching}")
    _check(n_levels, 1, 1)
    pairs = 2 * n_levels * math.log(branching) - _log_delta(delta)
    return math.ceil(2 * pairs / _gap(n_levels, eps) ** 2)


def random_rows_dim(s: int, n_documents: int, n_queries: int, *, delta: float = 0.5) -> int:
    """Return a dimension in which Algorithm 1 misranks a match with probability below delta.

    An upper bound on the dimension for the row notion with any positive margin.

    Parameters
    ----------
    s : int
        At least every |S(q)|, and these at least 1.
    n_documents : int
        Number m of documents, at least 1.
    n_queries : int
        Number n of queries, at least 1.
    delta : float
        As for `theorem_3_1_dim`.

    Returns
    -------
    dim : int
        At least 1.

    Raises
    ------
    ConstructionError
        If a parameter is out of range.

    References
    ----------
    You et al. 2025, arXiv:2509.16411, Theorem 3.1; the module's theorem; `proofs/random_rows.py`.

    Examples
    --------
    >>> random_rows_dim(35, 82115, 82115)
    3764
    """
    _check(s, n_documents, n_queries)
    # union bound over triples: a query, one of its matches, a non-match
    triples = math.log(n_documents) + math.log(n_queries) + math.log(s) - _log_delta(delta)
    return max(1, math.ceil(4 * s * triples))


def theorem_3_1_failure(
    s: int, n_documents: int, n_queries: int, dim: int, *, eps: float = 0.0
) -> float:
    """Return the bound on the probability that Algorithm 1 fails, :math:`nm e^{-d g^2/2}` with
    :math:`g = 1/(2\\sqrt s) - \\epsilon`; it may exceed 1.

    Examples
    --------
    >>> [round(theorem_3_1_failure(35, 82115, 82115, d), 4) for d in (6530, 6531)]
    [0.5017, 0.4999]
    """
    _check(s, n_documents, n_queries)
    if dim < 1:
        raise ConstructionError(f"dim must be at least 1: got {dim}")
    return n_queries * n_documents * math.exp(-dim * _gap(s, eps) ** 2 / 2)


def theorem_3_1_threshold(s: int) -> float:
    """Return the threshold of the theorem, 1/(2 sqrt(s)).

    Parameters
    ----------
    s : int
        At least every |S(q)|.

    Returns
    -------
    threshold : float
        For rows of unit length.

    References
    ----------
    You et al. 2025, arXiv:2509.16411, Theorem 3.1; the module's theorem; `proofs/theorem_3_1.py`.

    Examples
    --------
    >>> theorem_3_1_threshold(4)
    0.25
    """
    _check(s, 1, 1)
    return 1 / (2 * math.sqrt(s))


def _check(s: int, n_documents: int, n_queries: int) -> None:
    for name, value in (("s", s), ("n_documents", n_documents), ("n_queries", n_queries)):
        if value < 1:
            raise ConstructionError(f"{name} must be at least 1: got {value}")


def _log_delta(delta: float) -> float:
    if not 0 < delta <= 1:
        raise ConstructionError(f"delta must be above 0 and at most 1: got {delta}")
    return math.log(delta)


def _gap(s: int, eps: float) -> float:
    threshold = theorem_3_1_threshold(s)
    if not 0 <= eps < threshold:
        raise ConstructionError(
            f"eps must be at least 0 and below 1/(2 sqrt(s)) = {threshold}: got {eps}"
        )
    return threshold - eps


def matches_and_margin(problem: BoundsProblem) -> tuple[int, float]:
    """Return s and the margin wanted of Algorithm 1, or say why it cannot have it.

    Raises
    ------
    NotApplicableError
        If a query matches nothing, or the margin is not below 1/(2 sqrt(s)).
    """
    if problem.relevance.n_matches.min() < 1:
        raise NotApplicableError("some query matches nothing")
    s, eps = problem.relevance.max_matches, problem.margin or 0.0
    if eps >= 1 / (2 * math.sqrt(s)):
        raise NotApplicableError(
            f"the margin must be below 1/(2 sqrt(s)) = {1 / (2 * math.sqrt(s)):.4g}"
        )
    return s, eps


def _statements(problem: BoundsProblem) -> list[Statement]:
    s, eps = matches_and_margin(problem)
    r = problem.relevance
    dim = theorem_3_1_dim(s, r.n_documents, r.n_queries, eps=eps, delta=DELTA)
    return [Statement("unit", dim, f"s = {s}, failure below {DELTA}", eps or None)]


def _statements_of_rows(problem: BoundsProblem) -> list[Statement]:
    s, _ = matches_and_margin(problem)
    r = problem.relevance
    dim = random_rows_dim(s, r.n_documents, r.n_queries, delta=DELTA)
    return [Statement("row", dim, f"s = {s}, failure below {DELTA}")]


THEOREM = Theorem(
    name="theorem-3-1",
    quantity="dimension",
    side="upper",
    statement="Algorithm 1 succeeds in 8 s ln(nm/delta) dimensions with probability 1 - delta",
    says=_statements,
    source="You et al. 2025, Theorem 3.1",
    proof="theorem-3-1",
    page="theory/random.md",
)

RANDOM_ROWS = Theorem(
    name="random-rows",
    quantity="dimension",
    side="upper",
    statement="Algorithm 1 ranks all matches first in half the dimensions of Theorem 3.1",
    says=_statements_of_rows,
    source="You et al. 2025, Theorem 3.1",
    proof="random-rows",
    page="theory/random.md",
)
