/* Integer scores with the dot products of ARMv8.2.  Empty for other processors. */
#include "int8.h"

#ifdef HRG_HAVE_NEON
#include "round_down.h"

#include <arm_neon.h>

#define TARGET __attribute__((target("arch=armv8.2-a+dotprod")))
#define LEVEL neon
#define WIDTH 16
#define NAMED3(name, level) hrg_int8_##name##_##level
#define NAMED_INT8(name, level) NAMED3(name, level)

#define LANES 4
#define VECTORS 4
#define VECTOR int32x4_t
#define BYTES int8x16_t
#define ZERO vdupq_n_s32(0)
/* Both bytes have a sign here: those of documents lose the 128 that they have too much. */
#define BIAS 0
#define LOAD(p) vreinterpretq_s8_u8(veorq_u8(vld1q_u8(p), vdupq_n_u8(128)))
#define SPREAD(four) vreinterpretq_s8_s32(vdupq_n_s32(four))
#define ADD_PRODUCTS(sum, x, q) ((sum) = vdotq_s32(sum, x, q))
#define MAX(a, b) vmaxq_s32(a, b)
#define ABOVE(v, cut) int8_bits(vcgtq_s32(v, vdupq_n_s32(cut)))

static inline uint64_t
int8_bits(uint32x4_t lanes)
{
    const uint32x4_t bits = {1, 2, 4, 8};
    return vaddvq_u32(vandq_u32(lanes, bits));
}

#include "int8_tile.h"

#include "int8_sweeps.h"
#endif
