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

/* Reference scores of the documents that a tile holds, side by side: no sum changes its order. */
TARGET static void
NAMED(reference_scores)(const hrg_job *job, const REAL *q, size_t first, double *scores)
{
    const REAL *x = NAMED(document)(job, first);
    double sum[2 * LANES] = {0.0};
    for (size_t k = 0; k < job->dim; k++, x += PANEL) {
        double factor = (double)q[k];
        if (factor == 0) { /* a zero more or less is the same number */
            continue;
        }
#pragma GCC unroll 32
        for (int lane = 0; lane < 2 * LANES; lane++) {
            sum[lane] += factor * (double)x[lane];
        }
    }
    memcpy(scores, sum, sizeof sum);
}

/* Looks at the documents first + lane whose bit is set in the mask. Where scores tie they are many,
 * and cost a fraction side by side. */
static void
NAMED(look)(const hrg_job *job, size_t i, size_t first, unsigned mask, const REAL *scores)
{
    const REAL *q = (const REAL *)job->queries + i * job->dim;
    double references[2 * LANES];
    int n_references = 0;
    for (; mask != 0; mask &= mask - 1) {
        size_t lane = (size_t)__builtin_ctz(mask);
        int32_t v = (int32_t)(first + lane);
        if (first + lane >= job->n_documents
            || !NAMED(needs_reference)(job, i, v, (double)scores[lane])) {
            continue;
        }
        if (++n_references == 2) {
            NAMED(reference_scores)(job, q, first, references);
        }
        NAMED(note_other)(job, i, q, v,
                          n_references > 1 ? references[lane]
                                           : NAMED(reference_score)(job, q, (size_t)v));
    }
}

/* Queries side by side, without the columns that are 0 in all of them: products with zeros change
 * no sum. */
typedef struct {
    REAL *packed;     /* TILE numbers for every column */
    uint32_t *column; /* ascending */
    size_t n_columns;
} NAMED2(tile_of_queries, ISA);

TARGET static void
NAMED(tile)(const hrg_job *job, const NAMED2(tile_of_queries, ISA) *queries, size_t tile,
            size_t first, REAL *cuts)
{
    const REAL *panel = NAMED(document)(job, first), *packed = queries->packed;
    VECTOR sum[TILE][2];
    for (int t = 0; t < TILE; t++) {
        sum[t][0] = sum[t][1] = ZERO;
    }
    for (size_t c = 0; c < queries->n_columns; c++, packed += TILE) {
        const REAL *x = panel + (size_t)queries->column[c] * PANEL;
        VECTOR x0 = LOAD(x), x1 = LOAD(x + LANES);
#pragma GCC unroll 12
        for (int t = 0; t < TILE; t++) {
            VECTOR q = BROADCAST(packed + t);
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

/* Packs the queries of a tile; those beyond the last one are zeros. */
static void
NAMED(pack_tile)(const hrg_job *job, size_t tile, NAMED2(tile_of_queries, ISA) *queries)
{
    REAL *packed = queries->packed;
    for (size_t k = 0; k < job->dim; k++) {
        int any = 0;
        for (size_t t = 0; t < TILE; t++) {
            size_t i = tile * TILE + t;
            packed[t] = i < job->n_queries ? ((const REAL *)job->queries)[i * job->dim + k] : 0;
            any |= packed[t] != 0;
        }
        if (any) {
            queries->column[queries->n_columns++] = (uint32_t)k;
            packed += TILE;
        }
    }
}

void
NAMED2(hrg_sweep, ISA)(const hrg_job *job)
{
    size_t dim = job->dim, n_tiles = (job->n_queries + TILE - 1) / TILE;
    REAL *packed = job->workspace, *cuts = packed + n_tiles * TILE * dim;
    uint32_t *column = (uint32_t *)(cuts + n_tiles * TILE), *n_columns = column + n_tiles * dim;
    for (size_t tile = 0; tile < n_tiles; tile++) {
        NAMED2(tile_of_queries, ISA) queries = {packed + tile * TILE * dim, column + tile * dim, 0};
        NAMED(pack_tile)(job, tile, &queries);
        n_columns[tile] = (uint32_t)queries.n_columns;
    }
    for (size_t i = 0; i < n_tiles * TILE; i++) {
        cuts[i] = INFINITY; /* padding never asks for a look */
        if (i < job->n_queries) {
            NAMED(start)(job, i, (const REAL *)job->queries + i * dim);
            cuts[i] = NAMED(cut)(job, i);
        }
    }
    for (size_t first = 0; first < job->n_documents; first += 2 * LANES) {
        for (size_t tile = 0; tile < n_tiles; tile++) {
            NAMED2(tile_of_queries, ISA) queries = {packed + tile * TILE * dim, column + tile * dim,
                                                    n_columns[tile]};
            NAMED(tile)(job, &queries, tile, first, cuts + tile * TILE);
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
