/* The arithmetic that all bounds assume: rounding to nearest, gradual underflow, no traps.
 *
 * A thread may have been told otherwise: to flush subnormal numbers to zero, or to round in some
 * direction. That is a register of the thread, so whoever computes sets it and puts it back. */
#ifndef HRG_ARITHMETIC_H
#define HRG_ARITHMETIC_H

#include <stdint.h>

/* Sets the arithmetic of this thread, and returns what it was. */
static inline uint64_t
hrg_set_arithmetic(uint64_t wanted)
{
#if defined(__x86_64__) && defined(__GNUC__)
    unsigned before = __builtin_ia32_stmxcsr();
    __builtin_ia32_ldmxcsr((unsigned)wanted);
    return before;
#elif defined(__aarch64__) && defined(__GNUC__)
    uint64_t before;
    __asm__ volatile("mrs %0, fpcr" : "=r"(before));
    __asm__ volatile("msr fpcr, %0" : : "r"(wanted) : "memory");
    return before;
#else
    return wanted;
#endif
}

#if defined(__x86_64__)
#define HRG_PLAIN_ARITHMETIC UINT64_C(0x1f80) /* MXCSR as a process starts: traps masked, no more */
#else
#define HRG_PLAIN_ARITHMETIC UINT64_C(0)
#endif

/* Around a pass: what lies between runs in plain arithmetic, whatever the thread had before. */
#define HRG_BEGIN_PLAIN_ARITHMETIC uint64_t hrg_before = hrg_set_arithmetic(HRG_PLAIN_ARITHMETIC);
#define HRG_END_PLAIN_ARITHMETIC hrg_set_arithmetic(hrg_before);

#endif
