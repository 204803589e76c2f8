/* The order and the bounds of a tree of blocks, per element type; included by tree_build.c.
 * What is chosen here (order, centers, axes) may be any floats: the proof is about what is
 * stored. Only `enclose` computes numbers that must be true. */

/* Row v in the given columns (NULL: all), divided by the scale. */
static inline void
NAMED(read_row)(const REAL *row, const double *inverse, const int32_t *column, size_t n, double *x)
{
    if (column == NULL) {
        for (size_t k = 0; k < n; k++) {
            x[k] = (double)row[k] * inverse[k];
        }
        return;
    }
    for (size_t k = 0; k < n; k++) {
        x[k] = (double)row[column[k]] * inverse[column[k]];
    }
}

/* One side of a split: finds the half of smallest keys by quickselect. */
static int
NAMED(split)(const REAL *rows, size_t dim, const double *inverse, const int32_t *kind,
             size_t width, int32_t *order, size_t n, keyed *keys, double *scratch)
{
    if (n <= width) {
        return 0;
    }
    size_t half = width;
    while (half * 2 < n) {
        half *= 2;
    }
    size_t stride = (n + MAX_SAMPLE - 1) / MAX_SAMPLE, n_sample = 0;
    double *sample = scratch, *mean = sample + MAX_SAMPLE * dim, *axis = mean + dim;
    double *work = axis + dim;
    for (size_t i = 0; i < n; i += stride) {
        NAMED(read_row)(rows + (size_t)order[i] * dim, inverse, NULL, dim, sample + n_sample * dim);
        n_sample++;
    }
    int is_pure = kind[order[0]] == kind[order[n - 1]];
    if (is_pure && principal_axis(sample, n_sample, dim, mean, axis, work)) {
        for (size_t i = 0; i < n; i++) {
            const REAL *row = rows + (size_t)order[i] * dim;
            double key = 0;
            for (size_t k = 0; k < dim; k++) {
                key += (double)row[k] * inverse[k] * axis[k];
            }
            keys[i] = (keyed){key, order[i]};
        }
        select_smallest(keys, n, half);
        for (size_t i = 0; i < n; i++) {
            order[i] = keys[i].number;
        }
    } /* else all rows of the sample are equal: any order will do */
    return NAMED(split)(rows, dim, inverse, kind, width, order, half, keys, scratch)
           || NAMED(split)(rows, dim, inverse, kind, width, order + half, n - half, keys,
                            scratch);
}

int
NAMED(hrg_tree_order)(const REAL *rows, size_t n, size_t dim, const double *inverse,
                      const int32_t *kind, size_t width, int32_t *order)
{
    keyed *keys = malloc((n + 1) * sizeof *keys);
    double *scratch = malloc((MAX_SAMPLE + 3) * dim * sizeof *scratch);
    int failed = keys == NULL || scratch == NULL ? -1 : 0;
    if (!failed) {
        NAMED(split)(rows, dim, inverse, kind, width, order, n, keys, scratch);
    }
    free(keys);
    free(scratch);
    return failed;
}

/* Sorts by the signs in the columns from number `depth` of `by` on. */
static void
NAMED(sort_rows)(const REAL *rows, size_t dim, const int32_t *by, size_t n_by, size_t depth,
                 int32_t *order, size_t n)
{
    while (n > 1 && depth < n_by) {
        const REAL *values = rows + by[depth];
        size_t below = 0, above = n, i = 0;
        while (i < above) {
            REAL value = values[(size_t)order[i] * dim];
            int32_t number = order[i];
            if (value < 0) {
                order[i++] = order[below];
                order[below++] = number;
            } else if (value > 0) {
                order[i] = order[--above];
                order[above] = number;
            } else {
                i++;
            }
        }
        depth++;
        NAMED(sort_rows)(rows, dim, by, n_by, depth, order, below);
        NAMED(sort_rows)(rows, dim, by, n_by, depth, order + above, n - above);
        order += below;
        n = above - below;
    }
}

void
NAMED(hrg_tree_sort)(const REAL *rows, size_t n, size_t dim, const int32_t *by, size_t n_by,
                     int32_t *order)
{
    for (size_t i = 0; i < n; i++) {
        order[i] = (int32_t)i;
    }
    NAMED(sort_rows)(rows, dim, by, n_by, 0, order, n);
}

void
NAMED(hrg_tree_kinds)(const REAL *rows, size_t n, size_t dim, uint64_t *kind)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t hash = UINT64_C(14695981039346656037);
        for (size_t k = 0; k < dim; k++) {
            if (rows[i * dim + k] != 0) {
                hash = (hash ^ (k + 1)) * UINT64_C(1099511628211);
            }
        }
        kind[i] = hash;
    }
}

void
NAMED(hrg_tree_support)(const REAL *rows, size_t n, size_t dim, size_t width, uint8_t *support,
                        int32_t *unit)
{
    for (size_t k = 0; k < dim; k++) {
        unit[k] = INT32_MAX;
    }
    for (size_t i = 0; i < n; i++) {
        const REAL *row = rows + i * dim;
        uint8_t *has = support + i / (width * HRG_FANOUT) * dim;
        for (size_t k = 0; k < dim; k++) {
            if (row[k] != 0) {
                int32_t exponent = hrg_last_bit((double)row[k]);
                unit[k] = exponent < unit[k] ? exponent : unit[k];
                has[k] = 1;
            }
        }
    }
}

/* Chooses center and axis of n documents: the middle of their extent along the axis and, column
 * by column, of what the axis leaves. */
static void
NAMED(choose)(const REAL *rows, size_t n, size_t dim, const double *inverse,
              const int32_t *column, size_t n_columns, double *center, double *axis,
              double *scratch)
{
    size_t stride = (n + MAX_SAMPLE - 1) / MAX_SAMPLE, n_sample = 0;
    double *sample = scratch, *x = sample + MAX_SAMPLE * n_columns;
    double *low = x + n_columns, *high = low + n_columns;
    for (size_t i = 0; i < n; i += stride) {
        NAMED(read_row)(rows + i * dim, inverse, column, n_columns, sample + n_sample * n_columns);
        n_sample++;
    }
    if (!principal_axis(sample, n_sample, n_columns, center, axis, x)) {
        memset(axis, 0, n_columns * sizeof *axis);
    }
    double least = INFINITY, most = -INFINITY;
    for (size_t k = 0; k < n_columns; k++) {
        low[k] = INFINITY;
        high[k] = -INFINITY;
    }
    for (size_t i = 0; i < n; i++) {
        NAMED(read_row)(rows + i * dim, inverse, column, n_columns, x);
        double t = 0;
        for (size_t k = 0; k < n_columns; k++) {
            x[k] -= center[k];
            t += x[k] * axis[k];
        }
        least = t < least ? t : least;
        most = t > most ? t : most;
        for (size_t k = 0; k < n_columns; k++) {
            double rest = x[k] - t * axis[k];
            low[k] = rest < low[k] ? rest : low[k];
            high[k] = rest > high[k] ? rest : high[k];
        }
    }
    for (size_t k = 0; k < n_columns; k++) {
        center[k] += (least + most) / 2 * axis[k] + (low[k] + high[k]) / 2;
    }
}

/* True bounds on n documents about the stored center and axis, in lane 0 of the group's numbers:
 * half-length, radius and half-widths, rounding of the later evaluation included. */
static void
NAMED(enclose)(const REAL *rows, size_t n, size_t dim, const double *inverse,
               const int32_t *column, size_t n_columns, const double *center, const double *axis,
               double *tau, double *rho, double *numbers, double *scratch)
{
    double *x = scratch, *width = x + n_columns, *peak = width + n_columns;
    double extent = 0, square = 0;
    memset(width, 0, 2 * n_columns * sizeof *width);
    for (size_t i = 0; i < n; i++) {
        NAMED(read_row)(rows + i * dim, inverse, column, n_columns, x);
        double t = 0, rest_square = 0;
        for (size_t k = 0; k < n_columns; k++) {
            double size = fabs(x[k]);
            peak[k] = size > peak[k] ? size : peak[k];
            t += (x[k] - center[k]) * axis[k];
        }
        for (size_t k = 0; k < n_columns; k++) {
            double rest = fabs(x[k] - center[k] - t * axis[k]);
            width[k] = rest > width[k] ? rest : width[k];
            rest_square += rest * rest;
        }
        square = rest_square > square ? rest_square : square;
        extent = fabs(t) > extent ? fabs(t) : extent;
    }
    /* |rest| is off by at most 4u (|x_k| + |c_k| + |t u_k|), and the evaluation of the bound by
     * gamma_(n + 16) of the same sizes and the width: both go into width and radius. */
    double gamma = 2 * (double)(n_columns + 32) * 0x1p-53, sizes = 0;
    for (size_t k = 0; k < n_columns; k++) {
        double size = peak[k] + fabs(center[k]) + extent * fabs(axis[k]) + width[k];
        numbers[(3 * k + 0) * HRG_FANOUT] = center[k];
        numbers[(3 * k + 1) * HRG_FANOUT] = axis[k];
        numbers[(3 * k + 2) * HRG_FANOUT] = (width[k] + gamma * size) * INFLATION + TINY;
        sizes += size * size;
    }
    *tau = extent;
    *rho = (sqrt(square) + gamma * sqrt(sizes)) * INFLATION + TINY;
}

/* The bounds of a tent on n documents: see _tree.py. */
static void
NAMED(enclose_by_tent)(const REAL *rows, size_t n, size_t dim, const double *inverse,
                       const int32_t *column, size_t n_columns, int32_t pole,
                       const double *slope, double *top, double *slack, double *numbers,
                       double *scratch)
{
    double *x = scratch, *low = x + n_columns, *high = low + n_columns;
    for (size_t k = 0; k < n_columns; k++) {
        low[k] = INFINITY;
        high[k] = -INFINITY;
    }
    for (size_t i = 0; i < n; i++) {
        NAMED(read_row)(rows + i * dim, inverse, column, n_columns, x);
        for (size_t k = 0; k < n_columns; k++) {
            low[k] = x[k] < low[k] ? x[k] : low[k];
            high[k] = x[k] > high[k] ? x[k] : high[k];
        }
    }
    double largest = 0, steepest = 0;
    for (size_t k = 0; k < n_columns; k++) {
        /* the center is as near to 0 as the documents are; of the pole, in their middle */
        double center = low[k] > 0 ? low[k] : high[k] < 0 ? high[k] : 0;
        if (column[k] == pole) {
            center = (low[k] + high[k]) / 2;
        }
        double up = high[k] - center, down = center - low[k], width = up > down ? up : down;
        double peak = fabs(low[k]) > fabs(high[k]) ? fabs(low[k]) : fabs(high[k]);
        numbers[(2 * k + 0) * HRG_FANOUT] = center;
        numbers[(2 * k + 1) * HRG_FANOUT] = width * INFLATION + TINY;
        double size = peak + fabs(center) + width;
        largest = size > largest ? size : largest;
        steepest += slope[column[k]] * size;
    }
    *top = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        NAMED(read_row)(rows + i * dim, inverse, column, n_columns, x);
        double height = (double)rows[i * dim + (size_t)pole] * inverse[pole];
        for (size_t k = 0; k < n_columns; k++) {
            if (column[k] != pole) {
                height += slope[column[k]] * fabs(x[k] - numbers[2 * k * HRG_FANOUT]);
            }
        }
        *top = height > *top ? height : *top;
    }
    double gamma = 2 * (double)(n_columns + 32) * 0x1p-53;
    *top += gamma * (largest + steepest) + TINY;
    *slack = gamma * (largest + fabs(*top)) * INFLATION + TINY;
}

int
NAMED(hrg_tree_shape)(const REAL *rows, size_t n, size_t dim, const double *inverse, size_t width,
                      size_t level, const int64_t *column_start, const int32_t *column,
                      size_t first_group, int32_t pole, const double *slope, double *shape)
{
    size_t per_column = pole < 0 ? 3 : 2;
    double *scratch = malloc((MAX_SAMPLE + 6) * dim * sizeof *scratch);
    if (scratch == NULL) {
        return -1;
    }
    double *center = scratch, *axis = center + dim, *rest = axis + dim;
    size_t size = width;
    for (size_t l = 0; l < level; l++) {
        size *= HRG_FANOUT;
    }
    for (size_t node = 0; node * size < n; node++) {
        size_t group = first_group + node / HRG_FANOUT, lane = node % HRG_FANOUT;
        size_t n_columns = (size_t)(column_start[group + 1] - column_start[group]);
        size_t first = node * size, count = n - first < size ? n - first : size;
        const int32_t *columns = column + column_start[group];
        double *numbers = shape + HRG_FANOUT * (per_column * (size_t)column_start[group] + 2 * group) + lane;
        const REAL *block = rows + first * dim;
        if (pole >= 0) {
            NAMED(enclose_by_tent)(block, count, dim, inverse, columns, n_columns, pole, slope,
                                   numbers, numbers + HRG_FANOUT, numbers + 2 * HRG_FANOUT, rest);
            continue;
        }
        NAMED(choose)(block, count, dim, inverse, columns, n_columns, center, axis, rest);
        NAMED(enclose)(block, count, dim, inverse, columns, n_columns, center, axis, numbers,
                       numbers + HRG_FANOUT, numbers + 2 * HRG_FANOUT, rest);
    }
    free(scratch);
    return 0;
}

/* ready for the other element type */
#undef REAL
#undef JOIN
