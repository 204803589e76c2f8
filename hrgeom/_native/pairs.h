/* Single pairs: reference score and decision.  Included once per element type by files
 * that define REAL, PANEL and NAMED(name) first; a PANEL of 1 document is a row. */

static inline const REAL *
NAMED(document)(const hrg_job *job, size_t v)
{
    return (const REAL *)job->panels + (v / PANEL) * job->dim * PANEL + v % PANEL;
}

static inline double
NAMED(reference_score)(const hrg_job *job, const REAL *q, size_t v)
{
    const REAL *x = NAMED(document)(job, v);
    double score = 0.0;
    for (size_t k = 0; k < job->dim; k++) {
        if (q[k] != 0) { /* a zero more or less is the same number: many queries have few others */
            score += (double)q[k] * (double)x[k * PANEL];
        }
    }
    return score;
}

/* Whether two documents are equal where the query is not zero: they tie, without arithmetic. */
static inline int
NAMED(are_equal)(const hrg_job *job, const REAL *q, size_t v, size_t w)
{
    const REAL *x = NAMED(document)(job, v), *y = NAMED(document)(job, w);
    for (size_t k = 0; k < job->dim; k++) {
        if (x[k * PANEL] != y[k * PANEL] && q[k] != 0) {
            return 0;
        }
    }
    return 1;
}

/* Sign of the exact score of document v minus the level of query i; counts itself. */
static inline int
NAMED(exact_compare)(const hrg_job *job, size_t i, const REAL *q, size_t v)
{
    int32_t other = job->level_document[i];
    hrg_recent *recent = job->recent == NULL ? NULL : job->recent + i;
    const REAL *x = NAMED(document)(job, v);
    int sign;
    job->n_exact[i]++;
    if (other >= 0 && NAMED(are_equal)(job, q, v, (size_t)other)) {
        return 0;
    }
    if (recent != NULL && recent->document >= 0
        && NAMED(are_equal)(job, q, v, (size_t)recent->document)) {
        return recent->sign;
    }
    if (other >= 0) {
        sign = NAMED(hrg_exact_sign)(q, x, NAMED(document)(job, (size_t)other), job->dim, PANEL, 0.0);
    } else {
        sign = NAMED(hrg_exact_sign)(q, x, NULL, job->dim, PANEL, job->level[i]);
    }
    if (recent != NULL) {
        recent->document = (int32_t)v;
        recent->sign = sign;
    }
    return sign;
}

/* How far a reference score must be from the level before the two numbers decide. */
static inline double
NAMED(decision_bound)(const hrg_job *job, size_t i)
{
    return job->level_document[i] >= 0 ? 2 * job->score_bound[i] : job->score_bound[i];
}

static inline int
NAMED(is_match)(const hrg_job *job, size_t i, int32_t v)
{
    int64_t low = job->match_start[i], high = job->match_start[i + 1];
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (job->match_document[middle] < v) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < job->match_start[i + 1] && job->match_document[low] == v;
}

/* Whether all of count documents from first on are matches of query i, by a guess that runs of
 * consecutive numbers at either end of its matches make right: 0 may also mean unknown. */
static inline int
NAMED(all_match)(const hrg_job *job, size_t i, size_t first, size_t count)
{
    int64_t begin = job->match_start[i], end = job->match_start[i + 1];
    if (end - begin < (int64_t)count) {
        return 0;
    }
    const int32_t *match = job->match_document;
    int64_t from = (int64_t)first, last = from + (int64_t)count - 1;
    int64_t guess[2] = {begin + (from - match[begin]), end - 1 - (match[end - 1] - from)};
    for (int side = 0; side < 2; side++) {
        int64_t low = guess[side], high = guess[side] + (int64_t)count - 1;
        /* numbers ascend: if both ends are where they belong, so is all between */
        if (low >= begin && high < end && match[low] == from && match[high] == last) {
            return 1;
        }
    }
    return 0;
}

/* Takes note of non-match v with this reference score. */
static inline void
NAMED(note_other)(const hrg_job *job, size_t i, const REAL *q, int32_t v, double score)
{
    if (job->extreme_document[i] < 0 || score > job->extreme_score[i]) {
        job->extreme_score[i] = score;
        job->extreme_document[i] = v;
    }
    double bound = NAMED(decision_bound)(job, i);
    double gap = score - job->level[i];
    if (gap > bound || (gap >= 0 && bound == 0)) {
        job->n_violations[i]++;
    } else if (gap >= -bound && bound > 0) {
        if (!job->exact) {
            job->n_undecided[i]++;
        } else if (NAMED(exact_compare)(job, i, q, (size_t)v) >= 0) {
            job->n_violations[i]++;
        }
    }
}

static inline void
NAMED(clear)(const hrg_job *job, size_t i, double extreme)
{
    job->extreme_score[i] = extreme;
    job->extreme_document[i] = -1;
    job->n_violations[i] = job->n_exact[i] = job->n_undecided[i] = 0;
}

/* The non-matches numbered next to match j of query i; returns how many. */
static inline int
NAMED(others_next_to)(const hrg_job *job, size_t i, int64_t j, int32_t *others)
{
    int64_t begin = job->match_start[i], end = job->match_start[i + 1];
    int32_t v = job->match_document[j];
    int n = 0;
    if (v > 0 && (j == begin || job->match_document[j - 1] < v - 1)) {
        others[n++] = v - 1;
    }
    if ((size_t)v + 1 < job->n_documents && (j + 1 == end || job->match_document[j + 1] > v + 1)) {
        others[n++] = v + 1;
    }
    return n;
}

/* Makes non-match v the best so far if it is better. */
static inline void
NAMED(start_with)(const hrg_job *job, size_t i, const REAL *q, int32_t v)
{
    double score = NAMED(reference_score)(job, q, (size_t)v);
    if (job->extreme_document[i] < 0 || score > job->extreme_score[i]) {
        job->extreme_score[i] = score;
        job->extreme_document[i] = v;
    }
}

/* Starts a sweep of query i with the best of the non-matches numbered next to its matches.
 * Where documents are numbered along the hierarchy, scores rise towards the matches; without a
 * good start every document on the way would be a new best, and a look each. Counts nothing:
 * the sweep comes by these documents too. */
static inline void
NAMED(start)(const hrg_job *job, size_t i, const REAL *q)
{
    NAMED(clear)(job, i, -INFINITY);
    for (int64_t j = job->match_start[i]; j < job->match_start[i + 1]; j++) {
        int32_t others[2];
        int n = NAMED(others_next_to)(job, i, j, others);
        for (int k = 0; k < n; k++) {
            NAMED(start_with)(job, i, q, others[k]);
        }
    }
}
