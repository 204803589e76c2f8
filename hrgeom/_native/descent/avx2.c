/* The descent kernels with vectors of 256 bits.  Empty for compilers without x86 targets. */
#include "descent.h"

#ifdef HRG_HAVE_X86
#include <immintrin.h>

#define TARGET __attribute__((target("avx2,fma")))
#define ISA avx2
#define NAMED3(name, isa) name##_##isa
#define NAMED2(name, isa) NAMED3(name, isa)
#define LANES 8

static inline __attribute__((always_inline)) TARGET float
sum_of(__m256 v)
{
    __m128 half = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    half = _mm_add_ps(half, _mm_movehl_ps(half, half));
    return _mm_cvtss_f32(_mm_add_ss(half, _mm_movehdup_ps(half)));
}

static inline __attribute__((always_inline)) TARGET __m256
sums_of(const __m256 *v)
{
    __m256 a = _mm256_hadd_ps(_mm256_hadd_ps(v[0], v[1]), _mm256_hadd_ps(v[2], v[3]));
    __m256 b = _mm256_hadd_ps(_mm256_hadd_ps(v[4], v[5]), _mm256_hadd_ps(v[6], v[7]));
    return _mm256_add_ps(_mm256_permute2f128_ps(a, b, 0x20), _mm256_permute2f128_ps(a, b, 0x31));
}

#define VECTOR __m256
#define ZERO _mm256_setzero_ps()
#define SET(a) _mm256_set1_ps(a)
#define LOAD(p) _mm256_loadu_ps(p)
#define STORE(p, v) _mm256_storeu_ps(p, v)
#define ADD(a, b) _mm256_add_ps(a, b)
#define MUL(a, b) _mm256_mul_ps(a, b)
#define MIN(a, b) _mm256_min_ps(a, b)
#define MAX(a, b) _mm256_max_ps(a, b)
#define FMA(a, b, c) _mm256_fmadd_ps(a, b, c)
#define SUM(v) sum_of(v)
#define ROUND(v) _mm256_round_ps(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)
#define POWER_OF_TWO(v)                                                                          \
    _mm256_castsi256_ps(                                                                         \
        _mm256_slli_epi32(_mm256_add_epi32(_mm256_cvtps_epi32(v), _mm256_set1_epi32(127)), 23))
#define TRANSPOSED_SUM(v) sums_of(v)
#include "steps.h"
#undef VECTOR
#undef ZERO
#undef LOAD
#undef STORE

/* Bytes: sums of two products in 16 bits, which the ranges of queries and documents keep below
 * 2^15, then of two of those in 32. */
#define VECTORS 2
#define VECTOR __m256i
#define ZERO _mm256_setzero_si256()
#define LOAD(p) _mm256_loadu_si256((const __m256i *)(p))
#define STORE(p, v) _mm256_storeu_si256((__m256i *)(p), v)
#define SPREAD(four) _mm256_set1_epi32(four)
#define ADD_PRODUCTS(sum, x, q)                                                                  \
    ((sum) = _mm256_add_epi32(                                                                   \
         sum, _mm256_madd_epi16(_mm256_maddubs_epi16(x, q), _mm256_set1_epi16(1))))
#define ABOVE(v, cut)                                                                            \
    (unsigned)_mm256_movemask_ps(                                                                \
        _mm256_castsi256_ps(_mm256_cmpgt_epi32(v, _mm256_set1_epi32(cut))))
#include "keep.h"
#include "sweep.h"
#endif
