/* Methods of the extension module for finish.c: lengths of buffers are checked here, the
 * GIL is released.  Included once, by the module, after Python.h; FINISH_METHODS goes into its
 * table. */
#ifndef DESCENT_FINISH_METHODS_H
#define DESCENT_FINISH_METHODS_H

#include <Python.h>

#include "finish.h"

static int
finish_holds(const char *name, const Py_buffer *buffer, int64_t bytes)
{
    if (buffer->len >= bytes) {
        return 1;
    }
    PyErr_Format(PyExc_ValueError, "%s must hold %lld bytes: got %zd", name, (long long)bytes,
                 buffer->len);
    return 0;
}

/* Rows `first` to `last` - 1 of a list of places that ascends, into items below n_items. */
static int
finish_list_is_sound(const int64_t *start, const int32_t *item, int64_t n_listed, int64_t n_items,
                     int64_t first, int64_t last)
{
    for (int64_t i = first; i < last; i++) {
        if (start[i] < 0 || start[i] > start[i + 1] || start[i + 1] > n_listed) {
            PyErr_Format(PyExc_ValueError, "starts must ascend and end inside the items: row %lld",
                         (long long)i);
            return 0;
        }
        for (int64_t e = start[i]; e < start[i + 1]; e++) {
            if (item[e] < 0 || item[e] >= n_items) {
                PyErr_Format(PyExc_ValueError, "items must be from 0 to %lld: entry %lld",
                             (long long)n_items - 1, (long long)e);
                return 0;
            }
        }
    }
    return 1;
}

PyDoc_STRVAR(finish_relax_doc,
"relax_rows(dim, grid, most_moves, in_pairs, sharpness, target, largest, first, last, own, other,\n"
"    start, item, n_matches, importance, own_level, other_level, unit, loss, moves)\n\n"
"Moves entries of the rows own[first:last] on their grid; own, loss and moves are written.");

static PyObject *
finish_relax_method(PyObject *self, PyObject *args)
{
    (void)self;
    enum { OWN, OTHER, START, ITEM, MATCHES, IMPORTANCE, OWN_LEVEL, OTHER_LEVEL, UNIT, LOSS, MOVES, N };
    static const char *const names[N] = {"own", "other", "start", "item", "n_matches", "importance",
                                         "own_level", "other_level", "unit", "loss", "moves"};
    Py_ssize_t dim, first, last;
    finish_job job = {0};
    Py_buffer b[N];
    if (!PyArg_ParseTuple(args, "niiifffnnw*y*y*y*y*y*y*y*y*w*w*", &dim, &job.grid, &job.most_moves,
                          &job.in_pairs, &job.sharpness, &job.target, &job.largest, &first, &last,
                          &b[0], &b[1], &b[2], &b[3], &b[4], &b[5], &b[6], &b[7], &b[8], &b[9], &b[10])) {
        return NULL;
    }
    int64_t n_items = b[OTHER_LEVEL].len / 4, of_row[N] = {[OWN] = 4 * dim, [START] = 8,
        [MATCHES] = 4, [OWN_LEVEL] = 4, [UNIT] = 4, [LOSS] = 8, [MOVES] = 4};
    int sound = dim > 0 && 0 <= first && first <= last && last < PY_SSIZE_T_MAX / (4 * dim + 8);
    if (!sound) {
        PyErr_SetString(PyExc_ValueError, "dim must be positive and 0 <= first <= last");
    }
    for (int i = 0; sound && i < N; i++) {
        sound = finish_holds(names[i], b + i, i == OTHER ? 4 * dim * n_items
                                                         : of_row[i] * (last + (i == START)));
    }
    job.dim = dim, job.own = b[OWN].buf, job.other = b[OTHER].buf, job.start = b[START].buf;
    job.item = b[ITEM].buf, job.n_matches = b[MATCHES].buf;
    job.importance = b[IMPORTANCE].len > 0 ? b[IMPORTANCE].buf : NULL;
    job.own_level = b[OWN_LEVEL].buf;
    job.other_level = b[OTHER_LEVEL].buf, job.unit = b[UNIT].buf, job.loss = b[LOSS].buf;
    job.moves = b[MOVES].buf;
    sound = sound && (job.importance == NULL
                      || finish_holds("importance", b + IMPORTANCE, b[ITEM].len));
    sound = sound && finish_list_is_sound(job.start, job.item, b[ITEM].len / 4, n_items, first,
                                          last);
    int failed = 0;
    if (sound) {
        Py_BEGIN_ALLOW_THREADS
        failed = finish_relax(&job, first, last);
        Py_END_ALLOW_THREADS
    }
    for (int i = 0; i < N; i++) {
        PyBuffer_Release(b + i);
    }
    if (failed) {
        return PyErr_NoMemory();
    }
    return sound ? Py_NewRef(Py_None) : NULL;
}

PyDoc_STRVAR(finish_hardest_doc,
"hardest_rows(n_documents, dim, most, first, last, queries, panels, match_start, match_document,\n"
"    cut, count, items, scores)\n\n"
"Finds the hardest non-matches of queries[first:last]; the last four are written.");

static PyObject *
finish_hardest_method(PyObject *self, PyObject *args)
{
    (void)self;
    enum { QUERIES, PANELS, START, DOCUMENT, CUT, COUNT, ITEMS, SCORES, N };
    static const char *const names[N] = {"queries", "panels", "match_start", "match_document",
                                         "cut", "count", "items", "scores"};
    Py_ssize_t n_documents, dim, most, first, last;
    Py_buffer b[N];
    if (!PyArg_ParseTuple(args, "nnnnny*y*y*y*w*w*w*w*", &n_documents, &dim, &most, &first, &last,
                          &b[0], &b[1], &b[2], &b[3], &b[4], &b[5], &b[6], &b[7])) {
        return NULL;
    }
    int sound = dim > 0 && most > 0 && n_documents > 0 && n_documents <= INT32_MAX
        && 0 <= first && first <= last && last < PY_SSIZE_T_MAX / (4 * (dim + most) + 8);
    if (!sound) {
        PyErr_SetString(PyExc_ValueError, "numbers must be positive and 0 <= first <= last");
    }
    int64_t bytes[N] = {0};
    if (sound) {
        bytes[QUERIES] = 4 * dim * last;
        bytes[PANELS] = 4 * finish_panel_numbers(n_documents, dim);
        bytes[START] = 8 * (last + 1);
        bytes[CUT] = bytes[COUNT] = 4 * last;
        bytes[ITEMS] = bytes[SCORES] = 4 * most * last;
    }
    for (int i = 0; sound && i < N; i++) {
        sound = finish_holds(names[i], b + i, bytes[i]);
    }
    finish_search search = {
        .n_documents = n_documents, .dim = dim, .most = most, .queries = b[QUERIES].buf,
        .panels = b[PANELS].buf, .match_start = b[START].buf, .match_document = b[DOCUMENT].buf,
        .cut = b[CUT].buf, .count = b[COUNT].buf, .items = b[ITEMS].buf,
        .scores = b[SCORES].buf,
    };
    sound = sound && finish_list_is_sound(search.match_start, search.match_document,
                                          b[DOCUMENT].len / 4, n_documents, first, last);
    int failed = 0;
    if (sound) {
        Py_BEGIN_ALLOW_THREADS
        failed = finish_hardest(&search, first, last);
        Py_END_ALLOW_THREADS
    }
    for (int i = 0; i < N; i++) {
        PyBuffer_Release(b + i);
    }
    if (failed) {
        return PyErr_NoMemory();
    }
    return sound ? Py_NewRef(Py_None) : NULL;
}

PyDoc_STRVAR(finish_pack_doc,
"pack_rows(n_documents, dim, documents) -> bytes of the documents in panels, for hardest_rows");

static PyObject *
finish_pack_method(PyObject *self, PyObject *args)
{
    (void)self;
    Py_ssize_t n, dim;
    Py_buffer b;
    if (!PyArg_ParseTuple(args, "nny*", &n, &dim, &b)) {
        return NULL;
    }
    PyObject *panels = NULL;
    if (n < 1 || dim < 1 || n > PY_SSIZE_T_MAX / 1024 / dim) {
        PyErr_SetString(PyExc_ValueError, "numbers must be positive");
    } else if (finish_holds("documents", &b, 4 * n * dim)) {
        panels = PyBytes_FromStringAndSize(NULL, 4 * finish_panel_numbers(n, dim));
    }
    if (panels != NULL) {
        float *out = (float *)PyBytes_AS_STRING(panels);
        Py_BEGIN_ALLOW_THREADS
        finish_pack(n, dim, b.buf, out);
        Py_END_ALLOW_THREADS
    }
    PyBuffer_Release(&b);
    return panels;
}

#define FINISH_METHODS \
    {"relax_rows", finish_relax_method, METH_VARARGS, finish_relax_doc}, \
    {"hardest_rows", finish_hardest_method, METH_VARARGS, finish_hardest_doc}, \
    {"pack_rows", finish_pack_method, METH_VARARGS, finish_pack_doc}

#endif
