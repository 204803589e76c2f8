/* The readable sweep, and the reference for every other: all pairs, reference scores.
 * A panel of documents at a time, so that a compiler can vectorise across documents
 * without changing the order of any one sum. */

#ifndef HRG_GROUP
#define HRG_GROUP 64 /* queries that share a panel of documents while it is in the cache */
#endif

/* Takes note of match v with this reference score. */
static inline void
NAMED(note_match)(const hrg_job *job, size_t i, const REAL *q, int32_t v, double score)
{
    int ranking = job->level_document[i] >= 0; /* any document: only the worst is wanted */
    double bound = job->score_bound[i];
    int32_t worst = job->extreme_document[i];
    double lead = score - job->extreme_score[i];
    if (ranking && worst >= 0 && job->exact && bound > 0 && fabs(lead) <= 2 * bound) {
        /* The row's level must be the exact minimum: settle near ties exactly. */
        job->n_exact[i]++;
        lead = NAMED(are_equal)(job, q, (size_t)v, (size_t)worst)
                   ? 0
                   : NAMED(hrg_exact_sign)(q, NAMED(document)(job, (size_t)v),
                                           NAMED(document)(job, (size_t)worst), job->dim, PANEL,
                                           0.0);
    }
    if (worst < 0 || lead < 0) {
        job->extreme_score[i] = score;
        job->extreme_document[i] = v;
    }
    if (ranking) {
        return;
    }
    double gap = score - job->level[i];
    if (gap < -bound || (gap <= 0 && bound == 0)) {
        job->n_violations[i]++;
    } else if (gap <= bound && bound > 0) {
        if (!job->exact) {
            job->n_undecided[i]++;
        } else if (NAMED(exact_compare)(job, i, q, (size_t)v) <= 0) {
            job->n_violations[i]++;
        }
    }
}

/* Whether matches of this reference score and higher ones change nothing. Differences of
 * doubles are rounded monotonically: what holds of the lowest score holds of all. */
static inline int
NAMED(none_matters)(const hrg_job *job, size_t i, double lowest)
{
    double lead = lowest - job->extreme_score[i], bound = job->score_bound[i];
    if (job->extreme_document[i] < 0) {
        return 0;
    }
    if (job->level_document[i] >= 0) {
        return lead > 2 * bound;
    }
    return lead >= 0 && lowest - job->level[i] > bound;
}

/* Reference scores of all documents of a panel, side by side: no sum changes its order. */
static inline __attribute__((always_inline)) void
NAMED(panel_sums)(const REAL *panel, const REAL *q, size_t dim, double *score)
{
    double sum[PANEL] = {0.0};
    for (size_t k = 0; k < dim; k++) {
        double factor = (double)q[k];
#pragma GCC unroll 32
        for (size_t lane = 0; lane < PANEL; lane++) {
            sum[lane] += factor * (double)panel[k * PANEL + lane];
        }
    }
    memcpy(score, sum, sizeof sum);
}

#ifdef HRG_HAVE_X86
/* Wider registers, the same sums: nothing is contracted. */
__attribute__((target("avx2"))) static void
NAMED(panel_sums_avx2)(const REAL *panel, const REAL *q, size_t dim, double *score)
{
    NAMED(panel_sums)(panel, q, dim, score);
}
#endif

static void
NAMED(panel_scores)(const hrg_job *job, const REAL *q, size_t first, double *score)
{
    const REAL *panel = NAMED(document)(job, first);
#ifdef HRG_HAVE_X86
    if (__builtin_cpu_supports("avx2")) {
        NAMED(panel_sums_avx2)(panel, q, job->dim, score);
        return;
    }
#endif
    NAMED(panel_sums)(panel, q, job->dim, score);
}

/* Takes note of the matches number j to before stop, all in the panel from document first on. */
static inline void
NAMED(note_panel)(const hrg_job *job, size_t i, size_t first, int64_t j, int64_t stop)
{
    const REAL *q = (const REAL *)job->queries + i * job->dim;
    const int32_t *match = job->match_document;
    if (stop - j < PANEL / 4) {
        for (; j < stop; j++) {
            NAMED(note_match)(job, i, q, match[j],
                              NAMED(reference_score)(job, q, (size_t)match[j]));
        }
        return;
    }
    double score[PANEL], lowest = INFINITY;
    NAMED(panel_scores)(job, q, first, score);
    if (stop - j == PANEL) {
        for (size_t lane = 0; lane < PANEL; lane++) {
            lowest = score[lane] < lowest ? score[lane] : lowest;
        }
        if (NAMED(none_matters)(job, i, lowest)) {
            return;
        }
    }
    for (; j < stop; j++) {
        NAMED(note_match)(job, i, q, match[j], score[(size_t)match[j] - first]);
    }
}

/* Many matches: a panel at a time for all queries of a group, matches in ascending order. */
static void
NAMED(matches_by_panel)(const hrg_job *job, size_t begin, size_t end)
{
    const int32_t *match = job->match_document;
    int64_t next[HRG_GROUP];
    for (size_t i = begin; i < end; i++) {
        next[i - begin] = job->match_start[i];
    }
    for (size_t first = 0; first < job->n_documents; first += PANEL) {
        int64_t last = (int64_t)first + PANEL - 1;
        for (size_t i = begin; i < end; i++) {
            int64_t j = next[i - begin], stop = j, row_end = job->match_start[i + 1];
            if (j + PANEL <= row_end && match[j + PANEL - 1] == last) {
                stop = j + PANEL; /* all of the panel */
            } else {
                while (stop < row_end && match[stop] <= last) {
                    stop++;
                }
            }
            if (stop > j) {
                NAMED(note_panel)(job, i, first, j, stop);
                next[i - begin] = stop;
            }
        }
    }
}

void
NAMED(hrg_matches)(const hrg_job *job)
{
    int64_t n_panels = (int64_t)((job->n_documents + PANEL - 1) / PANEL);
    for (size_t begin = 0; begin < job->n_queries; begin += HRG_GROUP) {
        size_t end = job->n_queries < begin + HRG_GROUP ? job->n_queries : begin + HRG_GROUP;
        for (size_t i = begin; i < end; i++) {
            NAMED(clear)(job, i, INFINITY);
        }
        int64_t n_matches = job->match_start[end] - job->match_start[begin];
        if (n_matches >= 2 * n_panels * (int64_t)(end - begin)) {
            NAMED(matches_by_panel)(job, begin, end);
            continue;
        }
        for (size_t i = begin; i < end; i++) {
            const REAL *q = (const REAL *)job->queries + i * job->dim;
            for (int64_t j = job->match_start[i]; j < job->match_start[i + 1]; j++) {
                int32_t v = job->match_document[j];
                NAMED(note_match)(job, i, q, v, NAMED(reference_score)(job, q, (size_t)v));
            }
        }
    }
}

void
NAMED2(hrg_sweep, serial)(const hrg_job *job)
{
    for (size_t i = 0; i < job->n_queries; i++) {
        const REAL *q = (const REAL *)job->queries + i * job->dim;
        int64_t next = job->match_start[i], end = job->match_start[i + 1];
        NAMED(start)(job, i, q);
        for (size_t first = 0; first < job->n_documents; first += PANEL) {
            double score[PANEL];
            NAMED(panel_scores)(job, q, first, score);
            for (size_t lane = 0; lane < PANEL && first + lane < job->n_documents; lane++) {
                int32_t v = (int32_t)(first + lane);
                if (next < end && job->match_document[next] == v) {
                    next++;
                } else {
                    NAMED(note_other)(job, i, q, v, score[lane]);
                }
            }
        }
    }
}

/* ready for the other element type */
#undef REAL
#undef PANEL
#undef JOIN
#undef JOIN2
