/* Integer scores with AVX2.  Sums of two products fit in 16 bits as long as no byte of a query
 * exceeds 64.  Empty for compilers without x86 targets. */
#include "int8.h"

#ifdef HRG_HAVE_X86
#include "round_down.h"

#include <immintrin.h>

#define TARGET __attribute__((target("avx2,fma")))
#define LEVEL avx2
#define WIDTH 32
#define NAMED3(name, level) hrg_int8_##name##_##level
#define NAMED_INT8(name, level) NAMED3(name, level)

#define LANES 8
#define VECTORS 1
#define VECTOR __m256i
#define ZERO _mm256_setzero_si256()
#define LOAD(p) _mm256_loadu_si256((const __m256i *)(p))
#define SPREAD(four) _mm256_set1_epi32(four)
#define ADD_PRODUCTS(sum, x, q)                                                                  \
    ((sum) = _mm256_add_epi32(                                                                   \
         sum, _mm256_madd_epi16(_mm256_maddubs_epi16(x, q), _mm256_set1_epi16(1))))
#define MAX(a, b) _mm256_max_epi32(a, b)
#define ABOVE(v, cut)                                                                            \
    (uint64_t)(unsigned)_mm256_movemask_ps(                                                      \
        _mm256_castsi256_ps(_mm256_cmpgt_epi32(v, _mm256_set1_epi32(cut))))
#include "int8_tile.h"

#include "int8_sweeps.h"
#endif
