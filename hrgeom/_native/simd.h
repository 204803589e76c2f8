/* The fast sweep: a tile of TILE queries against two vectors of documents stays in
 * registers for all of dim; one comparison per vector then asks whether any document
 * deserves a look.  It does if its score may exceed the best non-match so far or may
 * reach the level: matches always do (they are skipped), others rarely.
 *
 * Included by avx2.c and avx512.c, which define REAL, PANEL, TILE, LANES, VECTOR, MASK
 * and the operations LOAD, BROADCAST, FMA, ZERO, ABOVE (mask of lanes > a scalar), and
 * TARGET, the function attribute of the instruction set.
 *
 * Own score: fused multiply-adds in REAL, k = 0, 1, ...; padding lanes score 0 and are
 * dropped by their number.  gamma_dim * sum |q_k x_k| bounds the error for contracted
 * and uncontracted sums alike. */

#include "look.h"

TARGET static void
NAMED(tile)(const hrg_job *job, size_t tile, size_t first, const REAL *packed, REAL *cuts)
{
    const REAL *panel = NAMED(document)(job, first);
    VECTOR sum[TILE][2];
    for (int t = 0; t < TILE; t++) {
        sum[t][0] = sum[t][1] = ZERO;
    }
    for (size_t k = 0; k < job->dim; k++) {
        VECTOR x0 = LOAD(panel + k * PANEL), x1 = LOAD(panel + k * PANEL + LANES);
#pragma GCC unroll 12
        for (int t = 0; t < TILE; t++) {
            VECTOR q = BROADCAST(packed + k * TILE + t);
            sum[t][0] = FMA(q, x0, sum[t][0]);
            sum[t][1] = FMA(q, x1, sum[t][1]);
        }
    }
#pragma GCC unroll 12
    for (int t = 0; t < TILE; t++) {
        unsigned mask = ABOVE(sum[t][0], cuts[t]) | ABOVE(sum[t][1], cuts[t]) << LANES;
        if (__builtin_expect(mask != 0, 0)) {
            size_t i = tile * TILE + (size_t)t;
            if (NAMED(all_match)(job, i, first, 2 * LANES)) {
                continue;
            }
            REAL scores[2 * LANES];
            STORE(scores, sum[t][0]);
            STORE(scores + LANES, sum[t][1]);
            NAMED(look)(job, i, first, mask, scores);
            cuts[t] = NAMED(cut)(job, i);
        }
    }
}

void
NAMED2(hrg_sweep, ISA)(const hrg_job *job)
{
    size_t dim = job->dim, n_tiles = (job->n_queries + TILE - 1) / TILE;
    REAL *packed = job->workspace, *cuts = packed + n_tiles * TILE * dim;
    for (size_t i = 0; i < n_tiles * TILE; i++) {
        REAL *column = packed + (i / TILE) * TILE * dim + i % TILE;
        const REAL *q = (const REAL *)job->queries + i * dim;
        for (size_t k = 0; k < dim; k++) {
            column[k * TILE] = i < job->n_queries ? q[k] : 0;
        }
        if (i < job->n_queries) {
            NAMED(start)(job, i, q);
            cuts[i] = NAMED(cut)(job, i);
        } else {
            cuts[i] = INFINITY; /* padding never asks for a look */
        }
    }
    for (size_t first = 0; first < job->n_documents; first += 2 * LANES) {
        for (size_t tile = 0; tile < n_tiles; tile++) {
            NAMED(tile)(job, tile, first, packed + tile * TILE * dim, cuts + tile * TILE);
        }
    }
}

/* ready for the other element type */
#undef REAL
#undef PANEL
#undef JOIN
#undef JOIN2
#undef NEXT_DOWN
#undef ROUND_DOWN
#undef LANES
#undef VECTOR
#undef ZERO
#undef LOAD
#undef STORE
#undef BROADCAST
#undef FMA
#undef ABOVE
