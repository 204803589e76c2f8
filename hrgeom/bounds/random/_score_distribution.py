r"""Exact law of the scores of random directions.

Algorithm 1 of You et al. (2025), arXiv:2509.16411 (`hrgeom.constructions.gaussian_centroid`):
documents are :math:`g_j/\|g_j\|` with :math:`g_j \sim N(0, I_d)` iid, queries the normalized sums
of :math:`g_j` over S(q). A score is the uncentred sample correlation of d independent pairs of
normal variables with correlation :math:`\rho`: :math:`1/\sqrt k` for a match of a query with |S(q)|
= k, 0 for any other pair. Its law, for every d >= 2 and :math:`\rho = \tanh\beta`:

.. math:: P(\text{score} \le \tanh c) = \frac{1}{\pi} \int_0^Y \arccos A(D)\,dy, \qquad
          \cosh D = y^{-1/(d-1)},

with :math:`Y = \cosh(\beta-c)^{-(d-1)}`, :math:`A(D) = (\sinh\beta\cosh D - \sinh c) /
(\cosh\beta\sinh D)` and :math:`c \le \beta`. Proof: `proofs/exact_law.py`; in words, the score and
the quotient of the two lengths are a random point of the hyperbolic plane that lies around the
true correlation with no preferred direction, at distance D > a with probability
:math:`\cosh(a)^{-(d-1)}`. The integrand is positive and smooth, so tails keep their relative
accuracy however small they are.

Two forms of the same law are kept as tests: the shifted Beta((d-1)/2, (d-1)/2) of non-matches, and
the noncentral t of matches, mixed over :math:`\|g\| \sim \chi_d`.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hrgeom.errors import ConstructionError

__all__ = ["log_best_other", "log_score_cdf", "score_cdf"]

_Floats = NDArray[np.float64]
# Nodes E_i of the double exponential rule for the integral of exp(-E) f(E) over E > 0.
_STEP = 0.12
_PLACES = np.arange(-4.2, 4.2, _STEP)
_ENERGIES = np.exp(_PLACES - np.exp(-_PLACES))
_WEIGHTS = _STEP * _ENERGIES * (1 + np.exp(-_PLACES)) * np.exp(-_ENERGIES)


def score_cdf(dim: int, correlation: ArrayLike, level: ArrayLike) -> _Floats:
    """Return P(score <= level) for the score of two Gaussian directions.

    Parameters
    ----------
    dim : int
        Dimension d >= 2.
    correlation : array_like of float, any shape
        Between -1 and 1: 1/sqrt(k) for a match of a query with |S(q)| = k, 0 for a non-match,
        the old inner product for a Gaussian projection of unit vectors.
    level : array_like of float, any shape
        Between -1 and 1; broadcast against `correlation`.

    Returns
    -------
    probability : ndarray of float64
        Of the shape that both broadcast to. Below the median, with a relative error of about 1e-11.

    Raises
    ------
    ConstructionError
        If `dim` is below 2 or the others are outside.

    Examples
    --------
    >>> round(float(score_cdf(2, 0.5, 0.0)), 12)  # (1 - correlation) / 2
    0.25
    """
    return np.exp(log_score_cdf(dim, correlation, level))


def log_score_cdf(dim: int, correlation: ArrayLike, level: ArrayLike) -> _Floats:
    """Return ln P(score <= level); see `score_cdf`."""
    if dim < 2:
        raise ConstructionError(f"dim must be at least 2 for the law of scores: got {dim}")
    rho, z = np.broadcast_arrays(
        np.asarray(correlation, dtype=np.float64), np.asarray(level, dtype=np.float64)
    )
    for name, values in (("correlation", rho), ("level", z)):
        outside = ~(np.abs(values) <= 1)
        if outside.any():
            raise ConstructionError(f"{name} must be from -1 to 1: got {values[outside][0]}")
    result = np.where(z >= np.where(rho < 1, 1.0, rho), 0.0, -np.inf)
    inside = (np.abs(z) < 1) & (np.abs(rho) < 1)
    beta, c = np.arctanh(rho[inside]), np.arctanh(z[inside])
    # Above the median of the law, the other tail: the mirror image of the plane.
    above = c > beta
    tail = _log_tail(dim, np.where(above, -beta, beta), np.abs(beta - c))
    with np.errstate(divide="ignore"):  # ln 0, where the other tail is 1 to the last digit
        result[inside] = np.where(above, np.log(-np.expm1(tail)), tail)
    result[(rho == -1) & (z >= -1)] = 0.0
    return result


def _log_tail(dim: int, beta: _Floats, eta: _Floats) -> _Floats:
    """Return ln P(atanh(score) <= beta - eta), eta >= 0.

    With y = Y exp(-E) the integral is Y times the mean of arccos(A)/pi over E ~ Exp(1). Everything
    is written so that nothing cancels: D - eta, and 1 - A.
    """
    growth = _ENERGIES / (dim - 1)  # ln cosh D - ln cosh eta
    shape = (*beta.shape, 1)
    b, e = beta.reshape(shape), eta.reshape(shape)
    rise = np.expm1(2 * growth)
    sinh_d = np.sqrt(np.sinh(e) ** 2 + np.cosh(e) ** 2 * rise)
    beyond = np.arcsinh(np.cosh(e) * rise / (sinh_d + np.exp(growth) * np.sinh(e)))  # D - eta
    defect = np.cosh(beyond / 2 + e - b) * np.sinh(beyond / 2) / (np.cosh(b) * sinh_d)  # (1 - A)/2
    angle = 2 * np.arcsin(np.sqrt(np.minimum(defect, 1.0)))
    mean = np.asarray((angle @ _WEIGHTS) / math.pi)
    log_cosh = np.log1p(2 * np.sinh(eta / 2) ** 2)
    return np.asarray(np.log(mean) - (dim - 1) * log_cosh)


def log_best_other(n_documents: int, dim: int, k: NDArray[np.int64], y: _Floats) -> _Floats:
    """Return ln of the density, in y, of the best score tanh y of m - k non-matches."""
    from scipy.special import betaln

    others = n_documents - k
    log_density = -(dim - 1) * _log_cosh(y) - betaln(0.5, (dim - 1) / 2)
    tail = np.minimum(score_cdf(dim, 0.0, -np.tanh(y)), 1 - 1e-16)
    return np.asarray(np.log(others) + (others - 1) * np.log1p(-tail) + log_density)


def _log_cosh(y: _Floats) -> _Floats:
    return np.asarray(np.logaddexp(y, -y) - math.log(2))
