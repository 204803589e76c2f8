/* What the extension offers of the sweep behind integer scores. */
#ifndef HRG_INT8_MODULE_H
#define HRG_INT8_MODULE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

extern const char hrg_int8_levels_doc[], hrg_int8_sweep_doc[];
PyObject *hrg_int8_levels(PyObject *self, PyObject *unused);
PyObject *hrg_int8_sweep(PyObject *self, PyObject *args);
int hrg_add_int8_sizes(PyObject *extension);

#define HRG_INT8_METHODS                                                                           \
    {"int8_levels", hrg_int8_levels, METH_NOARGS, hrg_int8_levels_doc},                            \
    {                                                                                              \
        "int8_sweep", hrg_int8_sweep, METH_VARARGS, hrg_int8_sweep_doc                             \
    }

#endif
