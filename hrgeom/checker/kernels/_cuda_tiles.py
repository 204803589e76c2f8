"""The Triton kernels: tiles of integer scores, and what is counted in them.

Digits lie as (number of digits, rows, DIM), DIM a multiple of the BLOCK of columns that are
multiplied at a time, zeros beyond the last column. A tile is TILE_Q queries by TILE_X documents.
Programs write places of their own: nothing depends on the order in which they run. Sizes are not
specialized, for a size of 1 would be no tensor.

`_cuda_device.py` calls them; with TRITON_INTERPRET=1 they run on the CPU.
"""

from __future__ import annotations

import triton
import triton.language as tl

__all__ = ["hits_tiles", "listed_tiles", "pair_tiles", "scan_tiles"]


@triton.jit
def _digits(
    planes: tl.tensor,
    plane_size: tl.tensor,
    digit: tl.constexpr,
    rows: tl.tensor,
    is_row: tl.tensor,
    columns: tl.tensor,
    DIM: tl.constexpr,
) -> tl.tensor:
    """Load one digit of some rows and columns, zeros for rows that are none."""
    at = rows[:, None].to(tl.int64) * DIM + columns[None, :]
    return tl.load(planes + digit * plane_size + at, mask=is_row[:, None], other=0)


@triton.jit
def _accumulate(
    leading: tl.tensor,
    middle: tl.tensor,
    last: tl.tensor,
    q0: tl.tensor,
    q1: tl.tensor,
    q2: tl.tensor,
    documents: tl.tensor,
    size: tl.tensor,
    cols: tl.tensor,
    is_col: tl.tensor,
    columns: tl.tensor,
    DIM: tl.constexpr,
    DIGITS: tl.constexpr,
) -> tl.tensor:
    """Add the products of a block of columns to the three sums of digits."""
    x0 = tl.trans(_digits(documents, size, 0, cols, is_col, columns, DIM))
    leading = tl.dot(q0, x0, acc=leading, out_dtype=tl.int32)
    if DIGITS > 1:
        x1 = tl.trans(_digits(documents, size, 1, cols, is_col, columns, DIM))
        middle = tl.dot(q0, x1, acc=middle, out_dtype=tl.int32)
        middle = tl.dot(q1, x0, acc=middle, out_dtype=tl.int32)
        last = tl.dot(q1, x1, acc=last, out_dtype=tl.int32)
    if DIGITS > 2:
        x2 = tl.trans(_digits(documents, size, 2, cols, is_col, columns, DIM))
        last = tl.dot(q0, x2, acc=last, out_dtype=tl.int32)
        last = tl.dot(q2, x0, acc=last, out_dtype=tl.int32)
    return leading, middle, last


@triton.jit
def _query_digits(
    queries: tl.tensor,
    size: tl.tensor,
    rows: tl.tensor,
    is_row: tl.tensor,
    columns: tl.tensor,
    DIM: tl.constexpr,
    DIGITS: tl.constexpr,
) -> tl.tensor:
    """Load all digits of some queries and columns; the same one again for those there are not."""
    q0 = _digits(queries, size, 0, rows, is_row, columns, DIM)
    q1 = q0
    q2 = q0
    if DIGITS > 1:
        q1 = _digits(queries, size, 1, rows, is_row, columns, DIM)
    if DIGITS > 2:
        q2 = _digits(queries, size, 2, rows, is_row, columns, DIM)
    return q0, q1, q2


@triton.jit
def _combined(
    leading: tl.tensor, middle: tl.tensor, last: tl.tensor, DIGITS: tl.constexpr
) -> tl.tensor:
    """Return the integer scores; >> is the floor of a division."""
    score = leading
    if DIGITS > 1:
        score = leading * 256 + middle + (last >> 8)
    return score


@triton.jit
def _tile(
    q0: tl.tensor,
    q1: tl.tensor,
    q2: tl.tensor,
    queries: tl.tensor,
    n_rows: tl.tensor,
    rows: tl.tensor,
    is_row: tl.tensor,
    documents: tl.tensor,
    n_documents: tl.tensor,
    cols: tl.tensor,
    is_col: tl.tensor,
    DIM: tl.constexpr,
    DIGITS: tl.constexpr,
    BLOCK: tl.constexpr,
    TILE_Q: tl.constexpr,
    TILE_X: tl.constexpr,
) -> tl.tensor:
    """Return the scores of a tile; q0, q1, q2 hold the queries where one block has all columns."""
    leading = tl.zeros((TILE_Q, TILE_X), tl.int32)
    middle = tl.zeros((TILE_Q, TILE_X), tl.int32)
    last = tl.zeros((TILE_Q, TILE_X), tl.int32)
    size_q = n_rows.to(tl.int64) * DIM
    size_x = n_documents.to(tl.int64) * DIM
    columns = tl.arange(0, BLOCK)
    if DIM == BLOCK:
        leading, middle, last = _accumulate(
            leading, middle, last, q0, q1, q2, documents, size_x, cols, is_col, columns, DIM, DIGITS
        )
    else:
        for start in range(0, DIM, BLOCK):
            r0, r1, r2 = _query_digits(queries, size_q, rows, is_row, start + columns, DIM, DIGITS)
            leading, middle, last = _accumulate(
                leading,
                middle,
                last,
                r0,
                r1,
                r2,
                documents,
                size_x,
                cols,
                is_col,
                start + columns,
                DIM,
                DIGITS,
            )
    return _combined(leading, middle, last, DIGITS)


@triton.jit(do_not_specialize=["n_rows", "n_documents", "part_size"])
def scan_tiles(
    queries: tl.tensor,
    documents: tl.tensor,
    cut: tl.tensor,
    n_above: tl.tensor,
    highest: tl.tensor,
    n_rows: tl.tensor,
    n_documents: tl.tensor,
    part_size: tl.tensor,
    DIM: tl.constexpr,
    DIGITS: tl.constexpr,
    BLOCK: tl.constexpr,
    TILE_Q: tl.constexpr,
    TILE_X: tl.constexpr,
) -> None:
    """Count scores above the cut and find the highest of the others: a part of the documents."""
    rows = tl.program_id(0) * TILE_Q + tl.arange(0, TILE_Q)
    part = tl.program_id(1)
    is_row = rows < n_rows
    columns = tl.arange(0, BLOCK)
    size = n_rows.to(tl.int64) * DIM
    q0, q1, q2 = _query_digits(queries, size, rows, is_row, columns, DIM, DIGITS)
    limit = tl.load(cut + rows, mask=is_row, other=0)
    count = tl.zeros((TILE_Q,), tl.int32)
    best = tl.full((TILE_Q,), -2147483648, tl.int32)
    begin = part * part_size
    end = tl.minimum(begin + part_size, n_documents)
    for start in range(begin, end, TILE_X):
        cols = start + tl.arange(0, TILE_X)
        is_col = cols < n_documents
        score = _tile(
            q0,
            q1,
            q2,
            queries,
            n_rows,
            rows,
            is_row,
            documents,
            n_documents,
            cols,
            is_col,
            DIM,
            DIGITS,
            BLOCK,
            TILE_Q,
            TILE_X,
        )
        above = (score > limit[:, None]) & is_col[None, :]
        count += tl.sum(above.to(tl.int32), 1)
        others = tl.where(above | (cols[None, :] >= n_documents), -2147483648, score)
        best = tl.maximum(best, tl.max(others, 1))
    out = part.to(tl.int64) * n_rows + rows
    tl.store(n_above + out, count, mask=is_row)
    tl.store(highest + out, best, mask=is_row)


@triton.jit(do_not_specialize=["n_rows", "n_documents", "part_size"])
def hits_tiles(
    queries: tl.tensor,
    documents: tl.tensor,
    low: tl.tensor,
    cut: tl.tensor,
    place_row: tl.tensor,
    group_part: tl.tensor,
    n_hits: tl.tensor,
    first: tl.tensor,
    n_rows: tl.tensor,
    n_documents: tl.tensor,
    part_size: tl.tensor,
    DIM: tl.constexpr,
    DIGITS: tl.constexpr,
    BLOCK: tl.constexpr,
    TILE_Q: tl.constexpr,
    TILE_X: tl.constexpr,
) -> None:
    """Count scores from low to cut and find the first: TILE_Q places of one part."""
    place = tl.program_id(0) * TILE_Q + tl.arange(0, TILE_Q)
    part = tl.load(group_part + tl.program_id(0))
    rows = tl.load(place_row + place)
    is_row = rows >= 0
    columns = tl.arange(0, BLOCK)
    size = n_rows.to(tl.int64) * DIM
    q0, q1, q2 = _query_digits(queries, size, rows, is_row, columns, DIM, DIGITS)
    least = tl.load(low + rows, mask=is_row, other=2147483647)
    limit = tl.load(cut + rows, mask=is_row, other=-2147483648)
    count = tl.zeros((TILE_Q,), tl.int32)
    earliest = tl.full((TILE_Q,), 2147483647, tl.int32)
    begin = part * part_size
    end = tl.minimum(begin + part_size, n_documents)
    for start in range(begin, end, TILE_X):
        cols = start + tl.arange(0, TILE_X)
        is_col = cols < n_documents
        score = _tile(
            q0,
            q1,
            q2,
            queries,
            n_rows,
            rows,
            is_row,
            documents,
            n_documents,
            cols,
            is_col,
            DIM,
            DIGITS,
            BLOCK,
            TILE_Q,
            TILE_X,
        )
        is_hit = (score >= least[:, None]) & (score <= limit[:, None]) & is_col[None, :]
        count += tl.sum(is_hit.to(tl.int32), 1)
        number = tl.where(is_hit, cols[None, :], 2147483647)
        earliest = tl.minimum(earliest, tl.min(number, 1))
    tl.store(n_hits + place, count, mask=is_row)
    tl.store(first + place, earliest, mask=is_row)


@triton.jit(do_not_specialize=["n_rows", "n_documents", "part_size"])
def listed_tiles(
    queries: tl.tensor,
    documents: tl.tensor,
    low: tl.tensor,
    cut: tl.tensor,
    place_row: tl.tensor,
    place_start: tl.tensor,
    group_part: tl.tensor,
    found: tl.tensor,
    n_rows: tl.tensor,
    n_documents: tl.tensor,
    part_size: tl.tensor,
    DIM: tl.constexpr,
    DIGITS: tl.constexpr,
    BLOCK: tl.constexpr,
    TILE_Q: tl.constexpr,
    TILE_X: tl.constexpr,
) -> None:
    """Write the documents of scores from low to cut, ascending, from the start of each place on."""
    place = tl.program_id(0) * TILE_Q + tl.arange(0, TILE_Q)
    part = tl.load(group_part + tl.program_id(0))
    rows = tl.load(place_row + place)
    is_row = rows >= 0
    columns = tl.arange(0, BLOCK)
    size = n_rows.to(tl.int64) * DIM
    q0, q1, q2 = _query_digits(queries, size, rows, is_row, columns, DIM, DIGITS)
    least = tl.load(low + rows, mask=is_row, other=2147483647)
    limit = tl.load(cut + rows, mask=is_row, other=-2147483648)
    next_one = tl.load(place_start + place, mask=is_row, other=0)
    begin = part * part_size
    end = tl.minimum(begin + part_size, n_documents)
    for start in range(begin, end, TILE_X):
        cols = start + tl.arange(0, TILE_X)
        is_col = cols < n_documents
        score = _tile(
            q0,
            q1,
            q2,
            queries,
            n_rows,
            rows,
            is_row,
            documents,
            n_documents,
            cols,
            is_col,
            DIM,
            DIGITS,
            BLOCK,
            TILE_Q,
            TILE_X,
        )
        is_hit = (score >= least[:, None]) & (score <= limit[:, None]) & is_col[None, :]
        one = is_hit.to(tl.int32)
        at = next_one[:, None] + tl.cumsum(one, 1) - 1
        number = tl.zeros((TILE_Q, TILE_X), tl.int32) + cols[None, :]
        tl.store(found + at, number, mask=is_hit)
        next_one += tl.sum(one, 1)


@triton.jit(do_not_specialize=["n_pairs", "n_rows", "n_documents"])
def pair_tiles(
    queries: tl.tensor,
    documents: tl.tensor,
    row: tl.tensor,
    document: tl.tensor,
    scores: tl.tensor,
    n_pairs: tl.tensor,
    n_rows: tl.tensor,
    n_documents: tl.tensor,
    DIM: tl.constexpr,
    DIGITS: tl.constexpr,
    BLOCK: tl.constexpr,
    TILE: tl.constexpr,
) -> None:
    """Score pairs that are listed."""
    pair = tl.program_id(0) * TILE + tl.arange(0, TILE)
    is_pair = pair < n_pairs
    rows = tl.load(row + pair, mask=is_pair, other=0)
    cols = tl.load(document + pair, mask=is_pair, other=0)
    size_q = n_rows.to(tl.int64) * DIM
    size_x = n_documents.to(tl.int64) * DIM
    leading = tl.zeros((TILE,), tl.int32)
    middle = tl.zeros((TILE,), tl.int32)
    last = tl.zeros((TILE,), tl.int32)
    for start in range(0, DIM, BLOCK):
        columns = start + tl.arange(0, BLOCK)
        q0 = _digits(queries, size_q, 0, rows, is_pair, columns, DIM).to(tl.int32)
        x0 = _digits(documents, size_x, 0, cols, is_pair, columns, DIM).to(tl.int32)
        leading += tl.sum(q0 * x0, 1)
        if DIGITS > 1:
            q1 = _digits(queries, size_q, 1, rows, is_pair, columns, DIM).to(tl.int32)
            x1 = _digits(documents, size_x, 1, cols, is_pair, columns, DIM).to(tl.int32)
            middle += tl.sum(q0 * x1 + q1 * x0, 1)
            last += tl.sum(q1 * x1, 1)
        if DIGITS > 2:
            q2 = _digits(queries, size_q, 2, rows, is_pair, columns, DIM).to(tl.int32)
            x2 = _digits(documents, size_x, 2, cols, is_pair, columns, DIM).to(tl.int32)
            last += tl.sum(q0 * x2 + q2 * x0, 1)
    tl.store(scores + pair, _combined(leading, middle, last, DIGITS), mask=is_pair)
