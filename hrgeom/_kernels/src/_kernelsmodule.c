/* The only file that knows Python: takes buffers, checks their lengths, releases the GIL
 * and runs one pass.  All arrays are C-contiguous; hrgeom/_kernels/native.py makes them so. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "hrg.h"

/* Numbers in an array, padding included, so that their bytes fit in size_t by far. */
#define MAX_NUMBERS (PY_SSIZE_T_MAX / 64)

typedef struct {
    const char *name;
    hrg_pass f32, f64;
} pass_entry;

static const pass_entry PASSES[] = {
    {"matches", hrg_matches_f32, hrg_matches_f64},
    {"serial", hrg_sweep_f32_serial, hrg_sweep_f64_serial},
#ifdef HRG_HAVE_X86
    {"avx2", hrg_sweep_f32_avx2, hrg_sweep_f64_avx2},
    {"avx512", hrg_sweep_f32_avx512, hrg_sweep_f64_avx512},
#endif
};

static int
cpu_has(const char *isa)
{
#ifdef HRG_HAVE_X86
    __builtin_cpu_init();
    if (strcmp(isa, "avx2") == 0) {
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    }
    if (strcmp(isa, "avx512") == 0) {
        return __builtin_cpu_supports("avx512f") != 0;
    }
#endif
    return strcmp(isa, "serial") == 0;
}

PyDoc_STRVAR(sweeps_doc, "sweeps() -> names of the sweeps this processor can run, slowest first");

static PyObject *
sweeps(PyObject *self, PyObject *unused)
{
    (void)self, (void)unused;
    PyObject *names = PyList_New(0);
    for (size_t i = 0; names != NULL && i < sizeof PASSES / sizeof *PASSES; i++) {
        if (!cpu_has(PASSES[i].name)) {
            continue;
        }
        PyObject *name = PyUnicode_FromString(PASSES[i].name);
        if (name == NULL || PyList_Append(names, name) < 0) {
            Py_CLEAR(names);
        }
        Py_XDECREF(name);
    }
    return names;
}

enum {
    PANELS, QUERIES, MATCH_START, MATCH_DOCUMENT, LEVEL, LEVEL_DOCUMENT, FILTER_BOUND, SCORE_BOUND,
    WORKSPACE, EXTREME_SCORE, EXTREME_DOCUMENT, N_VIOLATIONS, N_EXACT, N_UNDECIDED, N_BUFFERS
};

static const char *const BUFFER_NAMES[N_BUFFERS] = {
    "panels", "queries", "match_start", "match_document", "level", "level_document",
    "filter_bound", "score_bound", "workspace", "extreme_score", "extreme_document",
    "n_violations", "n_exact", "n_undecided",
};

/* Everything the pass will touch must lie inside the buffers. */
static int
check(const hrg_job *job, const Py_buffer *b, int is_double)
{
    size_t real = is_double ? sizeof(double) : sizeof(float);
    size_t width = is_double ? HRG_PANEL_F64 : HRG_PANEL_F32;
    size_t n = job->n_queries, n_panels = (job->n_documents + width - 1) / width;
    size_t need[N_BUFFERS];
    for (int i = LEVEL; i < N_BUFFERS; i++) {
        need[i] = n * 8;
    }
    need[PANELS] = n_panels * width * job->dim * real;
    need[QUERIES] = n * job->dim * real;
    need[MATCH_START] = (n + 1) * 8;
    need[MATCH_DOCUMENT] = 0;
    need[LEVEL_DOCUMENT] = need[EXTREME_DOCUMENT] = n * 4;
    need[WORKSPACE] = hrg_workspace_bytes(n, job->dim);
    for (int i = 0; i < N_BUFFERS; i++) {
        if ((size_t)b[i].len < need[i]) {
            PyErr_Format(PyExc_ValueError, "%s must hold %zu bytes: got %zd", BUFFER_NAMES[i],
                         need[i], b[i].len);
            return -1;
        }
    }
    int64_t n_matches = (int64_t)(b[MATCH_DOCUMENT].len / 4);
    for (size_t i = 0; i < n; i++) {
        if (job->match_start[i] < 0 || job->match_start[i] > job->match_start[i + 1]) {
            PyErr_Format(PyExc_ValueError, "match_start must ascend from 0: row %zu", i);
            return -1;
        }
        if (job->level_document[i] >= (int64_t)job->n_documents) {
            PyErr_Format(PyExc_ValueError, "level_document out of range: row %zu", i);
            return -1;
        }
    }
    if (job->match_start[n] > n_matches) {
        PyErr_SetString(PyExc_ValueError, "match_start must end inside match_document");
        return -1;
    }
    for (int64_t j = job->match_start[0]; j < job->match_start[n]; j++) {
        if (job->match_document[j] < 0 || job->match_document[j] >= (int64_t)job->n_documents) {
            PyErr_Format(PyExc_ValueError, "match_document out of range: entry %zd", (Py_ssize_t)j);
            return -1;
        }
    }
    return 0;
}

PyDoc_STRVAR(run_doc,
"run(pass, is_double, n_documents, dim, n_queries, exact, panels, queries, match_start,\n"
"    match_document, level, level_document, filter_bound, score_bound, workspace,\n"
"    extreme_score, extreme_document, n_violations, n_exact, n_undecided)\n\n"
"Runs one pass (see hrg.h) over a block of queries; the last five are written.");

static PyObject *
run(PyObject *self, PyObject *args)
{
    (void)self;
    const char *name;
    int is_double, exact;
    Py_ssize_t n_documents, dim, n_queries;
    Py_buffer b[N_BUFFERS];
    if (!PyArg_ParseTuple(args, "spnnnpy*y*y*y*y*y*y*y*w*w*w*w*w*w*", &name, &is_double,
                          &n_documents, &dim, &n_queries, &exact, &b[0], &b[1], &b[2], &b[3], &b[4],
                          &b[5], &b[6], &b[7], &b[8], &b[9], &b[10], &b[11], &b[12], &b[13])) {
        return NULL;
    }
    PyObject *result = NULL;
    hrg_job job = {
        .panels = b[PANELS].buf, .n_documents = (size_t)n_documents, .dim = (size_t)dim,
        .queries = b[QUERIES].buf, .n_queries = (size_t)n_queries,
        .match_start = b[MATCH_START].buf, .match_document = b[MATCH_DOCUMENT].buf,
        .level = b[LEVEL].buf, .level_document = b[LEVEL_DOCUMENT].buf,
        .filter_bound = b[FILTER_BOUND].buf, .score_bound = b[SCORE_BOUND].buf, .exact = exact,
        .workspace = b[WORKSPACE].buf, .extreme_score = b[EXTREME_SCORE].buf,
        .extreme_document = b[EXTREME_DOCUMENT].buf, .n_violations = b[N_VIOLATIONS].buf,
        .n_exact = b[N_EXACT].buf, .n_undecided = b[N_UNDECIDED].buf,
    };
    hrg_pass pass = NULL;
    for (size_t i = 0; i < sizeof PASSES / sizeof *PASSES; i++) {
        if (strcmp(PASSES[i].name, name) == 0 && (i == 0 || cpu_has(name))) {
            pass = is_double ? PASSES[i].f64 : PASSES[i].f32;
        }
    }
    if (pass == NULL) {
        PyErr_Format(PyExc_ValueError, "pass must be one this processor can run: got %s", name);
    } else if (n_documents < 0 || dim < 1 || n_queries < 0) {
        PyErr_SetString(PyExc_ValueError, "sizes must not be negative and dim at least 1");
    } else if (n_documents > INT32_MAX || n_queries > INT32_MAX || dim > MAX_NUMBERS / INT32_MAX) {
        PyErr_SetString(PyExc_ValueError, "sizes must be such that their bytes can be counted");
    } else if (check(&job, b, is_double) == 0) {
        Py_BEGIN_ALLOW_THREADS
        pass(&job);
        Py_END_ALLOW_THREADS
        result = Py_NewRef(Py_None);
    }
    for (int i = 0; i < N_BUFFERS; i++) {
        PyBuffer_Release(&b[i]);
    }
    return result;
}

static PyMethodDef methods[] = {
    {"sweeps", sweeps, METH_NOARGS, sweeps_doc},
    {"run", run, METH_VARARGS, run_doc},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_native", "Sweeps of the certificate in C.", 0, methods,
    NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC
PyInit__native(void)
{
    return PyModule_Create(&module);
}
