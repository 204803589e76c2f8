/* Building the tree of blocks: the order of documents, and the bounds on every block. */
#include "tree.h"
#include "last_bit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SAMPLE 256 /* rows that tell the principal axis of more */
#define N_ROUNDS 6     /* of power iteration: a good axis is enough */
/* More than what evaluating widths, radii and lengths themselves rounds. */
#define INFLATION (1.0 + 1e-6)
/* More than what all products of a bound lose to underflow; see _tree.py. */
#define TINY 0x1p-500

typedef struct {
    double key;
    int32_t number;
} keyed;

/* Rearranges keys so that the first `half` are the smallest; ties in the order of the numbers. */
static inline int
precedes(keyed a, keyed b)
{
    return a.key < b.key || (a.key == b.key && a.number < b.number);
}

static void
select_smallest(keyed *keys, size_t n, size_t half)
{
    size_t low = 0, high = n - 1;
    while (low < high) {
        keyed a = keys[low], b = keys[low + (high - low) / 2], c = keys[high], pivot;
        pivot = precedes(a, b) ? (precedes(b, c) ? b : precedes(a, c) ? c : a)
                               : (precedes(a, c) ? a : precedes(b, c) ? c : b);
        size_t i = low, j = high;
        for (;;) {
            while (precedes(keys[i], pivot)) {
                i++;
            }
            while (precedes(pivot, keys[j])) {
                j--;
            }
            if (i >= j) {
                break;
            }
            keyed swap = keys[i];
            keys[i++] = keys[j];
            keys[j--] = swap;
        }
        /* Hoare: all up to j are no greater than the pivot, all after it no smaller */
        if (half <= j) {
            high = j;
        } else {
            low = j + 1;
        }
    }
}

/* Mean of n rows and, approximately, the direction in which they extend most, of length 1.
 * The rows are written over. Returns 0 where they are all equal. */
static int
principal_axis(double *rows, size_t n, size_t dim, double *mean, double *axis, double *work)
{
    memset(mean, 0, dim * sizeof *mean);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < dim; k++) {
            mean[k] += rows[i * dim + k];
        }
    }
    for (size_t k = 0; k < dim; k++) {
        mean[k] /= (double)n;
    }
    double longest = 0;
    for (size_t i = 0; i < n; i++) {
        double square = 0;
        for (size_t k = 0; k < dim; k++) {
            rows[i * dim + k] -= mean[k];
            square += rows[i * dim + k] * rows[i * dim + k];
        }
        if (square > longest) {
            longest = square;
            memcpy(axis, rows + i * dim, dim * sizeof *axis);
        }
    }
    if (!(longest > 0)) {
        return 0;
    }
    double scale = 1 / sqrt(longest);
    for (int round = 0;; round++) {
        for (size_t k = 0; k < dim; k++) {
            axis[k] *= scale;
        }
        if (round == N_ROUNDS) {
            return 1;
        }
        memset(work, 0, dim * sizeof *work);
        for (size_t i = 0; i < n; i++) {
            double along = 0;
            for (size_t k = 0; k < dim; k++) {
                along += rows[i * dim + k] * axis[k];
            }
            for (size_t k = 0; k < dim; k++) {
                work[k] += along * rows[i * dim + k];
            }
        }
        double square = 0;
        for (size_t k = 0; k < dim; k++) {
            square += work[k] * work[k];
        }
        if (!(square > 0) || !isfinite(square)) {
            return 1;
        }
        memcpy(axis, work, dim * sizeof *axis);
        scale = 1 / sqrt(square);
    }
}

#define NAMED(name) JOIN(name)

#define REAL float
#define JOIN(name) name##_f32
#include "tree_build.h"

#define REAL double
#define JOIN(name) name##_f64
#include "tree_build.h"
