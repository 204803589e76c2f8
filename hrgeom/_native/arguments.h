/* How passes take their arguments from Python: sizes, then a buffer for every array of the job. */
#ifndef HRG_ARGUMENTS_H
#define HRG_ARGUMENTS_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "hrg.h"

/* Numbers in an array, padding included, so that their bytes fit in size_t by far. */
#define MAX_NUMBERS (PY_SSIZE_T_MAX / 64)

enum {
    PANELS, QUERIES, MATCH_START, MATCH_DOCUMENT, LEVEL, LEVEL_DOCUMENT, FLOOR, FILTER_BOUND,
    SCORE_BOUND, WORKSPACE, EXTREME_SCORE, EXTREME_DOCUMENT, N_VIOLATIONS, N_EXACT, N_UNDECIDED,
    N_BUFFERS
};

typedef struct {
    int is_double, exact;
    Py_ssize_t n_documents, dim, n_queries;
} hrg_sizes;

#define HRG_JOB_FORMAT "pnnnpy*y*y*y*y*y*y*y*y*w*w*w*w*w*w*"
#define HRG_JOB_ARGUMENTS(s, b)                                                                    \
    &(s).is_double, &(s).n_documents, &(s).dim, &(s).n_queries, &(s).exact, &(b)[0], &(b)[1],      \
        &(b)[2], &(b)[3], &(b)[4], &(b)[5], &(b)[6], &(b)[7], &(b)[8], &(b)[9], &(b)[10],          \
        &(b)[11], &(b)[12], &(b)[13], &(b)[14]

hrg_job hrg_job_of(const hrg_sizes *sizes, const Py_buffer *b);

/* Everything the pass will touch must lie inside the buffers: 0, or -1 with an error set. `width`:
 * how many documents lie side by side. */
int hrg_check_job(const hrg_sizes *sizes, const hrg_job *job, const Py_buffer *b, size_t width);

#endif
