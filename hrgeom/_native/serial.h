/* The readable sweep, and the reference for every other: all pairs, reference scores.
 * A panel of documents at a time, so that a compiler can vectorise across documents
 * without changing the order of any one sum. */

void
NAMED(hrg_matches)(const hrg_job *job)
{
    for (size_t i = 0; i < job->n_queries; i++) {
        const REAL *q = (const REAL *)job->queries + i * job->dim;
        int ranking = job->level_document[i] >= 0; /* any document: only the worst is wanted */
        double bound = job->score_bound[i];
        NAMED(clear)(job, i, INFINITY);
        for (int64_t j = job->match_start[i]; j < job->match_start[i + 1]; j++) {
            int32_t v = job->match_document[j];
            double score = NAMED(reference_score)(job, q, (size_t)v);
            int32_t worst = job->extreme_document[i];
            double lead = score - job->extreme_score[i];
            if (ranking && worst >= 0 && job->exact && bound > 0 && fabs(lead) <= 2 * bound) {
                /* The row's level must be the exact minimum: settle near ties exactly. */
                job->n_exact[i]++;
                lead = NAMED(hrg_exact_sign)(q, NAMED(document)(job, (size_t)v),
                                             NAMED(document)(job, (size_t)worst), job->dim, PANEL,
                                             0.0);
            }
            if (worst < 0 || lead < 0) {
                job->extreme_score[i] = score;
                job->extreme_document[i] = v;
            }
            if (ranking) {
                continue;
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
            const REAL *panel = NAMED(document)(job, first);
            double score[PANEL] = {0.0};
            for (size_t k = 0; k < job->dim; k++) {
                double factor = (double)q[k];
                for (size_t lane = 0; lane < PANEL; lane++) {
                    score[lane] += factor * (double)panel[k * PANEL + lane];
                }
            }
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
