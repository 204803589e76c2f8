r"""Compression with queries chosen anew: only the documents count in the logarithm.

**Theorem 1** (threshold 0). Let unit vectors of m documents and any number of queries, of any
dimension, have products of at least :math:`\epsilon` on matches and at most :math:`-\epsilon` on
others. In every dimension d there are unit vectors with

.. math:: \epsilon_d = \epsilon \frac{a - w}{\sqrt d + \sqrt{2\ln m}}, \quad
          a = \frac{d}{\sqrt{d + 1}}, \quad w = \frac{\sqrt{2\ln 2m}}{\epsilon}

in place of :math:`\epsilon`. With :math:`d \ge 2\ln(2m)/(\eta\epsilon)^2` that is at least
:math:`\epsilon(\sqrt{d/(d+1)} - \eta)/(1 + \eta\epsilon)`.

**Theorem 2** (row thresholds). Let unit vectors of m documents and any number of queries have the
half gap :math:`\epsilon`, with a threshold for every query. Then d dimensions rank all matches
above all others as soon as :math:`a > \sqrt{2\ln m}/\epsilon`.

Proof. Gordon: for a Gaussian matrix G of d rows and a set T of unit vectors,
:math:`\mathbf E \min_T |Gt| \ge a - w(T)` with the Gaussian width w(T). Let T be the directions of
:math:`y = \sum_v \pm\lambda_v x_v`, :math:`\lambda` in the simplex, with the signs of a query: |y|
is at least :math:`\epsilon`, as the query has products of that size with all terms, so
:math:`w(T) \le \mathbf E \max_v |\langle g, x_v \rangle|/\epsilon \le w`. The largest of the
:math:`|G x_v|` has a mean of at most :math:`\sqrt d + \sqrt{2 \ln m}`. So for some G every |Gy|
is at least :math:`\epsilon_d` times the largest :math:`|G x_v|`, and that is the distance from 0 of
the hull of the signed documents, scaled to unit length: the margin of the best query (proof
`max-margin`). For row thresholds let y be the difference of a mean of matches and a mean of others:
:math:`|y| \ge 2\epsilon`, and w(T) is at most the mean of the range of :math:`\langle g, x_v
\rangle` over :math:`2\epsilon`. `proofs/gordon.py` has the formulas. ∎

Theorem 1 is Theorem 1.4 of Bangachev et al. 2026, with the constant 2. It says that such vectors
exist: one in a few draws of G has them, and the best queries are found by `max_margin_queries`.
"""

from __future__ import annotations

import math

from hrgeom.bounds._problem import BoundsProblem
from hrgeom.bounds._theorem import NotApplicableError, Statement, Theorem
from hrgeom.errors import ConstructionError

__all__ = ["THEOREM", "kept_margin", "ranking_dim"]


def kept_margin(n_documents: int, margin: float, dim: int) -> float:
    """Return a margin at threshold 0 that is possible in `dim` dimensions, from one in any.

    Parameters
    ----------
    n_documents : int
        Number m of documents, at least 1. The number of queries does not matter.
    margin : float
        Of some unit vectors of any dimension: products of at least `margin` on matches and at most
        -`margin` on others; above 0 and at most 1.
    dim : int
        Dimension d, at least 1.

    Returns
    -------
    margin : float
        Of some unit vectors of dimension d, in the same sense; 0 where the theorem says nothing.

    Raises
    ------
    ConstructionError
        If a parameter is out of range.

    References
    ----------
    Y. Gordon 1988, *On Milman's inequality and random subspaces which escape through a mesh in
    R^n*; Theorem 1 of this module; `proofs/gordon.py`.

    Examples
    --------
    >>> round(kept_margin(400, 0.2612, 784), 3)
    0.116
    """
    _check(n_documents, margin)
    if dim < 1:
        raise ConstructionError(f"dim must be at least 1: got {dim}")
    width = math.sqrt(2 * math.log(2 * n_documents)) / margin
    largest = math.sqrt(dim) + math.sqrt(2 * math.log(n_documents))
    return max(0.0, margin * (_mean_length(dim) - width) / largest)


def ranking_dim(n_documents: int, margin: float) -> int:
    """Return a dimension in which all matches rank first, from a margin in any dimension.

    An upper bound on the dimension for row thresholds; about half of `compressed_dim`, and the
    number of queries does not matter.

    Parameters
    ----------
    n_documents : int
        Number m of documents, at least 1.
    margin : float
        Half gap of some unit vectors of any dimension, with one threshold or one for every query;
        above 0 and at most 1.

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
    Y. Gordon 1988; Theorem 2 of this module; `proofs/gordon.py`.

    Examples
    --------
    >>> ranking_dim(156, 0.25)
    163
    """
    _check(n_documents, margin)
    width = math.sqrt(2 * math.log(n_documents)) / margin
    # a = d / sqrt(d + 1) exceeds the width just above the root of d^2 - width^2 d - width^2
    dim = max(1, math.floor((width**2 + width * math.sqrt(width**2 + 4)) / 2))
    while _mean_length(dim) * (1 - 1e-12) <= width:
        dim += 1
    return dim


def _mean_length(dim: int) -> float:
    """Return d / sqrt(d + 1), below the mean length of a Gaussian vector of dimension d."""
    return dim / math.sqrt(dim + 1)


def _check(n_documents: int, margin: float) -> None:
    if n_documents < 1:
        raise ConstructionError(f"n_documents must be at least 1: got {n_documents}")
    if not 0 < margin <= 1:
        raise ConstructionError(f"margin must be above 0 and at most 1: got {margin}")


def _statements(problem: BoundsProblem) -> list[Statement]:
    margin, source = max(problem.known_margins(problem), default=(0.0, ""))
    if margin <= 0:
        raise NotApplicableError("no margin is known in any dimension")
    if problem.margin is not None:
        raise NotApplicableError("by row it promises no margin between unit rows")
    dim = ranking_dim(problem.relevance.n_documents, min(1.0, margin))
    return [Statement("row", dim, f"from margin {margin:.4g} of {source}")]


THEOREM = Theorem(
    name="gordon",
    quantity="dimension",
    side="upper",
    statement="A random projection with queries chosen anew ranks, by the number of documents",
    says=_statements,
    source="Gordon 1988",
    proof="gordon",
    page="theory/random.md",
)
"""Theorem 2."""
