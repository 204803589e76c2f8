/* Integer scores with AVX-VNNI, the rest with AVX2.  Empty for compilers without x86 targets. */
#include "int8.h"

#ifdef HRG_HAVE_AVXVNNI
#include "round_down.h"

#include <immintrin.h>

#define TARGET __attribute__((target("avx2,fma,avxvnni")))
#define LEVEL avxvnni
#define WIDTH 32
#define NAMED3(name, level) hrg_int8_##name##_##level
#define NAMED_INT8(name, level) NAMED3(name, level)

#define LANES 8
#define VECTORS 2
#define VECTOR __m256i
#define ZERO _mm256_setzero_si256()
#define LOAD(p) _mm256_loadu_si256((const __m256i *)(p))
#define SPREAD(four) _mm256_set1_epi32(four)
#define ADD_PRODUCTS(sum, x, q) __asm__("%{vex%} vpdpbusd %2, %1, %0" : "+x"(sum) : "x"(x), "x"(q))
#define MAX(a, b) _mm256_max_epi32(a, b)
#define ABOVE(v, cut)                                                                            \
    (uint64_t)(unsigned)_mm256_movemask_ps(                                                      \
        _mm256_castsi256_ps(_mm256_cmpgt_epi32(v, _mm256_set1_epi32(cut))))
#include "int8_tile.h"

#include "int8_sweeps.h"
#endif
