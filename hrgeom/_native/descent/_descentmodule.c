/* The only file of the descent that knows Python: takes buffers, checks their lengths and types,
 * releases the GIL and runs one call on a range. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "descent.h"
#include "finish_methods.h"

#ifdef HRG_HAVE_NEON
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

typedef struct {
    const char *name;
    hrg_query_steps query_steps;
    hrg_document_steps document_steps;
    hrg_list_hardest list_hardest;
} kernel;

static const kernel KERNELS[] = {
    {"serial", hrg_query_steps_serial, hrg_document_steps_serial, hrg_list_hardest_serial},
#ifdef HRG_HAVE_X86
    {"avx2", hrg_query_steps_avx2, hrg_document_steps_avx2, hrg_list_hardest_avx2},
    {"avx512", hrg_query_steps_avx512, hrg_document_steps_avx512, hrg_list_hardest_avx512},
#endif
#ifdef HRG_HAVE_NEON
    {"neon", hrg_query_steps_serial, hrg_document_steps_serial, hrg_list_hardest_neon},
#endif
};
#define N_KERNELS (sizeof KERNELS / sizeof *KERNELS)

static int
can_run(const char *name)
{
#ifdef HRG_HAVE_X86
    __builtin_cpu_init();
    if (strcmp(name, "avx2") == 0) {
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    }
    if (strcmp(name, "avx512") == 0) {
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vnni");
    }
#endif
#ifdef HRG_HAVE_NEON
    if (strcmp(name, "neon") == 0) {
        return (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0;
    }
#endif
    return strcmp(name, "serial") == 0;
}

PyDoc_STRVAR(kernels_doc, "kernels() -> names of those this processor can run, slowest first");

static PyObject *
kernels(PyObject *self, PyObject *unused)
{
    (void)self, (void)unused;
    PyObject *names = PyList_New(0);
    for (size_t i = 0; names != NULL && i < N_KERNELS; i++) {
        if (!can_run(KERNELS[i].name)) {
            continue;
        }
        PyObject *name = PyUnicode_FromString(KERNELS[i].name);
        if (name == NULL || PyList_Append(names, name) < 0) {
            Py_CLEAR(names);
        }
        Py_XDECREF(name);
    }
    return names;
}

static const kernel *
kernel_named(const char *name)
{
    for (size_t i = 0; i < N_KERNELS; i++) {
        if (strcmp(KERNELS[i].name, name) == 0 && can_run(name)) {
            return &KERNELS[i];
        }
    }
    PyErr_Format(PyExc_ValueError, "kernel must be one this processor can run: got %s", name);
    return NULL;
}

/* An array that a call takes: its name, type of numbers, how many it must hold, whether it is
 * written. */
typedef struct {
    const char *name;
    char code; /* as in the struct module: f, b, B, i, l (of 8 bytes) */
    int is_written;
} array_kind;

static size_t
size_of(char code)
{
    return code == 'b' || code == 'B' ? 1 : code == 'l' ? 8 : 4;
}

static int
get_array(PyObject *from, const array_kind *kind, size_t least, Py_buffer *view)
{
    int flags = PyBUF_C_CONTIGUOUS | PyBUF_FORMAT | (kind->is_written ? PyBUF_WRITABLE : 0);
    if (PyObject_GetBuffer(from, view, flags) < 0) {
        return -1;
    }
    const char *format = view->format == NULL ? "B" : view->format;
    int fits = strlen(format) == 1 && view->itemsize == (Py_ssize_t)size_of(kind->code)
               && (*format == kind->code || (kind->code == 'l' && *format == 'q'));
    if (!fits || (size_t)view->len < least * size_of(kind->code)) {
        PyErr_Format(PyExc_ValueError, "%s must hold %zu numbers of type %c: got %zd bytes of %s",
                     kind->name, least, kind->code, view->len, format);
        PyBuffer_Release(view);
        return -1;
    }
    return 0;
}

/* Takes arrays from a tuple; on failure none is held. */
static int
get_arrays(PyObject *tuple, const array_kind *kinds, const size_t *least, int n, Py_buffer *views)
{
    if (!PyTuple_Check(tuple) || PyTuple_GET_SIZE(tuple) != n) {
        PyErr_Format(PyExc_ValueError, "there must be a tuple of %d arrays", n);
        return -1;
    }
    for (int i = 0; i < n; i++) {
        if (get_array(PyTuple_GET_ITEM(tuple, i), &kinds[i], least[i], &views[i]) < 0) {
            while (i-- > 0) {
                PyBuffer_Release(&views[i]);
            }
            return -1;
        }
    }
    return 0;
}

static void
release(Py_buffer *views, int n)
{
    for (int i = 0; i < n; i++) {
        PyBuffer_Release(&views[i]);
    }
}

/* Starts of rows first .. last ascend from at least 0 to at most n_entries. */
static int
check_starts(const char *name, const int64_t *start, int64_t first, int64_t last,
             int64_t n_entries)
{
    for (int64_t i = first; i < last; i++) {
        if (start[i] < 0 || start[i] > start[i + 1] || start[i + 1] > n_entries) {
            PyErr_Format(PyExc_ValueError, "%s must have ascending starts: row %lld", name,
                         (long long)i);
            return -1;
        }
    }
    return 0;
}

/* So they do, and the entries of these rows are below `limit`. */
static int
check_rows(const char *name, const int64_t *start, const int32_t *entry, int64_t first,
           int64_t last, int64_t n_entries, int64_t limit)
{
    if (check_starts(name, start, first, last, n_entries) < 0) {
        return -1;
    }
    for (int64_t i = first; i < last; i++) {
        for (int64_t j = start[i]; j < start[i + 1]; j++) {
            if (entry[j] < 0 || entry[j] >= limit) {
                PyErr_Format(PyExc_ValueError, "%s must have entries from 0 to %lld: row %lld",
                             name, (long long)limit - 1, (long long)i);
                return -1;
            }
        }
    }
    return 0;
}

static int
check_lists(const int32_t *n_listed, const int32_t *listed, size_t stride, int64_t first,
            int64_t last, int64_t limit)
{
    for (int64_t i = first; i < last; i++) {
        if (n_listed[i] < 0 || (size_t)n_listed[i] > stride) {
            PyErr_Format(PyExc_ValueError, "lists must fit into their rows: row %lld",
                         (long long)i);
            return -1;
        }
        for (int32_t k = 0; k < n_listed[i]; k++) {
            int32_t document = listed[(size_t)i * stride + (size_t)k];
            if (document < 0 || document >= limit) {
                PyErr_Format(PyExc_ValueError, "lists must have entries from 0 to %lld: row %lld",
                             (long long)limit - 1, (long long)i);
                return -1;
            }
        }
    }
    return 0;
}

static int
check_range(int64_t first, int64_t last, int64_t n)
{
    if (first < 0 || last < first || last > n) {
        PyErr_Format(PyExc_ValueError, "the range must lie in 0 .. %lld", (long long)n);
        return -1;
    }
    return 0;
}

enum {
    QUERIES, QUERY_MOMENTUM, QUERY_SCALE, DOCUMENTS, DOCUMENT_MOMENTUM, DOCUMENT_SCALE, THRESHOLD,
    MATCH_LOSS, OTHER_LOSS, LOWEST_MATCH, HIGHEST_OTHER, LOWEST_LISTED, MATCH_START, MATCH_DOCUMENT,
    N_LISTED, LISTED, N_STATE
};
static const array_kind STATE[N_STATE] = {
    {"queries", 'f', 1}, {"query_momentum", 'f', 1}, {"query_scale", 'f', 1},
    {"documents", 'f', 1}, {"document_momentum", 'f', 1}, {"document_scale", 'f', 1},
    {"threshold", 'f', 1}, {"match_loss", 'f', 1}, {"other_loss", 'f', 1},
    {"lowest_match", 'f', 1}, {"highest_other", 'f', 1}, {"lowest_listed", 'f', 1},
    {"match_start", 'l', 0}, {"match_document", 'i', 0}, {"n_listed", 'i', 0}, {"listed", 'i', 0},
};
enum { MATCHING_START, MATCHING, LISTING_START, LISTING, SHIFT, N_GROUP };
static const array_kind GROUP_ARRAYS[N_GROUP] = {
    {"matching_start", 'l', 0}, {"matching", 'i', 0}, {"listing_start", 'l', 0},
    {"listing", 'i', 0}, {"shift", 'i', 0},
};

PyDoc_STRVAR(steps_doc,
"steps(kernel, side, first, last, n_queries, n_documents, width, stride, state, group, numbers)\n"
"    -> (slope, lowest, highest, lowest gap, wrong queries), or None for documents\n\n"
"Steps of the queries (side 0) or documents (side 1) of a range. `state` and `group` are tuples of\n"
"arrays; numbers: first and last query of the group, temperature, goal, query rate, document\n"
"rate, momentum, damping, query steps, by row, frozen, weight of a sampled document. See descent.h.");

static PyObject *
steps(PyObject *self, PyObject *args)
{
    (void)self;
    const char *name;
    int side;
    long long first, last, n_queries, n_documents, first_query, last_query;
    Py_ssize_t width, stride;
    PyObject *state, *group;
    hrg_visit v = {0};
    if (!PyArg_ParseTuple(args, "siLLLLnnOO(LLffffffiiif)", &name, &side, &first, &last, &n_queries,
                          &n_documents, &width, &stride, &state, &group, &first_query, &last_query,
                          &v.temperature, &v.goal, &v.query_rate, &v.document_rate,
                          &v.momentum, &v.damping, &v.n_query_steps, &v.is_by_row, &v.is_frozen, &v.sample_weight)) {
        return NULL;
    }
    const kernel *k = kernel_named(name);
    if (k == NULL) {
        return NULL;
    }
    if (n_queries < 1 || n_documents < 1 || n_queries > INT32_MAX || n_documents > INT32_MAX
        || width < HRG_ROW_MULTIPLE || width % HRG_ROW_MULTIPLE != 0 || width > (1 << 20)
        || stride < 1 || stride > INT32_MAX) {
        PyErr_SetString(PyExc_ValueError, "sizes must be positive, width a multiple of 16");
        return NULL;
    }
    if (check_range(first, last, side == 0 ? n_queries : n_documents) < 0
        || check_range(first_query, last_query, n_queries) < 0) {
        return NULL;
    }
    size_t n = (size_t)n_queries, m = (size_t)n_documents, w = (size_t)width;
    size_t least[N_STATE] = {n * w, n * w, n, m * w, m * w, m, n, n, n, n, n, n, n + 1, 0, n,
                             n * (size_t)stride};
    size_t least_group[N_GROUP] = {m + 1, 0, m + 1, 0, 0};
    Py_buffer a[N_STATE], g[N_GROUP];
    if (get_arrays(state, STATE, least, N_STATE, a) < 0) {
        return NULL;
    }
    if (get_arrays(group, GROUP_ARRAYS, least_group, N_GROUP, g) < 0) {
        release(a, N_STATE);
        return NULL;
    }
    hrg_descent d = {
        .width = w,
        .queries = {n_queries, a[QUERIES].buf, a[QUERY_MOMENTUM].buf, a[QUERY_SCALE].buf},
        .documents = {n_documents, a[DOCUMENTS].buf, a[DOCUMENT_MOMENTUM].buf,
                      a[DOCUMENT_SCALE].buf},
        .threshold = a[THRESHOLD].buf, .match_loss = a[MATCH_LOSS].buf, .other_loss = a[OTHER_LOSS].buf,
        .lowest_match = a[LOWEST_MATCH].buf, .highest_other = a[HIGHEST_OTHER].buf,
        .lowest_listed = a[LOWEST_LISTED].buf, .match_start = a[MATCH_START].buf,
        .match_document = a[MATCH_DOCUMENT].buf, .n_listed = a[N_LISTED].buf,
        .listed = a[LISTED].buf, .stride = (size_t)stride,
    };
    v.first_query = first_query;
    v.last_query = last_query;
    v.matching_start = g[MATCHING_START].buf;
    v.matching = g[MATCHING].buf;
    v.listing_start = g[LISTING_START].buf;
    v.listing = g[LISTING].buf;
    v.shift = g[SHIFT].buf;
    v.n_shifts = (int)(g[SHIFT].len / 4);
    int ok = 1;
    for (int s = 0; s < v.n_shifts; s++) {
        ok = ok && v.shift[s] >= 0 && v.shift[s] < n_documents;
    }
    PyObject *result = NULL;
    if (!ok) {
        PyErr_SetString(PyExc_ValueError, "shifts must be from 0 to n_documents - 1");
    } else if (side == 0
                   ? check_rows("matches", d.match_start, d.match_document, first, last,
                                (int64_t)(a[MATCH_DOCUMENT].len / 4), n_documents) == 0
                         && check_lists(d.n_listed, d.listed, d.stride, first, last, n_documents)
                                == 0
                   : check_rows("matching", v.matching_start, v.matching, first, last,
                                (int64_t)(g[MATCHING].len / 4), n_queries) == 0
                         && check_rows("listing", v.listing_start, v.listing, first, last,
                                       (int64_t)(g[LISTING].len / 4), n_queries) == 0
                         /* what is sampled is looked up among its query's matches */
                         && (v.n_shifts == 0
                             || check_starts("matches", d.match_start, first_query, last_query,
                                             (int64_t)(a[MATCH_DOCUMENT].len / 4)) == 0)) {
        hrg_seen seen = {0};
        int status;
        Py_BEGIN_ALLOW_THREADS
        status = side == 0 ? k->query_steps(&d, &v, first, last, &seen)
                           : k->document_steps(&d, &v, first, last);
        Py_END_ALLOW_THREADS
        if (status < 0) {
            PyErr_NoMemory();
        } else if (side == 0) {
            result = Py_BuildValue("ddddL", seen.slope, seen.lowest, seen.highest, seen.lowest_gap,
                                   (long long)seen.n_wrong);
        } else {
            result = Py_NewRef(Py_None);
        }
    }
    release(g, N_GROUP);
    release(a, N_STATE);
    return result;
}

enum {
    BYTES, PANELS, L_MATCH_START, L_MATCH_DOCUMENT, CUT, L_N_LISTED, L_LISTED, L_SCORES, N_LISTING
};
static const array_kind LISTING_ARRAYS[N_LISTING] = {
    {"queries", 'b', 0}, {"panels", 'B', 0}, {"match_start", 'l', 0}, {"match_document", 'i', 0},
    {"cut", 'i', 0}, {"n_listed", 'i', 1}, {"listed", 'i', 1}, {"scores", 'i', 1},
};

PyDoc_STRVAR(list_hardest_doc,
"list_hardest(kernel, first, last, n_queries, n_documents, n_bytes, stride, reach, arrays)\n\n"
"Lists the hardest non-matches of a range of queries, with their scores unless that array is\n"
"empty. See descent.h.");

static PyObject *
list_hardest(PyObject *self, PyObject *args)
{
    (void)self;
    const char *name;
    long long first, last, n_queries, n_documents;
    Py_ssize_t n_bytes, stride;
    int reach;
    PyObject *arrays;
    if (!PyArg_ParseTuple(args, "sLLLLnniO", &name, &first, &last, &n_queries, &n_documents,
                          &n_bytes, &stride, &reach, &arrays)) {
        return NULL;
    }
    const kernel *k = kernel_named(name);
    if (k == NULL) {
        return NULL;
    }
    if (n_queries < 1 || n_documents < 1 || n_queries > INT32_MAX || n_documents > INT32_MAX
        || n_bytes < 4 || n_bytes % 4 != 0 || n_bytes > (1 << 16) || stride < 1
        || stride > (1 << 24) || reach < 0) {
        PyErr_SetString(PyExc_ValueError, "sizes must be positive, bytes of a row a multiple of 4");
        return NULL;
    }
    if (check_range(first, last, n_queries) < 0) {
        return NULL;
    }
    size_t n = (size_t)n_queries, panels = ((size_t)n_documents + 63) / 64;
    size_t least[N_LISTING] = {n * (size_t)n_bytes, panels * 64 * (size_t)n_bytes, n + 1, 0, n, n,
                               n * (size_t)stride, 0};
    Py_buffer a[N_LISTING];
    if (get_arrays(arrays, LISTING_ARRAYS, least, N_LISTING, a) < 0) {
        return NULL;
    }
    hrg_listing job = {
        .n_documents = n_documents, .n_bytes = (size_t)n_bytes, .queries = a[BYTES].buf,
        .panels = a[PANELS].buf, .match_start = a[L_MATCH_START].buf,
        .match_document = a[L_MATCH_DOCUMENT].buf, .reach = reach, .cut = a[CUT].buf,
        .stride = (size_t)stride, .n_listed = a[L_N_LISTED].buf, .listed = a[L_LISTED].buf,
        .scores = a[L_SCORES].len > 0 ? a[L_SCORES].buf : NULL,
    };
    PyObject *result = NULL;
    if (job.scores != NULL && (size_t)a[L_SCORES].len < 4 * least[L_LISTED]) {
        PyErr_SetString(PyExc_ValueError, "scores must be as many as listed, or none");
    } else if (check_rows("matches", job.match_start, job.match_document, first, last,
                          (int64_t)(a[L_MATCH_DOCUMENT].len / 4), n_documents) == 0) {
        int status;
        Py_BEGIN_ALLOW_THREADS
        status = k->list_hardest(&job, first, last);
        Py_END_ALLOW_THREADS
        result = status < 0 ? PyErr_NoMemory() : Py_NewRef(Py_None);
    }
    release(a, N_LISTING);
    return result;
}

PyDoc_STRVAR(by_document_doc,
"by_document(n_documents, stride, first, last, n_listed, listed, start, query)\n\n"
"Writes the lists of a range of queries by document: starts from 0, and the queries.");

static PyObject *
by_document(PyObject *self, PyObject *args)
{
    (void)self;
    static const array_kind kinds[4] = {
        {"n_listed", 'i', 0}, {"listed", 'i', 0}, {"start", 'l', 1}, {"query", 'i', 1},
    };
    long long n_documents, first, last;
    Py_ssize_t stride;
    PyObject *arrays;
    if (!PyArg_ParseTuple(args, "LnLLO", &n_documents, &stride, &first, &last, &arrays)) {
        return NULL;
    }
    if (n_documents < 1 || n_documents > INT32_MAX || stride < 1 || stride > INT32_MAX
        || check_range(first, last, INT32_MAX) < 0) {
        if (!PyErr_Occurred()) {
            PyErr_SetString(PyExc_ValueError, "sizes must be positive");
        }
        return NULL;
    }
    size_t least[4] = {(size_t)last, (size_t)last * (size_t)stride, (size_t)n_documents + 1, 0};
    Py_buffer a[4];
    if (get_arrays(arrays, kinds, least, 4, a) < 0) {
        return NULL;
    }
    PyObject *result = NULL;
    const int32_t *n_listed = a[0].buf, *listed = a[1].buf;
    if (check_lists(n_listed, listed, (size_t)stride, first, last, n_documents) == 0) {
        int64_t total = 0;
        for (int64_t i = first; i < last; i++) {
            total += n_listed[i];
        }
        if (a[3].len / 4 < total) {
            PyErr_SetString(PyExc_ValueError, "query must have room for all entries");
        } else {
            Py_BEGIN_ALLOW_THREADS
            hrg_by_document(n_listed, listed, (size_t)stride, first, last, n_documents, a[2].buf,
                            a[3].buf);
            Py_END_ALLOW_THREADS
            result = Py_NewRef(Py_None);
        }
    }
    release(a, 4);
    return result;
}

static PyMethodDef methods[] = {
    {"kernels", kernels, METH_NOARGS, kernels_doc},
    {"steps", steps, METH_VARARGS, steps_doc},
    {"list_hardest", list_hardest, METH_VARARGS, list_hardest_doc},
    {"by_document", by_document, METH_VARARGS, by_document_doc},
    FINISH_METHODS,
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_descent", "Margin descent in C.", 0, methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC
PyInit__descent(void)
{
    PyObject *extension = PyModule_Create(&module);
    if (extension != NULL
        && (PyModule_AddIntConstant(extension, "ROW_MULTIPLE", HRG_ROW_MULTIPLE) != 0
            || PyModule_AddIntConstant(extension, "PANEL", HRG_SWEEP_PANEL) != 0
            || PyModule_AddIntConstant(extension, "TILE", HRG_SWEEP_TILE) != 0)) {
        Py_CLEAR(extension);
    }
    return extension;
}
