/* Both sweeps of an instruction set behind integer scores, for float and double.  Documents are
 * rows here: what integer scores leave open is scored one by one.  Included by files
 * that define TARGET, LEVEL and NAMED_INT8(tile, LEVEL), and round_down.h before. */
#define NAMED2(name, isa) JOIN2(name, isa)
#define NAMED(name) JOIN(name)

#define REAL float
#define PANEL 1
#define JOIN(name) name##_f32
#define JOIN2(name, isa) name##_f32_##isa
#define NEXT_DOWN NEXT_DOWN_f32
#define ROUND_DOWN ROUND_DOWN_f32
#include "pairs.h"
#include "look.h"
#include "int8_sweep.h"

#define REAL double
#define PANEL 1
#define JOIN(name) name##_f64
#define JOIN2(name, isa) name##_f64_##isa
#define NEXT_DOWN NEXT_DOWN_f64
#define ROUND_DOWN ROUND_DOWN_f64
#include "pairs.h"
#include "look.h"
#include "int8_sweep.h"
