/* The AVX-512 kernels for float and double: the templates pairs.h and simd.h with vectors of 512
 * bits, tiles of 12 queries and fused multiply-add.  Empty for compilers without x86 targets. */
#include "hrg.h"

#ifdef HRG_HAVE_X86
#include "round_down.h"

#include <immintrin.h>
#include <string.h>

#define TARGET __attribute__((target("avx512f")))
#define ISA avx512
#define TILE 12
#define NAMED2(name, isa) JOIN2(name, isa)
#define NAMED(name) JOIN(name)

#define REAL float
#define PANEL HRG_PANEL_F32
#define JOIN(name) name##_f32
#define JOIN2(name, isa) name##_f32_##isa
#define NEXT_DOWN NEXT_DOWN_f32
#define ROUND_DOWN ROUND_DOWN_f32
#define LANES 16
#define VECTOR __m512
#define ZERO _mm512_setzero_ps()
#define LOAD(p) _mm512_loadu_ps(p)
#define STORE(p, v) _mm512_storeu_ps(p, v)
#define BROADCAST(p) _mm512_set1_ps(*(p))
#define FMA(a, b, c) _mm512_fmadd_ps(a, b, c)
#define ABOVE(v, c) (unsigned)_mm512_cmp_ps_mask(v, _mm512_set1_ps(c), _CMP_GT_OQ)
#include "pairs.h"
#include "simd.h"

#define REAL double
#define PANEL HRG_PANEL_F64
#define JOIN(name) name##_f64
#define JOIN2(name, isa) name##_f64_##isa
#define NEXT_DOWN NEXT_DOWN_f64
#define ROUND_DOWN ROUND_DOWN_f64
#define LANES 8
#define VECTOR __m512d
#define ZERO _mm512_setzero_pd()
#define LOAD(p) _mm512_loadu_pd(p)
#define STORE(p, v) _mm512_storeu_pd(p, v)
#define BROADCAST(p) _mm512_set1_pd(*(p))
#define FMA(a, b, c) _mm512_fmadd_pd(a, b, c)
#define ABOVE(v, c) (unsigned)_mm512_cmp_pd_mask(v, _mm512_set1_pd(c), _CMP_GT_OQ)
#include "pairs.h"
#include "simd.h"
#endif
