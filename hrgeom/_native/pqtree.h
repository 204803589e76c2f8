/* PQ-trees: all orders of atoms in which every inserted set is consecutive.
 *
 * Sets come as CSR rows of atoms, strictly ascending within a row.  No state is kept between
 * calls.  Functions that return HRG_PQ_MEMORY leave nothing behind.
 * hrgeom/constructions/covers/_pq_tree.py does the same step by step in Python.
 */
#ifndef PQTREE_H
#define PQTREE_H

#include <stddef.h>
#include <stdint.h>

#define HRG_PQ_MEMORY (-2)

typedef struct {
    const int64_t *start; /* number of rows + 1 */
    const int32_t *entry;
} hrg_rows;

/* Puts sets into classes, each with a tree of its own, in the order given: a set goes to that one
 * of the classes that stay consecutive with it which holds fewest of its neighbors, the lowest
 * of equals; without neighbors this is first fit.  class_of[set] becomes the class, or -1 if
 * there is none; all entries must be -1 before.  neighbors has a row of sets for every set.
 * Returns how many atoms and tree nodes were visited, or HRG_PQ_MEMORY. */
int64_t hrg_pq_place(const hrg_rows *sets, int32_t n_atoms, const hrg_rows *neighbors,
                     int32_t n_classes, const int32_t *order, size_t n_order, int32_t *class_of);

/* Writes an order of the atoms in which all sets are consecutive and returns -1, or returns the
 * first set that cannot be consecutive together with those before it, or HRG_PQ_MEMORY. */
int64_t hrg_pq_order(const hrg_rows *sets, int32_t n_atoms, size_t n_sets, int32_t *order);

#endif
