/* What Python sees of the tree of blocks: entries for the extension's table of methods. */
#ifndef HRG_TREE_MODULE_H
#define HRG_TREE_MODULE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

PyObject *hrg_py_tree_kinds(PyObject *self, PyObject *args);
PyObject *hrg_py_tree_order(PyObject *self, PyObject *args);
PyObject *hrg_py_tree_sort(PyObject *self, PyObject *args);
PyObject *hrg_py_tree_support(PyObject *self, PyObject *args);
PyObject *hrg_py_tree_shape(PyObject *self, PyObject *args);
PyObject *hrg_py_tree_sweep(PyObject *self, PyObject *args);

#define HRG_TREE_METHODS                                                                           \
    {"tree_kinds", hrg_py_tree_kinds, METH_VARARGS,                                                \
     "tree_kinds(is_double, n, dim, rows, kind): writes a number per set of columns in use"},      \
    {"tree_order", hrg_py_tree_order, METH_VARARGS,                                                \
     "tree_order(is_double, n, dim, rows, inverse, kind, order): improves the order"},             \
    {"tree_sort", hrg_py_tree_sort, METH_VARARGS,                                                  \
     "tree_sort(is_double, n, dim, rows, by, order): writes the order by some columns"},           \
    {"tree_support", hrg_py_tree_support, METH_VARARGS,                                            \
     "tree_support(is_double, n, dim, rows, support, unit): writes both (see tree.h)"},            \
    {"tree_shape", hrg_py_tree_shape, METH_VARARGS,                                                \
     "tree_shape(is_double, n, dim, rows, inverse, level, column_start, column, first_group,\n"    \
     "    shape): writes the bounds of the groups of a level"},                                    \
    {"tree_sweep", hrg_py_tree_sweep, METH_VARARGS,                                                \
     "tree_sweep(isa, is_double, n_documents, dim, n_queries, exact, panels, queries,\n"           \
     "    match_start, match_document, level, level_document, filter_bound, score_bound,\n"        \
     "    workspace, level_start, column_start, column, shape, scale, unit, place,\n"              \
     "    extreme_score, extreme_document, n_violations, n_exact, n_undecided, n_by_block):\n"     \
     "    the sweep over a block of queries; the last six are written"}

#endif
