/* What every kernel shares: the job, the exact sign, the two passes.
 *
 * Documents are packed in panels of HRG_PANEL_F32 (or HRG_PANEL_F64) documents:
 * element k of document v lies at panels[((v / W) * dim + k) * W + v % W], zeros
 * beyond the last document.  Queries are row-major.  Matches are CSR rows with
 * ascending document numbers.
 *
 * Scores.  The score that counts is the *reference score*: products and sums in
 * double, k = 0, 1, ..., never contracted.  |reference - exact| <= score_bound[q].
 * A SIMD kernel first computes scores its own way, with
 * |own score - reference| <= filter_bound[q], and looks at the reference score only
 * where that can matter, so all kernels return the same numbers.  The bounds come
 * from the caller (hrgeom/checker/_rounding.py states and proves them).
 */
#ifndef HRG_H
#define HRG_H

#include <stddef.h>
#include <stdint.h>

#define HRG_PANEL_F32 32
#define HRG_PANEL_F64 16
#define HRG_MAX_TILE 12 /* queries that a SIMD kernel holds in registers at a time */

/* The last document of a query that was compared with the level exactly, -1 for none, and how. */
typedef struct {
    int32_t document, sign;
} hrg_recent;

typedef struct {
    const void *panels;
    size_t n_documents;
    size_t dim;
    const void *queries;
    size_t n_queries;
    const int64_t *match_start;    /* n_queries + 1, from 0 */
    const int32_t *match_document;
    /* What a match must exceed and a non-match must stay below: the number level[q],
     * or, where level_document[q] >= 0, the exact score of that document. */
    const double *level;
    const int32_t *level_document;
    const double *floor; /* a sweep need not find a best non-match whose score is up to this */
    const double *filter_bound;
    const double *score_bound;
    int exact;                     /* decide in exact arithmetic what the bound leaves open */
    void *workspace;               /* hrg_workspace_bytes() */
    hrg_recent *recent;            /* n_queries, or NULL: documents that are equal are not noticed */
    /* results, one per query */
    double *extreme_score;         /* matches: the lowest; sweep: the highest non-match */
    int32_t *extreme_document;     /* -1 where there is none */
    int64_t *n_violations;
    int64_t *n_exact;
    int64_t *n_undecided;
} hrg_job;

typedef void (*hrg_pass)(const hrg_job *job);

/* Bytes of scratch a sweep over n_queries queries of dimension dim needs. */
size_t hrg_workspace_bytes(size_t n_queries, size_t dim);

/* Sign of sum_k q[k] (x[k] - y[k]) - level, without rounding; y may be NULL.
 * x and y are read with the given strides. */
int hrg_exact_sign_f32(const float *q, const float *x, const float *y, size_t dim, size_t stride,
                       double level);
int hrg_exact_sign_f64(const double *q, const double *x, const double *y, size_t dim,
                       size_t stride, double level);

/* The worst match of every query; with level_document[q] < 0 also counts the matches
 * that do not exceed level[q].  Where a query matches two documents of a panel or more, on the
 * average, scores are computed a panel at a time. */
void hrg_matches_f32(const hrg_job *job);
void hrg_matches_f64(const hrg_job *job);

/* The best non-match of every query, and how many non-matches reach the level. */
void hrg_sweep_f32_serial(const hrg_job *job);
void hrg_sweep_f64_serial(const hrg_job *job);
#if defined(__x86_64__) && defined(__GNUC__)
#define HRG_HAVE_X86 1
void hrg_sweep_f32_avx2(const hrg_job *job);
void hrg_sweep_f64_avx2(const hrg_job *job);
void hrg_sweep_f32_avx512(const hrg_job *job);
void hrg_sweep_f64_avx512(const hrg_job *job);
#endif

#endif
