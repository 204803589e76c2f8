/* Integer scores of HRG_INT8_TILE queries against a panel of documents, in registers for all of
 * dim.  Included once per instruction set by files that define TARGET, LEVEL, LANES, VECTORS (of
 * documents at a time), VECTOR, ZERO, LOAD(p), SPREAD(four bytes), ADD_PRODUCTS(sum, documents,
 * query), MAX and ABOVE(v, cut) as bits; BYTES, where vectors of bytes are a type of their own. */
#include <string.h>

#ifndef BYTES
#define BYTES VECTOR
#endif

TARGET int
NAMED_INT8(tile, LEVEL)(const uint8_t *panel, const hrg_int8_tile *tile, const int32_t *cut,
                        uint64_t *mask)
{
    const int8_t *queries = tile->queries;
    size_t n_bytes = tile->n_bytes;
    int any = 0;
    memset(mask, 0, HRG_INT8_TILE * sizeof *mask);
    for (int first = 0; first < HRG_INT8_PANEL; first += VECTORS * LANES) {
        VECTOR sum[HRG_INT8_TILE][VECTORS];
#pragma GCC unroll 6
        for (int t = 0; t < HRG_INT8_TILE; t++) {
#pragma GCC unroll 4
            for (int v = 0; v < VECTORS; v++) {
                sum[t][v] = ZERO;
            }
        }
        for (size_t a = 0; a < tile->n_active; a++) {
            size_t k = tile->active[a];
            BYTES x[VECTORS];
#pragma GCC unroll 4
            for (int v = 0; v < VECTORS; v++) {
                x[v] = LOAD(panel + k * HRG_INT8_PANEL + (size_t)(first + v * LANES) * 4);
            }
#pragma GCC unroll 6
            for (int t = 0; t < HRG_INT8_TILE; t++) {
                int32_t four;
                memcpy(&four, queries + (size_t)t * n_bytes + k, 4);
                BYTES q = SPREAD(four);
#pragma GCC unroll 4
                for (int v = 0; v < VECTORS; v++) {
                    ADD_PRODUCTS(sum[t][v], x[v], q);
                }
            }
        }
#pragma GCC unroll 6
        for (int t = 0; t < HRG_INT8_TILE; t++) {
            VECTOR most = sum[t][0];
#pragma GCC unroll 4
            for (int v = 1; v < VECTORS; v++) {
                most = MAX(most, sum[t][v]);
            }
            if (__builtin_expect(ABOVE(most, cut[t]) == 0, 1)) {
                continue;
            }
            any = 1;
#pragma GCC unroll 4
            for (int v = 0; v < VECTORS; v++) {
                mask[t] |= ABOVE(sum[t][v], cut[t]) << (first + v * LANES);
            }
        }
    }
    return any;
}
