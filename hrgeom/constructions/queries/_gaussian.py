r"""Gaussian centroid: Algorithm 1 of You et al. (2025), arXiv:2509.16411.

Draw :math:`g_j \sim N(0, I_d)` for every document; the document is :math:`g_j/\|g_j\|`, the query
is the normalized sum of :math:`g_j` over S(q).

Theorem (Theorem 3.1 there). If |S(q)| <= s, then with positive probability all matches score at
least r + eps and all others at most r - eps, in dimension
:math:`d = O(\max(s \log m, \epsilon^{-2} \log m))`.

Nothing is promised for a given seed: the certificate decides. The theorem says that some r exists,
so the embedding has none of its own, and the certificate takes the best one there is.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.core import DualEmbedding, Relevance, as_dtype, rounded_embedding
from hrgeom.errors import ConstructionError

__all__ = ["gaussian_centroid", "gaussian_directions"]

_ROWS = 4096


def gaussian_centroid(
    relevance: Relevance, *, dim: int | None = None, dtype: str = "float32", seed: int = 0
) -> DualEmbedding:
    """Return Algorithm 1's embedding: unit rows, no threshold of its own.

    Parameters
    ----------
    relevance : Relevance
        Which documents each query matches; any relevance is allowed.
    dim : int
        Dimension d >= 1. It must be given.
    dtype : {"float64", "float32", "float16", "bfloat16", "int8"}
        The stored type. The same seed draws the same vectors for every type, before rounding.
    seed : int
        Seed of the normal variables.

    Returns
    -------
    embedding : DualEmbedding
        Without a threshold; nothing is promised for a given seed.

    Raises
    ------
    ConstructionError
        If `dim` is missing or below 1.

    References
    ----------
    .. [1] You et al., Hierarchical Retrieval: The Geometry and a Pretrain-Finetune Recipe, 2025,
       Algorithm 1 and Theorem 3.1, arXiv:2509.16411.

    Examples
    --------
    >>> gaussian_centroid(Relevance.from_sets([{0}, {0, 1}], 2), dim=8).documents.shape
    (2, 8)
    """
    stored = as_dtype(dtype)
    sums, documents = gaussian_directions(relevance, _checked(dim), stored, seed)
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    sums /= np.where(lengths > 0, lengths, 1)
    return rounded_embedding(
        relevance,
        sums,
        documents,
        stored,
        construction="gaussian",
        parameters={"seed": seed},
        promise={"dim": sums.shape[1], "margin": None, "theorem": "You et al. 3.1"},
    )


def gaussian_directions(
    relevance: Relevance, dim: int, dtype: np.dtype[Any], seed: int
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the sums of g_j over every S(q), and the unit documents, in the working type."""
    from scipy import sparse

    work = np.float64 if dtype == np.float64 else np.float32
    rng = np.random.default_rng(seed)
    documents = np.empty((relevance.n_documents, dim), dtype=work)
    for start in range(0, len(documents), _ROWS):  # drawn in float64 whatever the type
        block = documents[start : start + _ROWS]
        block[:] = rng.standard_normal(block.shape)
    ones: NDArray[Any] = np.ones(relevance.n_pairs, dtype=work)
    shape = (relevance.n_queries, relevance.n_documents)
    relation: Any = sparse.csr_array((ones, relevance.indices, relevance.indptr), shape=shape)
    sums = relation @ documents
    documents /= np.linalg.norm(documents, axis=1, keepdims=True)
    return sums, documents


def _checked(dim: int | None) -> int:
    if dim is None or dim < 1:
        raise ConstructionError(f"dim must be given and at least 1 for this method: got {dim}")
    return dim
