/* Integer scores with AVX-512 VNNI, the rest with AVX-512.  Empty for compilers without x86
 * targets. */
#include "int8.h"

#ifdef HRG_HAVE_X86
#include "round_down.h"

#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vnni")))
#define LEVEL avx512vnni
#define WIDTH 64
#define NAMED3(name, level) hrg_int8_##name##_##level
#define NAMED_INT8(name, level) NAMED3(name, level)

#define LANES 16
#define VECTORS 4
#define VECTOR __m512i
#define ZERO _mm512_setzero_si512()
#define LOAD(p) _mm512_loadu_si512(p)
#define SPREAD(four) _mm512_set1_epi32(four)
/* As text: of the intrinsic GCC 12 makes code that spills sums, half as fast. */
#define ADD_PRODUCTS(sum, x, q) __asm__("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(x), "v"(q))
#define MAX(a, b) _mm512_max_epi32(a, b)
#define ABOVE(v, cut) (uint64_t)_mm512_cmpgt_epi32_mask(v, _mm512_set1_epi32(cut))
#include "int8_tile.h"

#include "int8_sweeps.h"
#endif
