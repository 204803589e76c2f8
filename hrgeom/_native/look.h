/* What a non-match must score to deserve a look, and the look itself.  Included once per element
 * type by files that include pairs.h first and define NEXT_DOWN and ROUND_DOWN (round_down.h).
 * Own scores are those of a kernel, within filter_bound of the reference scores. */

/* The largest REAL score of query i that needs no look. */
static REAL
NAMED(cut)(const hrg_job *job, size_t i)
{
    double look = job->level[i] - NAMED(decision_bound)(job, i) - job->filter_bound[i];
    REAL below_level = ROUND_DOWN(look);
    if ((double)below_level == look) {
        below_level = NEXT_DOWN(below_level);
    }
    REAL below_best = ROUND_DOWN(job->extreme_score[i] - job->filter_bound[i]);
    return below_level < below_best ? below_level : below_best;
}

/* Looks at the documents first + lane whose bit is set in the mask. */
static void
NAMED(look)(const hrg_job *job, size_t i, size_t first, unsigned mask, const REAL *scores)
{
    const REAL *q = (const REAL *)job->queries + i * job->dim;
    double surely = job->level[i] + NAMED(decision_bound)(job, i) + job->filter_bound[i];
    for (; mask != 0; mask &= mask - 1) {
        size_t lane = (size_t)__builtin_ctz(mask);
        if (first + lane >= job->n_documents) {
            break;
        }
        int32_t v = (int32_t)(first + lane);
        double own = (double)scores[lane];
        int may_be_best = own + job->filter_bound[i] > job->extreme_score[i];
        int may_reach_level = own >= job->level[i] - NAMED(decision_bound)(job, i) - job->filter_bound[i];
        if ((!may_be_best && !may_reach_level) || NAMED(is_match)(job, i, v)) {
            continue;
        }
        if (!may_be_best && own > surely) {
            job->n_violations[i]++;
        } else {
            NAMED(note_other)(job, i, q, v, NAMED(reference_score)(job, q, (size_t)v));
        }
    }
}
