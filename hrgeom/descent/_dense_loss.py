r"""The loss of a margin descent over all pairs, block by block, and its gradients.

The loss of a query with the scores s and the threshold t, at temperature T (a factor),

.. math:: \ln\Bigl(1 + \sum_{v \in S(q)} e^{T (t - s_v)}\Bigr)
        + \ln\Bigl(1 + \sum_{v \notin S(q)} e^{T (s_v - t)}\Bigr),

is small where all matches are above t and all other documents below. The thresholds are one number
for all queries, or, in the row notion, the best one of every query, which has the closed form of
`Sums.best_threshold`.

Scores are computed in tiles of some queries and some documents. A tile and the matches of its
queries are all that is ever there at once; sums over documents go from tile to tile relative to the
largest score so far, so that no exponential overflows and nothing is cut off.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hrgeom._base import csr
from hrgeom.core import Relevance
from hrgeom.descent._torch import torch

__all__ = [
    "Block",
    "Sums",
    "blocks_of",
    "document_gradient",
    "extremes",
    "look",
    "query_gradient",
    "threshold_gradient",
]

_BELOW = -4.0  # below all scores of unit rows, and finite


@dataclass(frozen=True, eq=False)
class Block:
    """Some queries, with their matches on the device.

    Attributes
    ----------
    start, stop : int
        The queries, by number in the order of the descent.
    counts : Tensor of int64, shape (b,)
        Matches of every query.
    rows, columns : Tensor of int64, shape (k,)
        The matching pairs: query less `start`, document; query after query.
    by_tile : Tensor of int64, shape (k,)
        The same pairs by tile of documents, as places in `rows`.
    bounds : list of int
        Where the pairs of every tile begin in `by_tile`, and the end of the last.
    width : int
        Documents of a tile.
    n_documents : int
        All of them.
    """

    start: int
    stop: int
    counts: torch.Tensor
    rows: torch.Tensor
    columns: torch.Tensor
    by_tile: torch.Tensor
    bounds: list[int]
    width: int
    n_documents: int

    def of_queries(self, values: torch.Tensor) -> torch.Tensor:
        """Return the part of an array with an entry per query."""
        return values[self.start : self.stop]


def blocks_of(
    relevance: Relevance,
    order: NDArray[np.int64],
    bounds: list[int],
    *,
    dim: int,
    tile_bytes: int,
    device: str,
) -> list[list[Block]]:
    """Return the blocks of every group of queries.

    Parameters
    ----------
    relevance : Relevance
    order : ndarray of int64, shape (n_queries,)
        The queries, group after group.
    bounds : list of int
        Where every group begins in `order`, and the end of the last.
    dim : int
        Columns of the rows, for the size of what is gathered per match.
    tile_bytes : int
        A tile of float32 scores takes no more, nor do the documents of all matches of a block,
        unless those of a single query do.
    device : str
        Where the matches are to be.
    """
    n_rows = _rows_per_tile(tile_bytes, relevance.n_documents)
    per_query = relevance.n_matches[order] * dim * 4
    groups = []
    for start, stop in pairwise(bounds):
        cuts = _cuts(per_query[start:stop], n_rows, tile_bytes)
        parts = [(start + a, start + b) for a, b in pairwise(cuts)]
        groups.append([_block(relevance, order, *part, tile_bytes, device) for part in parts])
    return groups


def _rows_per_tile(tile_bytes: int, n_documents: int) -> int:
    """Return how many queries a tile has: four documents for one query where both are many."""
    return max(1, tile_bytes // (4 * min(n_documents, int(tile_bytes**0.5))))


def _cuts(per_query: NDArray[np.int64], n_rows: int, most: int) -> list[int]:
    """Return bounds of runs of at most `n_rows` queries and `most` bytes, one query at least."""
    before = np.concatenate(([0], np.cumsum(per_query)))
    cuts = [0]
    while cuts[-1] < len(per_query):
        last = cuts[-1]
        fit = int(np.searchsorted(before, before[last] + most, side="right")) - 1
        cuts.append(max(last + 1, min(fit, last + n_rows, len(per_query))))
    return cuts


def _block(
    relevance: Relevance,
    order: NDArray[np.int64],
    start: int,
    stop: int,
    tile_bytes: int,
    device: str,
) -> Block:
    entries, indptr = csr.entries_of(relevance.indptr, order[start:stop])
    columns = relevance.indices[entries].astype(np.int64)
    width = max(1, min(relevance.n_documents, tile_bytes // (4 * (stop - start))))
    n_tiles = -(-relevance.n_documents // width)
    tile = columns // width
    bounds = np.searchsorted(np.sort(tile), np.arange(n_tiles + 1))

    def there(array: NDArray[np.integer]) -> torch.Tensor:
        return torch.from_numpy(array).to(device)

    return Block(
        start,
        stop,
        counts=there(np.diff(indptr)),
        rows=there(csr.row_numbers(indptr)),
        columns=there(columns),
        by_tile=there(np.argsort(tile, kind="stable")),
        bounds=bounds.tolist(),
        width=width,
        n_documents=relevance.n_documents,
    )


def _tiles(
    block: Block, queries: torch.Tensor, documents: torch.Tensor
) -> Iterator[tuple[slice, torch.Tensor, torch.Tensor]]:
    """Yield the scores of a block tile by tile: which documents, scores, places of the matches.

    The scores may be written to; the places are those of the tile's matches in `block.rows`.
    """
    for number, start in enumerate(range(0, block.n_documents, block.width)):
        part = slice(start, min(start + block.width, block.n_documents))
        places = block.by_tile[block.bounds[number] : block.bounds[number + 1]]
        yield part, queries @ documents[part].T, places


@dataclass(frozen=True, eq=False)
class Sums:
    """Sums of a block's exponentials, each relative to the hardest pair of the query.

    Attributes
    ----------
    low, high : Tensor, shape (b,)
        Worst match and best other document; 4 and -4 where there is none.
    matches, others : Tensor, shape (b,)
        ln of the sums of exp(T (low - s)) and exp(T (s - high)); -inf where there is none.
    temperature : float
        T.
    """

    low: torch.Tensor
    high: torch.Tensor
    matches: torch.Tensor
    others: torch.Tensor
    temperature: float

    def best_threshold(self) -> torch.Tensor:
        """Return the threshold of least loss of every query; any, where a side is empty.

        The derivative by t vanishes where both sums are equal, and their ratio is
        exp(2 T t) times a constant.
        """
        shift = (self.others - self.matches) / (2 * self.temperature)
        best = (self.low + self.high) / 2 + shift
        # Where a side has no pairs, a far threshold brings the other's loss to 0 up to rounding.
        best = torch.where(torch.isneginf(self.matches), self.low, best)
        return torch.where(torch.isneginf(self.others), self.high, best)

    def exponents(self, threshold: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return ln of the sum over matches and of that over others, for thresholds."""
        return (
            self.temperature * (threshold - self.low) + self.matches,
            self.temperature * (self.high - threshold) + self.others,
        )


def _ln_1_plus_exp(exponent: torch.Tensor) -> torch.Tensor:
    return torch.logaddexp(exponent, torch.zeros_like(exponent))


def look(
    block: Block,
    queries: torch.Tensor,
    documents: torch.Tensor,
    temperature: float,
    *,
    weighted: bool,
) -> tuple[Sums, torch.Tensor | None, torch.Tensor | None]:
    """Return the sums of a block, and the documents summed with the weights of those sums.

    Parameters
    ----------
    block : Block
    queries, documents : Tensor, shapes (b, d) and (m, d)
        The rows of the block's queries, and of all documents.
    temperature : float
        T.
    weighted : bool
        Whether the weighted sums of documents are wanted.

    Returns
    -------
    sums : Sums
    of_matches, of_others : Tensor, shape (b, d), or None
        The sums of x exp(T (low - s)) over the matches and of x exp(T (s - high)) over the others.
    """
    low, match_sum, of_matches = _matches(block, queries, documents, temperature, weighted)
    high, other_sum, of_others = _others(block, queries, documents, temperature, weighted)
    sums = Sums(low, high, torch.log(match_sum), torch.log(other_sum), temperature)
    return sums, of_matches, of_others


def _match_scores(
    block: Block, queries: torch.Tensor, documents: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    found = documents[block.columns]
    return (queries[block.rows] * found).sum(1), found


def _worst_matches(block: Block, scores: torch.Tensor) -> torch.Tensor:
    """Return the least of the match scores of every query, 4 where there is none."""
    low: torch.Tensor = -torch.segment_reduce(
        -scores, "max", lengths=block.counts, axis=0, initial=_BELOW
    )
    return low


def _matches(
    block: Block,
    queries: torch.Tensor,
    documents: torch.Tensor,
    temperature: float,
    weighted: bool,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor | None]:
    scores, found = _match_scores(block, queries, documents)
    low = _worst_matches(block, scores)
    weights = torch.exp(temperature * (low[block.rows] - scores))
    total = torch.segment_reduce(weights, "sum", lengths=block.counts, axis=0)
    if not weighted:
        return low, total, None
    found *= weights[:, None]
    return low, total, torch.segment_reduce(found, "sum", lengths=block.counts, axis=0)


def extremes(
    block: Block, queries: torch.Tensor, documents: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return worst match and best other document of every query; 4 and -4 where there is none."""
    scores, _ = _match_scores(block, queries, documents)
    high = queries.new_full((len(queries),), _BELOW)
    for part, tile, places in _tiles(block, queries, documents):
        tile[block.rows[places], block.columns[places] - part.start] = _BELOW
        high = torch.maximum(high, tile.amax(1))
    return _worst_matches(block, scores), high


def _others(
    block: Block,
    queries: torch.Tensor,
    documents: torch.Tensor,
    temperature: float,
    weighted: bool,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor | None]:
    # T is in the queries from the start, which spares a pass over every tile.
    scaled = temperature * queries
    high = queries.new_full((len(queries),), temperature * _BELOW)
    total = torch.zeros_like(high)
    summed = torch.zeros_like(queries) if weighted else None
    for part, scores, places in _tiles(block, scaled, documents):
        scores[block.rows[places], block.columns[places] - part.start] = -torch.inf
        higher = torch.maximum(high, scores.amax(1))
        rescale = torch.exp(high - higher)
        high = higher
        weights = scores.sub_(high[:, None]).exp_()
        total = total * rescale + weights.sum(1)
        if summed is not None:
            summed = summed.mul_(rescale[:, None]).addmm_(weights, documents[part])
    return high / temperature, total, summed


def query_gradient(
    sums: Sums, threshold: torch.Tensor, of_matches: torch.Tensor, of_others: torch.Tensor
) -> torch.Tensor:
    """Return the gradient of every query's loss by its row, shape (b, d)."""
    t = sums.temperature
    m, o = sums.exponents(threshold)
    # T exp(T (t - s)) / (1 + sum) = T exp(T (low - s)) times the factor here; likewise the others.
    match_factor = t * torch.exp(t * (threshold - sums.low) - _ln_1_plus_exp(m))
    other_factor = t * torch.exp(t * (sums.high - threshold) - _ln_1_plus_exp(o))
    return other_factor[:, None] * of_others - match_factor[:, None] * of_matches


def threshold_gradient(sums: Sums, threshold: torch.Tensor) -> torch.Tensor:
    """Return the derivative of every query's loss by its threshold, shape (b,)."""
    m, o = sums.exponents(threshold)
    return sums.temperature * (torch.sigmoid(m) - torch.sigmoid(o))


def document_gradient(
    block: Block,
    queries: torch.Tensor,
    documents: torch.Tensor,
    sums: Sums,
    threshold: torch.Tensor,
    into: torch.Tensor,
) -> None:
    """Add the gradient of a block's loss by the documents, shape (m, d), to `into`.

    `sums` must be those of these very rows.
    """
    t = sums.temperature
    m, o = sums.exponents(threshold)
    # Logarithms of 1 + sum, shifted so that exp(T s - shift) and exp(shift - T s) are the weights.
    of_matches = t * threshold - _ln_1_plus_exp(m)
    of_others = t * threshold + _ln_1_plus_exp(o)
    for part, scores, places in _tiles(block, t * queries, documents):
        rows, columns = block.rows[places], block.columns[places] - part.start
        matches = torch.exp(of_matches[rows] - scores[rows, columns])
        weights = scores.sub_(of_others[:, None]).exp_()
        weights[rows, columns] = -matches
        into[part].addmm_(weights.T, queries, alpha=t)
