/* Runs the integer filter with NEON and in plain C on random rows; the status is 1 where anything
 * that it returns differs. */
#include "int8.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "random_numbers.h"

#define MOST_QUERIES 40
#define MOST_DOCUMENTS 1500
#define MOST_DIM 70
#define MOST_BYTES 72
#define N_STRETCHES 3

typedef struct {
    double score[MOST_QUERIES];
    int32_t document[MOST_QUERIES];
    int64_t n_violations[MOST_QUERIES], n_exact[MOST_QUERIES], n_undecided[MOST_QUERIES];
    int64_t n_decided[MOST_QUERIES];
} results;

static float query_rows[MOST_QUERIES * MOST_DIM], rows[MOST_DOCUMENTS * MOST_DIM];
static int8_t queries[(MOST_QUERIES + HRG_INT8_TILE) * MOST_BYTES];
static uint8_t panels[(MOST_DOCUMENTS + HRG_INT8_PANEL) * MOST_BYTES];
static uint32_t extent[2 * MOST_DOCUMENTS];
static int64_t match_start[MOST_QUERIES + 1];
static int32_t match_document[MOST_QUERIES * MOST_DOCUMENTS];
static uint8_t used[N_STRETCHES * MOST_BYTES / 4];
static int32_t order[MOST_DOCUMENTS], place[MOST_DOCUMENTS], match_place[MOST_QUERIES * MOST_DOCUMENTS];
static double floors[MOST_QUERIES];
static double level[MOST_QUERIES], filter_bound[MOST_QUERIES], score_bound[MOST_QUERIES];
static int32_t level_document[MOST_QUERIES];
static double query_step[MOST_QUERIES], query_length[MOST_QUERIES], query_error[MOST_QUERIES];
static double step[N_STRETCHES], length[N_STRETCHES], error[N_STRETCHES];
static results found[2];

/* A byte, and the number near it that it stands for. */
static int8_t
quantity(int most, double noise, float *number)
{
    int byte = between(-most, most);
    *number = (float)(byte + noise * between(-1000, 1000) / 1000.0);
    return (int8_t)byte;
}

/* Puts the documents in a random order. */
static void
random_order(int64_t m)
{
    for (int32_t v = 0; v < m; v++) {
        order[v] = v;
    }
    for (int v = (int)m - 1; v > 0; v--) {
        int other = between(0, v);
        int32_t document = order[v];
        order[v] = order[other];
        order[other] = document;
    }
    for (int32_t p = 0; p < m; p++) {
        place[order[p]] = p;
    }
}

static int
by_number(const void *left, const void *right)
{
    int32_t a = *(const int32_t *)left, b = *(const int32_t *)right;
    return (a > b) - (a < b);
}

/* Finds the places of the matches of every query. */
static void
find_places(int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        int64_t first = match_start[i], end = match_start[i + 1];
        for (int64_t j = first; j < end; j++) {
            match_place[j] = place[match_document[j]];
        }
        qsort(match_place + first, (size_t)(end - first), sizeof *match_place, by_number);
    }
}

static hrg_int8_job
random_job(int number)
{
    int64_t n = between(1, MOST_QUERIES), m = between(1, MOST_DOCUMENTS);
    size_t d = (size_t)between(1, MOST_DIM), n_bytes = (d + 3) / 4 * 4;
    double noise = number % 2 ? 0.0 : 0.25; /* of rows of bytes, and of floats */
    int most = number % 3 == 0 ? 2 : 127;
    memset(queries, 0, sizeof queries);
    memset(panels, 128, sizeof panels);
    for (size_t i = 0; i < (size_t)n; i++) {
        for (size_t k = 0; k < d; k++) {
            queries[i * n_bytes + k] = quantity(most, noise, &query_rows[i * d + k]);
        }
        query_step[i] = 1.0;
        query_length[i] = most * sqrt((double)d) + sqrt((double)d);
        query_error[i] = noise * sqrt((double)d);
        level[i] = between(-4000, 4000);
        level_document[i] = -1;
        floors[i] = number % 4 == 0 ? between(-2000, 2000) : -INFINITY;
        filter_bound[i] = score_bound[i] = noise > 0 ? 0.5 : 0.0;
    }
    random_order(m);
    memset(used, 1, sizeof used);
    for (size_t v = 0; v < (size_t)m; v++) {
        size_t p = (size_t)place[v];
        uint8_t *panel = panels + p / HRG_INT8_PANEL * n_bytes * HRG_INT8_PANEL;
        for (size_t k = 0; k < d; k++) {
            int8_t byte = quantity(most, noise, &rows[v * d + k]);
            panel[k / 4 * 4 * HRG_INT8_PANEL + p % HRG_INT8_PANEL * 4 + k % 4] = (uint8_t)(byte + 128);
        }
        extent[2 * v] = 0;
        extent[2 * v + 1] = (uint32_t)d;
    }
    for (int s = 0; s < N_STRETCHES; s++) {
        step[s] = 1.0;
        length[s] = most * sqrt((double)d) + sqrt((double)d);
        error[s] = noise * sqrt((double)d);
    }
    random_matches(n, m, between(2, 300), match_start, match_document);
    find_places(n);
    return (hrg_int8_job){
        .job = {.panels = rows, .n_documents = (size_t)m, .dim = d, .queries = query_rows,
                .n_queries = (size_t)n, .match_start = match_start,
                .match_document = match_document, .level = level,
                .level_document = level_document, .filter_bound = filter_bound,
                .floor = floors, .score_bound = score_bound, .exact = 1},
        .n_bytes = n_bytes, .panels = panels, .step = step, .length = length, .error = error,
        .extent = extent, .used = used, .order = order, .match_place = match_place,
        .queries = queries, .query_step = query_step,
        .query_length = query_length, .query_error = query_error};
}

static int
differs(hrg_int8_job *f)
{
    hrg_int8_pass passes[] = {hrg_int8_sweep_f32_plain, hrg_int8_sweep_f32_neon};
    memset(found, 0, sizeof found);
    for (int p = 0; p < 2; p++) {
        f->job.extreme_score = found[p].score;
        f->job.extreme_document = found[p].document;
        f->job.n_violations = found[p].n_violations;
        f->job.n_exact = found[p].n_exact;
        f->job.n_undecided = found[p].n_undecided;
        f->n_decided = found[p].n_decided;
        f->workspace = malloc(hrg_int8_workspace_bytes(f->job.n_queries, f->n_bytes));
        passes[p](f);
        free(f->workspace);
    }
    return memcmp(&found[0], &found[1], sizeof found[0]) != 0;
}

int
main(void)
{
    int64_t n_decided = 0, n_pairs = 0, n_violations = 0;
    for (int number = 0; number < 60; number++) {
        hrg_int8_job f = random_job(number);
        if (differs(&f)) {
            printf("results differ in case %d\n", number);
            return 1;
        }
        for (size_t i = 0; i < f.job.n_queries; i++) {
            n_decided += found[0].n_decided[i];
            n_violations += found[0].n_violations[i];
        }
        n_pairs += (int64_t)(f.job.n_queries * f.job.n_documents);
    }
    printf("of %lld pairs integers decided %lld, %lld violate: the same with NEON\n",
           (long long)n_pairs, (long long)n_decided, (long long)n_violations);
    return n_decided < n_pairs / 10 || n_violations == 0;
}
