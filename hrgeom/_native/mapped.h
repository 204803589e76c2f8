/* Files that shrink while they are mapped: pages that are gone read as zeros, and that is noted.
 *
 * Without this the process dies of SIGBUS at the first access behind the new end. The handler is
 * put in place when the first range is guarded, and stays; faults outside of guarded ranges go to
 * whoever handled them before. */
#ifndef HRG_MAPPED_H
#define HRG_MAPPED_H

#include <stddef.h>

#define HRG_MAPPED_MOST 64 /* ranges guarded at a time */

/* Guards the pages of a mapping and returns the number of its slot, or -1 if there is none free
 * or the system has no such signal. Calls must not overlap: the caller holds a lock. */
int hrg_mapped_guard(const void *start, size_t n_bytes);

/* Ends it; returns whether pages were gone. */
int hrg_mapped_release(int slot);

#endif
