/* The descent kernels with vectors of 512 bits, sweeps with VNNI.  Empty for compilers without x86
 * targets. */
#include "descent.h"

#ifdef HRG_HAVE_X86
#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512vnni")))
#define ISA avx512
#define NAMED3(name, isa) name##_##isa
#define NAMED2(name, isa) NAMED3(name, isa)
#define LANES 16

/* Sums of pairs of vectors, then of pairs of those, until every lane has the sum of one vector. */
static inline __attribute__((always_inline)) TARGET __m512
sums_of(const __m512 *v)
{
    __m512 a[8], b[4];
#pragma GCC unroll 8
    for (int i = 0; i < 8; i++) {
        a[i] = _mm512_add_ps(_mm512_unpacklo_ps(v[2 * i], v[2 * i + 1]),
                             _mm512_unpackhi_ps(v[2 * i], v[2 * i + 1]));
    }
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) {
        __m512d x = _mm512_castps_pd(a[2 * i]), y = _mm512_castps_pd(a[2 * i + 1]);
        b[i] = _mm512_add_ps(_mm512_castpd_ps(_mm512_unpacklo_pd(x, y)),
                             _mm512_castpd_ps(_mm512_unpackhi_pd(x, y)));
    }
    __m512 x = _mm512_add_ps(_mm512_shuffle_f32x4(b[0], b[1], 0x88),
                             _mm512_shuffle_f32x4(b[0], b[1], 0xdd));
    __m512 y = _mm512_add_ps(_mm512_shuffle_f32x4(b[2], b[3], 0x88),
                             _mm512_shuffle_f32x4(b[2], b[3], 0xdd));
    return _mm512_add_ps(_mm512_shuffle_f32x4(x, y, 0x88), _mm512_shuffle_f32x4(x, y, 0xdd));
}

#define VECTOR __m512
#define ZERO _mm512_setzero_ps()
#define SET(a) _mm512_set1_ps(a)
#define LOAD(p) _mm512_loadu_ps(p)
#define STORE(p, v) _mm512_storeu_ps(p, v)
#define ADD(a, b) _mm512_add_ps(a, b)
#define MUL(a, b) _mm512_mul_ps(a, b)
#define MIN(a, b) _mm512_min_ps(a, b)
#define MAX(a, b) _mm512_max_ps(a, b)
#define FMA(a, b, c) _mm512_fmadd_ps(a, b, c)
#define SUM(v) _mm512_reduce_add_ps(v)
#define ROUND(v) _mm512_roundscale_ps(v, 8)
#define POWER_OF_TWO(v) _mm512_scalef_ps(_mm512_set1_ps(1.0f), v)
#define TRANSPOSED_SUM(v) sums_of(v)
#include "steps.h"
#undef VECTOR
#undef ZERO
#undef LOAD
#undef STORE

#define VECTORS 4
#define VECTOR __m512i
#define ZERO _mm512_setzero_si512()
#define LOAD(p) _mm512_loadu_si512(p)
#define SPREAD(four) _mm512_set1_epi32(four)
/* As text: of the intrinsic GCC 12 makes code that spills sums, half as fast. */
#define ADD_PRODUCTS(sum, x, q) __asm__("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(x), "v"(q))
#define ABOVE(v, cut) (unsigned)_mm512_cmpgt_epi32_mask(v, _mm512_set1_epi32(cut))
#define KEEP(v, mask, first, documents, scores)                                                  \
    do {                                                                                         \
        __m512i lane = _mm512_add_epi32(                                                         \
            _mm512_set1_epi32(first),                                                            \
            _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));             \
        _mm512_storeu_si512(documents, _mm512_maskz_compress_epi32((__mmask16)(mask), lane));    \
        _mm512_storeu_si512(scores, _mm512_maskz_compress_epi32((__mmask16)(mask), v));          \
    } while (0)
#include "sweep.h"
#endif
