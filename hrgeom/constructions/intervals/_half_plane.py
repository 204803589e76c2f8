r"""Half planes: exact retrieval in d = 2k dimensions, with threshold 1 and rows of any length.

Theorem. Let the documents be split into k classes such that, for each class, the queries can be
put on a line with every D(v) of the class an interval. Then d = 2k dimensions and the threshold 1
separate every match from every non-match.

Proof. Let a class have N positions, :math:`u = 2p - N + 1` for p = 0, ..., N - 1, so that
neighbors differ by 2 and :math:`|u| < N`. In the two coordinates of the class a query has
:math:`(u, H - u^2)` with :math:`H = 2N^2`. A document of the positions from u = l + 1 to u = r - 1
has :math:`(l + r, 1) / (H + lr)` there, and 0 in all others; :math:`lr \ge -N^2`, so the divisor is
at least :math:`N^2`. The score is

.. math:: \frac{(l + r) u + H - u^2}{H + lr} = 1 + \frac{(u - l)(r - u)}{H + lr} .

Inside both factors are at least 1, outside one is at most -1 and the other at least 1: the score
is 1 plus or minus at least :math:`1/(H + lr) \ge 1/(3N^2)`. A document that matches nothing is 0.
∎

In the plane of a class the queries are points of a parabola, and a document is a half plane that
cuts its interval off and does not hold the origin. The interval cover (`interval`) needs one
coordinate more, and gives it up for two things: a margin that is left when rows are scaled to unit
length, and coarser types. Two is least where three queries each match a document of their own that
the other two do not: on a line the document between two others is in no half line alone.

Rounding. The entries of queries are integers, exact while :math:`2N^2 \le 2^p`. Of a score the
terms are at most 2 and 2 in size; two roundings of each stored entry and a dot product move it by
less than 16 unit roundoffs, and the type carries N positions while that is below
:math:`1/(3N^2)`: 13.6 million in float64, 591 in float32.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from hrgeom.constructions._promise import Promise
from hrgeom.constructions.covers import ConsecutiveCover, ConsecutivePalette
from hrgeom.core import DualEmbedding, Relevance, as_dtype
from hrgeom.errors import ConstructionError

__all__ = ["half_plane", "half_plane_promise"]

_ROUNDINGS = 16
_TYPES = ("float64", "float32")


def half_plane(
    relevance: Relevance,
    *,
    dim: int | None = None,
    dtype: str = "float64",
    seed: int = 0,
    effort: float = 1.0,
) -> DualEmbedding:
    """Return the embedding of an interval cover by half planes: threshold 1, d = 2k.

    Parameters
    ----------
    relevance : Relevance
        Which documents each query matches; any relevance is allowed.
    dim : int, optional
        At least 2k, which is what is used for k = dim // 2 classes. Default: the fewest found.
    dtype : {"float64", "float32"}
        The type in which the vectors are stored.
    seed : int
        Seed of the search for classes.
    effort : float
        Scales how long it goes on.

    Returns
    -------
    embedding : DualEmbedding
        `promise["margin"]` is None: a normalized margin is not promised, as documents have
        lengths of their own.

    Raises
    ------
    ConstructionError
        If `dim` is below 2k for the least k found, or the stored type does not carry the positions.

    Examples
    --------
    Every tree takes two dimensions:

    >>> e = half_plane(Relevance.from_sets([{0}, {0, 1}, {0, 2}], 3))
    >>> e.dim, (e.queries @ e.documents.T > e.threshold).tolist()
    (2, [[True, False, False], [True, True, False], [True, False, True]])
    """
    stored = as_dtype(dtype)
    if stored.name not in _TYPES:
        raise ConstructionError(f"dtype must be {' or '.join(_TYPES)} for half planes: got {dtype}")
    palette = ConsecutivePalette.of(relevance, seed=seed, effort=effort)
    n_classes = palette.n_colors if dim is None else dim // 2
    if n_classes < palette.n_colors:
        raise ConstructionError(
            f"dim must be at least 2k = {2 * palette.n_colors} for the {palette.n_colors} "
            f"classes found: got {dim}"
        )
    cover = ConsecutiveCover(relevance, palette.spread(n_classes))
    queries = np.zeros((relevance.n_queries, 2 * cover.n_classes), dtype=stored)
    documents = np.zeros((relevance.n_documents, 2 * cover.n_classes), dtype=stored)
    for t, class_ in enumerate(cover):
        n = class_.n_positions
        if not _carries(stored, n):
            raise ConstructionError(
                f"the stored type must carry the positions of a class: {dtype} does not carry {n} "
                f"of them in {cover.n_classes} classes; ask for more dimensions"
            )
        top = 2 * n * n
        u = 2 * class_.positions - n + 1
        queries[:, 2 * t], queries[:, 2 * t + 1] = u, top - u * u
        used = ~class_.is_empty
        left, right = 2 * class_.left[used] - n, 2 * class_.right[used] - n + 2
        divisor = (top + left * right).astype(np.float64)
        rows = class_.documents[used]
        documents[rows, 2 * t], documents[rows, 2 * t + 1] = (left + right) / divisor, 1 / divisor
    return DualEmbedding(
        queries,
        documents,
        threshold=1.0,
        query_labels=relevance.query_labels,
        document_labels=relevance.document_labels,
        construction="half-plane",
        parameters={
            "cover": "consecutive",
            "n_classes": cover.n_classes,
            "n_classes_lower_bound": palette.lower_bound,
            "seed": seed,
            "effort": effort,
        },
        promise={"dim": 2 * cover.n_classes, "margin": None, "theorem": "half planes"},
    )


def half_plane_promise(
    relevance: Relevance, *, dim: int | None, dtype: str, seed: int, effort: float = 1.0
) -> Promise | None:
    """Return the dimension of `half_plane`, and no margin; None where the type does not carry it.

    Parameters
    ----------
    relevance : Relevance
        Which documents each query matches; any relevance is allowed.
    dim : int or None
        Budget of dimensions, of which the largest even number is used; None: the fewest found.
    dtype : {"float64", "float32", "float16", "bfloat16", "int8"}
        The type in which the vectors are stored.
    seed : int
        Seed of the search for classes.
    effort : float
        Scales how long the search goes on.

    Returns
    -------
    promise : Promise or None
        Of 2k dimensions without a margin; None if `dim` is below 2k for the least k found, or
        the stored type is another than float64 and float32 or does not carry the positions.

    Examples
    --------
    >>> r = Relevance.from_sets([{0}, {0, 1}, {0, 2}], 3)
    >>> half_plane_promise(r, dim=None, dtype="float64", seed=0)
    Promise(dim=2, margin=None)
    """
    stored = as_dtype(dtype)
    if stored.name not in _TYPES:
        return None
    palette = ConsecutivePalette.of(relevance, seed=seed, effort=effort)
    n_classes = palette.n_colors if dim is None else dim // 2
    if n_classes < palette.n_colors:
        return None
    if not _carries(stored, relevance.n_queries):  # a class has at most so many positions
        cover = ConsecutiveCover(relevance, palette.spread(n_classes))
        if not all(_carries(stored, class_.n_positions) for class_ in cover):
            return None
    return Promise(2 * n_classes, None)


def _carries(stored: np.dtype[Any], n_positions: int) -> bool:
    """Return whether rounding keeps the sign of every score, by the module's bound."""
    lost = 3 * n_positions**2 * _ROUNDINGS * float(np.finfo(stored).eps) / 2
    return lost < 1
