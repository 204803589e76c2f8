/* See finish.h. */
#include "finish.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH 16
#define PANEL 64
#define ROWS 6
#define BLOCK 96

typedef float vec __attribute__((vector_size(64), aligned(4)));
typedef int32_t ints __attribute__((vector_size(64), aligned(4)));

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && defined(__linux__)
#define CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#pragma GCC diagnostic ignored "-Wpsabi"
#pragma GCC optimize("fp-contract=fast") /* nothing here needs the exact order of rounding */
#else
#define CLONES
#endif
#define INLINE static inline __attribute__((always_inline))

#define PAIR_ITEMS (1 << 19) /* of a row, times first entries, at most: rows of a hub are long */

static const float LEAST_FALL = 1e-5f; /* of the loss, for a move: beyond rounding */

INLINE vec
load(const float *p)
{
    return *(const vec *)p;
}

INLINE void
store(float *p, vec v)
{
    *(vec *)p = v;
}

/* The sum of the lanes, halves first. */
INLINE float
sum(vec v)
{
    float x[WIDTH];
    for (int i = 0; i < WIDTH; i++) {
        x[i] = v[i];
    }
    for (int half = WIDTH / 2; half > 0; half /= 2) {
        for (int i = 0; i < half; i++) {
            x[i] += x[i + half];
        }
    }
    return x[0];
}

/* -1 where x < 0, else 0: of the sign bit, since comparisons are not vectors everywhere. */
INLINE ints
is_negative(vec x)
{
    return (ints)x >> 31;
}

INLINE vec
pick(ints mask, vec yes, vec no)
{
    return (vec)(((ints)yes & mask) | ((ints)no & ~mask));
}

/* exp(x) for x from -80 to 0, to about 1e-6 of the value: 2^n times a polynomial on half a bit. */
INLINE vec
exponential(vec x)
{
    vec big = (vec){0} + 12582912.0f; /* adding it rounds to an integer */
    vec n = (x * 1.44269504f + big) - big;
    vec r = x - n * 0.69314718f;
    vec p = 1 + r * (1 + r * (0.5f + r * (0.16666667f + r * (0.041666667f + r * 0.0083333f))));
    ints exponent = (__builtin_convertvector(n, ints) + 127) << 23;
    return p * (vec)exponent;
}

/* exp(-z), and 1 - z + z^2/2 where z < 0: convex, with two derivatives. */
INLINE vec
loss_of(vec z, vec *slope)
{
    vec zero = {0};
    ints wrong = is_negative(z);
    vec right = pick(is_negative(80.0f - z), zero + 80.0f, pick(wrong, zero, z));
    vec e = exponential(-right);
    *slope = pick(wrong, z - 1.0f, -e);
    return pick(wrong, 1.0f - z + 0.5f * z * z, e);
}

INLINE float
neighbor(const finish_job *job, float value, int up, float unit)
{
    if (job->grid == FINISH_INTEGERS) {
        float next = up ? value + unit : value - unit;
        return fabsf(next) <= (job->largest + 0.5f) * unit ? next : value;
    }
    if (job->grid == FINISH_SIGNS) {
        return (value < 0) == up ? -value : value;
    }
    if (fabsf(value) < 6.2e-5f) { /* near the subnormals of float16 there is nothing to gain */
        return value;
    }
    int32_t bits, step = job->grid == FINISH_BFLOAT16 ? 0x10000 : 0x2000;
    memcpy(&bits, &value, sizeof bits);
    bits += (value > 0) == up ? step : -step;
    memcpy(&value, &bits, sizeof bits);
    return value;
}

/* What is known of the row that moves.  Rows are padded with zeros to `width`, items to `padded`. */
typedef struct {
    const finish_job *job;
    float *row, unit, loss;
    int64_t dim, width, n, padded;
    float *points;     /* (padded, width): the rows of the items */
    float *margin;     /* score - levels - sign target */
    float *weight;     /* sign sharpness */
    float *importance;
    float *work, *column;
    float *slope, *gain;
    float *own;        /* (width) the row, padded */
    int32_t *order;    /* entries by gain, as far as they were asked for */
    int64_t n_ordered;
} state;

INLINE float
loss_after(const state *s, const float *margin, const float *column, float step)
{
    vec all = {0}, slope;
    for (int64_t e = 0; e < s->padded; e += WIDTH) {
        vec z = (load(margin + e) + step * load(column + e)) * load(s->weight + e);
        all += loss_of(z, &slope) * load(s->importance + e);
    }
    return sum(all);
}

/* Entry k of the items. */
INLINE const float *
column_of(const state *s, int64_t k)
{
    for (int64_t e = 0; e < s->padded; e++) {
        s->column[e] = s->points[e * s->width + k];
    }
    return s->column;
}

/* Margins after a step of entry k. */
INLINE void
shift(const state *s, float *to, const float *from, int64_t k, float step)
{
    const float *column = column_of(s, k);
    for (int64_t e = 0; e < s->padded; e += WIDTH) {
        store(to + e, load(from + e) + step * load(column + e));
    }
}

INLINE float
score_of(const state *s, const float *point)
{
    vec all = {0};
    for (int64_t k = 0; k < s->width; k += WIDTH) {
        all += load(s->own + k) * load(point + k);
    }
    return sum(all);
}

INLINE void
take_in(state *s, int64_t i)
{
    const finish_job *job = s->job;
    const int32_t *item = job->item + job->start[i];
    s->row = job->own + i * s->dim;
    s->unit = job->unit[i];
    s->n = job->start[i + 1] - job->start[i];
    s->padded = (s->n + WIDTH - 1) / WIDTH * WIDTH;
    memcpy(s->own, s->row, (size_t)s->dim * sizeof(float));
    for (int64_t e = 0; e < s->n; e++) {
        float sign = e < job->n_matches[i] ? 1 : -1, *point = s->points + e * s->width;
        memcpy(point, job->other + item[e] * s->dim, (size_t)s->dim * sizeof(float));
        s->weight[e] = sign * job->sharpness;
        s->importance[e] = job->importance ? job->importance[job->start[i] + e] : 1;
        s->margin[e] = score_of(s, point) - job->own_level[i] - job->other_level[item[e]]
            - sign * job->target;
    }
    for (int64_t e = s->n; e < s->padded; e++) { /* padding loses nothing */
        memset(s->points + e * s->width, 0, (size_t)s->dim * sizeof(float));
        s->weight[e] = -job->sharpness;
        s->importance[e] = 0;
        s->margin[e] = -80 / job->sharpness;
    }
    s->loss = loss_after(s, s->margin, s->margin, 0);
}

/* Slopes of the loss in every entry, at some margins; returns the loss there. */
INLINE float
slopes_at(const state *s, const float *margin, float *out)
{
    vec all = {0}, slope;
    for (int64_t e = 0; e < s->padded; e += WIDTH) {
        vec weight = load(s->weight + e), importance = load(s->importance + e);
        all += loss_of(load(margin + e) * weight, &slope) * importance;
        store(s->column + e, slope * weight * importance);
    }
    int64_t k = 0;
    for (; k + 4 * WIDTH <= s->width; k += 4 * WIDTH) {
        vec a = {0}, b = {0}, c = {0}, d = {0};
        for (int64_t e = 0; e < s->padded; e++) {
            const float *point = s->points + e * s->width + k;
            float of_item = s->column[e];
            a += of_item * load(point);
            b += of_item * load(point + WIDTH);
            c += of_item * load(point + 2 * WIDTH);
            d += of_item * load(point + 3 * WIDTH);
        }
        store(out + k, a), store(out + k + WIDTH, b);
        store(out + k + 2 * WIDTH, c), store(out + k + 3 * WIDTH, d);
    }
    for (; k < s->width; k += WIDTH) {
        vec a = {0};
        for (int64_t e = 0; e < s->padded; e++) {
            a += s->column[e] * load(s->points + e * s->width + k);
        }
        store(out + k, a);
    }
    return sum(all);
}

/* Slopes of the loss, and what a move of every entry promises at most. */
INLINE void
rank_entries(state *s)
{
    slopes_at(s, s->margin, s->slope);
    for (int64_t k = 0; k < s->dim; k++) {
        float next = neighbor(s->job, s->row[k], s->slope[k] < 0, s->unit);
        s->gain[k] = s->slope[k] * (s->row[k] - next);
        s->order[k] = (int32_t)k;
    }
    s->n_ordered = 0;
}

/* The entry of rank r by gain, the first of equal ones first.  Few are asked for, so they are
 * looked for one by one. */
INLINE int64_t
ranked_entry(state *s, int64_t r)
{
    for (; s->n_ordered <= r; s->n_ordered++) {
        int64_t best = s->n_ordered;
        for (int64_t c = s->n_ordered + 1; c < s->dim; c++) {
            best = s->gain[s->order[c]] > s->gain[s->order[best]] ? c : best;
        }
        int32_t chosen = s->order[best];
        memmove(s->order + s->n_ordered + 1, s->order + s->n_ordered,
                (size_t)(best - s->n_ordered) * sizeof(int32_t));
        s->order[s->n_ordered] = chosen;
    }
    return s->order[r];
}

/* The loss is convex, so that no move lowers it by more than its gain. */
INLINE int
move_one(state *s)
{
    for (int64_t r = 0; r < s->dim; r++) {
        int64_t k = ranked_entry(s, r);
        if (!(s->gain[k] > LEAST_FALL * s->loss)) {
            return 0;
        }
        float next = neighbor(s->job, s->row[k], s->slope[k] < 0, s->unit);
        float loss = loss_after(s, s->margin, column_of(s, k), next - s->row[k]);
        if (loss < s->loss * (1 - LEAST_FALL)) {
            shift(s, s->margin, s->margin, k, next - s->row[k]);
            s->row[k] = next;
            s->loss = loss;
            return 1;
        }
    }
    return 0;
}

INLINE int
has_wrong(const state *s)
{
    int wrong = 0;
    for (int64_t e = 0; e < s->n; e++) {
        wrong |= s->margin[e] * s->weight[e] < 0;
    }
    return wrong;
}

/* The first entry, either way, with the best second: of the first pair that lowers the loss. */
INLINE int
move_two(state *s)
{
    int64_t firsts = PAIR_ITEMS / s->padded + 1;
    firsts = firsts < 2 * s->dim ? firsts : 2 * s->dim;
    for (int64_t r = 0; r < firsts; r++) {
        int64_t k = ranked_entry(s, r / 2), second = -1;
        float next = neighbor(s->job, s->row[k], r & 1, s->unit), value = 0;
        if (next == s->row[k]) {
            continue;
        }
        float least = s->loss * (1 - LEAST_FALL);
        shift(s, s->work, s->margin, k, next - s->row[k]);
        float between = slopes_at(s, s->work, s->slope);
        for (int64_t q = 0; q < s->dim; q++) {
            float steep = s->slope[q], then = neighbor(s->job, s->row[q], steep < 0, s->unit);
            if (q == k || then == s->row[q] || between + steep * (then - s->row[q]) >= least) {
                continue;
            }
            float loss = loss_after(s, s->work, column_of(s, q), then - s->row[q]);
            if (loss < least) {
                least = loss, second = q, value = then;
            }
        }
        if (second >= 0) {
            shift(s, s->margin, s->work, second, value - s->row[second]);
            s->row[k] = next;
            s->row[second] = value;
            s->loss = least;
            return 1;
        }
    }
    return 0;
}

CLONES static void
relax(const finish_job *job, state *s, int64_t first, int64_t last)
{
    for (int64_t i = first; i < last; i++) {
        int32_t moves = 0;
        take_in(s, i);
        for (; s->n > 0 && moves < job->most_moves; moves++) {
            rank_entries(s);
            if (!move_one(s) && !(job->in_pairs && has_wrong(s) && move_two(s))) {
                break;
            }
        }
        job->loss[i] = s->n > 0 ? s->loss : 0;
        job->moves[i] = moves;
    }
}

int
finish_relax(const finish_job *job, int64_t first, int64_t last)
{
    int64_t most = 0;
    for (int64_t i = first; i < last; i++) {
        int64_t n = job->start[i + 1] - job->start[i];
        most = n > most ? n : most;
    }
    int64_t padded = (most + WIDTH - 1) / WIDTH * WIDTH, dim = job->dim;
    int64_t width = (dim + WIDTH - 1) / WIDTH * WIDTH;
    size_t n_numbers = (size_t)(padded * (width + 5) + 3 * width);
    float *space = calloc(n_numbers, sizeof(float)); /* so that rows end in zeros */
    int32_t *order = malloc((size_t)(dim + 1) * sizeof(int32_t));
    if (space == NULL || order == NULL) {
        free(space), free(order);
        return -1;
    }
    state s = {.job = job, .dim = dim, .width = width, .points = space, .order = order};
    s.margin = space + padded * width;
    s.weight = s.margin + padded;
    s.importance = s.weight + padded;
    s.work = s.importance + padded;
    s.column = s.work + padded;
    s.slope = s.column + padded;
    s.gain = s.slope + width;
    s.own = s.gain + width;
    relax(job, &s, first, last);
    free(space), free(order);
    return 0;
}

int64_t
finish_panel_numbers(int64_t n_documents, int64_t dim)
{
    return (n_documents + PANEL - 1) / PANEL * PANEL * dim;
}

void
finish_pack(int64_t n_documents, int64_t dim, const float *documents, float *panels)
{
    for (int64_t j = 0; j < finish_panel_numbers(n_documents, 1); j++) {
        for (int64_t k = 0; k < dim; k++) {
            panels[(j / PANEL * dim + k) * PANEL + j % PANEL] =
                j < n_documents ? documents[j * dim + k] : 0;
        }
    }
}

/* The value of rank k, from 0, of n values in descending order; they change places. */
static float
ranked(float *values, int64_t n, int64_t k)
{
    int64_t low = 0, high = n - 1;
    while (low < high) {
        float pivot = values[(low + high) / 2];
        int64_t a = low, b = high;
        while (a <= b) {
            while (values[a] > pivot) {
                a++;
            }
            while (values[b] < pivot) {
                b--;
            }
            if (a <= b) {
                float held = values[a];
                values[a++] = values[b];
                values[b--] = held;
            }
        }
        if (k <= b) {
            high = b;
        } else if (k >= a) {
            low = a;
        } else {
            break;
        }
    }
    return values[k];
}

/* What one query has found so far. */
typedef struct {
    int64_t n;
    float cut;
    int32_t *item;
    float *score;
} found;

/* Keep those above the value of rank `most`, which no later one can make wrong. */
static void
shrink(found *f, int64_t most, float *space)
{
    memcpy(space, f->score, (size_t)f->n * sizeof(float));
    f->cut = ranked(space, f->n, most);
    int64_t kept = 0;
    for (int64_t e = 0; e < f->n; e++) {
        if (f->score[e] > f->cut) {
            f->item[kept] = f->item[e];
            f->score[kept++] = f->score[e];
        }
    }
    f->n = kept;
}

INLINE void
score_panel(const float *panel, const float *queries, int64_t dim, vec scores[ROWS][4])
{
    for (int i = 0; i < ROWS; i++) {
        for (int c = 0; c < 4; c++) {
            scores[i][c] = (vec){0};
        }
    }
    for (int64_t k = 0; k < dim; k++) {
        const float *x = panel + k * PANEL;
        vec x0 = load(x), x1 = load(x + 16), x2 = load(x + 32), x3 = load(x + 48);
#pragma GCC unroll 6
        for (int i = 0; i < ROWS; i++) {
            float q = queries[i * dim + k];
            scores[i][0] += q * x0;
            scores[i][1] += q * x1;
            scores[i][2] += q * x2;
            scores[i][3] += q * x3;
        }
    }
}

INLINE int
any_above(const vec scores[4], float cut)
{
    ints above = is_negative(cut - scores[0]) | is_negative(cut - scores[1])
        | is_negative(cut - scores[2]) | is_negative(cut - scores[3]);
    int64_t lanes[8], any = 0;
    memcpy(lanes, &above, sizeof lanes);
    for (int i = 0; i < 8; i++) {
        any |= lanes[i];
    }
    return any != 0;
}

CLONES static void
search_block(const finish_search *search, const float *queries, int64_t n, found *founds,
             int64_t room, float *space)
{
    int64_t n_panels = (search->n_documents + PANEL - 1) / PANEL, dim = search->dim;
    for (int64_t p = 0; p < n_panels; p++) {
        for (int64_t g = 0; g < n; g += ROWS) {
            vec scores[ROWS][4];
            score_panel(search->panels + p * dim * PANEL, queries + g * dim, dim, scores);
#pragma GCC unroll 6
            for (int i = 0; i < ROWS; i++) {
                found *f = founds + g + i;
                if (!any_above(scores[i], f->cut)) {
                    continue;
                }
                float line[PANEL];
                memcpy(line, scores[i], sizeof line);
                for (int e = 0; e < PANEL; e++) { /* without a branch: most are below */
                    f->item[f->n] = (int32_t)(p * PANEL + e);
                    f->score[f->n] = line[e];
                    f->n += line[e] > f->cut;
                }
                if (f->n > room - PANEL - 1) {
                    /* matches among them are at most as many as the query has */
                    shrink(f, room / 2, space);
                }
            }
        }
    }
}

/* Matches and padding go, and of the others the highest stay. */
static void
finish_query(const finish_search *search, int64_t i, found *f, float *space)
{
    int64_t at = search->match_start[i], end = search->match_start[i + 1], n = 0;
    for (int64_t e = 0; e < f->n; e++) {
        while (at < end && search->match_document[at] < f->item[e]) {
            at++;
        }
        int is_match = at < end && search->match_document[at] == f->item[e];
        if (is_match || f->item[e] >= search->n_documents) {
            continue;
        }
        f->item[n] = f->item[e];
        f->score[n++] = f->score[e];
    }
    int64_t most = search->most, ties = 0, count = 0;
    if (n > most) {
        memcpy(space, f->score, (size_t)n * sizeof(float));
        f->cut = ranked(space, n, most - 1);
        ties = most;
        for (int64_t e = 0; e < n; e++) {
            ties -= f->score[e] > f->cut;
        }
    }
    for (int64_t e = 0; e < n; e++) {
        int tied = f->score[e] == f->cut && ties > 0;
        if (f->score[e] > f->cut || tied) {
            ties -= tied;
            search->scores[i * most + count] = f->score[e];
            search->items[i * most + count++] = f->item[e];
        }
    }
    search->count[i] = (int32_t)count;
    search->cut[i] = f->cut;
}

int
finish_hardest(const finish_search *search, int64_t first, int64_t last)
{
    int64_t dim = search->dim, longest = 0;
    for (int64_t i = first; i < last; i++) {
        int64_t n = search->match_start[i + 1] - search->match_start[i];
        longest = n > longest ? n : longest;
    }
    /* half the room holds all that is wanted and every match besides */
    int64_t room = 2 * (search->most + longest) + 8 * PANEL;
    int32_t *items = malloc((size_t)(BLOCK * room) * sizeof(int32_t));
    float *scores = malloc((size_t)((BLOCK + 1) * room + BLOCK * dim) * sizeof(float));
    if (items == NULL || scores == NULL) {
        free(items), free(scores);
        return -1;
    }
    float *space = scores + BLOCK * room, *queries = space + room;
    for (int64_t b = first; b < last; b += BLOCK) {
        int64_t n = last - b < BLOCK ? last - b : BLOCK;
        found founds[BLOCK];
        memset(queries, 0, (size_t)(BLOCK * dim) * sizeof(float));
        memcpy(queries, search->queries + b * dim, (size_t)(n * dim) * sizeof(float));
        for (int64_t i = 0; i < BLOCK; i++) {
            float cut = i < n ? search->cut[b + i] : INFINITY;
            founds[i] = (found){0, cut, items + i * room, scores + i * room};
        }
        search_block(search, queries, n, founds, room, space);
        for (int64_t i = 0; i < n; i++) {
            finish_query(search, b + i, founds + i, space);
        }
    }
    free(items), free(scores);
    return 0;
}
