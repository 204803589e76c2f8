#include "mapped.h"

#if defined(__unix__) || defined(__APPLE__)
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

/* Read by the handler at any moment: `stop` is written last and cleared first. */
typedef struct {
    _Atomic uintptr_t start, stop;
    atomic_int lost;
} range;

static range ranges[HRG_MAPPED_MOST];
static uintptr_t page_bytes;
static struct sigaction before;
static int is_in_place;

/* Puts zeros where the file has ended; returns whether the address is a guarded one. */
static int
mend(uintptr_t address)
{
    uintptr_t page = address & ~(page_bytes - 1), stop = 0;
    for (int slot = 0; slot < HRG_MAPPED_MOST; slot++) {
        uintptr_t end = atomic_load(&ranges[slot].stop);
        if (address < end && address >= atomic_load(&ranges[slot].start)) {
            atomic_store(&ranges[slot].lost, 1);
            stop = end > stop ? end : stop;
        }
    }
    return stop != 0
           && mmap((void *)page, stop - page, PROT_READ, MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS,
                   -1, 0) != MAP_FAILED;
}

static void
on_bus_error(int number, siginfo_t *info, void *context)
{
    int error = errno;
    int is_mended = mend((uintptr_t)info->si_addr);
    errno = error;
    if (is_mended) {
        return; /* the access is tried again */
    }
    if (before.sa_flags & SA_SIGINFO) {
        before.sa_sigaction(number, info, context);
    } else if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN) {
        before.sa_handler(number);
    } else {
        sigaction(SIGBUS, &before, NULL); /* tried again, it ends the process as ever */
    }
}

static int
put_in_place(void)
{
    struct sigaction action = {.sa_sigaction = on_bus_error,
                               .sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    page_bytes = (uintptr_t)sysconf(_SC_PAGESIZE);
    is_in_place = is_in_place || sigaction(SIGBUS, &action, &before) == 0;
    return is_in_place;
}

int
hrg_mapped_guard(const void *start, size_t n_bytes)
{
    if (!put_in_place()) {
        return -1;
    }
    for (int slot = 0; slot < HRG_MAPPED_MOST; slot++) {
        if (atomic_load(&ranges[slot].stop) == 0) {
            atomic_store(&ranges[slot].lost, 0);
            atomic_store(&ranges[slot].start, (uintptr_t)start);
            atomic_store(&ranges[slot].stop, (uintptr_t)start + n_bytes);
            return slot;
        }
    }
    return -1;
}

int
hrg_mapped_release(int slot)
{
    atomic_store(&ranges[slot].stop, 0);
    return atomic_load(&ranges[slot].lost);
}
#else
int
hrg_mapped_guard(const void *start, size_t n_bytes)
{
    (void)start, (void)n_bytes;
    return -1;
}

int
hrg_mapped_release(int slot)
{
    (void)slot;
    return 0;
}
#endif
