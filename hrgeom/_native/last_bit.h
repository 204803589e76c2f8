/* The exponent of the last set bit of a number that is not 0. */
#include <stdint.h>
#include <string.h>

static inline int32_t
hrg_last_bit(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    uint64_t mantissa = bits & ((UINT64_C(1) << 52) - 1);
    int32_t field = (int32_t)((bits >> 52) & 0x7ff);
    if (field > 0) {
        mantissa |= UINT64_C(1) << 52;
    } else {
        field = 1; /* subnormal */
    }
    return field - 1075 + (int32_t)__builtin_ctzll(mantissa);
}
