/* Integer scores with AVX-512BW, for processors without VNNI.  Sums of two products fit in 16
 * bits as long as no byte of a query exceeds 64.  Empty for compilers without x86 targets. */
#include "int8.h"

#ifdef HRG_HAVE_X86
#include "round_down.h"

#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512bw")))
#define LEVEL avx512bw
#define WIDTH 64
#define NAMED3(name, level) hrg_int8_##name##_##level
#define NAMED_INT8(name, level) NAMED3(name, level)

#define LANES 16
#define VECTORS 2
#define VECTOR __m512i
#define ZERO _mm512_setzero_si512()
#define LOAD(p) _mm512_loadu_si512(p)
#define SPREAD(four) _mm512_set1_epi32(four)
#define ADD_PRODUCTS(sum, x, q)                                                                  \
    ((sum) = _mm512_add_epi32(                                                                   \
         sum, _mm512_madd_epi16(_mm512_maddubs_epi16(x, q), _mm512_set1_epi16(1))))
#define MAX(a, b) _mm512_max_epi32(a, b)
#define ABOVE(v, cut) (uint64_t)_mm512_cmpgt_epi32_mask(v, _mm512_set1_epi32(cut))
#include "int8_tile.h"

#include "int8_sweeps.h"
#endif
