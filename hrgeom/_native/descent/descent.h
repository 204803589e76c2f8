/* Margin descent: what its kernels share.
 *
 * Rows are unit vectors in float, each padded with zeros to `width` numbers, a multiple of 16.
 * With T the temperature, t a query's threshold and s the scores, the loss of a query is
 *
 *     log(1 + sum over matches exp T(t + g - s)) + log(1 + sum over others exp T(s - t + g))
 *
 * where g is the margin aimed at and "others" are the non-matches listed for the query, and those
 * it happens to be sampled with.  hrgeom/descent/ states the method.
 *
 * A call works on a range of queries (or documents) and writes only what belongs to it, so the
 * results do not depend on how ranges are shared among threads. */
#ifndef HRG_DESCENT_H
#define HRG_DESCENT_H

#include <stddef.h>
#include <stdint.h>

#define HRG_ROW_MULTIPLE 16 /* numbers; every kernel's vectors divide it */
#define HRG_SWEEP_PANEL 64  /* documents whose bytes are packed together */
#define HRG_SWEEP_TILE 6    /* queries that a sweep holds in registers at a time */

/* One side of the embedding, with the state of its optimizer. */
typedef struct {
    int64_t n;
    float *rows, *momentum; /* n x width */
    float *scale;           /* n: running mean of the squared length of the gradient */
} hrg_side;

typedef struct {
    size_t width;
    hrg_side queries, documents;
    float *threshold;                /* one per query */
    float *match_loss, *other_loss;  /* the two terms of every query's loss at its last step */
    float *lowest_match, *highest_other, *lowest_listed; /* scores at the last visit */
    const int64_t *match_start;      /* by query, documents ascending */
    const int32_t *match_document;
    const int32_t *n_listed, *listed; /* by query: up to `stride` hard non-matches */
    size_t stride;
} hrg_descent;

typedef struct {
    float temperature, goal;
    float query_rate, document_rate; /* length of a step, roughly */
    float momentum; /* share of it that a step keeps */
    float damping; /* added to the mean length of a gradient, by which steps are divided */
    int n_query_steps;
    int is_by_row; /* every query has a threshold of its own, which a step sets */
    int is_frozen; /* look, but do not step */
    int64_t first_query, last_query; /* the group */
    /* By document: the queries of the group that it matches, and those that list it. */
    const int64_t *matching_start, *listing_start;
    const int32_t *matching, *listing;
    /* Query i also meets document (i + shift[k]) mod n_documents, for every k. */
    int n_shifts;
    const int32_t *shift;
    float sample_weight; /* what a sampled document stands for, below the query's list */
} hrg_visit;

typedef struct {
    double slope;          /* of the loss, by the threshold */
    double lowest, highest; /* match, other */
    double lowest_gap;     /* of a query */
    int64_t n_wrong;       /* queries with a match that does not exceed an other */
} hrg_seen;

/* They return 0, or -1 where memory is short. */
typedef int (*hrg_query_steps)(const hrg_descent *, const hrg_visit *, int64_t first, int64_t last,
                               hrg_seen *);
typedef int (*hrg_document_steps)(const hrg_descent *, const hrg_visit *, int64_t first,
                                  int64_t last);

/* A sweep over all pairs in integers.
 *
 * Queries are bytes in -63 .. 63, documents bytes in 1 .. 255 that stand for themselves minus 128,
 * in panels: byte k of document v lies at
 *     panels[((v / 64) * (bytes / 4) + k / 4) * 256 + (v % 64) * 4 + k % 4].
 * 255 * 63 * 2 < 2^15: sums of two products fit into 16 bits, as one instruction set needs.
 * Of every query the `stride` hardest non-matches are kept that score above its cut and at most
 * `reach` below its hardest. */
typedef struct {
    int64_t n_documents;
    size_t n_bytes; /* of a row, a multiple of 4 */
    const int8_t *queries;
    const uint8_t *panels;
    const int64_t *match_start;
    const int32_t *match_document;
    int32_t reach;
    const int32_t *cut;
    size_t stride;
    int32_t *n_listed, *listed;
    int32_t *scores; /* of what is listed; NULL: not asked for */
} hrg_listing;

typedef int (*hrg_list_hardest)(const hrg_listing *, int64_t first, int64_t last);

#define HRG_DECLARE(isa)                                                                       \
    int hrg_query_steps_##isa(const hrg_descent *, const hrg_visit *, int64_t, int64_t,        \
                              hrg_seen *);                                                     \
    int hrg_document_steps_##isa(const hrg_descent *, const hrg_visit *, int64_t, int64_t);    \
    int hrg_list_hardest_##isa(const hrg_listing *, int64_t, int64_t);

HRG_DECLARE(serial)
#if defined(__x86_64__) && defined(__GNUC__)
#define HRG_HAVE_X86 1
HRG_DECLARE(avx2)
HRG_DECLARE(avx512)
#endif
#if defined(__aarch64__) && defined(__linux__)
#define HRG_HAVE_NEON 1
int hrg_list_hardest_neon(const hrg_listing *, int64_t, int64_t);
#endif

/* Queries of [first, last) by listed document: starts (n_documents + 1, from 0) and queries. */
void hrg_by_document(const int32_t *n_listed, const int32_t *listed, size_t stride, int64_t first,
                     int64_t last, int64_t n_documents, int64_t *start, int32_t *query);

/* A number without a common divisor with n, about 0.618 n. */
int64_t hrg_golden_stride(int64_t n);

#endif
