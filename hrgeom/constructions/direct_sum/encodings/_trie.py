r"""The summands of a laminar cover as Kraft tries, with weights.

Lemma. Code a laminar class as in `kraft_trie`, and let a document's entries be
:math:`\pm 1`, but :math:`\pm 2` in its last bit if the step from its parent has only this one.
Then a match scores its sum of absolute entries P, every other query at most P - 2.

Proof. A match agrees in all bits. The code of any other query differs from c(v) in some bit,
which costs twice its weight; or it ends at the code of a set above v, and misses at least the last
step: one bit of weight 2, or two or more of weight 1. ∎
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from hrgeom.constructions.covers import LaminarTrie
from hrgeom.constructions.direct_sum._encoding import EncodedSummand, Encoding

__all__ = ["trie_encoding", "trie_levels"]


def trie_levels(trie: LaminarTrie, t: int) -> NDArray[np.int16]:
    """Return how many bits each query has in class t.

    Parameters
    ----------
    trie : LaminarTrie
        Tries of all classes of a cover.
    t : int
        Number of the class.

    Returns
    -------
    levels : ndarray of int16, shape (n_queries,)
        Length of the code of the deepest set that holds the query, 0 if none does.

    Examples
    --------
    >>> from hrgeom.constructions.covers import trie_of
    >>> from hrgeom.core import Relevance
    >>> trie_levels(trie_of(Relevance.from_sets([{0}, {0, 1}, {0, 2}], 3), 0), 0)
    array([0, 1, 1], dtype=int16)
    """
    levels = np.zeros(trie.cover.n_queries, dtype=np.int16)
    queries, deepest = trie.cover.deepest(t)
    levels[queries] = trie.lengths[deepest]
    return levels


def trie_encoding(trie: LaminarTrie, t: int, documents: NDArray[np.int32]) -> Encoding:
    """Return class t of a cover as a trie; documents[i] is what document i of the cover is.

    Parameters
    ----------
    trie : LaminarTrie
        Tries of all classes of a cover.
    t : int
        Number of the class.
    documents : ndarray of int32, shape (n_documents,)
        Number in the whole relevance of each document of the cover.

    Returns
    -------
    encoding : Encoding
        As many coordinates as class t has bits: 0, 1 and -1 for queries, and up to 2 in size for
        documents.

    Examples
    --------
    >>> from hrgeom.constructions.covers import trie_of
    >>> from hrgeom.core import Relevance
    >>> relevance = Relevance.from_sets([{0}, {0, 1}, {0, 2}], 3)
    >>> documents = np.arange(3, dtype=np.int32)
    >>> encoding = trie_encoding(trie_of(relevance, 0), 0, documents)
    >>> encoding.dim, encoding.largest_entries
    (1, (1.0, 2.0))
    """
    members = np.flatnonzero(trie.cover.classes == t).astype(np.int32)
    weights = trie.bit_weights[members, : trie.heights[t]]
    match_score = weights.sum(axis=1, dtype=np.float64)
    squares = np.square(weights, dtype=np.float64).sum(axis=1)
    return Encoding(
        name="trie",
        dim=int(trie.heights[t]),
        squared_norms=np.arange(int(trie.heights[t]) + 1, dtype=np.float64),
        document_kinds=np.unique(np.column_stack((match_score, match_score - 2, squares)), axis=0),
        largest_entries=(1.0, float(weights.max(initial=1))),
        is_integral=True,
        make=partial(_make, trie, t, members, documents),
    )


def _make(
    trie: LaminarTrie, t: int, members: NDArray[np.int32], documents: NDArray[np.int32]
) -> Sequence[EncodedSummand]:
    codes = trie.codes[members, : trie.heights[t]]
    weights = trie.bit_weights[members, : trie.heights[t]]
    match_score = weights.sum(axis=1, dtype=np.float64)
    place = np.full(trie.cover.n_documents, len(members), dtype=np.int32)
    place[members] = np.arange(len(members), dtype=np.int32)
    query_rows = np.full(trie.cover.n_queries, len(members), dtype=np.int32)
    queries, deepest = trie.cover.deepest(t)
    query_rows[queries] = place[deepest]
    return [
        EncodedSummand(
            documents=documents[members],
            query_rows=query_rows,
            table=np.vstack((codes, np.zeros_like(codes[:1]))),
            rows=codes * weights,
            match_score=match_score,
            other_score=match_score - 2,
        )
    ]
