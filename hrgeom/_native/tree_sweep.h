/* The sweep by a tree of blocks, per element type and instruction set; included by tree_sweep.c.
 * Each query goes down the tree, the most promising node first, and leaves out every node whose
 * bound shows that no document of it can matter. What it looks at, it looks at as every kernel
 * does: by reference scores and pairs.h. */

typedef struct {
    const hrg_job *job;
    const hrg_tree *tree;
    size_t i;            /* the query */
    const REAL *query;
    const double *scaled; /* times the scale of every column */
    const uint32_t *marks; /* matches: a bit per document, a word per leaf */
    double floor;        /* reference scores up to this change nothing */
    double cut;          /* so do documents whose exact scores are up to this */
    double grid;         /* scores are multiples of this; 0: not known to be */
    int64_t n_scored;    /* documents in leaves that were looked at, or that match throughout */
} WALK;

/* Sets what a document must exceed, from the best so far and the level. */
TARGET static void
WALKING(set_cut)(WALK *walk)
{
    const hrg_job *job = walk->job;
    double level = job->level[walk->i], best = job->extreme_score[walk->i];
    double least = walk->tree->floor[walk->i];
    double decision = NAMED(decision_bound)(job, walk->i), bound = job->score_bound[walk->i];
    if (bound == 0) {
        /* Scores are exact. A new best is better by a unit of the grid, or by anything. */
        double rival = walk->grid > 0 ? nextafter(best + walk->grid, -INFINITY) : best;
        rival = rival > least ? rival : least;
        best = best > least ? best : least;
        double below = nextafter(level, -INFINITY);
        walk->floor = below < best ? below : best;
        walk->cut = below < rival ? below : rival;
        return;
    }
    best = best > least ? best : least;
    /* Lowered by more than these differences round, and below what meets the level just so. */
    double reach = level, rival = best;
    if (isfinite(level)) {
        reach = nextafter(level - decision - (fabs(level) + decision) * 0x1p-50, -INFINITY);
    }
    double below = nextafter(reach - bound - (fabs(reach) + bound) * 0x1p-50, -INFINITY);
    if (isfinite(best)) {
        rival = nextafter(best - bound - (fabs(best) + bound) * 0x1p-50, -INFINITY);
    }
    below = isfinite(level) ? below : level;
    walk->floor = reach < best ? reach : best;
    walk->cut = below < rival ? below : rival;
}

/* Looks at the documents of a leaf that do not match. */
TARGET static void
WALKING(look_at_leaf)(WALK *walk, size_t leaf, const int32_t *column, size_t n_columns)
{
    const hrg_job *job = walk->job;
    size_t first = leaf * PANEL, left = job->n_documents - first;
    uint32_t lanes = left < PANEL ? (UINT32_C(1) << left) - 1 : (uint32_t)((UINT64_C(1) << PANEL) - 1);
    walk->n_scored += left < PANEL ? (int64_t)left : PANEL;
    lanes &= ~walk->marks[leaf];
    if (lanes == 0) {
        return;
    }
    /* Reference scores: columns that are left out would add zeros. */
    const REAL *panel = (const REAL *)job->panels + first * job->dim;
    double score[PANEL] = {0.0};
    for (size_t j = 0; j < n_columns; j++) {
        double factor = (double)walk->query[column[j]];
        const REAL *x = panel + (size_t)column[j] * PANEL;
#pragma GCC unroll 32
        for (size_t lane = 0; lane < PANEL; lane++) {
            score[lane] += factor * (double)x[lane];
        }
    }
    uint32_t above = 0;
    for (size_t lane = 0; lane < PANEL; lane++) {
        above |= (uint32_t)(score[lane] > walk->floor) << lane;
    }
    above &= lanes;
    if (above == 0) {
        return;
    }
    for (; above != 0; above &= above - 1) {
        int lane = __builtin_ctz(above);
        NAMED(note_other)(job, walk->i, walk->query, (int32_t)first + lane, score[lane]);
    }
    WALKING(set_cut)(walk);
}

/* The bounds of the nodes of a group; see _tree.py. */
TARGET static inline __attribute__((always_inline)) void
WALKING(bounds_by_axis)(const WALK *walk, size_t group, double *bound)
{
    const hrg_tree *tree = walk->tree;
    size_t begin = (size_t)tree->column_start[group], end = (size_t)tree->column_start[group + 1];
    const double *tau = tree->shape + HRG_FANOUT * (3 * begin + 2 * group);
    const double *rho = tau + HRG_FANOUT, *numbers = rho + HRG_FANOUT;
    double middle[HRG_FANOUT] = {0.0}, along[HRG_FANOUT] = {0.0}, rest[HRG_FANOUT] = {0.0};
    double square = 0;
    for (size_t j = begin; j < end; j++, numbers += 3 * HRG_FANOUT) {
        double q = walk->scaled[tree->column[j]], size = fabs(q);
        square += q * q;
#pragma GCC unroll 16
        for (size_t lane = 0; lane < HRG_FANOUT; lane++) {
            middle[lane] += q * numbers[lane];
        }
#pragma GCC unroll 16
        for (size_t lane = 0; lane < HRG_FANOUT; lane++) {
            along[lane] += q * numbers[HRG_FANOUT + lane];
        }
#pragma GCC unroll 16
        for (size_t lane = 0; lane < HRG_FANOUT; lane++) {
            rest[lane] += size * numbers[2 * HRG_FANOUT + lane];
        }
    }
    double length = sqrt(square) + 0x1p-500;
#pragma GCC unroll 16
    for (size_t lane = 0; lane < HRG_FANOUT; lane++) {
        double ball = length * rho[lane];
        double around = ball < rest[lane] ? ball : rest[lane];
        bound[lane] = middle[lane] + fabs(along[lane]) * tau[lane] + around + 0x1p-960;
    }
}

/* The same where the blocks have tents. */
TARGET static inline __attribute__((always_inline)) void
WALKING(bounds_by_tent)(const WALK *walk, size_t group, double *bound)
{
    const hrg_tree *tree = walk->tree;
    size_t begin = (size_t)tree->column_start[group], end = (size_t)tree->column_start[group + 1];
    const double *top = tree->shape + HRG_FANOUT * (2 * begin + 2 * group);
    const double *slack = top + HRG_FANOUT, *numbers = slack + HRG_FANOUT;
    double sum[HRG_FANOUT] = {0.0}, sizes = 0;
    double lift = walk->scaled[tree->pole] > 0 ? walk->scaled[tree->pole] : 0;
    for (size_t j = begin; j < end; j++, numbers += 2 * HRG_FANOUT) {
        double q = walk->scaled[tree->column[j]], size = fabs(q);
        sizes += size;
        if (tree->column[j] == tree->pole && lift > 0) {
            continue; /* the top tells more */
        }
        double excess = size - lift * tree->slope[tree->column[j]];
        excess = excess > 0 ? excess : 0;
#pragma GCC unroll 16
        for (size_t lane = 0; lane < HRG_FANOUT; lane++) {
            sum[lane] += q * numbers[lane] + excess * numbers[HRG_FANOUT + lane];
        }
    }
    sizes += lift;
#pragma GCC unroll 16
    for (size_t lane = 0; lane < HRG_FANOUT; lane++) {
        bound[lane] = sum[lane] + lift * top[lane] + sizes * slack[lane] + 0x1p-960;
    }
}

TARGET static void
WALKING(visit)(WALK *walk, size_t level, size_t number)
{
    const hrg_tree *tree = walk->tree;
    size_t group = (size_t)tree->level_start[level] + number, first = number * HRG_FANOUT;
    size_t count = hrg_tree_nodes(walk->job->n_documents, PANEL, level) - first;
    double bound[HRG_FANOUT];
    if (tree->pole < 0) {
        WALKING(bounds_by_axis)(walk, group, bound);
    } else {
        WALKING(bounds_by_tent)(walk, group, bound);
    }
    unsigned open = 0;
    for (size_t lane = 0; lane < HRG_FANOUT; lane++) {
        /* a bound that is not a number bounds nothing */
        open |= (unsigned)!(bound[lane] <= walk->cut) << lane;
    }
    if (count < HRG_FANOUT) {
        open &= (1u << count) - 1;
    }
    while (open != 0) {
        int most = __builtin_ctz(open);
        for (unsigned others = open & (open - 1); others != 0; others &= others - 1) {
            int lane = __builtin_ctz(others);
            most = bound[lane] > bound[most] ? lane : most;
        }
        open &= ~(1u << most);
        if (bound[most] <= walk->cut) {
            continue;
        }
        if (level == 0) {
            WALKING(look_at_leaf)(walk, first + (size_t)most,
                                  tree->column + tree->column_start[group],
                                  (size_t)(tree->column_start[group + 1]
                                           - tree->column_start[group]));
        } else {
            WALKING(visit)(walk, level - 1, first + (size_t)most);
        }
    }
}

/* Where a bound could overflow: every leaf, in order. */
TARGET static void
WALKING(look_at_all)(WALK *walk)
{
    const hrg_tree *tree = walk->tree;
    size_t n_leaves = hrg_tree_nodes(walk->job->n_documents, PANEL, 0);
    for (size_t leaf = 0; leaf < n_leaves; leaf++) {
        const int64_t *start = tree->column_start + leaf / HRG_FANOUT;
        WALKING(look_at_leaf)(walk, leaf, tree->column + start[0], (size_t)(start[1] - start[0]));
    }
}

/* Scores of this query are multiples of the result, a power of two; 0 if it is not a double. */
TARGET static double
WALKING(grid_of)(const hrg_job *job, const hrg_tree *tree, const REAL *query)
{
    int32_t least = INT32_MAX;
    for (size_t k = 0; k < job->dim; k++) {
        if (query[k] != 0 && tree->unit[k] != INT32_MAX) {
            int32_t unit = tree->unit[k] + hrg_last_bit((double)query[k]);
            least = unit < least ? unit : least;
        }
    }
    return least > -1000 && least < 1000 ? ldexp(1.0, least) : 0;
}

TARGET void
SWEEP(const hrg_job *job, const hrg_tree *tree)
{
    double *scaled = job->workspace;
    uint32_t *marks = (uint32_t *)(scaled + job->dim);
    for (size_t turn = 0; turn < job->n_queries; turn++) {
        size_t i = (size_t)tree->turn[turn];
        WALK walk = {.job = job, .tree = tree, .i = i, .scaled = scaled, .marks = marks,
                     .query = (const REAL *)job->queries + i * job->dim};
        double sizes = 0;
        for (size_t k = 0; k < job->dim; k++) {
            scaled[k] = (double)walk.query[k] * tree->scale[k];
            sizes += fabs(scaled[k]);
        }
        for (int64_t j = job->match_start[i]; j < job->match_start[i + 1]; j++) {
            uint32_t place = (uint32_t)tree->place[job->match_document[j]];
            marks[place / PANEL] |= UINT32_C(1) << place % PANEL;
        }
        if (job->score_bound[i] == 0) {
            walk.grid = WALKING(grid_of)(job, tree, walk.query);
        }
        NAMED(clear)(job, i, -INFINITY);
        WALKING(set_cut)(&walk);
        if (sizes < 0x1p900) {
            WALKING(visit)(&walk, tree->n_levels - 1, 0);
        } else {
            WALKING(look_at_all)(&walk);
        }
        tree->n_by_block[i] = (int64_t)job->n_documents - walk.n_scored;
        for (int64_t j = job->match_start[i]; j < job->match_start[i + 1]; j++) {
            marks[(uint32_t)tree->place[job->match_document[j]] / PANEL] = 0;
        }
    }
}

/* ready for the next element type or instruction set */
#undef WALK
#undef WALKING
#undef SWEEP
