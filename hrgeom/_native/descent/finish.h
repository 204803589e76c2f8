/* Finishing the rows of a descent: moves of single entries on a grid, and the hardest non-matches.
 *
 * Plain C with the vectors of GNU C; where the compiler can, one build carries a version for each
 * instruction set.  Results differ between instruction sets by rounding alone, and whatever they
 * are the certificate is computed anew from the stored numbers. */
#ifndef DESCENT_FINISH_H
#define DESCENT_FINISH_H

#include <stdint.h>

/* Where an entry may go from where it is. */
enum finish_grid {
    FINISH_INTEGERS, /* one unit of its row up or down, at most `largest` units from 0 */
    FINISH_SIGNS,    /* to the other sign */
    FINISH_BFLOAT16, /* to the next number of the type */
    FINISH_FLOAT16
};

/* Rows of one side, which move, and those of the other side, which do not.  A pair of row i and
 * item j has z = sharpness (sign (score - own_level[i] - other_level[j]) - target), sign +1 for a
 * match and -1 otherwise; its loss is exp(-z), and 1 - z + z^2/2 where z < 0,
 * times its importance. */
typedef struct {
    int64_t dim;
    float *own;              /* (rows, dim) */
    const float *other;      /* (items, dim) */
    const int64_t *start;    /* (rows + 1) places in item; the items of a row, its matches first */
    const int32_t *item;
    const int32_t *n_matches;
    const float *importance; /* of every listed pair; NULL: 1 */
    const float *own_level, *other_level;
    const float *unit;       /* step of every row, for FINISH_INTEGERS */
    float sharpness, target, largest;
    int32_t grid;
    int32_t most_moves;      /* of a row; its loss falls with every one */
    int32_t in_pairs;        /* try two entries at once where a pair is wrong and one is no use */
    double *loss;            /* written: the sum over the pairs of a row */
    int32_t *moves;          /* written */
} finish_job;

/* Rows from `first` to `last` - 1.  Returns 0, or -1 without memory. */
int finish_relax(const finish_job *job, int64_t first, int64_t last);

/* Documents in panels of 64, dimension by dimension, as finish_hardest reads them. */
int64_t finish_panel_numbers(int64_t n_documents, int64_t dim);
void finish_pack(int64_t n_documents, int64_t dim, const float *documents, float *panels);

/* For queries from `first` to `last` - 1: their non-matches with score above cut, `most` of the
 * highest where there are more (of equal scores any).  Written: cut, raised to what was kept;
 * count; items (queries, most), ascending; their scores.
 * Returns 0, or -1 without memory. */
typedef struct {
    int64_t n_documents, dim, most;
    const float *queries, *panels;
    const int64_t *match_start;
    const int32_t *match_document;
    float *cut, *scores;
    int32_t *count, *items;
} finish_search;

int finish_hardest(const finish_search *search, int64_t first, int64_t last);

#endif
