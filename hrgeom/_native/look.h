/* What a non-match must score to deserve a look, and the look itself.  Included once per element
 * type by files that include pairs.h first and define NEXT_DOWN and ROUND_DOWN (round_down.h).
 * Own scores are those of a kernel, within filter_bound of the reference scores. */

/* The reference score that a non-match must exceed to be a best one that is of interest. */
static inline double
NAMED(score_to_beat)(const hrg_job *job, size_t i)
{
    double best = job->extreme_score[i], floor = job->floor[i];
    return best > floor ? best : floor;
}

/* The largest REAL score of query i that needs no look. */
static REAL
NAMED(cut)(const hrg_job *job, size_t i)
{
    double look = job->level[i] - NAMED(decision_bound)(job, i) - job->filter_bound[i];
    REAL below_level = ROUND_DOWN(look);
    if ((double)below_level == look) {
        below_level = NEXT_DOWN(below_level);
    }
    REAL below_best = ROUND_DOWN(NAMED(score_to_beat)(job, i) - job->filter_bound[i]);
    return below_level < below_best ? below_level : below_best;
}

/* Whether document v, of this own score, needs its reference score. Counts a violation that it
 * surely is. */
static inline int
NAMED(needs_reference)(const hrg_job *job, size_t i, int32_t v, double own)
{
    double near = NAMED(decision_bound)(job, i) + job->filter_bound[i];
    int may_be_best = own + job->filter_bound[i] > NAMED(score_to_beat)(job, i);
    int may_reach_level =
        own >= job->level[i] - NAMED(decision_bound)(job, i) - job->filter_bound[i];
    if ((!may_be_best && !may_reach_level) || NAMED(is_match)(job, i, v)) {
        return 0;
    }
    if (!may_be_best && own > job->level[i] + near) {
        job->n_violations[i]++;
        return 0;
    }
    return 1;
}
