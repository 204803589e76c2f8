/* The sign of a dot product without rounding, by a fixed-point accumulator that is
 * wide enough for any sum of products of doubles (Kulisch accumulator).
 *
 * Bit i of the accumulator stands for 2^(i - BIAS).  A product of two doubles is an
 * integer of at most 106 bits times 2^e with -2148 <= e <= 1942, so with BIAS = 2148
 * every product starts at a bit >= 0 and ends below bit 4196.  A limb holds 32 bits and
 * takes a signed number below 2^32 per addition, so 2^30 additions cannot overflow it. */
#include "hrg.h"

#include <math.h>
#include <string.h>

#define BIAS 2148
#define N_LIMBS 136

typedef struct {
    int64_t limb[N_LIMBS];
} accumulator;

/* |a| = mantissa * 2^exponent, mantissa < 2^53; a is finite. */
static uint64_t
split(double a, int *exponent)
{
    uint64_t bits;
    memcpy(&bits, &a, sizeof bits);
    uint64_t mantissa = bits & ((UINT64_C(1) << 52) - 1);
    int field = (int)((bits >> 52) & 0x7ff);
    if (field > 0) {
        mantissa |= UINT64_C(1) << 52;
    } else {
        field = 1; /* subnormal */
    }
    *exponent = field - 1075;
    return mantissa;
}

static void
add_product(accumulator *acc, double a, double b, int negate)
{
    int ea, eb;
    uint64_t ma = split(a, &ea), mb = split(b, &eb);
    if (ma == 0 || mb == 0) {
        return;
    }
    unsigned __int128 product = (unsigned __int128)ma * mb;
    int position = ea + eb + BIAS;
    int64_t *limb = acc->limb + position / 32;
    int shift = position % 32;
    unsigned __int128 low = (unsigned __int128)(uint64_t)product << shift;
    unsigned __int128 high = (product >> 64) << shift;
    if ((signbit(a) != 0) ^ (signbit(b) != 0) ^ negate) {
        for (int i = 0; i < 3; i++) {
            limb[i] -= (int64_t)(uint32_t)(low >> (32 * i));
            limb[i + 2] -= (int64_t)(uint32_t)(high >> (32 * i));
        }
    } else {
        for (int i = 0; i < 3; i++) {
            limb[i] += (int64_t)(uint32_t)(low >> (32 * i));
            limb[i + 2] += (int64_t)(uint32_t)(high >> (32 * i));
        }
    }
}

static int
sign_of(const accumulator *acc)
{
    int64_t carry = 0;
    int nonzero = 0;
    for (int i = 0; i < N_LIMBS; i++) {
        int64_t value = acc->limb[i] + carry;
        int64_t digit = value & INT64_C(0xffffffff);
        nonzero |= digit != 0;
        carry = (value - digit) / (INT64_C(1) << 32); /* exact: rounds towards -infinity */
    }
    return carry < 0 ? -1 : nonzero;
}

#define EXACT_SIGN(NAME, REAL)                                                                     \
    int NAME(const REAL *q, const REAL *x, const REAL *y, size_t dim, size_t stride, double level) \
    {                                                                                              \
        accumulator acc;                                                                           \
        memset(&acc, 0, sizeof acc);                                                               \
        for (size_t k = 0; k < dim; k++) {                                                         \
            add_product(&acc, (double)q[k], (double)x[k * stride], 0);                             \
            if (y != NULL) {                                                                       \
                add_product(&acc, (double)q[k], (double)y[k * stride], 1);                         \
            }                                                                                      \
        }                                                                                          \
        add_product(&acc, level, 1.0, 1);                                                          \
        return sign_of(&acc);                                                                      \
    }

EXACT_SIGN(hrg_exact_sign_f32, float)
EXACT_SIGN(hrg_exact_sign_f64, double)
