/* The sweep over all pairs.  Included once per instruction set by files that define
 *   TARGET, NAMED2(name, isa), ISA, LANES, VECTORS (of documents at a time), VECTOR, ZERO,
 *   LOAD(p), SPREAD(four bytes), ADD_PRODUCTS(sum, documents, query), ABOVE(v, cut) as bits,
 *   KEEP(v, mask, first, documents, scores, count); BYTES, where vectors of bytes are a type of
 * their own, and BIAS, where bytes of documents do not have 128 too much once they are loaded. */
#include <stdlib.h>
#include <string.h>

#ifndef BYTES
#define BYTES VECTOR
#endif
#ifndef BIAS
#define BIAS 128
#endif

#define BLOCK (16 * HRG_SWEEP_TILE) /* queries that documents pass by at a time */
#define GROUP (VECTORS * LANES)
#define SAMPLE 16  /* one document in so many, before cuts are raised */
#define GENEROUS 3 /* as many documents as a list has room for, and so many times that */

/* What a block of queries has found so far. */
typedef struct {
    size_t room; /* per query */
    int32_t *documents, *scores;
    int32_t count[BLOCK], cut[BLOCK], bias[BLOCK]; /* bias: in cuts and scores, of the 128s */
    int8_t *queries;
} NAMED2(found, ISA);

static int
NAMED2(matches, ISA)(const hrg_listing *job, int64_t i, int32_t document)
{
    int64_t low = job->match_start[i], end = job->match_start[i + 1], high = end;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (job->match_document[middle] < document) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < end && job->match_document[low] == document;
}

/* Drops matches from what query i has found. */
static int64_t
NAMED2(drop_matches, ISA)(const hrg_listing *job, int64_t i, int32_t *documents, int32_t *scores,
                          int64_t count)
{
    int64_t kept = 0;
    for (int64_t c = 0; c < count; c++) {
        if (!NAMED2(matches, ISA)(job, i, documents[c])) {
            documents[kept] = documents[c];
            scores[kept++] = scores[c];
        }
    }
    return kept;
}

/* The k-th largest of n values, k from 1, by halving their range: no branch depends on a value. */
TARGET static int32_t
NAMED2(kth_largest, ISA)(const int32_t *values, int64_t n, int64_t k)
{
    int32_t low = INT32_MAX, high = INT32_MIN;
    for (int64_t c = 0; c < n; c++) {
        low = values[c] < low ? values[c] : low;
        high = values[c] > high ? values[c] : high;
    }
    while (low < high) { /* at least k values reach low, fewer exceed high */
        int32_t middle = (int32_t)(((int64_t)low + high + 1) >> 1), n_reaching = 0;
        for (int64_t c = 0; c < n; c++) {
            n_reaching += values[c] >= middle;
        }
        if (n_reaching >= k) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    return low;
}

/* Keeps what scores above the cut, and of what scores the cut itself as much as still fits. */
static int64_t
NAMED2(keep_hardest, ISA)(int32_t cut, int64_t most, int32_t *documents, int32_t *scores,
                          int64_t count)
{
    int64_t kept = 0, n_above = 0;
    for (int64_t c = 0; c < count; c++) {
        n_above += scores[c] > cut;
    }
    for (int64_t c = 0, n_at = 0; c < count; c++) {
        int is_kept = scores[c] > cut || (scores[c] == cut && n_above + n_at < most);
        n_at += scores[c] == cut;
        documents[kept] = documents[c];
        scores[kept] = scores[c];
        kept += is_kept;
    }
    return kept;
}

/* Keeps the `most` hardest of what query i has found, and raises its cut. */
static void
NAMED2(keep_most, ISA)(NAMED2(found, ISA) *f, int slot, int64_t most)
{
    int32_t *documents = f->documents + (size_t)slot * f->room;
    int32_t *scores = f->scores + (size_t)slot * f->room;
    if (f->count[slot] > most) {
        int32_t cut = NAMED2(kth_largest, ISA)(scores, f->count[slot], most);
        f->count[slot] = (int32_t)NAMED2(keep_hardest, ISA)(cut, most, documents, scores,
                                                            f->count[slot]);
        f->cut[slot] = cut > f->cut[slot] ? cut : f->cut[slot];
    }
}

static void
NAMED2(drop_matches_of, ISA)(const hrg_listing *job, NAMED2(found, ISA) *f, int64_t i, int slot)
{
    f->count[slot] = (int32_t)NAMED2(drop_matches, ISA)(
        job, i, f->documents + (size_t)slot * f->room, f->scores + (size_t)slot * f->room,
        f->count[slot]);
}

/* Makes room: of what query i has found only what may be among its hardest stays. Matches stay
 * with it as long as they are few, and are dropped at the end. */
static void
NAMED2(make_room, ISA)(const hrg_listing *job, NAMED2(found, ISA) *f, int64_t i, int slot)
{
    int64_t most = (int64_t)job->stride, n_matches = job->match_start[i + 1] - job->match_start[i];
    if (n_matches > most) {
        NAMED2(drop_matches_of, ISA)(job, f, i, slot);
        n_matches = 0;
    }
    NAMED2(keep_most, ISA)(f, slot, most + n_matches);
}

/* Raises the cut of a slot to where the sample so far puts somewhat more than the `stride` hardest
 * of all documents. As many were found above it, so the hardest are listed whatever the sample. */
static void
NAMED2(raise_cut, ISA)(const hrg_listing *job, NAMED2(found, ISA) *f, int64_t i, int slot)
{
    int64_t n_matches = job->match_start[i + 1] - job->match_start[i];
    int64_t rank = GENEROUS * (int64_t)job->stride / SAMPLE + n_matches;
    if (rank > 0 && f->count[slot] >= rank) {
        int32_t cut = NAMED2(kth_largest, ISA)(f->scores + (size_t)slot * f->room, f->count[slot],
                                               rank);
        f->cut[slot] = cut > f->cut[slot] ? cut : f->cut[slot];
    }
}

TARGET static void
NAMED2(tile, ISA)(const hrg_listing *job, NAMED2(found, ISA) *f, int64_t first_query, int slot,
                  int n_slots, const uint8_t *group, int32_t first_document)
{
    size_t n_quads = job->n_bytes / 4;
    const int8_t *queries = f->queries + (size_t)slot * job->n_bytes;
    VECTOR sum[HRG_SWEEP_TILE][VECTORS];
#pragma GCC unroll 6
    for (int t = 0; t < HRG_SWEEP_TILE; t++) {
#pragma GCC unroll 4
        for (int v = 0; v < VECTORS; v++) {
            sum[t][v] = ZERO;
        }
    }
    for (size_t k = 0; k < n_quads; k++) {
        BYTES x[VECTORS];
#pragma GCC unroll 4
        for (int v = 0; v < VECTORS; v++) {
            x[v] = LOAD(group + k * 4 * HRG_SWEEP_PANEL + (size_t)v * 4 * LANES);
        }
#pragma GCC unroll 6
        for (int t = 0; t < HRG_SWEEP_TILE; t++) {
            int32_t four;
            memcpy(&four, queries + (size_t)t * job->n_bytes + 4 * k, 4);
            BYTES q = SPREAD(four);
#pragma GCC unroll 4
            for (int v = 0; v < VECTORS; v++) {
                ADD_PRODUCTS(sum[t][v], x[v], q);
            }
        }
    }
#pragma GCC unroll 6
    for (int t = 0; t < HRG_SWEEP_TILE; t++) {
        int s = slot + t;
        if (s >= n_slots) {
            break;
        }
        int32_t cut = f->cut[s];
        unsigned mask[VECTORS], any = 0;
#pragma GCC unroll 4
        for (int v = 0; v < VECTORS; v++) {
            mask[v] = ABOVE(sum[t][v], cut);
            any |= mask[v];
        }
        if (__builtin_expect(any == 0, 1)) {
            continue;
        }
        /* Pads beyond the last document score anything: kept, they would take others' places. */
        for (int v = 0; first_document + GROUP > job->n_documents && v < VECTORS; v++) {
            int64_t left = job->n_documents - (first_document + v * LANES);
            mask[v] &= left >= LANES ? ~0u : left <= 0 ? 0 : (1u << left) - 1;
        }
        int32_t *documents = f->documents + (size_t)s * f->room;
        int32_t *scores = f->scores + (size_t)s * f->room;
#pragma GCC unroll 4
        for (int v = 0; v < VECTORS; v++) {
            if (mask[v] != 0) {
                KEEP(sum[t][v], mask[v], first_document + v * LANES, documents + f->count[s],
                     scores + f->count[s]);
                f->count[s] += __builtin_popcount(mask[v]);
            }
        }
        if ((size_t)f->count[s] + 2 * HRG_SWEEP_PANEL > f->room) {
            NAMED2(make_room, ISA)(job, f, first_query + s, s);
        }
    }
}

/* Writes the list of query i: the hardest, and those within reach of it. */
static void
NAMED2(write_list, ISA)(const hrg_listing *job, NAMED2(found, ISA) *f, int64_t i, int slot)
{
    NAMED2(drop_matches_of, ISA)(job, f, i, slot);
    NAMED2(keep_most, ISA)(f, slot, (int64_t)job->stride);
    const int32_t *documents = f->documents + (size_t)slot * f->room;
    const int32_t *scores = f->scores + (size_t)slot * f->room;
    int32_t hardest = INT32_MIN, *out = job->listed + (size_t)i * job->stride;
    int32_t *out_scores = job->scores == NULL ? NULL : job->scores + (size_t)i * job->stride;
    for (int32_t c = 0; c < f->count[slot]; c++) {
        hardest = scores[c] > hardest ? scores[c] : hardest;
    }
    int32_t kept = 0;
    for (int32_t c = 0; c < f->count[slot]; c++) {
        if ((int64_t)scores[c] >= (int64_t)hardest - job->reach) {
            if (out_scores != NULL) {
                out_scores[kept] = scores[c] - f->bias[slot];
            }
            out[kept++] = documents[c];
        }
    }
    job->n_listed[i] = kept;
}

TARGET static void
NAMED2(sweep_block, ISA)(const hrg_listing *job, NAMED2(found, ISA) *f, int64_t first, int n_slots)
{
    memset(f->queries, 0, BLOCK * job->n_bytes);
    memcpy(f->queries, job->queries + (size_t)first * job->n_bytes, (size_t)n_slots * job->n_bytes);
    for (int s = 0; s < n_slots; s++) {
        int32_t sum = 0;
        for (size_t k = 0; k < job->n_bytes; k++) {
            sum += f->queries[(size_t)s * job->n_bytes + k];
        }
        /* What documents carry too much in every byte the cuts carry, too. */
        f->bias[s] = BIAS * sum;
        int64_t cut = (int64_t)job->cut[first + s] + f->bias[s];
        f->cut[s] = cut < INT32_MIN ? INT32_MIN : cut > INT32_MAX ? INT32_MAX : (int32_t)cut;
        f->count[s] = 0;
    }
    /* Neighbors score alike.  By a stride of about the golden ratio every stretch of the sweep is
     * a sample of all documents, so that the cuts soon rise to where they end. */
    int64_t n_panels = (job->n_documents + HRG_SWEEP_PANEL - 1) / HRG_SWEEP_PANEL;
    int64_t stride = hrg_golden_stride(n_panels);
    for (int64_t k = 0, p = 0; k < n_panels; k++, p = (p + stride) % n_panels) {
        for (int s = 0; k == n_panels / SAMPLE && k > 0 && s < n_slots; s++) {
            NAMED2(raise_cut, ISA)(job, f, first + s, s);
        }
        const uint8_t *panel = job->panels + (size_t)p * job->n_bytes * HRG_SWEEP_PANEL;
        for (int slot = 0; slot < n_slots; slot += HRG_SWEEP_TILE) {
            for (int g = 0; g < HRG_SWEEP_PANEL; g += GROUP) {
                NAMED2(tile, ISA)(job, f, first, slot, n_slots, panel + 4 * (size_t)g,
                                  (int32_t)(p * HRG_SWEEP_PANEL + g));
            }
        }
    }
    for (int s = 0; s < n_slots; s++) {
        NAMED2(write_list, ISA)(job, f, first + s, s);
    }
}

int
NAMED2(hrg_list_hardest, ISA)(const hrg_listing *job, int64_t first, int64_t last)
{
    NAMED2(found, ISA) f = {.room = 3 * job->stride + 4 * HRG_SWEEP_PANEL};
    f.documents = malloc(sizeof(int32_t) * 2 * BLOCK * f.room + BLOCK * job->n_bytes);
    if (f.documents == NULL) {
        return -1;
    }
    f.scores = f.documents + BLOCK * f.room;
    f.queries = (int8_t *)(f.scores + BLOCK * f.room);
    for (int64_t i = first; i < last; i += BLOCK) {
        NAMED2(sweep_block, ISA)(job, &f, i, (int)(last - i < BLOCK ? last - i : BLOCK));
    }
    free(f.documents);
    return 0;
}
