/* The sweep behind integer scores for Python: takes buffers, checks their lengths, releases the GIL
 * and runs one pass.  hrgeom/checker/filters/_int8.py makes the arrays. */
#include "int8_module.h"

#include "arguments.h"
#include "arithmetic.h"
#include "int8.h"

#ifdef HRG_HAVE_NEON
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

typedef struct {
    const char *name;
    int most; /* of a byte of a query in size, so that no sum of two products saturates */
    int has_sign; /* whether its tile takes the 128 off the bytes of documents */
    hrg_int8_tile_pass tile;
    hrg_int8_pass f32, f64;
} level_entry;

#define ENTRY(level, most, has_sign)                                                               \
    {#level, most, has_sign, hrg_int8_tile_##level, hrg_int8_sweep_f32_##level,                    \
     hrg_int8_sweep_f64_##level}

static const level_entry LEVELS[] = {
    ENTRY(plain, 127, 0),
#ifdef HRG_HAVE_NEON
    ENTRY(neon, 127, 1),
#endif
#ifdef HRG_HAVE_X86
    ENTRY(avx2, 64, 0),
#ifdef HRG_HAVE_AVXVNNI
    ENTRY(avxvnni, 127, 0),
#endif
    ENTRY(avx512bw, 64, 0),
    ENTRY(avx512vnni, 127, 0),
#endif
};

#define N_LEVELS (sizeof LEVELS / sizeof *LEVELS)

static int
cpu_has(const char *level)
{
#ifdef HRG_HAVE_X86
    __builtin_cpu_init();
    int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    int avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw");
    if (strcmp(level, "avx2") == 0) {
        return avx2;
    }
#ifdef HRG_HAVE_AVXVNNI
    if (strcmp(level, "avxvnni") == 0) {
        return avx2 && __builtin_cpu_supports("avxvnni");
    }
#endif
    if (strcmp(level, "avx512bw") == 0) {
        return avx512;
    }
    if (strcmp(level, "avx512vnni") == 0) {
        return avx512 && __builtin_cpu_supports("avx512vnni");
    }
#endif
#ifdef HRG_HAVE_NEON
    if (strcmp(level, "neon") == 0) {
        return (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0;
    }
#endif
    return strcmp(level, "plain") == 0;
}

/* Whether a level's tile finds the documents that exact sums find above the cuts, for rows with all
 * the extremes that bytes can have: on whatever processor, what it computes is no matter of trust. */
static int
is_right(const level_entry *level)
{
    enum { BYTES = 24 };
    uint8_t panel[BYTES * HRG_INT8_PANEL];
    int8_t queries[HRG_INT8_TILE * BYTES];
    uint32_t state = 1;
    for (size_t i = 0; i < sizeof panel; i++) {
        state = state * 1664525 + 1013904223;
        panel[i] = (uint8_t)(i % 3 == 0 ? 255 : i % 3 == 1 ? 0 : state >> 24);
    }
    for (size_t i = 0; i < sizeof queries; i++) {
        state = state * 1664525 + 1013904223;
        int spread = 2 * level->most + 1, any = (int)((state >> 16) % (uint32_t)spread);
        queries[i] = (int8_t)(i % 5 == 0 ? level->most : i % 5 == 1 ? -level->most : any - level->most);
    }
    const uint32_t active[] = {0, 4, 8, 12, 16, 20};
    const hrg_int8_tile tile = {queries, BYTES, active, sizeof active / sizeof *active};
    for (int v = 0; v < HRG_INT8_PANEL; v++) {
        int32_t score[HRG_INT8_TILE] = {0}, cut[HRG_INT8_TILE];
        for (int off = -1; off <= 1; off++) {
            uint64_t mask[HRG_INT8_TILE];
            for (int t = 0; t < HRG_INT8_TILE; t++) {
                score[t] = 0;
                for (int k = 0; k < BYTES; k++) {
                    int x = panel[k / 4 * 4 * HRG_INT8_PANEL + 4 * v + k % 4];
                    score[t] += queries[t * BYTES + k] * (x - 128 * level->has_sign);
                }
                cut[t] = score[t] + off;
            }
            level->tile(panel, &tile, cut, mask);
            for (int t = 0; t < HRG_INT8_TILE; t++) {
                if ((mask[t] >> v & 1) != (off < 0)) {
                    return 0;
                }
            }
        }
    }
    return 1;
}

const char hrg_int8_levels_doc[] =
    "int8_levels() -> [(name, what a byte of a query may be in size)], those that work here";

PyObject *
hrg_int8_levels(PyObject *self, PyObject *unused)
{
    (void)self, (void)unused;
    PyObject *levels = PyList_New(0);
    for (size_t i = 0; levels != NULL && i < N_LEVELS; i++) {
        if (!cpu_has(LEVELS[i].name) || !is_right(&LEVELS[i])) {
            continue;
        }
        PyObject *level = Py_BuildValue("(si)", LEVELS[i].name, LEVELS[i].most);
        if (level == NULL || PyList_Append(levels, level) < 0) {
            Py_CLEAR(levels);
        }
        Py_XDECREF(level);
    }
    return levels;
}

enum {
    INT8_PANELS, STEP, LENGTH, ERROR, USED, ORDER, MATCH_PLACE, EXTENT, INT8_QUERIES, QUERY_STEP, QUERY_LENGTH, QUERY_ERROR,
    INT8_WORKSPACE, N_DECIDED, N_INT8_BUFFERS
};

static const char *const BUFFER_NAMES[N_INT8_BUFFERS] = {
    "int8 panels", "step", "length", "error", "used", "order", "match_place", "extent",
    "int8 queries", "query_step", "query_length", "query_error", "int8 workspace", "n_decided",
};

/* Everything the pass will touch beyond the job must lie inside the buffers. */
static int
check(const hrg_int8_job *f, const Py_buffer *b, int most)
{
    size_t n = f->job.n_queries, need[N_INT8_BUFFERS];
    size_t n_panels = (f->job.n_documents + HRG_INT8_PANEL - 1) / HRG_INT8_PANEL;
    size_t n_stretches = (n_panels + HRG_INT8_STRETCH - 1) / HRG_INT8_STRETCH;
    need[INT8_PANELS] = n_panels * HRG_INT8_PANEL * f->n_bytes;
    need[EXTENT] = f->job.n_documents * 8;
    need[ORDER] = f->job.n_documents * 4;
    need[MATCH_PLACE] = (size_t)f->job.match_start[n] * 4;
    need[USED] = n_stretches * (f->n_bytes / 4);
    need[STEP] = need[LENGTH] = need[ERROR] = n_stretches * 8;
    need[INT8_QUERIES] = (n + HRG_INT8_TILE - 1) / HRG_INT8_TILE * HRG_INT8_TILE * f->n_bytes;
    need[QUERY_STEP] = need[QUERY_LENGTH] = need[QUERY_ERROR] = need[N_DECIDED] = n * 8;
    need[INT8_WORKSPACE] = hrg_int8_workspace_bytes(n, f->n_bytes);
    for (int i = 0; i < N_INT8_BUFFERS; i++) {
        if ((size_t)b[i].len < need[i]) {
            PyErr_Format(PyExc_ValueError, "%s must hold %zu bytes: got %zd", BUFFER_NAMES[i],
                         need[i], b[i].len);
            return -1;
        }
    }
    for (size_t v = 0; v < f->job.n_documents; v++) {
        if (f->extent[2 * v] > f->extent[2 * v + 1] || f->extent[2 * v + 1] > f->job.dim) {
            PyErr_Format(PyExc_ValueError, "extent must be columns from first to end: document %zu",
                         v);
            return -1;
        }
        if (f->order[v] < 0 || f->order[v] >= (int64_t)f->job.n_documents) {
            PyErr_Format(PyExc_ValueError, "order must hold documents: place %zu", v);
            return -1;
        }
    }
    for (size_t i = 0; i < n; i++) {
        for (int64_t j = f->job.match_start[i]; j < f->job.match_start[i + 1]; j++) {
            int64_t least = j > f->job.match_start[i] ? f->match_place[j - 1] + (int64_t)1 : 0;
            if (f->match_place[j] < least || f->match_place[j] >= (int64_t)f->job.n_documents) {
                PyErr_Format(PyExc_ValueError, "match_place must hold ascending places: query %zu", i);
                return -1;
            }
        }
    }
    for (size_t i = 0; i < need[INT8_QUERIES]; i++) {
        if (f->queries[i] > most || f->queries[i] < -most) {
            PyErr_Format(PyExc_ValueError, "int8 queries must be from -%d to %d: got %d", most, most,
                         f->queries[i]);
            return -1;
        }
    }
    return 0;
}

const char hrg_int8_sweep_doc[] =
    "int8_sweep(level, the arguments of run from is_double on, int8_panels, step, length, error,\n"
    "           used, order, match_place, extent, int8_queries, query_step, query_length,\n"
    "           query_error, int8_workspace, n_decided)\n\n"
    "Runs the sweep behind integer scores (see int8.h) over a block of queries.";

PyObject *
hrg_int8_sweep(PyObject *self, PyObject *args)
{
    (void)self;
    const char *name;
    hrg_sizes sizes;
    Py_buffer b[N_BUFFERS], c[N_INT8_BUFFERS];
    if (!PyArg_ParseTuple(args, "s" HRG_JOB_FORMAT "y*y*y*y*y*y*y*y*y*y*y*y*w*w*", &name,
                          HRG_JOB_ARGUMENTS(sizes, b), &c[0], &c[1], &c[2], &c[3], &c[4], &c[5],
                          &c[6], &c[7], &c[8], &c[9], &c[10], &c[11], &c[12], &c[13])) {
        return NULL;
    }
    PyObject *result = NULL;
    hrg_int8_job f = {
        .job = hrg_job_of(&sizes, b), .n_bytes = ((size_t)sizes.dim + 3) / 4 * 4,
        .panels = c[INT8_PANELS].buf, .step = c[STEP].buf, .length = c[LENGTH].buf,
        .error = c[ERROR].buf, .used = c[USED].buf, .order = c[ORDER].buf,
        .match_place = c[MATCH_PLACE].buf, .extent = c[EXTENT].buf,
        .queries = c[INT8_QUERIES].buf, .query_step = c[QUERY_STEP].buf,
        .query_length = c[QUERY_LENGTH].buf, .query_error = c[QUERY_ERROR].buf,
        .workspace = c[INT8_WORKSPACE].buf, .n_decided = c[N_DECIDED].buf,
    };
    const level_entry *level = NULL;
    for (size_t i = 0; i < N_LEVELS; i++) {
        if (strcmp(LEVELS[i].name, name) == 0 && cpu_has(name)) {
            level = &LEVELS[i];
        }
    }
    if (level == NULL) {
        PyErr_Format(PyExc_ValueError, "level must be one this processor can run: got %s", name);
    } else if (sizes.dim > HRG_INT8_MAX_DIM) {
        PyErr_Format(PyExc_ValueError, "dim must be at most %d: got %zd", HRG_INT8_MAX_DIM,
                     sizes.dim);
    } else if (hrg_check_job(&sizes, &f.job, b, 1) == 0 && check(&f, c, level->most) == 0) {
        hrg_int8_pass pass = sizes.is_double ? level->f64 : level->f32;
        Py_BEGIN_ALLOW_THREADS
        HRG_BEGIN_PLAIN_ARITHMETIC
        pass(&f);
        HRG_END_PLAIN_ARITHMETIC
        Py_END_ALLOW_THREADS
        result = Py_NewRef(Py_None);
    }
    for (int i = 0; i < N_BUFFERS; i++) {
        PyBuffer_Release(&b[i]);
    }
    for (int i = 0; i < N_INT8_BUFFERS; i++) {
        PyBuffer_Release(&c[i]);
    }
    return result;
}

/* The sizes of the layout, so that whoever packs arrays need not repeat them. */
int
hrg_add_int8_sizes(PyObject *extension)
{
    return PyModule_AddIntConstant(extension, "INT8_PANEL", HRG_INT8_PANEL)
           || PyModule_AddIntConstant(extension, "INT8_STRETCH", HRG_INT8_STRETCH)
           || PyModule_AddIntConstant(extension, "INT8_TILE", HRG_INT8_TILE)
           || PyModule_AddIntConstant(extension, "INT8_MAX_DIM", HRG_INT8_MAX_DIM)
           || PyModule_AddIntConstant(extension, "INT8_SLOT_BYTES", HRG_INT8_SLOT_BYTES)
           || PyModule_AddIntConstant(extension, "INT8_SLOT_BYTES_PER_BYTE",
                                      HRG_INT8_SLOT_BYTES_PER_BYTE);
}
