/* The sweep of the descent with the dot products of ARMv8.2.  Empty for other processors.  Steps on
 * floats have no form of their own: those of serial.c, four numbers at a time, are what compilers
 * make vectors of. */
#include "descent.h"

#ifdef HRG_HAVE_NEON
#include <arm_neon.h>

#define TARGET __attribute__((target("arch=armv8.2-a+dotprod")))
#define ISA neon
#define NAMED3(name, isa) name##_##isa
#define NAMED2(name, isa) NAMED3(name, isa)

#define LANES 4
#define VECTORS 4
#define VECTOR int32x4_t
#define BYTES int8x16_t
#define ZERO vdupq_n_s32(0)
/* Both bytes have a sign here: those of documents lose the 128 that they have too much. */
#define BIAS 0
#define LOAD(p) vreinterpretq_s8_u8(veorq_u8(vld1q_u8(p), vdupq_n_u8(128)))
#define STORE(p, v) vst1q_s32(p, v)
#define SPREAD(four) vreinterpretq_s8_s32(vdupq_n_s32(four))
#define ADD_PRODUCTS(sum, x, q) ((sum) = vdotq_s32(sum, x, q))
#define ABOVE(v, cut) bits_of(vcgtq_s32(v, vdupq_n_s32(cut)))

static inline unsigned
bits_of(uint32x4_t lanes)
{
    const uint32x4_t bits = {1, 2, 4, 8};
    return vaddvq_u32(vandq_u32(lanes, bits));
}

#include "keep.h"
#include "sweep.h"
#endif
