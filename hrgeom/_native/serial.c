#include "hrg.h"

#include <math.h>
#include <string.h>

#define NAMED2(name, isa) JOIN2(name, isa)
#define NAMED(name) JOIN(name)

#define REAL float
#define PANEL HRG_PANEL_F32
#define JOIN(name) name##_f32
#define JOIN2(name, isa) name##_f32_##isa
#include "pairs.h"
#include "serial.h"

#define REAL double
#define PANEL HRG_PANEL_F64
#define JOIN(name) name##_f64
#define JOIN2(name, isa) name##_f64_##isa
#include "pairs.h"
#include "serial.h"

size_t
hrg_workspace_bytes(size_t n_queries, size_t dim)
{
    /* packed queries in whole tiles, then one cut per packed query, in double, the larger type;
     * then the columns of every tile, and how many there are */
    size_t padded = (n_queries + HRG_MAX_TILE - 1) / HRG_MAX_TILE * HRG_MAX_TILE;
    return padded * (dim + 1) * (sizeof(double) + sizeof(uint32_t));
}
