/* Integer scores in portable C. */
#include "int8.h"
#include "round_down.h"

#include <string.h>

#define TARGET
#define LEVEL plain
#define WIDTH 16
#define NAMED3(name, level) hrg_int8_##name##_##level
#define NAMED_INT8(name, level) NAMED3(name, level)

#define LANES 16 /* documents side by side, which a compiler puts in vectors */

int
hrg_int8_tile_plain(const uint8_t *panel, const hrg_int8_tile *tile, const int32_t *cut,
                    uint64_t *mask)
{
    uint64_t any = 0;
    for (int t = 0; t < HRG_INT8_TILE; t++) {
        const int8_t *q = tile->queries + (size_t)t * tile->n_bytes;
        mask[t] = 0;
        for (int first = 0; first < HRG_INT8_PANEL; first += LANES) {
            int32_t sum[LANES] = {0};
            for (size_t a = 0; a < tile->n_active; a++) {
                size_t k = tile->active[a];
                const uint8_t *x = panel + k * HRG_INT8_PANEL + 4 * first;
                for (int lane = 0; lane < LANES; lane++) {
                    sum[lane] += q[k] * x[4 * lane] + q[k + 1] * x[4 * lane + 1]
                                 + q[k + 2] * x[4 * lane + 2]
                                 + q[k + 3] * x[4 * lane + 3];
                }
            }
            for (int lane = 0; lane < LANES; lane++) {
                mask[t] |= (uint64_t)(sum[lane] > cut[t]) << (first + lane);
            }
        }
        any |= mask[t];
    }
    return any != 0;
}

#include "int8_sweeps.h"

size_t
hrg_int8_workspace_bytes(size_t n_queries, size_t n_bytes)
{
    size_t n_slots = (n_queries + HRG_INT8_TILE - 1) / HRG_INT8_TILE * HRG_INT8_TILE;
    return n_slots * (HRG_INT8_SLOT_BYTES + HRG_INT8_SLOT_BYTES_PER_BYTE * n_bytes);
}
