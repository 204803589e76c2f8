/* The sweep by a tree of blocks, for every element type and instruction set. */
#include "tree.h"
#include "last_bit.h"

#include <math.h>
#include <string.h>

#define NAMED(name) JOIN(name)

#define REAL float
#define PANEL HRG_PANEL_F32
#define JOIN(name) name##_f32
#include "pairs.h"

#define TARGET
#define WALK walk_f32_serial
#define WALKING(name) name##_f32_serial
#define SWEEP hrg_tree_sweep_f32_serial
#include "tree_sweep.h"
#undef TARGET

#ifdef HRG_HAVE_X86
#define TARGET __attribute__((target("avx2")))
#define WALK walk_f32_avx2
#define WALKING(name) name##_f32_avx2
#define SWEEP hrg_tree_sweep_f32_avx2
#include "tree_sweep.h"
#undef TARGET

#define TARGET __attribute__((target("avx512f")))
#define WALK walk_f32_avx512
#define WALKING(name) name##_f32_avx512
#define SWEEP hrg_tree_sweep_f32_avx512
#include "tree_sweep.h"
#undef TARGET
#endif

#undef REAL
#undef PANEL
#undef JOIN
#define REAL double
#define PANEL HRG_PANEL_F64
#define JOIN(name) name##_f64
#include "pairs.h"

#define TARGET
#define WALK walk_f64_serial
#define WALKING(name) name##_f64_serial
#define SWEEP hrg_tree_sweep_f64_serial
#include "tree_sweep.h"
#undef TARGET

#ifdef HRG_HAVE_X86
#define TARGET __attribute__((target("avx2")))
#define WALK walk_f64_avx2
#define WALKING(name) name##_f64_avx2
#define SWEEP hrg_tree_sweep_f64_avx2
#include "tree_sweep.h"
#undef TARGET

#define TARGET __attribute__((target("avx512f")))
#define WALK walk_f64_avx512
#define WALKING(name) name##_f64_avx512
#define SWEEP hrg_tree_sweep_f64_avx512
#include "tree_sweep.h"
#undef TARGET
#endif
