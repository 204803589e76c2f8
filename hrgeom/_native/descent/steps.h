/* The steps.  Included once per instruction set by files that define
 *   TARGET, NAMED2(name, isa), ISA, LANES, VECTOR (of floats), ZERO, LOAD(p), STORE(p, v), SET(x),
 *   ADD, SUB, MUL, MIN, MAX, FMA(a, b, c) = a b + c, SUM(v), POWER_OF_TWO(v) for whole v,
 *   ROUND(v), and TRANSPOSED_SUM(v): the sums of LANES vectors as one. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NEGLIGIBLE 3e-4f /* of the largest weight: such a pair moves nothing */
#define MEAN 0.9f /* of the squared length of a row's gradient, over visits */
#define NOWHERE -1e9f /* score of a match among the sampled: no loss comes from it */
#define INLINE static inline __attribute__((always_inline))

/* The pairs of one row: partners, scores, weights. `room` numbers each. */
typedef struct {
    size_t room;
    int32_t *partner;
    float *score, *weight;
} NAMED2(pairs, ISA);

static int
NAMED2(reserve, ISA)(NAMED2(pairs, ISA) *pairs, size_t n)
{
    if (n + LANES <= pairs->room) {
        return 0;
    }
    free(pairs->partner);
    pairs->room = n + n / 2 + LANES;
    pairs->partner = malloc(3 * pairs->room * sizeof(float));
    if (pairs->partner == NULL) {
        pairs->room = 0;
        return -1;
    }
    pairs->score = (float *)(pairs->partner + pairs->room);
    pairs->weight = pairs->score + pairs->room;
    return 0;
}

/* exp, to about 1e-6 of itself; arguments are cut to -87 .. 60. */
TARGET INLINE VECTOR
NAMED2(exponential, ISA)(VECTOR x)
{
    x = MAX(MIN(x, SET(60.0f)), SET(-87.0f));
    VECTOR n = ROUND(MUL(x, SET(1.44269504f)));
    VECTOR r = FMA(n, SET(-0.693359375f), x);
    r = FMA(n, SET(2.12194440e-4f), r);
    VECTOR p = SET(1.0f / 720);
    p = FMA(p, r, SET(1.0f / 120));
    p = FMA(p, r, SET(1.0f / 24));
    p = FMA(p, r, SET(1.0f / 6));
    p = FMA(p, r, SET(0.5f));
    p = FMA(p, r, SET(1.0f));
    p = FMA(p, r, SET(1.0f));
    return MUL(p, POWER_OF_TWO(n));
}

/* Scores of a row with rows[partner[0 .. n)]; partners are readable up to a multiple of LANES. */
TARGET INLINE void
NAMED2(scores, ISA)(const int D, size_t width, const float *row, const float *rows,
                    const NAMED2(pairs, ISA) *pairs, size_t n)
{
    const int blocks = D > 0 ? D : (int)(width / LANES);
    for (size_t e = 0; e < n; e += LANES) {
        VECTOR sum[LANES];
#pragma GCC unroll 16
        for (int i = 0; i < LANES; i++) {
            const float *x = rows + (size_t)pairs->partner[e + (size_t)i] * width;
            sum[i] = MUL(LOAD(row), LOAD(x));
            for (int k = 1; k < blocks; k++) {
                sum[i] = FMA(LOAD(row + k * LANES), LOAD(x + k * LANES), sum[i]);
            }
            if (e + 2 * LANES <= n) {
                const char *next =
                    (const char *)(rows + (size_t)pairs->partner[e + LANES + (size_t)i] * width);
                for (size_t byte = 0; byte < width * sizeof(float); byte += 64) {
                    __builtin_prefetch(next + byte);
                }
            }
        }
        STORE(pairs->score + e, TRANSPOSED_SUM(sum));
    }
}

/* gradient += the weighted sum of rows. */
TARGET INLINE void
NAMED2(combine, ISA)(const int D, size_t width, const float *rows, const NAMED2(pairs, ISA) *pairs,
                     size_t n, float least, float *gradient)
{
    const int blocks = D > 0 ? D : (int)(width / LANES);
    VECTOR sum[D > 0 ? D : 1];
    if (D > 0) {
        for (int k = 0; k < blocks; k++) {
            sum[k] = ZERO;
        }
    } else {
        memset(gradient, 0, width * sizeof(float));
    }
    for (size_t e = 0; e < n; e++) {
        if (fabsf(pairs->weight[e]) < least) {
            continue;
        }
        const float *x = rows + (size_t)pairs->partner[e] * width;
        VECTOR w = SET(pairs->weight[e]);
        for (int k = 0; k < blocks; k++) {
            if (D > 0) {
                sum[k] = FMA(w, LOAD(x + k * LANES), sum[k]);
            } else {
                STORE(gradient + k * LANES, FMA(w, LOAD(x + k * LANES), LOAD(gradient + k * LANES)));
            }
        }
    }
    for (int k = 0; D > 0 && k < blocks; k++) {
        STORE(gradient + k * LANES, sum[k]);
    }
}

/* One step of Adam on the sphere, with one second moment for the whole row. */
TARGET INLINE void
NAMED2(step_row, ISA)(size_t width, float *row, float *momentum, float *scale, float *gradient,
                      float rate, float momentum_share, float damping)
{
    const size_t blocks = width / LANES;
    VECTOR t = ZERO;
    for (size_t k = 0; k < blocks; k++) {
        t = FMA(LOAD(gradient + k * LANES), LOAD(row + k * LANES), t);
    }
    VECTOR along = SET(-SUM(t)); /* the part along the row would only change its length */
    t = ZERO;
    for (size_t k = 0; k < blocks; k++) {
        VECTOR g = FMA(along, LOAD(row + k * LANES), LOAD(gradient + k * LANES));
        STORE(gradient + k * LANES, g);
        t = FMA(g, g, t);
    }
    *scale = MEAN * *scale + (1 - MEAN) * SUM(t);
    VECTOR length = SET(-rate / (sqrtf(*scale) + damping));
    t = ZERO;
    for (size_t k = 0; k < blocks; k++) {
        VECTOR m = FMA(SET(momentum_share), LOAD(momentum + k * LANES),
                       MUL(SET(1 - momentum_share), LOAD(gradient + k * LANES)));
        STORE(momentum + k * LANES, m);
        VECTOR x = FMA(length, m, LOAD(row + k * LANES));
        STORE(gradient + k * LANES, x); /* from here on the new row, not of length one yet */
        t = FMA(x, x, t);
    }
    VECTOR shrink = SET(1 / sqrtf(SUM(t)));
    for (size_t k = 0; k < blocks; k++) {
        STORE(row + k * LANES, MUL(shrink, LOAD(gradient + k * LANES)));
    }
}

/* Weights exp(x - top) of the pairs [begin, end), where x = slope score + offset and top is the
 * largest x; so none overflows. Returns top, or -FLT_MAX without a pair. */
TARGET INLINE float
NAMED2(weigh, ISA)(const NAMED2(pairs, ISA) *pairs, size_t begin, size_t end, float slope,
                   float offset)
{
    float top = -FLT_MAX;
    for (size_t e = begin; e < end; e++) {
        float x = slope * pairs->score[e] + offset;
        top = x > top ? x : top;
    }
    size_t e = begin;
    for (; e + LANES <= end; e += LANES) {
        VECTOR x = FMA(SET(slope), LOAD(pairs->score + e), SET(offset - top));
        STORE(pairs->weight + e, NAMED2(exponential, ISA)(x));
    }
    for (; e < end; e++) {
        float x = slope * pairs->score[e] + (offset - top);
        pairs->weight[e] = expf(x < -87 ? -87 : x);
    }
    return top;
}

TARGET INLINE float
NAMED2(sum_of_weights, ISA)(const NAMED2(pairs, ISA) *pairs, size_t begin, size_t end)
{
    VECTOR sum = ZERO;
    size_t e = begin;
    for (; e + LANES <= end; e += LANES) {
        sum = ADD(sum, LOAD(pairs->weight + e));
    }
    float rest = 0;
    for (; e < end; e++) {
        rest += pairs->weight[e];
    }
    return SUM(sum) + rest;
}

/* 1 / (1 + exp(-x)), and log(1 + exp(x)). */
static inline float
NAMED2(logistic, ISA)(float x)
{
    return x > 0 ? 1 / (1 + expf(-x)) : expf(x) / (1 + expf(x));
}

static inline float
NAMED2(softplus, ISA)(float x)
{
    return x > 0 ? x + log1pf(expf(-x)) : log1pf(expf(x));
}

/* The pairs of query i: matches, then the listed, then the sampled. */
TARGET INLINE size_t
NAMED2(gather_query, ISA)(const hrg_descent *d, const hrg_visit *v, int64_t i,
                          const NAMED2(pairs, ISA) *pairs, size_t *n_matches)
{
    const int32_t *match = d->match_document + d->match_start[i];
    size_t n = *n_matches = (size_t)(d->match_start[i + 1] - d->match_start[i]);
    memcpy(pairs->partner, match, n * sizeof(int32_t));
    memcpy(pairs->partner + n, d->listed + (size_t)i * d->stride,
           (size_t)d->n_listed[i] * sizeof(int32_t));
    n += (size_t)d->n_listed[i];
    for (int k = 0; k < v->n_shifts; k++) {
        pairs->partner[n++] = (int32_t)((i + v->shift[k]) % d->documents.n);
    }
    for (size_t e = n; e < n + LANES; e++) {
        pairs->partner[e] = 0; /* to be read, not used */
    }
    return n;
}

static int
NAMED2(is_match, ISA)(const hrg_descent *d, int64_t i, int32_t document)
{
    int64_t low = d->match_start[i], end = d->match_start[i + 1], high = end;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (d->match_document[middle] < document) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < end && d->match_document[low] == document;
}

/* What a sampled document stands for: nothing if it is a match, some others like it below the
 * query's list, itself above it. */
static inline float
NAMED2(sample_factor, ISA)(const hrg_descent *d, const hrg_visit *v, int64_t i, float score)
{
    return score == NOWHERE ? 0 : score < d->lowest_listed[i] ? v->sample_weight : 1;
}

/* Takes note of the scores of query i before its first step. */
static void
NAMED2(note, ISA)(const hrg_descent *d, int64_t i, const float *score, size_t n_matches,
                  size_t n_listed, hrg_seen *seen)
{
    float low = FLT_MAX, high = -FLT_MAX, least = FLT_MAX;
    for (size_t e = 0; e < n_matches; e++) {
        low = score[e] < low ? score[e] : low;
    }
    for (size_t e = n_matches; e < n_matches + n_listed; e++) {
        high = score[e] > high ? score[e] : high;
        least = score[e] < least ? score[e] : least;
    }
    d->lowest_match[i] = low;
    d->highest_other[i] = high;
    d->lowest_listed[i] = least; /* FLT_MAX without a list: what is sampled is below it */
    seen->lowest = low < seen->lowest ? low : seen->lowest;
    seen->highest = high > seen->highest ? high : seen->highest;
    if (n_matches > 0 && n_listed > 0) {
        double gap = (double)low - (double)high;
        seen->lowest_gap = gap < seen->lowest_gap ? gap : seen->lowest_gap;
        seen->n_wrong += gap <= 0;
    }
}

/* Keeps the pairs that weigh something, for the further steps of a visit; they stay in order. */
static size_t
NAMED2(drop_negligible, ISA)(const NAMED2(pairs, ISA) *pairs, size_t n, size_t *n_matches,
                             size_t *n_until_samples, float least)
{
    size_t kept = 0, matches = 0, until_samples = 0;
    for (size_t e = 0; e < n; e++) {
        if (fabsf(pairs->weight[e]) >= least) {
            pairs->partner[kept++] = pairs->partner[e];
            matches += e < *n_matches;
            until_samples += e < *n_until_samples;
        }
    }
    for (size_t e = kept; e < kept + LANES; e++) {
        pairs->partner[e] = 0;
    }
    *n_matches = matches;
    *n_until_samples = until_samples;
    return kept;
}

TARGET INLINE void
NAMED2(visit_query, ISA)(const int D, const hrg_descent *d, const hrg_visit *v, int64_t i,
                         const NAMED2(pairs, ISA) *pairs, float *gradient, hrg_seen *seen)
{
    size_t n_matches, n = NAMED2(gather_query, ISA)(d, v, i, pairs, &n_matches);
    size_t n_listed = (size_t)d->n_listed[i], n_until_samples = n_matches + n_listed;
    float *row = d->queries.rows + (size_t)i * d->width, T = v->temperature;
    for (int step = 0; step < v->n_query_steps; step++) {
        NAMED2(scores, ISA)(D, d->width, row, d->documents.rows, pairs, n);
        if (step == 0) {
            NAMED2(note, ISA)(d, i, pairs->score, n_matches, n_listed, seen);
        }
        float t = d->threshold[i];
        float match_top = NAMED2(weigh, ISA)(pairs, 0, n_matches, -T, T * (t + v->goal));
        for (size_t e = n_until_samples; e < n; e++) {
            if (NAMED2(is_match, ISA)(d, i, pairs->partner[e])) {
                pairs->score[e] = NOWHERE;
            }
        }
        float other_top = NAMED2(weigh, ISA)(pairs, n_matches, n, T, T * (v->goal - t));
        for (size_t e = n_until_samples; e < n; e++) {
            pairs->weight[e] *= NAMED2(sample_factor, ISA)(d, v, i, pairs->score[e]);
        }
        float matches = NAMED2(sum_of_weights, ISA)(pairs, 0, n_matches);
        float others = NAMED2(sum_of_weights, ISA)(pairs, n_matches, n);
        /* Logarithms of the sums in the loss; of nothing, about -infinity. */
        float log_matches = matches > 0 ? match_top + logf(matches) : -FLT_MAX / 4;
        float log_others = others > 0 ? other_top + logf(others) : -FLT_MAX / 4;
        if (v->is_by_row && matches > 0 && others > 0) {
            /* The threshold that minimizes the loss makes both sums equal. */
            float mean = (log_matches + log_others) / 2;
            d->threshold[i] = t + (log_others - mean) / T;
            log_matches = log_others = mean;
        }
        float pull = T * NAMED2(logistic, ISA)(log_matches);
        float push = T * NAMED2(logistic, ISA)(log_others);
        if (step == v->n_query_steps - 1) {
            d->match_loss[i] = NAMED2(softplus, ISA)(log_matches);
            d->other_loss[i] = NAMED2(softplus, ISA)(log_others);
            seen->slope += (double)pull - (double)push;
        }
        if (v->is_frozen) {
            continue;
        }
        float to_match = matches > 0 ? -pull / matches : 0, to_other = others > 0 ? push / others : 0;
        float largest = 0;
        for (size_t e = 0; e < n; e++) {
            pairs->weight[e] *= e < n_matches ? to_match : to_other;
            largest = fmaxf(largest, fabsf(pairs->weight[e]));
        }
        NAMED2(combine, ISA)(D, d->width, d->documents.rows, pairs, n, NEGLIGIBLE * largest,
                             gradient);
        NAMED2(step_row, ISA)(d->width, row, d->queries.momentum + (size_t)i * d->width,
                              d->queries.scale + i, gradient, v->query_rate, v->momentum,
                              v->damping);
        if (step == 0 && v->n_query_steps > 1) {
            n = NAMED2(drop_negligible, ISA)(pairs, n, &n_matches, &n_until_samples,
                                             NEGLIGIBLE * largest);
        }
    }
}

TARGET INLINE size_t
NAMED2(gather_document, ISA)(const hrg_descent *d, const hrg_visit *v, int64_t j,
                             const NAMED2(pairs, ISA) *pairs, size_t *n_matching,
                             size_t *n_until_samples)
{
    size_t n = *n_matching = (size_t)(v->matching_start[j + 1] - v->matching_start[j]);
    size_t n_listing = (size_t)(v->listing_start[j + 1] - v->listing_start[j]);
    memcpy(pairs->partner, v->matching + v->matching_start[j], n * sizeof(int32_t));
    memcpy(pairs->partner + n, v->listing + v->listing_start[j], n_listing * sizeof(int32_t));
    *n_until_samples = n += n_listing;
    for (int k = 0; k < v->n_shifts; k++) {
        /* the queries of the group that are congruent to j - shift */
        int64_t ahead = (j - v->shift[k] - v->first_query) % d->documents.n;
        ahead += ahead < 0 ? d->documents.n : 0;
        for (int64_t i = v->first_query + ahead; i < v->last_query; i += d->documents.n) {
            pairs->partner[n++] = (int32_t)i;
        }
    }
    for (size_t e = n; e < n + LANES; e++) {
        pairs->partner[e] = (int32_t)v->first_query;
    }
    return n;
}

TARGET INLINE void
NAMED2(visit_document, ISA)(const int D, const hrg_descent *d, const hrg_visit *v, int64_t j,
                            const NAMED2(pairs, ISA) *pairs, float *gradient)
{
    size_t n_matching, n_until_samples;
    size_t n = NAMED2(gather_document, ISA)(d, v, j, pairs, &n_matching, &n_until_samples);
    float T = v->temperature, largest = 0;
    NAMED2(scores, ISA)(D, d->width, d->documents.rows + (size_t)j * d->width, d->queries.rows,
                        pairs, n);
    /* A pair's part in its query's loss, as the query's last step left it: at most all of it. */
    for (size_t e = 0; e < n; e++) {
        int32_t i = pairs->partner[e];
        float ahead = pairs->score[e] - d->threshold[i];
        pairs->weight[e] = e < n_matching ? T * (v->goal - ahead) - d->match_loss[i]
                                          : T * (v->goal + ahead) - d->other_loss[i];
    }
    for (size_t e = 0; e < n; e += LANES) {
        VECTOR w = NAMED2(exponential, ISA)(MIN(LOAD(pairs->weight + e), ZERO));
        STORE(pairs->weight + e, MUL(SET(T), w));
    }
    for (size_t e = 0; e < n; e++) {
        float w = e < n_matching ? -pairs->weight[e] : pairs->weight[e];
        if (e >= n_until_samples) {
            int32_t i = pairs->partner[e];
            int is_match = NAMED2(is_match, ISA)(d, i, (int32_t)j);
            w *= NAMED2(sample_factor, ISA)(d, v, i, is_match ? NOWHERE : pairs->score[e]);
        }
        pairs->weight[e] = w;
        largest = fmaxf(largest, fabsf(w));
    }
    NAMED2(combine, ISA)(D, d->width, d->queries.rows, pairs, n, NEGLIGIBLE * largest, gradient);
    NAMED2(step_row, ISA)(d->width, d->documents.rows + (size_t)j * d->width,
                          d->documents.momentum + (size_t)j * d->width, d->documents.scale + j,
                          gradient, v->document_rate, v->momentum, v->damping);
}

#define BY_WIDTH(call)                                                                           \
    switch (d->width / LANES) {                                                                  \
    case 1: call(1); break;                                                                      \
    case 2: call(2); break;                                                                      \
    case 3: call(3); break;                                                                      \
    case 4: call(4); break;                                                                      \
    case 8: call(8); break;                                                                      \
    default: call(0); break;                                                                     \
    }

TARGET int
NAMED2(hrg_query_steps, ISA)(const hrg_descent *d, const hrg_visit *v, int64_t first, int64_t last,
                             hrg_seen *seen)
{
    *seen = (hrg_seen){.lowest = FLT_MAX, .highest = -FLT_MAX, .lowest_gap = DBL_MAX};
    NAMED2(pairs, ISA) pairs = {0};
    float *gradient = malloc(d->width * sizeof(float));
    int failed = gradient == NULL;
    for (int64_t i = first; i < last && !failed; i++) {
        size_t most = (size_t)(d->match_start[i + 1] - d->match_start[i]) + (size_t)d->n_listed[i]
                      + (size_t)v->n_shifts;
        failed = NAMED2(reserve, ISA)(&pairs, most);
        if (!failed) {
#define CALL(D) NAMED2(visit_query, ISA)(D, d, v, i, &pairs, gradient, seen)
            BY_WIDTH(CALL)
#undef CALL
        }
    }
    free(pairs.partner);
    free(gradient);
    return failed ? -1 : 0;
}

TARGET int
NAMED2(hrg_document_steps, ISA)(const hrg_descent *d, const hrg_visit *v, int64_t first,
                                int64_t last)
{
    NAMED2(pairs, ISA) pairs = {0};
    float *gradient = malloc(d->width * sizeof(float));
    int failed = gradient == NULL;
    int64_t per_shift = (v->last_query - v->first_query) / d->documents.n + 1;
    for (int64_t j = first; j < last && !failed; j++) {
        size_t most = (size_t)(v->matching_start[j + 1] - v->matching_start[j]
                               + v->listing_start[j + 1] - v->listing_start[j]
                               + v->n_shifts * per_shift);
        failed = NAMED2(reserve, ISA)(&pairs, most);
        if (!failed) {
#define CALL(D) NAMED2(visit_document, ISA)(D, d, v, j, &pairs, gradient)
            BY_WIDTH(CALL)
#undef CALL
        }
    }
    free(pairs.partner);
    free(gradient);
    return failed ? -1 : 0;
}
