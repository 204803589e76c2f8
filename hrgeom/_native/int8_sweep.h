/* The sweep behind integer scores.  Included once per instruction set and element type, after
 * pairs.h and look.h, by files that define TARGET, LEVEL, WIDTH (bytes of a vector) and
 * NAMED_INT8(tile, LEVEL).
 *
 * Documents pass by a panel at a time.  All queries of the block are held against it in integers;
 * what they leave open is then scored in REAL and looked at like anything else. */

#ifndef BIAS
#define BIAS 128 /* how much bytes of documents have too much for the tile */
#endif

typedef REAL NAMED2(int8_lanes, LEVEL) __attribute__((vector_size(WIDTH), aligned(sizeof(REAL))));

/* What a block of queries carries along, in the workspace. */
typedef struct {
    size_t n_slots;      /* queries, padding included */
    hrg_int8_open *open; /* of two panels */
    int64_t *next_match;
    double *limit;      /* the largest exact score that surely needs no look ... */
    double *open_above; /* ... and the largest in REAL */
    double *bias;       /* what its scores have too much */
    int32_t *cut;
    uint32_t *n_active, *active;   /* of every tile: fours of bytes that are not 0 in all rows ... */
    uint32_t *n_here, *here;       /* ... nor in all documents of the stretch: see hrg_int8_tile */
    uint32_t *vectors;             /* of every query: where vectors begin that are not 0 ... */
    uint32_t *n_before;            /* ... and how many of them begin before each */
    NAMED2(int8_lanes, LEVEL) *tail; /* the last entries, where they fill no vector */
} NAMED2(int8_state, LEVEL);

static NAMED2(int8_state, LEVEL)
NAMED2(int8_state_in, LEVEL)(const hrg_int8_job *f)
{
    size_t n = (f->job.n_queries + HRG_INT8_TILE - 1) / HRG_INT8_TILE * HRG_INT8_TILE;
    NAMED2(int8_state, LEVEL) state = {.n_slots = n, .open = f->workspace};
    state.next_match = (int64_t *)(state.open + 2 * n);
    state.limit = (double *)(state.next_match + n);
    state.open_above = state.limit + n;
    state.bias = state.open_above + n;
    state.tail = (NAMED2(int8_lanes, LEVEL) *)(state.bias + n);
    state.cut = (int32_t *)(state.tail + n);
    state.n_active = (uint32_t *)(state.cut + n);
    state.n_here = state.n_active + n / HRG_INT8_TILE;
    state.active = state.n_here + n / HRG_INT8_TILE;
    state.here = state.active + n / HRG_INT8_TILE * (f->n_bytes / 4);
    state.vectors = state.here + n / HRG_INT8_TILE * (f->n_bytes / 4);
    state.n_before = state.vectors + n * (f->job.dim / (WIDTH / sizeof(REAL)));
    return state;
}

/* With an exact score up to this a non-match is no better than the best so far or the floor, and
 * strictly below the level (step 3 of the theorem). */
static double
NAMED2(int8_limit, LEVEL)(const hrg_job *job, size_t i)
{
    double bound = job->score_bound[i], best = NAMED(score_to_beat)(job, i) - bound;
    if (bound > 0) {
        best -= fabs(best) * 0x1p-51; /* more than the subtractions rounded */
    }
    double below = nextafter(job->level[i] - NAMED(decision_bound)(job, i), -INFINITY);
    return best < below ? best : below;
}

/* The largest integer score that needs no look of a query with this limit (step 4).  Without a
 * branch, so that a compiler can do many at a time. */
static inline __attribute__((always_inline)) int32_t
NAMED2(int8_cut, LEVEL)(double limit, double error, double step, double bias)
{
    const double most = 0x1.fffffffcp30; /* 2^31 - 1 */
    limit -= error;
    limit -= error > 0 ? fabs(limit) * 0x1p-51 : 0.0;
    double cut = limit / step;
    cut = cut > -most ? cut : -most; /* what is no number at all is looked at */
    cut = cut < most ? cut : most;
    cut = (double)(int32_t)cut;
    /* Products of 22 and 31 bits are exact: either number that passes is proved. */
    cut = cut * step <= limit ? cut : cut - 1;
    cut = cut * step <= limit ? cut : -0x1p31;
    cut += bias;
    cut = cut > -0x1p31 ? cut : -0x1p31;
    cut = cut < most ? cut : most;
    return (int32_t)cut;
}

static inline __attribute__((always_inline)) int32_t
NAMED2(int8_cut_of, LEVEL)(const hrg_int8_job *f, const NAMED2(int8_state, LEVEL) *state, size_t i,
                           size_t stretch)
{
    double step = f->query_step[i] * f->step[stretch]; /* two of 11 bits: exact */
    double error = f->query_length[i] * f->error[stretch]
                   + f->query_error[i] * (f->length[stretch] + f->error[stretch]);
    return NAMED2(int8_cut, LEVEL)(state->limit[i], error, step, state->bias[i]);
}

TARGET static void
NAMED2(int8_cuts, LEVEL)(const hrg_int8_job *f, const NAMED2(int8_state, LEVEL) *state,
                         size_t stretch)
{
    int32_t *restrict cut = state->cut;
    for (size_t i = 0; i < f->job.n_queries; i++) {
        cut[i] = NAMED2(int8_cut_of, LEVEL)(f, state, i, stretch);
    }
}

/* Bits of the documents of a panel that match query i; panels come in ascending order. */
static inline uint64_t
NAMED2(int8_matches, LEVEL)(const hrg_int8_job *f, size_t i, int64_t first, int64_t *next)
{
    int64_t j = *next, end = f->job.match_start[i + 1], last = first + HRG_INT8_PANEL - 1;
    uint64_t mask = 0;
    for (; j < end && f->match_place[j] < first; j++) {
    }
    if (j + HRG_INT8_PANEL <= end && f->match_place[j + HRG_INT8_PANEL - 1] == last) {
        *next = j + HRG_INT8_PANEL;
        return ~UINT64_C(0); /* places ascend: the panel is full of matches */
    }
    for (; j < end && f->match_place[j] <= last; j++) {
        mask |= UINT64_C(1) << (f->match_place[j] - first);
    }
    *next = j;
    return mask;
}

/* Score of document v with query i in REAL, in several sums, where both are not 0. */
TARGET static REAL
NAMED2(int8_row_score, LEVEL)(const hrg_int8_job *f, const NAMED2(int8_state, LEVEL) *state,
                              size_t i, size_t v)
{
    enum { LANES_HERE = WIDTH / sizeof(REAL) };
    typedef NAMED2(int8_lanes, LEVEL) lanes;
    size_t dim = f->job.dim, n_vectors = dim / LANES_HERE;
    const REAL *q = (const REAL *)f->job.queries + i * dim, *x = NAMED(document)(&f->job, v);
    if (n_vectors == 0) {
        REAL score = 0;
        for (size_t k = 0; k < dim; k++) {
            score += q[k] * x[k];
        }
        return score;
    }
    size_t begin = f->extent[2 * v], end = f->extent[2 * v + 1];
    const uint32_t *vectors = state->vectors + i * n_vectors;
    const uint32_t *n_before = state->n_before + i * (n_vectors + 1);
    size_t last = (end + LANES_HERE - 1) / LANES_HERE;
    size_t a = n_before[begin / LANES_HERE], stop = n_before[last < n_vectors ? last : n_vectors];
    lanes even = {0}, odd = {0};
    if (last > n_vectors) {
        even = state->tail[i] * *(const lanes *)(x + dim - LANES_HERE);
    }
    for (; a + 1 < stop; a += 2) {
        even += *(const lanes *)(q + vectors[a]) * *(const lanes *)(x + vectors[a]);
        odd += *(const lanes *)(q + vectors[a + 1]) * *(const lanes *)(x + vectors[a + 1]);
    }
    if (a < stop) {
        odd += *(const lanes *)(q + vectors[a]) * *(const lanes *)(x + vectors[a]);
    }
    even += odd;
    REAL sum[LANES_HERE];
    memcpy(sum, &even, sizeof sum);
#pragma GCC unroll 4
    for (int half = LANES_HERE / 2; half > 0; half /= 2) {
        for (int lane = 0; lane < half; lane++) {
            sum[lane] += sum[lane + half];
        }
    }
    return sum[0];
}

/* Lists the vectors of query i that are not 0; what is left over goes to the tail, behind zeros. */
static void
NAMED2(int8_list_vectors, LEVEL)(const NAMED2(int8_state, LEVEL) *state, size_t i, const REAL *q,
                                 size_t dim)
{
    size_t lanes = WIDTH / sizeof(REAL), n_vectors = dim / lanes, whole = n_vectors * lanes;
    uint32_t *vectors = state->vectors + i * n_vectors, n = 0;
    uint32_t *n_before = state->n_before + i * (n_vectors + 1);
    for (size_t j = 0; j < n_vectors; j++) {
        int any = 0;
        for (size_t lane = 0; lane < lanes; lane++) {
            any |= q[j * lanes + lane] != 0;
        }
        n_before[j] = n;
        vectors[n] = (uint32_t)(j * lanes);
        n += any != 0;
    }
    n_before[n_vectors] = n;
    REAL tail[WIDTH / sizeof(REAL)] = {0};
    memcpy(tail + lanes - (dim - whole), q + whole, (dim - whole) * sizeof(REAL));
    memcpy(state->tail + i, tail, sizeof tail);
}

/* Lists the fours of bytes that are not 0 in all queries of a tile. */
static void
NAMED2(int8_list_active, LEVEL)(const hrg_int8_job *f, const NAMED2(int8_state, LEVEL) *state,
                                size_t tile)
{
    const int8_t *queries = f->queries + tile * HRG_INT8_TILE * f->n_bytes;
    uint32_t *active = state->active + tile * (f->n_bytes / 4), n = 0;
    for (size_t k = 0; k < f->n_bytes; k += 4) {
        uint32_t any = 0;
        for (size_t t = 0; t < HRG_INT8_TILE; t++) {
            uint32_t four;
            memcpy(&four, queries + t * f->n_bytes + k, 4);
            any |= four;
        }
        active[n] = (uint32_t)k;
        n += any != 0;
    }
    state->n_active[tile] = n;
}

/* Of these, lists those that are not 0 in all documents of a stretch, and what scores over them have
 * too much. */
TARGET static void
NAMED2(int8_list_here, LEVEL)(const hrg_int8_job *f, const NAMED2(int8_state, LEVEL) *state,
                              size_t stretch)
{
    size_t quads = f->n_bytes / 4;
    const uint8_t *used = f->used + stretch * quads;
    if (stretch > 0 && memcmp(used, used - quads, quads) == 0) {
        return;
    }
    for (size_t tile = 0; tile < state->n_slots / HRG_INT8_TILE; tile++) {
        const uint32_t *active = state->active + tile * quads;
        uint32_t *here = state->here + tile * quads, n = 0;
        for (size_t a = 0; a < state->n_active[tile]; a++) {
            here[n] = active[a];
            n += used[active[a] / 4] != 0;
        }
        state->n_here[tile] = n;
    }
    for (size_t i = 0; i < f->job.n_queries; i++) {
        const int8_t *q = f->queries + i * f->n_bytes;
        int32_t sum = 0;
        for (size_t k = 0; k < f->n_bytes; k++) {
            sum += used[k / 4] != 0 ? q[k] : 0;
        }
        state->bias[i] = BIAS * (double)sum;
    }
}

/* What changes with the best non-match of query i. */
static void
NAMED2(int8_set_limits, LEVEL)(const hrg_job *job, const NAMED2(int8_state, LEVEL) *state, size_t i)
{
    state->limit[i] = NAMED2(int8_limit, LEVEL)(job, i);
    state->open_above[i] = (double)NAMED(cut)(job, i);
}

/* Takes note of documents by their reference scores, several at a time: sums in order, none of
 * which waits for another. Where documents tie, these are many. */
ONE_BY_ONE TARGET static void
NAMED2(int8_note, LEVEL)(const hrg_int8_job *f, const NAMED2(int8_state, LEVEL) *state, size_t i,
                         const uint32_t *documents, size_t n)
{
    enum { LANES_HERE = WIDTH / sizeof(REAL) };
    const hrg_job *job = &f->job;
    size_t n_vectors = job->dim / LANES_HERE;
    const uint32_t *vectors = state->vectors + i * n_vectors;
    const uint32_t *n_before = state->n_before + i * (n_vectors + 1);
    const REAL *q = (const REAL *)job->queries + i * job->dim, *row[HRG_INT8_NOTED];
    double sum[HRG_INT8_NOTED] = {0.0};
    size_t begin = job->dim, end = 0;
    for (size_t j = 0; j < HRG_INT8_NOTED; j++) {
        size_t v = documents[j < n ? j : 0];
        row[j] = NAMED(document)(job, v);
        begin = f->extent[2 * v] < begin ? f->extent[2 * v] : begin;
        end = f->extent[2 * v + 1] > end ? f->extent[2 * v + 1] : end;
    }
    /* Where either is 0 there is nothing to add: a zero more or less is the same number. */
    size_t a = n_before[begin / LANES_HERE], last = (end + LANES_HERE - 1) / LANES_HERE;
    size_t stop = n_before[last < n_vectors ? last : n_vectors];
    size_t whole = n_vectors * LANES_HERE;
    for (; a < stop || whole < end; a++) {
        size_t k = a < stop ? vectors[a] : whole, k_end = a < stop ? k + LANES_HERE : job->dim;
        for (; k < k_end; k++) {
            double factor = (double)q[k];
#pragma GCC unroll 8
            for (size_t j = 0; j < HRG_INT8_NOTED; j++) {
                sum[j] += factor * (double)row[j][k];
            }
        }
        whole = a < stop ? whole : job->dim;
    }
    for (size_t j = 0; j < n; j++) {
        NAMED(note_other)(job, i, q, (int32_t)documents[j], sum[j]);
    }
}

/* Looks at what integer scores left open of a query and a panel; `stretch` is the one that the
 * sweep is in by now. */
TARGET static void
NAMED2(int8_look, LEVEL)(const hrg_int8_job *f, const NAMED2(int8_state, LEVEL) *state,
                         const hrg_int8_open *open, size_t first, size_t stretch)
{
    const hrg_job *job = &f->job;
    size_t i = open->query, left = job->n_documents - first, n = 0;
    uint64_t mask = open->mask;
    uint32_t documents[HRG_INT8_NOTED];
    mask &= left < HRG_INT8_PANEL ? (UINT64_C(1) << left) - 1 : ~UINT64_C(0);
    mask &= ~NAMED2(int8_matches, LEVEL)(f, i, (int64_t)first, state->next_match + i);
    f->n_decided[i] -= __builtin_popcountll(mask);
    double best = job->extreme_score[i];
    for (; mask != 0; mask &= mask - 1) {
        size_t v = (size_t)f->order[first + (size_t)__builtin_ctzll(mask)];
        double own = (double)NAMED2(int8_row_score, LEVEL)(f, state, i, v);
        if (own > state->open_above[i] && NAMED(needs_reference)(job, i, (int32_t)v, own)) {
            documents[n++] = (uint32_t)v;
        }
        if (n == HRG_INT8_NOTED || (n > 0 && (mask & (mask - 1)) == 0)) {
            NAMED2(int8_note, LEVEL)(f, state, i, documents, n);
            n = 0;
        }
    }
    if (job->extreme_score[i] != best) {
        NAMED2(int8_set_limits, LEVEL)(job, state, i);
        state->cut[i] = NAMED2(int8_cut_of, LEVEL)(f, state, i, stretch);
    }
}

/* Asks for the rows that are about to be scored: they are anywhere but in the cache. */
static void
NAMED2(int8_prefetch, LEVEL)(const hrg_int8_job *f, const hrg_int8_open *open, size_t n_open,
                             size_t first)
{
    uint64_t mask = 0;
    for (size_t c = 0; c < n_open; c++) {
        mask |= open[c].mask;
    }
    for (; mask != 0; mask &= mask - 1) {
        size_t place = first + (size_t)__builtin_ctzll(mask);
        if (place >= f->job.n_documents) {
            break;
        }
        size_t v = (size_t)f->order[place];
        const REAL *row = NAMED(document)(&f->job, v);
        const char *byte = (const char *)(row + f->extent[2 * v]);
        const char *end = (const char *)(row + f->extent[2 * v + 1]);
        for (int line = 0; line < 16 && byte < end; line++, byte += 64) {
            __builtin_prefetch(byte);
        }
    }
}

/* Starts with documents next to matches (pairs.h), of which few need their reference scores. */
TARGET static void
NAMED2(int8_start, LEVEL)(const hrg_int8_job *f, const NAMED2(int8_state, LEVEL) *state, size_t i,
                          const REAL *q)
{
    const hrg_job *job = &f->job;
    NAMED(clear)(job, i, -INFINITY);
    for (int64_t j = job->match_start[i]; j < job->match_start[i + 1]; j++) {
        int32_t others[2];
        int n = NAMED(others_next_to)(job, i, j, others);
        for (int k = 0; k < n; k++) {
            double own = (double)NAMED2(int8_row_score, LEVEL)(f, state, i, (size_t)others[k]);
            if (own + job->filter_bound[i] > NAMED(score_to_beat)(job, i)) {
                NAMED(start_with)(job, i, q, others[k]);
            }
        }
    }
}

static void
NAMED2(int8_begin, LEVEL)(const hrg_int8_job *f, const NAMED2(int8_state, LEVEL) *state)
{
    const hrg_job *job = &f->job;
    for (size_t i = 0; i < state->n_slots; i++) {
        if (i % HRG_INT8_TILE == 0) {
            NAMED2(int8_list_active, LEVEL)(f, state, i / HRG_INT8_TILE);
        }
        state->cut[i] = INT32_MAX; /* padding never asks for a look */
        if (i >= job->n_queries) {
            continue;
        }
        state->next_match[i] = job->match_start[i];
        f->n_decided[i] = (int64_t)job->n_documents
                          - (job->match_start[i + 1] - job->match_start[i]);
        const REAL *q = (const REAL *)job->queries + i * job->dim;
        NAMED2(int8_list_vectors, LEVEL)(state, i, q, job->dim);
        NAMED2(int8_start, LEVEL)(f, state, i, q);
        NAMED2(int8_set_limits, LEVEL)(job, state, i);
    }
}

/* Holds all queries against a panel; returns how many leave something open. */
TARGET static size_t
NAMED2(int8_panel, LEVEL)(const hrg_int8_job *f, const NAMED2(int8_state, LEVEL) *state,
                          const uint8_t *panel, hrg_int8_open *open)
{
    size_t n_open = 0;
    for (size_t i = 0; i < state->n_slots; i += HRG_INT8_TILE) {
        uint64_t mask[HRG_INT8_TILE];
        hrg_int8_tile tile = {f->queries + i * f->n_bytes, f->n_bytes,
                              state->here + i / HRG_INT8_TILE * (f->n_bytes / 4),
                              state->n_here[i / HRG_INT8_TILE]};
        if (!NAMED_INT8(tile, LEVEL)(panel, &tile, state->cut + i, mask)) {
            continue;
        }
        for (size_t t = 0; t < HRG_INT8_TILE; t++) {
            open[n_open] = (hrg_int8_open){mask[t], i + t};
            n_open += mask[t] != 0;
        }
    }
    return n_open;
}

/* Looks at all that is open of a panel. */
static void
NAMED2(int8_look_at, LEVEL)(const hrg_int8_job *f, const NAMED2(int8_state, LEVEL) *state,
                            size_t panel, size_t n_open, size_t stretch)
{
    const hrg_int8_open *open = state->open + panel % 2 * state->n_slots;
    for (size_t c = 0; c < n_open; c++) {
        NAMED2(int8_look, LEVEL)(f, state, open + c, panel * HRG_INT8_PANEL, stretch);
    }
}

void
NAMED2(hrg_int8_sweep, LEVEL)(const hrg_int8_job *f)
{
    NAMED2(int8_state, LEVEL) state = NAMED2(int8_state_in, LEVEL)(f);
    NAMED2(int8_begin, LEVEL)(f, &state);
    size_t n_panels = (f->job.n_documents + HRG_INT8_PANEL - 1) / HRG_INT8_PANEL;
    size_t n_before = 0;
    for (size_t p = 0; p < n_panels; p++) {
        size_t stretch = p / HRG_INT8_STRETCH;
        if (p % HRG_INT8_STRETCH == 0) {
            NAMED2(int8_list_here, LEVEL)(f, &state, stretch);
            NAMED2(int8_cuts, LEVEL)(f, &state, stretch);
        }
        const uint8_t *panel = f->panels + p * f->n_bytes * HRG_INT8_PANEL;
        hrg_int8_open *open = state.open + p % 2 * state.n_slots;
        size_t n_open = NAMED2(int8_panel, LEVEL)(f, &state, panel, open);
        NAMED2(int8_prefetch, LEVEL)(f, open, n_open, p * HRG_INT8_PANEL);
        if (p > 0) { /* while those rows are on their way */
            NAMED2(int8_look_at, LEVEL)(f, &state, p - 1, n_before, stretch);
        }
        n_before = n_open;
    }
    if (n_panels > 0) {
        NAMED2(int8_look_at, LEVEL)(f, &state, n_panels - 1, n_before,
                                    (n_panels - 1) / HRG_INT8_STRETCH);
    }
}

/* ready for the other element type */
#undef REAL
#undef PANEL
#undef JOIN
#undef JOIN2
#undef NEXT_DOWN
#undef ROUND_DOWN
