/* The only file that knows Python: takes buffers, checks their lengths, releases the GIL
 * and runs one pass.  All arrays are C-contiguous; hrgeom/checker/kernels/_native.py makes them so. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "arguments.h"
#include "arithmetic.h"
#include "int8_module.h"
#include "mapped.h"
#include "pqtree.h"
#include "tree_module.h"

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

static const char *const BUFFER_NAMES[N_BUFFERS] = {
    "panels", "queries", "match_start", "match_document", "level", "level_document",
    "floor", "filter_bound", "score_bound", "workspace", "extreme_score", "extreme_document",
    "n_violations", "n_exact", "n_undecided",
};

hrg_job
hrg_job_of(const hrg_sizes *sizes, const Py_buffer *b)
{
    return (hrg_job){
        .panels = b[PANELS].buf, .n_documents = (size_t)sizes->n_documents,
        .dim = (size_t)sizes->dim, .queries = b[QUERIES].buf,
        .n_queries = (size_t)sizes->n_queries, .match_start = b[MATCH_START].buf,
        .match_document = b[MATCH_DOCUMENT].buf, .level = b[LEVEL].buf,
        .level_document = b[LEVEL_DOCUMENT].buf, .floor = b[FLOOR].buf,
        .filter_bound = b[FILTER_BOUND].buf, .score_bound = b[SCORE_BOUND].buf, .exact = sizes->exact, .workspace = b[WORKSPACE].buf,
        .extreme_score = b[EXTREME_SCORE].buf, .extreme_document = b[EXTREME_DOCUMENT].buf,
        .n_violations = b[N_VIOLATIONS].buf, .n_exact = b[N_EXACT].buf,
        .n_undecided = b[N_UNDECIDED].buf,
    };
}

static int
check_sizes(const hrg_sizes *sizes)
{
    if (sizes->n_documents < 0 || sizes->dim < 1 || sizes->n_queries < 0) {
        PyErr_SetString(PyExc_ValueError, "sizes must not be negative and dim at least 1");
        return -1;
    }
    if (sizes->n_documents > INT32_MAX || sizes->n_queries > INT32_MAX
        || sizes->dim > MAX_NUMBERS / INT32_MAX) {
        PyErr_SetString(PyExc_ValueError, "sizes must be such that their bytes can be counted");
        return -1;
    }
    return 0;
}

int
hrg_check_job(const hrg_sizes *sizes, const hrg_job *job, const Py_buffer *b, size_t width)
{
    if (check_sizes(sizes) < 0) {
        return -1;
    }
    size_t real = sizes->is_double ? sizeof(double) : sizeof(float);
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
        size_t size = i == PANELS || i == QUERIES ? real
                      : i == MATCH_DOCUMENT || i == LEVEL_DOCUMENT || i == EXTREME_DOCUMENT ? 4 : 8;
        if ((uintptr_t)b[i].buf % size != 0) {
            PyErr_Format(PyExc_ValueError, "%s must be aligned to %zu bytes", BUFFER_NAMES[i], size);
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

/* Runs a pass without the GIL, in plain arithmetic. */
static PyObject *
run_pass(hrg_pass pass, hrg_job *job)
{
    job->recent = PyMem_Malloc((job->n_queries + 1) * sizeof *job->recent);
    if (job->recent == NULL) {
        return PyErr_NoMemory();
    }
    for (size_t i = 0; i < job->n_queries; i++) {
        job->recent[i].document = -1;
    }
    Py_BEGIN_ALLOW_THREADS
    HRG_BEGIN_PLAIN_ARITHMETIC
    pass(job);
    HRG_END_PLAIN_ARITHMETIC
    Py_END_ALLOW_THREADS
    PyMem_Free(job->recent);
    return Py_NewRef(Py_None);
}

PyDoc_STRVAR(run_doc,
"run(pass, is_double, n_documents, dim, n_queries, exact, panels, queries, match_start,\n"
"    match_document, level, level_document, floor, filter_bound, score_bound, workspace,\n"
"    extreme_score, extreme_document, n_violations, n_exact, n_undecided)\n\n"
"Runs one pass (see hrg.h) over a block of queries; the last five are written.");

static PyObject *
run(PyObject *self, PyObject *args)
{
    (void)self;
    const char *name;
    hrg_sizes sizes;
    Py_buffer b[N_BUFFERS];
    if (!PyArg_ParseTuple(args, "s" HRG_JOB_FORMAT, &name, HRG_JOB_ARGUMENTS(sizes, b))) {
        return NULL;
    }
    PyObject *result = NULL;
    hrg_job job = hrg_job_of(&sizes, b);
    size_t width = sizes.is_double ? HRG_PANEL_F64 : HRG_PANEL_F32;
    hrg_pass pass = NULL;
    for (size_t i = 0; i < sizeof PASSES / sizeof *PASSES; i++) {
        if (strcmp(PASSES[i].name, name) == 0 && (i == 0 || cpu_has(name))) {
            pass = sizes.is_double ? PASSES[i].f64 : PASSES[i].f32;
        }
    }
    if (pass == NULL) {
        PyErr_Format(PyExc_ValueError, "pass must be one this processor can run: got %s", name);
    } else if (hrg_check_job(&sizes, &job, b, width) == 0) {
        result = run_pass(pass, &job);
    }
    for (int i = 0; i < N_BUFFERS; i++) {
        PyBuffer_Release(&b[i]);
    }
    return result;
}

/* Rows (start, entry): starts from 0 to the number of entries, entries from 0 to n_columns - 1,
 * strictly ascending within a row.  Returns the number of rows, or -1 with an error set. */
static Py_ssize_t
check_rows(const char *name, const Py_buffer *start, const Py_buffer *entry, Py_ssize_t n_columns)
{
    const int64_t *starts = start->buf;
    const int32_t *entries = entry->buf;
    Py_ssize_t n = start->len / 8 - 1, n_entries = entry->len / 4;
    if (n < 0 || n > INT32_MAX || starts[0] != 0 || starts[n] != n_entries) {
        PyErr_Format(PyExc_ValueError, "%s must start at 0 and end at the number of entries", name);
        return -1;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        if (starts[i] > starts[i + 1] || starts[i + 1] > n_entries) {
            PyErr_Format(PyExc_ValueError, "%s must have ascending starts: row %zd", name, i);
            return -1;
        }
        for (int64_t j = starts[i]; j < starts[i + 1]; j++) {
            int32_t least = j > starts[i] ? entries[j - 1] + 1 : 0;
            if (entries[j] < least || entries[j] >= n_columns) {
                PyErr_Format(PyExc_ValueError,
                             "%s must ascend within a row, from 0 to %zd: row %zd", name,
                             n_columns - 1, i);
                return -1;
            }
        }
    }
    return n;
}

static int
check_order(const Py_buffer *order, Py_ssize_t n_sets)
{
    const int32_t *sets = order->buf;
    for (Py_ssize_t i = 0; i < order->len / 4; i++) {
        if (sets[i] < 0 || sets[i] >= n_sets) {
            PyErr_Format(PyExc_ValueError, "order must hold sets: entry %zd", i);
            return -1;
        }
    }
    return 0;
}

PyDoc_STRVAR(pq_place_doc,
"pq_place(n_atoms, n_classes, set_start, set_atom, near_start, near_set, order, class_of)\n"
"    -> atoms and nodes visited\n\n"
"Puts sets into classes with consecutive ones (see pqtree.h); class_of is written.");

static PyObject *
pq_place(PyObject *self, PyObject *args)
{
    (void)self;
    int n_atoms, n_classes;
    Py_buffer b[6];
    if (!PyArg_ParseTuple(args, "iiy*y*y*y*y*w*", &n_atoms, &n_classes, &b[0], &b[1], &b[2], &b[3],
                          &b[4], &b[5])) {
        return NULL;
    }
    PyObject *result = NULL;
    Py_ssize_t n_sets = -1;
    if (n_atoms < 0 || n_classes < 0) {
        PyErr_SetString(PyExc_ValueError, "sizes must not be negative");
    } else if ((n_sets = check_rows("sets", &b[0], &b[1], n_atoms)) >= 0
               && check_rows("neighbors", &b[2], &b[3], n_sets) == n_sets
               && check_order(&b[4], n_sets) == 0 && b[5].len == n_sets * 4) {
        hrg_rows sets = {b[0].buf, b[1].buf}, neighbors = {b[2].buf, b[3].buf};
        int32_t *class_of = b[5].buf;
        int64_t n_visited;
        Py_BEGIN_ALLOW_THREADS
        for (Py_ssize_t i = 0; i < n_sets; i++) {
            class_of[i] = -1;
        }
        n_visited = hrg_pq_place(&sets, n_atoms, &neighbors, n_classes, b[4].buf,
                                 (size_t)(b[4].len / 4), class_of);
        Py_END_ALLOW_THREADS
        result = n_visited == HRG_PQ_MEMORY ? PyErr_NoMemory() : PyLong_FromLongLong(n_visited);
    } else if (!PyErr_Occurred()) {
        PyErr_SetString(PyExc_ValueError, "neighbors and class_of must have a row for every set");
    }
    for (int i = 0; i < 6; i++) {
        PyBuffer_Release(&b[i]);
    }
    return result;
}

PyDoc_STRVAR(pq_order_doc,
"pq_order(n_atoms, set_start, set_atom, order) -> first set that does not fit, or -1\n\n"
"Finds an order of the atoms in which all sets are consecutive (see pqtree.h); order is written.");

static PyObject *
pq_order(PyObject *self, PyObject *args)
{
    (void)self;
    int n_atoms;
    Py_buffer b[3];
    if (!PyArg_ParseTuple(args, "iy*y*w*", &n_atoms, &b[0], &b[1], &b[2])) {
        return NULL;
    }
    PyObject *result = NULL;
    Py_ssize_t n_sets;
    if (n_atoms < 0 || b[2].len != (Py_ssize_t)n_atoms * 4) {
        PyErr_SetString(PyExc_ValueError, "order must have room for all atoms");
    } else if ((n_sets = check_rows("sets", &b[0], &b[1], n_atoms)) >= 0) {
        hrg_rows sets = {b[0].buf, b[1].buf};
        int64_t failed;
        Py_BEGIN_ALLOW_THREADS
        failed = hrg_pq_order(&sets, n_atoms, (size_t)n_sets, b[2].buf);
        Py_END_ALLOW_THREADS
        result = failed == HRG_PQ_MEMORY ? PyErr_NoMemory() : PyLong_FromLongLong(failed);
    }
    for (int i = 0; i < 3; i++) {
        PyBuffer_Release(&b[i]);
    }
    return result;
}

PyDoc_STRVAR(set_arithmetic_doc,
"set_arithmetic(wanted=PLAIN_ARITHMETIC) -> what it was before\n\n"
"Sets how this thread rounds and underflows (see arithmetic.h).");

static PyObject *
set_arithmetic(PyObject *self, PyObject *args)
{
    (void)self;
    unsigned long long wanted = HRG_PLAIN_ARITHMETIC;
    if (!PyArg_ParseTuple(args, "|K", &wanted)) {
        return NULL;
    }
    return PyLong_FromUnsignedLongLong(hrg_set_arithmetic(wanted));
}

PyDoc_STRVAR(guard_doc,
"guard(mapping) -> slot, or -1 where shrinking files cannot be noticed\n\n"
"Lets pages of a mapped file that are gone read as zeros (see mapped.h), until release(slot).\n"
"The caller holds on to the mapping until then.");

static PyObject *
guard(PyObject *self, PyObject *mapping)
{
    (void)self;
    Py_buffer buffer;
    if (PyObject_GetBuffer(mapping, &buffer, PyBUF_SIMPLE) < 0) {
        return NULL;
    }
    int slot = hrg_mapped_guard(buffer.buf, (size_t)buffer.len);
    PyBuffer_Release(&buffer);
    return PyLong_FromLong(slot);
}

PyDoc_STRVAR(release_doc, "release(slot) -> whether pages of the mapping were gone");

static PyObject *
release(PyObject *self, PyObject *number)
{
    (void)self;
    long slot = PyLong_AsLong(number);
    if (slot == -1 && PyErr_Occurred()) {
        return NULL;
    }
    if (slot < 0 || slot >= HRG_MAPPED_MOST) {
        PyErr_SetString(PyExc_ValueError, "slot must be one that guard returned");
        return NULL;
    }
    return PyBool_FromLong(hrg_mapped_release((int)slot));
}

static PyMethodDef methods[] = {
    {"sweeps", sweeps, METH_NOARGS, sweeps_doc},
    {"run", run, METH_VARARGS, run_doc},
    {"pq_place", pq_place, METH_VARARGS, pq_place_doc},
    {"pq_order", pq_order, METH_VARARGS, pq_order_doc},
    {"set_arithmetic", set_arithmetic, METH_VARARGS, set_arithmetic_doc},
    {"guard", guard, METH_O, guard_doc},
    {"release", release, METH_O, release_doc},
    HRG_TREE_METHODS,
    HRG_INT8_METHODS,
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_extension", "Sweeps of the certificate and PQ-trees in C.", 0, methods,
    NULL, NULL, NULL, NULL,
};

/* The sizes of the layout, so that whoever packs arrays need not repeat them. */
static int
add_sizes(PyObject *extension)
{
    return PyModule_AddIntConstant(extension, "PANEL_F32", HRG_PANEL_F32)
           || PyModule_AddIntConstant(extension, "PANEL_F64", HRG_PANEL_F64)
           || PyModule_AddIntConstant(extension, "MAX_TILE", HRG_MAX_TILE)
           || hrg_add_int8_sizes(extension);
}

PyMODINIT_FUNC
PyInit__extension(void)
{
    PyObject *extension = PyModule_Create(&module);
    if (extension != NULL && add_sizes(extension) != 0) {
        Py_CLEAR(extension);
    }
    return extension;
}
