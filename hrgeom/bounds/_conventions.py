r"""What papers mean by a margin, and what it is here.

Here: half the gap, rows of unit length, one threshold r for all queries ("global") or one for each
("row"). Elsewhere:

- *Full gap*: worst match minus best non-match, twice as much (`full_gap`, `half_gap`).
- *Queries of any length*: a gap grows with its query, so it is divided by the query's length
  (`normalized_margin`), and by that of the documents if they share one other than 1. That is for
  row thresholds, as it scales each query's threshold by another factor.
- *Rows of length at most 1*: the same, by two coordinates more (`padded_to_unit_length`): the first
  fills up the queries, the second the documents, and neither changes a score.
- *Threshold 0*: with :math:`|r_q| \le R` for all queries, one coordinate more and threshold 0
  leave a normalized margin of at least :math:`\epsilon/(1 + R)` (`with_threshold_zero`). Wherever a
  query has both a match and a non-match, :math:`|r_q| \le 1 - \epsilon`, so this is at least
  :math:`\epsilon/(2 - \epsilon)`, more than half. Both notions become one. The other way there is
  nothing to do.

Proof of the last. The query gets :math:`-r_q/\sqrt R`, the document :math:`\sqrt R`: scores lose
:math:`r_q`, and the product of the lengths is
:math:`\sqrt{(1 + r_q^2/R)(1 + R)} \le 1 + R`. If R = 0 nothing is needed. ∎ It is a lower bound on
what is left; a ceiling for thresholds that are free is one for threshold 0 as it stands.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hrgeom.errors import ShapeError

__all__ = [
    "full_gap",
    "half_gap",
    "margin_at_threshold_zero",
    "normalized_margin",
    "padded_to_unit_length",
    "with_threshold_zero",
]


def full_gap(margin: float) -> float:
    """Return the full gap of a margin, which is half a gap.

    >>> full_gap(0.25)
    0.5
    """
    return 2 * margin


def half_gap(gap: float) -> float:
    """Return the margin of a full gap.

    >>> half_gap(0.5)
    0.25
    """
    return gap / 2


def normalized_margin(gap: float, query_length: float = 1.0, document_length: float = 1.0) -> float:
    """Return the normalized margin of a full gap between rows of other lengths, row notion.

    Parameters
    ----------
    gap : float
        Worst match minus best non-match of one query, not negative.
    query_length, document_length : float
        Above 0; all documents have the same.

    Raises
    ------
    ShapeError
        If a length is not above 0.

    Examples
    --------
    >>> normalized_margin(3.0, query_length=2.0)
    0.75
    """
    if not (query_length > 0 and document_length > 0):
        raise ShapeError(f"lengths must be above 0: got {query_length} and {document_length}")
    return half_gap(gap) / (query_length * document_length)


def margin_at_threshold_zero(margin: float, largest_threshold: float | None = None) -> float:
    """Return what `with_threshold_zero` keeps of a normalized margin, at least.

    Parameters
    ----------
    margin : float
        From 0 to 1, of rows of unit length.
    largest_threshold : float, optional
        R, the largest size of a threshold. Default: 1 - margin, the most there can be where every
        query has a match and a non-match.

    Examples
    --------
    >>> margin_at_threshold_zero(0.5)
    0.3333333333333333
    """
    largest = 1 - margin if largest_threshold is None else largest_threshold
    return margin / (1 + largest)


def with_threshold_zero(
    queries: NDArray[np.float64], documents: NDArray[np.float64], thresholds: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return rows with a coordinate more, whose scores are less by each query's threshold.

    Parameters
    ----------
    queries : ndarray of float64, shape (n, d)
    documents : ndarray of float64, shape (m, d)
    thresholds : ndarray of float64, shape (n,)
        All equal for the global notion.

    Returns
    -------
    queries : ndarray of float64, shape (n, d + 1)
    documents : ndarray of float64, shape (m, d + 1)
        Not of unit length; see `margin_at_threshold_zero` for what scaling them costs.

    Raises
    ------
    ShapeError
        If there is not one finite threshold a query.

    Examples
    --------
    >>> q, x = with_threshold_zero(np.eye(2), np.eye(2), np.full(2, 0.5))
    >>> (q @ x.T).round(12).tolist()
    [[0.5, -0.5], [-0.5, 0.5]]
    """
    if thresholds.shape != queries.shape[:1] or not np.isfinite(thresholds).all():
        raise ShapeError(
            f"thresholds must be {len(queries)} finite numbers, one a query: "
            f"got shape {thresholds.shape}"
        )
    root = float(np.sqrt(np.abs(thresholds).max(initial=0.0))) or 1.0
    own = (-thresholds / root)[:, None]
    return np.hstack((queries, own)), np.hstack((documents, np.full((len(documents), 1), root)))


def padded_to_unit_length(
    queries: NDArray[np.float64], documents: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return rows of unit length with two coordinates more and the same scores.

    Parameters
    ----------
    queries : ndarray of float64, shape (n, d)
    documents : ndarray of float64, shape (m, d)
        Rows of length at most 1.

    Raises
    ------
    ShapeError
        If a row is longer than 1 (by more than 1e-12).

    Examples
    --------
    >>> q, x = padded_to_unit_length(np.array([[0.6]]), np.array([[1.0]]))
    >>> q.round(12).tolist(), x.tolist()
    ([[0.6, 0.8, 0.0]], [[1.0, 0.0, 0.0]])
    """
    missing = []
    for what, rows in (("queries", queries), ("documents", documents)):
        squares = np.einsum("ij,ij->i", rows, rows)
        if not (squares <= 1 + 1e-12).all():
            longest = int(np.argmax(squares))
            raise ShapeError(
                f"{what} must have length at most 1: got {np.sqrt(squares[longest])} at {longest}"
            )
        missing.append(np.sqrt(np.maximum(1 - squares, 0.0))[:, None])
    of_queries, of_documents = missing
    return (
        np.hstack((queries, of_queries, np.zeros_like(of_queries))),
        np.hstack((documents, np.zeros_like(of_documents), of_documents)),
    )
