/* The tree of blocks for Python: takes buffers, checks what the C code relies on, releases the
 * GIL. All arrays are C-contiguous; hrgeom/checker/filters/_tree.py makes them so. */
#include "arithmetic.h"
#include "tree_module.h"
#include "tree.h"

#define MAX_NUMBERS (PY_SSIZE_T_MAX / 64)


static void
release(Py_buffer *b, int n)
{
    for (int i = 0; i < n; i++) {
        PyBuffer_Release(&b[i]);
    }
}

static int
check_length(const Py_buffer *b, size_t need, const char *name)
{
    if ((size_t)b->len >= need) {
        return 0;
    }
    PyErr_Format(PyExc_ValueError, "%s must hold %zu bytes: got %zd", name, need, b->len);
    return -1;
}

static int
check_sizes(Py_ssize_t n, Py_ssize_t dim)
{
    if (n >= 1 && dim >= 1 && n <= INT32_MAX && dim <= MAX_NUMBERS / INT32_MAX) {
        return 0;
    }
    PyErr_SetString(PyExc_ValueError, "sizes must be at least 1 and their bytes countable");
    return -1;
}

static size_t
width_of(int is_double)
{
    return is_double ? HRG_PANEL_F64 : HRG_PANEL_F32;
}

static size_t
real_of(int is_double)
{
    return is_double ? sizeof(double) : sizeof(float);
}

PyObject *
hrg_py_tree_kinds(PyObject *self, PyObject *args)
{
    (void)self;
    int is_double, failed = -1;
    Py_ssize_t n, dim;
    Py_buffer b[2];
    if (!PyArg_ParseTuple(args, "pnny*w*", &is_double, &n, &dim, &b[0], &b[1])) {
        return NULL;
    }
    if (check_sizes(n, dim) == 0
        && check_length(&b[0], (size_t)n * (size_t)dim * real_of(is_double), "rows") == 0
        && check_length(&b[1], (size_t)n * 8, "kind") == 0) {
        Py_BEGIN_ALLOW_THREADS
        HRG_BEGIN_PLAIN_ARITHMETIC
        if (is_double) {
            hrg_tree_kinds_f64(b[0].buf, (size_t)n, (size_t)dim, b[1].buf);
        } else {
            hrg_tree_kinds_f32(b[0].buf, (size_t)n, (size_t)dim, b[1].buf);
        }
        HRG_END_PLAIN_ARITHMETIC
        Py_END_ALLOW_THREADS
        failed = 0;
    }
    release(b, 2);
    return failed ? NULL : Py_NewRef(Py_None);
}

static int
check_numbers(const Py_buffer *numbers, size_t n, size_t most, const char *name)
{
    const int32_t *number = numbers->buf;
    for (size_t i = 0; i < n; i++) {
        if (number[i] < 0 || (size_t)number[i] >= most) {
            PyErr_Format(PyExc_ValueError, "%s out of range: entry %zu", name, i);
            return -1;
        }
    }
    return 0;
}

PyObject *
hrg_py_tree_order(PyObject *self, PyObject *args)
{
    (void)self;
    int is_double, failed = -1;
    Py_ssize_t n, dim;
    Py_buffer b[4];
    if (!PyArg_ParseTuple(args, "pnny*y*y*w*", &is_double, &n, &dim, &b[0], &b[1], &b[2], &b[3])) {
        return NULL;
    }
    if (check_sizes(n, dim) == 0
        && check_length(&b[0], (size_t)n * (size_t)dim * real_of(is_double), "rows") == 0
        && check_length(&b[1], (size_t)dim * 8, "inverse") == 0
        && check_length(&b[2], (size_t)n * 4, "kind") == 0
        && check_length(&b[3], (size_t)n * 4, "order") == 0
        && check_numbers(&b[3], (size_t)n, (size_t)n, "order") == 0) {
        Py_BEGIN_ALLOW_THREADS
        HRG_BEGIN_PLAIN_ARITHMETIC
        failed = is_double ? hrg_tree_order_f64(b[0].buf, (size_t)n, (size_t)dim, b[1].buf,
                                                b[2].buf, width_of(is_double), b[3].buf)
                           : hrg_tree_order_f32(b[0].buf, (size_t)n, (size_t)dim, b[1].buf,
                                                b[2].buf, width_of(is_double), b[3].buf);
        HRG_END_PLAIN_ARITHMETIC
        Py_END_ALLOW_THREADS
        if (failed) {
            PyErr_NoMemory();
        }
    }
    release(b, 4);
    return failed ? NULL : Py_NewRef(Py_None);
}

PyObject *
hrg_py_tree_sort(PyObject *self, PyObject *args)
{
    (void)self;
    int is_double, failed = -1;
    Py_ssize_t n, dim;
    Py_buffer b[3];
    if (!PyArg_ParseTuple(args, "pnny*y*w*", &is_double, &n, &dim, &b[0], &b[1], &b[2])) {
        return NULL;
    }
    if (check_sizes(n, dim) == 0
        && check_length(&b[0], (size_t)n * (size_t)dim * real_of(is_double), "rows") == 0
        && check_length(&b[2], (size_t)n * 4, "order") == 0) {
        const int32_t *by = b[1].buf;
        size_t n_by = (size_t)b[1].len / 4;
        if (check_numbers(&b[1], n_by, (size_t)dim, "by") == 0) {
            Py_BEGIN_ALLOW_THREADS
            HRG_BEGIN_PLAIN_ARITHMETIC
            if (is_double) {
                hrg_tree_sort_f64(b[0].buf, (size_t)n, (size_t)dim, by, n_by, b[2].buf);
            } else {
                hrg_tree_sort_f32(b[0].buf, (size_t)n, (size_t)dim, by, n_by, b[2].buf);
            }
            HRG_END_PLAIN_ARITHMETIC
            Py_END_ALLOW_THREADS
            failed = 0;
        }
    }
    release(b, 3);
    return failed ? NULL : Py_NewRef(Py_None);
}

PyObject *
hrg_py_tree_support(PyObject *self, PyObject *args)
{
    (void)self;
    int is_double, failed = -1;
    Py_ssize_t n, dim;
    Py_buffer b[3];
    if (!PyArg_ParseTuple(args, "pnny*w*w*", &is_double, &n, &dim, &b[0], &b[1], &b[2])) {
        return NULL;
    }
    size_t n_groups = hrg_tree_nodes((size_t)n, width_of(is_double), 1);
    if (check_sizes(n, dim) == 0
        && check_length(&b[0], (size_t)n * (size_t)dim * real_of(is_double), "rows") == 0
        && check_length(&b[1], n_groups * (size_t)dim, "support") == 0
        && check_length(&b[2], (size_t)dim * 4, "unit") == 0) {
        Py_BEGIN_ALLOW_THREADS
        HRG_BEGIN_PLAIN_ARITHMETIC
        if (is_double) {
            hrg_tree_support_f64(b[0].buf, (size_t)n, (size_t)dim, width_of(is_double), b[1].buf,
                                 b[2].buf);
        } else {
            hrg_tree_support_f32(b[0].buf, (size_t)n, (size_t)dim, width_of(is_double), b[1].buf,
                                 b[2].buf);
        }
        HRG_END_PLAIN_ARITHMETIC
        Py_END_ALLOW_THREADS
        failed = 0;
    }
    release(b, 3);
    return failed ? NULL : Py_NewRef(Py_None);
}

/* Columns of groups: starts from 0 that ascend and end inside the columns; shape for them all. */
static int
check_columns(const Py_buffer *start, const Py_buffer *column, const Py_buffer *shape,
              size_t n_groups, Py_ssize_t dim, int pole)
{
    const int64_t *starts = start->buf;
    const int32_t *columns = column->buf;
    if (check_length(start, (n_groups + 1) * 8, "column_start") != 0) {
        return -1;
    }
    if (pole < -1 || pole >= dim) {
        PyErr_Format(PyExc_ValueError, "pole must be a column or -1: got %d", pole);
        return -1;
    }
    for (size_t g = 0; g < n_groups; g++) {
        if (starts[0] != 0 || starts[g] > starts[g + 1] || starts[g + 1] - starts[g] > dim
            || starts[g + 1] > (int64_t)(column->len / 4)) {
            PyErr_Format(PyExc_ValueError, "column_start must ascend from 0: group %zu", g);
            return -1;
        }
    }
    for (int64_t j = 0; j < starts[n_groups]; j++) {
        if (columns[j] < 0 || columns[j] >= dim) {
            PyErr_Format(PyExc_ValueError, "column out of range: entry %zd", (Py_ssize_t)j);
            return -1;
        }
    }
    size_t numbers = (pole < 0 ? 3 : 2) * (size_t)starts[n_groups] + 2 * n_groups;
    return check_length(shape, HRG_FANOUT * numbers * sizeof(double), "shape");
}

PyObject *
hrg_py_tree_shape(PyObject *self, PyObject *args)
{
    (void)self;
    int is_double, failed = -1;
    Py_ssize_t n, dim, level, first_group;
    int pole;
    Py_buffer b[6];
    if (!PyArg_ParseTuple(args, "pnny*y*ny*y*niy*w*", &is_double, &n, &dim, &b[0], &b[1], &level,
                          &b[2], &b[3], &first_group, &pole, &b[4], &b[5])) {
        return NULL;
    }
    size_t width = width_of(is_double);
    if (level < 0 || level >= HRG_MAX_LEVELS || first_group < 0 || first_group > INT32_MAX) {
        PyErr_SetString(PyExc_ValueError, "level and first_group must be those of a tree");
    } else if (check_sizes(n, dim) == 0
               && check_length(&b[0], (size_t)n * (size_t)dim * real_of(is_double), "rows") == 0
               && check_length(&b[1], (size_t)dim * 8, "inverse") == 0
               && check_length(&b[4], (size_t)dim * 8, "slope") == 0
               && check_columns(&b[2], &b[3], &b[5],
                                (size_t)first_group
                                    + hrg_tree_nodes((size_t)n, width, (size_t)level + 1),
                                dim, pole) == 0) {
        Py_BEGIN_ALLOW_THREADS
        HRG_BEGIN_PLAIN_ARITHMETIC
        failed = is_double
                     ? hrg_tree_shape_f64(b[0].buf, (size_t)n, (size_t)dim, b[1].buf, width,
                                          (size_t)level, b[2].buf, b[3].buf, (size_t)first_group,
                                          pole, b[4].buf, b[5].buf)
                     : hrg_tree_shape_f32(b[0].buf, (size_t)n, (size_t)dim, b[1].buf, width,
                                          (size_t)level, b[2].buf, b[3].buf, (size_t)first_group,
                                          pole, b[4].buf, b[5].buf);
        HRG_END_PLAIN_ARITHMETIC
        Py_END_ALLOW_THREADS
        if (failed) {
            PyErr_NoMemory();
        }
    }
    release(b, 6);
    return failed ? NULL : Py_NewRef(Py_None);
}

typedef struct {
    const char *name;
    hrg_tree_pass f32, f64;
} tree_pass_entry;

static const tree_pass_entry PASSES[] = {
    {"serial", hrg_tree_sweep_f32_serial, hrg_tree_sweep_f64_serial},
#ifdef HRG_HAVE_X86
    {"avx2", hrg_tree_sweep_f32_avx2, hrg_tree_sweep_f64_avx2},
    {"avx512", hrg_tree_sweep_f32_avx512, hrg_tree_sweep_f64_avx512},
#endif
};

static int
can_run(const char *isa)
{
#ifdef HRG_HAVE_X86
    __builtin_cpu_init();
    if (strcmp(isa, "avx2") == 0) {
        return __builtin_cpu_supports("avx2");
    }
    if (strcmp(isa, "avx512") == 0) {
        return __builtin_cpu_supports("avx512f") != 0;
    }
#endif
    return strcmp(isa, "serial") == 0;
}

enum {
    PANELS, QUERIES, MATCH_START, MATCH_DOCUMENT, LEVEL, LEVEL_DOCUMENT, SCORE_BOUND, FLOOR, WORKSPACE,
    LEVEL_START, COLUMN_START, COLUMN, SHAPE, SCALE, SLOPE, UNIT, TURN,
    PLACE, EXTREME_SCORE, EXTREME_DOCUMENT,
    N_VIOLATIONS, N_EXACT, N_UNDECIDED, N_BY_BLOCK, N_BUFFERS
};

static const char *const BUFFER_NAMES[N_BUFFERS] = {
    "panels", "queries", "match_start", "match_document", "level", "level_document", "score_bound",
    "floor", "workspace", "level_start", "column_start", "column", "shape", "scale", "slope", "unit", "turn", "place",
    "extreme_score", "extreme_document", "n_violations", "n_exact", "n_undecided", "n_by_block",
};

/* Everything the sweep will touch must lie inside the buffers. */
static int
check_job(const hrg_job *job, const hrg_tree *tree, const Py_buffer *b, int is_double)
{
    size_t n = job->n_queries, m = job->n_documents, dim = job->dim, width = width_of(is_double);
    size_t need[N_BUFFERS];
    for (int i = 0; i < N_BUFFERS; i++) {
        need[i] = n * 8;
    }
    need[PANELS] = hrg_tree_nodes(m, width, 0) * width * dim * real_of(is_double);
    need[QUERIES] = n * dim * real_of(is_double);
    need[MATCH_START] = (n + 1) * 8;
    need[MATCH_DOCUMENT] = need[COLUMN_START] = need[COLUMN] = need[SHAPE] = 0; /* checked below */
    need[LEVEL_DOCUMENT] = need[EXTREME_DOCUMENT] = need[TURN] = n * 4;
    need[WORKSPACE] = hrg_tree_workspace_bytes(m, width, dim);
    need[LEVEL_START] = (tree->n_levels + 1) * 8;
    need[SCALE] = need[SLOPE] = dim * 8;
    need[UNIT] = dim * 4;
    need[PLACE] = m * 4;
    for (int i = 0; i < N_BUFFERS; i++) {
        if (check_length(&b[i], need[i], BUFFER_NAMES[i]) != 0) {
            return -1;
        }
    }
    int64_t n_groups = 0;
    for (size_t level = 0; level < tree->n_levels; level++) {
        int64_t groups = (int64_t)hrg_tree_nodes(m, width, level + 1);
        if (tree->level_start[level] != n_groups || (level + 1 == tree->n_levels && groups != 1)) {
            PyErr_Format(PyExc_ValueError, "level_start must be that of a tree: level %zu", level);
            return -1;
        }
        n_groups += groups;
    }
    if (check_columns(&b[COLUMN_START], &b[COLUMN], &b[SHAPE], (size_t)n_groups,
                      (Py_ssize_t)dim, tree->pole) != 0) {
        return -1;
    }
    if (check_numbers(&b[TURN], n, n, "turn") != 0) {
        return -1;
    }
    for (size_t i = 0; i < n; i++) {
        if (job->match_start[i] < 0 || job->match_start[i] > job->match_start[i + 1]
            || job->level_document[i] >= (int64_t)m) {
            PyErr_Format(PyExc_ValueError, "match_start and level_document must be in range: row %zu",
                         i);
            return -1;
        }
    }
    if (job->match_start[n] > (int64_t)(b[MATCH_DOCUMENT].len / 4)) {
        PyErr_SetString(PyExc_ValueError, "match_start must end inside match_document");
        return -1;
    }
    for (int64_t j = job->match_start[0]; j < job->match_start[n]; j++) {
        int32_t v = job->match_document[j];
        if (v < 0 || v >= (int64_t)m || tree->place[v] < 0 || tree->place[v] >= (int64_t)m) {
            PyErr_Format(PyExc_ValueError, "match_document out of range: entry %zd", (Py_ssize_t)j);
            return -1;
        }
    }
    return 0;
}

PyObject *
hrg_py_tree_sweep(PyObject *self, PyObject *args)
{
    (void)self;
    const char *name;
    int is_double, exact, pole;
    Py_ssize_t m, dim, n;
    Py_buffer b[N_BUFFERS];
    if (!PyArg_ParseTuple(args, "spnnnpiy*y*y*y*y*y*y*y*w*y*y*y*y*y*y*y*y*y*w*w*w*w*w*w*", &name,
                          &is_double, &m, &dim, &n, &exact, &pole, &b[0], &b[1], &b[2], &b[3], &b[4],
                          &b[5], &b[6], &b[7], &b[8], &b[9], &b[10], &b[11], &b[12], &b[13], &b[14],
                          &b[15], &b[16], &b[17], &b[18], &b[19], &b[20], &b[21], &b[22], &b[23])) {
        return NULL;
    }
    PyObject *result = NULL;
    hrg_job job = {
        .panels = b[PANELS].buf, .n_documents = (size_t)m, .dim = (size_t)dim,
        .queries = b[QUERIES].buf, .n_queries = (size_t)n, .match_start = b[MATCH_START].buf,
        .match_document = b[MATCH_DOCUMENT].buf, .level = b[LEVEL].buf,
        .level_document = b[LEVEL_DOCUMENT].buf, .score_bound = b[SCORE_BOUND].buf, .exact = exact,
        .workspace = b[WORKSPACE].buf, .extreme_score = b[EXTREME_SCORE].buf,
        .extreme_document = b[EXTREME_DOCUMENT].buf, .n_violations = b[N_VIOLATIONS].buf,
        .n_exact = b[N_EXACT].buf, .n_undecided = b[N_UNDECIDED].buf,
    };
    hrg_tree tree = {
        .n_levels = (size_t)(b[LEVEL_START].len / 8) - 1, .level_start = b[LEVEL_START].buf,
        .column_start = b[COLUMN_START].buf, .column = b[COLUMN].buf, .shape = b[SHAPE].buf,
        .scale = b[SCALE].buf,
        .pole = pole, .slope = b[SLOPE].buf, .unit = b[UNIT].buf, .turn = b[TURN].buf, .place = b[PLACE].buf, .floor = b[FLOOR].buf,
        .n_by_block = b[N_BY_BLOCK].buf,
    };
    hrg_tree_pass pass = NULL;
    for (size_t i = 0; i < sizeof PASSES / sizeof *PASSES; i++) {
        if (strcmp(PASSES[i].name, name) == 0 && can_run(name)) {
            pass = is_double ? PASSES[i].f64 : PASSES[i].f32;
        }
    }
    if (pass == NULL) {
        PyErr_Format(PyExc_ValueError, "isa must be one this processor can run: got %s", name);
    } else if (b[LEVEL_START].len < 16 || tree.n_levels > HRG_MAX_LEVELS || n < 0 || n > INT32_MAX) {
        PyErr_SetString(PyExc_ValueError, "level_start and sizes must be those of a tree");
    } else if (check_sizes(m, dim) == 0 && check_job(&job, &tree, b, is_double) == 0) {
        Py_BEGIN_ALLOW_THREADS
        HRG_BEGIN_PLAIN_ARITHMETIC
        pass(&job, &tree);
        HRG_END_PLAIN_ARITHMETIC
        Py_END_ALLOW_THREADS
        result = Py_NewRef(Py_None);
    }
    release(b, N_BUFFERS);
    return result;
}
