r"""Counting: few numbers make few relations, so some hierarchy takes many dimensions.

An embedding of a queries and b documents in d dimensions has :math:`N = d(a + b)` numbers at
threshold 0, one more with one threshold for all, a more by row. Scores are polynomials of degree 2
in them, so by Warren's theorem at most :math:`(8 e ab/N)^N` relations have one, for
:math:`N \le ab`. There are :math:`2^{ab}`, so some relation takes

.. math:: N > ab/8, \quad\text{hence}\quad d > \frac{ab}{8(a + b)} \quad\text{at threshold 0.}

With the queries above the documents it is a hierarchy of two levels. So some hierarchy of n nodes
takes more than n/32 dimensions, and some of treewidth t with :math:`n \ge 2t` nodes more than t/16.

This is about the worst of a class and names no hierarchy: it is no bound of a hierarchy at hand,
and `all_bounds` does not ask for it.

Proof. `proofs/counting.py`. ∎
"""

from __future__ import annotations

from fractions import Fraction

from hrgeom.bounds._theorem import SETTINGS, Setting
from hrgeom.errors import HrgeomError

__all__ = ["counting_dim", "worst_hierarchy_dim"]

_ABOVE_E = Fraction(2_718_281_828_459_046, 10**15)
_POWER = 256  # logarithms are at most 1/256 too large


def counting_dim(n_queries: int, n_documents: int, *, setting: Setting = "zero") -> int:
    """Return the dimensions that some relation between so many queries and documents takes.

    A lower bound for the worst relation of this size, by counting: it is not known which one that
    is. The least d that Warren's theorem allows, worked out in whole numbers with logarithms
    rounded up, so that it may be too small by one but is never too large.

    Parameters
    ----------
    n_queries : int
        Number of queries, at least 1.
    n_documents : int
        Number of documents, at least 1.
    setting : {"row", "global", "unit", "zero"}
        The kind of embeddings, a key of `hrgeom.bounds.SETTINGS`.

    Returns
    -------
    dim : int
        At least 1. Some relation has no embedding of this kind in fewer dimensions.

    Raises
    ------
    HrgeomError
        If a number is below 1, or there is no such setting.

    References
    ----------
    Warren 1968, Lower bounds for approximation by nonlinear manifolds; Alon, Frankl and Rödl 1985
    for sign matrices; the module's theorem; `proofs/counting.py`.

    Examples
    --------
    >>> counting_dim(1000, 1000), counting_dim(1000, 1000, setting="row")
    (69, 68)
    """
    for name, n in (("n_queries", n_queries), ("n_documents", n_documents)):
        if n < 1:
            raise HrgeomError(f"{name} must be at least 1: got {n}")
    extra = _thresholds(n_queries, setting)
    pairs, vectors = n_queries * n_documents, n_queries + n_documents
    too_few, enough = 0, pairs // vectors + 1  # the latter has more numbers than there are pairs
    while enough - too_few > 1:
        middle = (too_few + enough) // 2
        if _is_too_few(middle * vectors + extra, pairs):
            too_few = middle
        else:
            enough = middle
    return enough


def worst_hierarchy_dim(
    n_nodes: int, treewidth: int | None = None, *, setting: Setting = "zero"
) -> int:
    """Return the dimensions that some hierarchy of so many nodes takes, or some of a treewidth.

    A lower bound for the worst hierarchy of the class, by counting: it says nothing of a hierarchy
    at hand. Those counted have two levels, with at most `treewidth` nodes in the upper one.

    Parameters
    ----------
    n_nodes : int
        Number of nodes, at least 2.
    treewidth : int, optional
        Largest treewidth of the undirected graph of the edges, at least 1. Default: any.
    setting : {"row", "global", "unit", "zero"}
        The kind of embeddings, a key of `hrgeom.bounds.SETTINGS`.

    Returns
    -------
    dim : int
        At least 1. Some hierarchy of the class has no embedding of this kind in fewer dimensions.

    Raises
    ------
    HrgeomError
        If a number is too small, or there is no such setting.

    References
    ----------
    Warren 1968; Gokhale et al. 2026, arXiv:2606.18520, who state orders of n and of t/log(n/t); the
    module's theorem; `proofs/counting.py`.

    Examples
    --------
    >>> worst_hierarchy_dim(82_115), worst_hierarchy_dim(82_115, treewidth=100)
    (2806, 14)
    """
    if n_nodes < 2:
        raise HrgeomError(f"n_nodes must be at least 2: got {n_nodes}")
    if treewidth is not None and treewidth < 1:
        raise HrgeomError(f"treewidth must be at least 1: got {treewidth}")
    upper = n_nodes // 2 if treewidth is None else min(treewidth, n_nodes // 2)
    return counting_dim(upper, n_nodes - upper, setting=setting)


def _thresholds(n_queries: int, setting: Setting) -> int:
    """Return how many thresholds may be chosen."""
    if setting not in SETTINGS:
        raise HrgeomError(f"setting must be one of {', '.join(SETTINGS)}: got {setting!r}")
    return {"row": n_queries, "zero": 0}.get(setting, 1)


def _is_too_few(n_numbers: int, pairs: int) -> bool:
    """Return whether (8e pairs/N)^N < 2^pairs is certain, for N <= pairs."""
    if n_numbers > pairs:
        return False
    base = 8 * _ABOVE_E * pairs / n_numbers
    p, q = base.numerator**_POWER, base.denominator**_POWER
    logarithm = (-(-p // q)).bit_length()  # log2 of the base times 256, rounded up
    return bool(n_numbers * logarithm < pairs * _POWER)
