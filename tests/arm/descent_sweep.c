/* Runs the sweep of the descent with NEON and in plain C on random bytes; the status is 1 where
 * lists differ. */
#include "descent.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "random_numbers.h"

#define MOST_QUERIES 120
#define MOST_DOCUMENTS 700
#define MOST_BYTES 132
#define MOST_STRIDE 40

static int8_t queries[MOST_QUERIES * MOST_BYTES];
static uint8_t panels[(MOST_DOCUMENTS + HRG_SWEEP_PANEL) * MOST_BYTES];
static int64_t match_start[MOST_QUERIES + 1];
static int32_t match_document[MOST_QUERIES * MOST_DOCUMENTS];
static int32_t cut[MOST_QUERIES];
static int32_t n_listed[2][MOST_QUERIES];
static int32_t listed[2][MOST_QUERIES * MOST_STRIDE], scores[2][MOST_QUERIES * MOST_STRIDE];

static int64_t
case_differs(int number)
{
    int64_t n = between(1, MOST_QUERIES), m = between(1, MOST_DOCUMENTS), n_pairs = 0;
    size_t n_bytes = 4 * (size_t)between(1, MOST_BYTES / 4);
    int has_ties = number % 3 == 0, spread = has_ties ? 1 : 63;
    for (size_t k = 0; k < (size_t)n * n_bytes; k++) {
        queries[k] = (int8_t)(number % 5 == 0 ? 63 : between(-spread, spread));
    }
    for (size_t k = 0; k < sizeof panels; k++) { /* pads, too: they may score anything */
        panels[k] = (uint8_t)(number % 7 == 0 ? 255 : has_ties ? between(127, 129) : between(1, 255));
    }
    random_matches(n, m, between(2, 200), match_start, match_document);
    for (int64_t i = 0; i < n; i++) {
        cut[i] = number % 2 ? INT32_MIN : has_ties ? between(-3, 9) : between(-30000, 30000);
        cut[i] = random_bits() % 50 == 0 ? INT32_MAX : cut[i];
    }
    hrg_listing job = {.n_documents = m, .n_bytes = n_bytes, .queries = queries, .panels = panels,
                       .match_start = match_start, .match_document = match_document,
                       .reach = number % 4 ? INT32_MAX : between(0, 5000), .cut = cut,
                       .stride = (size_t)between(1, MOST_STRIDE)};
    hrg_list_hardest passes[] = {hrg_list_hardest_serial, hrg_list_hardest_neon};
    memset(n_listed, 0, sizeof n_listed);
    memset(listed, 0, sizeof listed);
    memset(scores, 0, sizeof scores);
    for (int p = 0; p < 2; p++) {
        job.n_listed = n_listed[p];
        job.listed = listed[p];
        job.scores = scores[p];
        if (passes[p](&job, 0, n) != 0) {
            return -1;
        }
    }
    for (int64_t i = 0; i < n; i++) {
        n_pairs += n_listed[0][i];
    }
    int is_same = memcmp(n_listed[0], n_listed[1], sizeof n_listed[0]) == 0
                  && memcmp(listed[0], listed[1], sizeof listed[0]) == 0
                  && memcmp(scores[0], scores[1], sizeof scores[0]) == 0;
    return is_same ? n_pairs : -1;
}

int
main(void)
{
    int64_t n_pairs = 0;
    for (int number = 0; number < 60; number++) {
        int64_t n = case_differs(number);
        if (n < 0) {
            printf("lists differ in case %d\n", number);
            return 1;
        }
        n_pairs += n;
    }
    printf("%lld pairs listed, the same ones\n", (long long)n_pairs);
    return n_pairs < 10000; /* what lists nothing compares nothing */
}
