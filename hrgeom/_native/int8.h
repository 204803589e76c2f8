/* The sweep behind integer scores of quantized rows: hrgeom/checker/filters/_int8.py states and
 * proves why what it skips needs no look.
 *
 * Query i is query_step[i] times a row of int8 plus a residual, document v is step[s] times a row
 * of int8 plus a residual, s the stretch of documents that v is in.  With the lengths of whole
 * rows and of residuals, |score - query_step[i] step[s] (integer score)| is at most
 * query_length[i] error[s] + query_error[i] (length[s] + error[s]).
 *
 * Documents lie in panels of HRG_INT8_PANEL, in an order of their own, 128 too much in every byte:
 * byte k of the document in place p is panels[(p / W * quads + k / 4) * 4 W + 4 (p % W) + k % 4] for
 * quads = n_bytes / 4.  Queries are row-major, n_bytes a row, in whole tiles. */
#ifndef HRG_INT8_H
#define HRG_INT8_H

#include "hrg.h"

#define HRG_INT8_PANEL 64  /* documents; a word has a bit for each */
#define HRG_INT8_STRETCH 16 /* panels with one step */
#define HRG_INT8_TILE 6    /* queries that are held in registers */
#define HRG_INT8_NOTED 8   /* reference scores at a time */
#define HRG_INT8_MAX_DIM 65536 /* so many products of 255 and 127 fit in 31 bits */

typedef struct {
    hrg_job job; /* its panels are rows */
    size_t n_bytes;
    const uint8_t *panels;
    const double *step, *length, *error; /* per stretch */
    const uint8_t *used;         /* per stretch and quad: whether any document is not 0 there */
    const int32_t *order;        /* the document in every place */
    const int32_t *match_place;  /* places of matches, ascending in every row of match_start */
    const uint32_t *extent; /* of every document: its first number that is not 0, and its end */
    const int8_t *queries;
    const double *query_step, *query_length, *query_error;
    void *workspace;    /* hrg_int8_workspace_bytes() */
    int64_t *n_decided; /* per query: non-matches that integer scores decided */
} hrg_int8_job;

/* GCC would shuffle numbers from several rows into vectors and out of them. */
#ifdef __clang__
#define ONE_BY_ONE
#else
#define ONE_BY_ONE __attribute__((optimize("no-tree-slp-vectorize")))
#endif

/* A query, and the documents of a panel that integer scores leave open. */
typedef struct {
    uint64_t mask;
    size_t query;
} hrg_int8_open;

typedef void (*hrg_int8_pass)(const hrg_int8_job *job);

/* What a sweep needs for every query, padding included, and how much more for a byte of a row. */
#define HRG_INT8_SLOT_BYTES 256
#define HRG_INT8_SLOT_BYTES_PER_BYTE 5

size_t hrg_int8_workspace_bytes(size_t n_queries, size_t n_bytes);

/* Queries to be held in registers. */
typedef struct {
    const int8_t *queries;  /* HRG_INT8_TILE rows */
    size_t n_bytes;         /* of a row */
    const uint32_t *active; /* where four bytes begin that are not 0 in all rows, nor in all documents */
    size_t n_active;
} hrg_int8_tile;

/* Sets a bit in mask[t] for every document of a panel whose score with query t exceeds cut[t];
 * returns whether there is any. */
typedef int (*hrg_int8_tile_pass)(const uint8_t *panel, const hrg_int8_tile *tile,
                                  const int32_t *cut, uint64_t *mask);

#define HRG_INT8_SWEEPS(level)                                                                    \
    int hrg_int8_tile_##level(const uint8_t *, const hrg_int8_tile *, const int32_t *, uint64_t *); \
    void hrg_int8_sweep_f32_##level(const hrg_int8_job *);                                         \
    void hrg_int8_sweep_f64_##level(const hrg_int8_job *)

HRG_INT8_SWEEPS(plain);
#ifdef HRG_HAVE_X86
HRG_INT8_SWEEPS(avx2);
#if __GNUC__ >= 12 || __clang_major__ >= 12 /* and an assembler that knows AVX-VNNI */
#define HRG_HAVE_AVXVNNI 1
HRG_INT8_SWEEPS(avxvnni);
#endif
HRG_INT8_SWEEPS(avx512bw);
HRG_INT8_SWEEPS(avx512vnni);
#endif
#if defined(__aarch64__) && defined(__linux__)
#define HRG_HAVE_NEON 1
HRG_INT8_SWEEPS(neon);
#endif

#endif
