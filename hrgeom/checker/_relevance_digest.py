"""The digest of a relevance, by which a certificate says what it was checked against."""

from __future__ import annotations

import hashlib

import numpy as np

from hrgeom.core import ForestRelevance, Relevance

__all__ = ["relevance_digest"]


def relevance_digest(relevance: Relevance) -> str:
    """Return the digest of who matches what: sizes, row starts and documents of every query."""
    digest = hashlib.sha256(f"{relevance.n_queries} {relevance.n_documents}\n".encode())
    if isinstance(relevance, ForestRelevance):
        # Its pairs are not written out: the preorder says what they are.
        preorder = relevance.preorder
        digest.update(b"forest\n")
        digest.update(np.ascontiguousarray(preorder.place, dtype="<i4").data)
        digest.update(np.ascontiguousarray(preorder.size, dtype="<i4").data)
        return digest.hexdigest()
    digest.update(np.ascontiguousarray(relevance.indptr, dtype="<i8").data)
    digest.update(np.ascontiguousarray(relevance.indices, dtype="<i4").data)
    return digest.hexdigest()
