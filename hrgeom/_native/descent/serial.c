/* The descent kernels in portable C, four numbers at a time: SSE2 or NEON where compilers see it. */
#include "descent.h"

#define TARGET
#define ISA serial
#define NAMED3(name, isa) name##_##isa
#define NAMED2(name, isa) NAMED3(name, isa)

#define LANES 4
#define VECTOR four
typedef struct {
    float x[4];
} four;
#define EACH(expression)                                                                         \
    four out;                                                                                    \
    for (int l = 0; l < 4; l++) {                                                                \
        out.x[l] = (expression);                                                                 \
    }                                                                                            \
    return out
static inline four set_four(float a) { EACH(a); }
static inline four load_four(const float *p) { EACH(p[l]); }
static inline four add_four(four a, four b) { EACH(a.x[l] + b.x[l]); }
static inline four mul_four(four a, four b) { EACH(a.x[l] * b.x[l]); }
static inline four min_four(four a, four b) { EACH(a.x[l] < b.x[l] ? a.x[l] : b.x[l]); }
static inline four max_four(four a, four b) { EACH(a.x[l] > b.x[l] ? a.x[l] : b.x[l]); }
static inline float sum_four(four a) { return (a.x[0] + a.x[1]) + (a.x[2] + a.x[3]); }
static inline four
sums_four(const four *v)
{
    EACH(sum_four(v[l]));
}
static inline four
round_four(four a)
{
    /* 1.5 * 2^23: from there on floats are whole numbers */
    EACH((a.x[l] + 12582912.0f) - 12582912.0f);
}
static inline float
power_of_two(float n)
{
    union { uint32_t bits; float value; } u = {.bits = (uint32_t)((int32_t)n + 127) << 23};
    return u.value;
}
static inline four power_four(four a) { EACH(power_of_two(a.x[l])); }
#define ZERO set_four(0.0f)
#define SET(a) set_four(a)
#define LOAD(p) load_four(p)
#define STORE(p, v) memcpy(p, (v).x, sizeof(four))
#define ADD(a, b) add_four(a, b)
#define MUL(a, b) mul_four(a, b)
#define MIN(a, b) min_four(a, b)
#define MAX(a, b) max_four(a, b)
#define FMA(a, b, c) add_four(mul_four(a, b), c)
#define SUM(v) sum_four(v)
#define ROUND(v) round_four(v)
#define POWER_OF_TWO(v) power_four(v)
#define TRANSPOSED_SUM(v) sums_four(v)
#include "steps.h"
#undef LANES
#undef VECTOR
#undef ZERO
#undef LOAD
#undef STORE

#define LANES 4
#define VECTORS 4
#define VECTOR int_four
typedef struct {
    int32_t x[4];
} int_four;
static inline int_four
load_ints(const void *p)
{
    int_four out;
    memcpy(&out, p, sizeof out);
    return out;
}
static inline int_four
spread(int32_t a)
{
    return (int_four){{a, a, a, a}};
}
static inline void
add_products(int_four *sum, const int_four *documents, const int_four *query)
{
    const uint8_t *x = (const uint8_t *)documents->x;
    const int8_t *q = (const int8_t *)query->x;
    for (int l = 0; l < 4; l++) {
        for (int k = 0; k < 4; k++) {
            sum->x[l] += (int32_t)x[4 * l + k] * q[k];
        }
    }
}
static inline unsigned
above(const int_four *v, int32_t cut)
{
    unsigned mask = 0;
    for (int l = 0; l < 4; l++) {
        mask |= (unsigned)(v->x[l] > cut) << l;
    }
    return mask;
}
#define ZERO spread(0)
#define LOAD(p) load_ints(p)
#define SPREAD(a) spread(a)
#define ADD_PRODUCTS(sum, x, q) add_products(&(sum), &(x), &(q))
#define ABOVE(v, cut) above(&(v), cut)
#define STORE(p, v) memcpy(p, (v).x, sizeof(int_four))
#include "keep.h"
#include "sweep.h"
