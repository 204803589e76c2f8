/* Rounding a double towards -infinity into the element type of a kernel. */
#include <math.h>

static inline float
round_down_f32(double x)
{
    float y = (float)x;
    return (double)y > x ? nextafterf(y, -INFINITY) : y;
}

#define NEXT_DOWN_f32(x) nextafterf(x, -INFINITY)
#define ROUND_DOWN_f32(x) round_down_f32(x)
#define NEXT_DOWN_f64(x) nextafter(x, -INFINITY)
#define ROUND_DOWN_f64(x) (x)
