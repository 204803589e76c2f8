"""How much memory a certificate takes, and what a limit leaves for blocks of scores."""

from __future__ import annotations

from hrgeom.core import DualEmbedding

__all__ = ["BLOCKS", "memory_needed", "room_for_blocks"]

BLOCKS = 2**28
"""Bytes for blocks of scores where no limit is given."""

_PER_QUERY = 400  # levels, bounds, sums and tallies of two passes, and their copies in preorder
_LEAST_ROOM = 2**22  # for the blocks of a worker
_WIDEST = 8  # bytes of the widest type to score in


def memory_needed(embedding: DualEmbedding, n_threads: int = 1) -> int:
    """Return the bytes that `certify` may take for an embedding, the smallest blocks included.

    Parameters
    ----------
    embedding : DualEmbedding
        What is to be certified; mapped arrays count in full, for all of them are read.
    n_threads : int
        How many blocks are checked at the same time.

    Returns
    -------
    n_bytes : int
        With the widest type of scores and a second look at rows of unit length, whether or not
        they come to be needed. The hierarchy or judgments are not counted: they are there
        already.

    Examples
    --------
    >>> memory_needed(DualEmbedding([[1.0], [2.0]], [[3.0]])) > 24
    True
    """
    n, m, dim = embedding.n_queries, embedding.n_documents, embedding.dim
    stored = (n + m) * dim * embedding.dtype.itemsize
    # `values`: a copy unless the numbers are stored as they are meant; rows in preorder: one more.
    copies = (n + m) * dim * (_WIDEST if embedding.dtype.itemsize < 4 else 0)
    # Unit rows of documents, queries of the same type, documents in preorder and packed.
    second_look = (3 * m + 2 * n) * dim * _WIDEST
    rows_of_threads = n_threads * max(_LEAST_ROOM, 16 * m)
    return stored + copies + second_look + n * _PER_QUERY + rows_of_threads


def room_for_blocks(memory: int | None, embedding: DualEmbedding, n_workers: int) -> int:
    """Return the bytes that blocks of scores may take within a limit for everything.

    Where the rest takes more than the limit, blocks are small: at most 4 MiB for each worker.
    """
    if memory is None:
        return BLOCKS
    left = memory - memory_needed(embedding, 0)
    return max(left, min(memory, _LEAST_ROOM * n_workers))
