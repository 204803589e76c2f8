/* A tree of blocks of documents, whose bounds decide most pairs of a sweep without a score.
 * hrgeom/checker/filters/_tree.py states the bound and proves it.
 *
 * Documents stand in an order in which blocks of consecutive ones are close together. A leaf is
 * a panel of them; a node of the next level is HRG_FANOUT nodes of the level below, which are a
 * *group*: their bounds are computed side by side. Group g of level l lies at
 * level_start[l] + g. Its columns, those in which any of its documents is not zero, are
 * column[column_start[group]] to before column[column_start[group + 1]]. Its numbers begin at
 * shape + HRG_FANOUT (3 column_start[group] + 2 group): half-lengths tau, radii rho, then for
 * every column centers c, axes u and half-widths a of what the axis leaves; HRG_FANOUT each.
 * All of them are of documents divided by scale, a power of two per column. */
#ifndef HRG_TREE_H
#define HRG_TREE_H

#include "hrg.h"

#define HRG_FANOUT 16
#define HRG_MAX_LEVELS 16

typedef struct {
    size_t n_levels;
    const int64_t *level_start;  /* n_levels + 1 */
    const int64_t *column_start; /* one per group, and the end */
    const int32_t *column;
    const double *shape;
    const double *scale;   /* one per column */
    int32_t pole;          /* the column of the poles of tents; -1: blocks have axes */
    const double *slope;   /* of tents, one per column */
    const int32_t *unit;   /* per column: documents are multiples of 2^unit; INT32_MAX if all 0 */
    const double *floor;   /* per query: lower non-matches need not be found, but for the level */
    const int32_t *turn;   /* the queries in the order to take them */
    const int32_t *place;  /* of every document in the order of the tree */
    int64_t *n_by_block;   /* result: per query, documents that no score was computed of */
} hrg_tree;

typedef void (*hrg_tree_pass)(const hrg_job *job, const hrg_tree *tree);

/* Number of nodes of a level over n documents in leaves of width; its groups are a sixteenth. */
static inline size_t
hrg_tree_nodes(size_t n, size_t width, size_t level)
{
    size_t nodes = (n + width - 1) / width;
    for (; level > 0; level--) {
        nodes = (nodes + HRG_FANOUT - 1) / HRG_FANOUT;
    }
    return nodes;
}

/* Bytes of scratch, zeroed, that a sweep needs: marks of matches and the scaled query. */
static inline size_t
hrg_tree_workspace_bytes(size_t n, size_t width, size_t dim)
{
    return (dim + (n + width - 1) / width) * sizeof(double);
}

/* A number per row, the same for rows that are 0 in the same columns. */
void hrg_tree_kinds_f32(const float *rows, size_t n, size_t dim, uint64_t *kind);
void hrg_tree_kinds_f64(const double *rows, size_t n, size_t dim, uint64_t *kind);

/* Improves an order of the rows that puts rows of one kind together, by recursive splitting across
 * their principal axis. Rows are scaled by inverse. Returns 0, or -1 where memory ran out. */
int hrg_tree_order_f32(const float *rows, size_t n, size_t dim, const double *inverse,
                       const int32_t *kind, size_t width, int32_t *order);
int hrg_tree_order_f64(const double *rows, size_t n, size_t dim, const double *inverse,
                       const int32_t *kind, size_t width, int32_t *order);

/* The lexicographic order of the rows by their signs in the columns `by`. */
void hrg_tree_sort_f32(const float *rows, size_t n, size_t dim, const int32_t *by, size_t n_by,
                       int32_t *order);
void hrg_tree_sort_f64(const double *rows, size_t n, size_t dim, const int32_t *by, size_t n_by,
                       int32_t *order);

/* Which columns are not all 0, per group of leaves (1 byte each), and the unit of every column. */
void hrg_tree_support_f32(const float *rows, size_t n, size_t dim, size_t width,
                          uint8_t *support, int32_t *unit);
void hrg_tree_support_f64(const double *rows, size_t n, size_t dim, size_t width,
                          uint8_t *support, int32_t *unit);

/* The numbers of all groups of a level, of rows in the order of the tree. Returns 0, or -1. */
int hrg_tree_shape_f32(const float *rows, size_t n, size_t dim, const double *inverse,
                       size_t width, size_t level, const int64_t *column_start,
                       const int32_t *column, size_t first_group, int32_t pole,
                       const double *slope, double *shape);
int hrg_tree_shape_f64(const double *rows, size_t n, size_t dim, const double *inverse,
                       size_t width, size_t level, const int64_t *column_start,
                       const int32_t *column, size_t first_group, int32_t pole,
                       const double *slope, double *shape);

/* The sweep of hrg.h by the tree. Everything in the job is numbered in the order of the tree,
 * except match_document, which tree->place translates. */
void hrg_tree_sweep_f32_serial(const hrg_job *job, const hrg_tree *tree);
void hrg_tree_sweep_f64_serial(const hrg_job *job, const hrg_tree *tree);
#ifdef HRG_HAVE_X86
void hrg_tree_sweep_f32_avx2(const hrg_job *job, const hrg_tree *tree);
void hrg_tree_sweep_f64_avx2(const hrg_job *job, const hrg_tree *tree);
void hrg_tree_sweep_f32_avx512(const hrg_job *job, const hrg_tree *tree);
void hrg_tree_sweep_f64_avx512(const hrg_job *job, const hrg_tree *tree);
#endif

#endif
