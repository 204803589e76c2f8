"""How much memory a certificate takes, and what a limit leaves for blocks of scores."""

from __future__ import annotations

from hrgeom.core import DualEmbedding

__all__ = ["BLOCKS", "bytes_needed", "memory_needed", "room_for_blocks"]

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
        With the widest type of scores, filters, and a second look at rows of unit length, whether
        or not they come to be needed. The hierarchy or judgments are not counted: they are there
        already.

    Examples
    --------
    >>> memory_needed(DualEmbedding([[1.0], [2.0]], [[3.0]])) > 24
    True
    """
    n, m, itemsize = embedding.n_queries, embedding.n_documents, embedding.dtype.itemsize
    return bytes_needed(n, m, embedding.dim, itemsize, n_threads)


def bytes_needed(
    n_queries: int, n_documents: int, dim: int, itemsize: int, n_threads: int = 1
) -> int:
    """Return the bytes that `certify` may take for an embedding of these sizes.

    Parameters
    ----------
    n_queries, n_documents, dim : int
        Sizes of the embedding, at least 1.
    itemsize : int
        Bytes of a stored number.
    n_threads : int
        How many blocks are checked at the same time.

    Returns
    -------
    n_bytes : int
        As `memory_needed` returns them.

    Examples
    --------
    >>> bytes_needed(10**6, 10**6, 64, 4) // 2**30
    4
    """
    n, m = n_queries, n_documents
    # As they are stored, and once more in the order of the target.
    stored = 2 * (n + m) * dim * itemsize
    # `values`: a copy of numbers that are not stored as they are meant.
    copies = (n + m) * dim * (_WIDEST if itemsize < 4 else 0)
    # Unit rows of documents, these in preorder, packed, and packed by two filters of which one is
    # kept; queries of the same type, and in preorder.
    second_look = (5 * m + 2 * n) * dim * _WIDEST
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
