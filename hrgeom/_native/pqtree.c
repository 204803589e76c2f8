/* Booth and Lueker's PQ-tree ("Testing for the consecutive ones property, interval graphs, and
 * graph planarity using PQ-tree algorithms", 1976) with children in arrays.
 *
 * The children of a P node may stand in any order, those of a Q node in the order given or its
 * reverse.  An insertion first labels the nodes above the set's atoms without changing any, so a
 * set that does not fit leaves the tree as it was; both steps visit only nodes with an atom of
 * the set below, and at most as many again above their common root.
 *
 * Ids below n_atoms are leaves.  place[] is the index in the parent's array, so a child of a P
 * node is taken out in constant time, and the children of a Q node that belong to the set are
 * consecutive iff their number is high - low + 1.  Arrays have room at both ends; a gap is opened
 * towards the nearer one. */
#include "pqtree.h"

#include <stdlib.h>
#include <string.h>

#define NONE (-1)

typedef struct {
    int32_t *child;
    int32_t capacity, start, n;
    int is_q;
    /* of the insertion numbered `stamp` only */
    int32_t stamp;
    int32_t n_pertinent; /* children with atoms of the set below them */
    int32_t n_labelled;
    int32_t n_leaves;    /* atoms of the set below */
    int32_t n_full, full; /* children all of whose atoms are in the set: list by next[] */
    int32_t n_partial, partial[2];
    int32_t low, high;   /* Q: least and greatest place of a pertinent child */
    int is_full, full_right; /* partial: its full children can stand at the right end */
} pq_node;

typedef struct {
    int32_t n_atoms;
    int32_t n_ids, max_ids;
    int32_t freed; /* list by next[] */
    int32_t root;
    int32_t stamp;
    int32_t *parent, *place, *next; /* by id */
    pq_node *nodes;                 /* by id - n_atoms, as are the next two */
    int32_t *queue, *ready;
    int32_t n_ready;
} pq_tree;

static pq_node *
node_of(const pq_tree *t, int32_t id)
{
    return &t->nodes[id - t->n_atoms];
}

/* Memory */

static int
resize(void *array, size_t n, size_t size)
{
    void *bigger = realloc(*(void **)array, (n ? n : 1) * size);
    if (bigger == NULL) {
        return 0;
    }
    *(void **)array = bigger;
    return 1;
}

static int
reserve(pq_tree *t, int32_t max_ids)
{
    size_t all = (size_t)max_ids, inner = all - (size_t)t->n_atoms;
    if (!resize(&t->parent, all, sizeof *t->parent) || !resize(&t->place, all, sizeof *t->place)
        || !resize(&t->next, all, sizeof *t->next)
        || !resize(&t->nodes, inner, sizeof *t->nodes)
        || !resize(&t->queue, inner, sizeof *t->queue)
        || !resize(&t->ready, inner, sizeof *t->ready)) {
        return 0;
    }
    t->max_ids = max_ids;
    return 1;
}

static void
free_tree(pq_tree *t)
{
    if (t == NULL) {
        return;
    }
    for (int32_t i = 0; i < t->n_ids - t->n_atoms; i++) {
        free(t->nodes[i].child);
    }
    free(t->parent), free(t->place), free(t->next);
    free(t->nodes), free(t->queue), free(t->ready);
    free(t);
}

/* A node without children; the array of a freed one is used again. */
static int32_t
new_node(pq_tree *t, int is_q)
{
    int32_t id = t->freed;
    if (id != NONE) {
        t->freed = t->next[id];
    } else {
        if (t->n_ids == t->max_ids) {
            int32_t more = (t->max_ids - t->n_atoms) / 2 + 8;
            if (t->max_ids > INT32_MAX - more || !reserve(t, t->max_ids + more)) {
                return NONE;
            }
        }
        id = t->n_ids++;
        memset(node_of(t, id), 0, sizeof(pq_node));
    }
    pq_node *x = node_of(t, id);
    x->is_q = is_q;
    x->n = 0;
    x->start = is_q ? x->capacity / 2 : 0;
    x->stamp = 0;
    return id;
}

static void
free_node(pq_tree *t, int32_t id)
{
    t->next[id] = t->freed;
    t->freed = id;
}

/* Children */

static void
put(pq_tree *t, int32_t id, int32_t at, int32_t child)
{
    node_of(t, id)->child[at] = child;
    t->parent[child] = id;
    t->place[child] = at;
}

static void
move(pq_tree *t, const pq_node *x, int32_t *to_array, int32_t to, int32_t from, int32_t n)
{
    if (n > 0) {
        memmove(to_array + to, x->child + from, (size_t)n * sizeof *to_array);
    }
    for (int32_t i = to; i < to + n; i++) {
        t->place[to_array[i]] = i;
    }
}

/* Makes room for `extra` children before those from place `at` on; returns the first free place. */
static int32_t
open_gap(pq_tree *t, int32_t id, int32_t at, int32_t extra)
{
    pq_node *x = node_of(t, id);
    int32_t before = at - x->start, after = x->n - before;
    if (before < after && x->start >= extra) {
        move(t, x, x->child, x->start - extra, x->start, before);
        x->start -= extra;
    } else if (before >= after && x->capacity - x->start - x->n >= extra) {
        move(t, x, x->child, at + extra, at, after);
    } else {
        int64_t capacity = 2 * ((int64_t)x->n + extra);
        int32_t *bigger = capacity > INT32_MAX ? NULL : malloc((size_t)capacity * sizeof *bigger);
        if (bigger == NULL) {
            return NONE;
        }
        int32_t start = x->is_q ? (x->n + extra) / 2 : 0;
        move(t, x, bigger, start, x->start, before);
        move(t, x, bigger, start + before + extra, at, after);
        free(x->child);
        x->child = bigger, x->start = start, x->capacity = (int32_t)capacity;
    }
    x->n += extra;
    return x->start + before;
}

static int
push(pq_tree *t, int32_t id, int at_right, int32_t child)
{
    const pq_node *x = node_of(t, id);
    int32_t at = open_gap(t, id, at_right ? x->start + x->n : x->start, 1);
    if (at == NONE) {
        return 0;
    }
    put(t, id, at, child);
    return 1;
}

/* The last child of the P node takes the place of the one taken out. */
static void
take_out(pq_tree *t, int32_t id, int32_t child)
{
    pq_node *x = node_of(t, id);
    x->n--;
    put(t, id, t->place[child], x->child[x->start + x->n]);
}

static void
replace(pq_tree *t, int32_t id, int32_t by)
{
    int32_t above = t->parent[id];
    if (above == NONE) {
        t->root = by;
        t->parent[by] = NONE;
        return;
    }
    pq_node *x = node_of(t, above);
    for (int32_t i = 0; i < x->n_partial; i++) {
        x->partial[i] = x->partial[i] == id ? by : x->partial[i];
    }
    put(t, above, t->place[id], by);
}

/* The children of q take its place in a Q node, its full ones towards the right or the left. */
static int
splice(pq_tree *t, int32_t id, int32_t q, int fulls_right)
{
    const pq_node *y = node_of(t, q);
    int32_t at = open_gap(t, id, t->place[q] + 1, y->n - 1);
    if (at == NONE) {
        return 0;
    }
    for (int32_t i = 0; i < y->n; i++) {
        int32_t from = y->full_right == fulls_right ? i : y->n - 1 - i;
        put(t, id, at - 1 + i, y->child[y->start + from]);
    }
    free_node(t, q);
    return 1;
}

/* First step of an insertion: labels, without a change to the tree */

/* Counts a child of `id` with atoms of the set below; queues `id` when it is the first. */
static void
count_pertinent(pq_tree *t, int32_t id, int32_t *n_queue)
{
    pq_node *x = node_of(t, id);
    if (x->stamp != t->stamp) {
        x->stamp = t->stamp;
        x->n_pertinent = x->n_labelled = x->n_leaves = x->n_full = x->n_partial = 0;
        x->full = NONE;
        x->low = INT32_MAX, x->high = NONE;
        t->queue[(*n_queue)++] = id;
    }
    x->n_pertinent++;
}

/* Climbs from all atoms of the set, breadth first, until a single node is left, which is the root
 * of the set's atoms or above it.  Returns how many nodes were queued. */
static int32_t
climb(pq_tree *t, const int32_t *set, int32_t size)
{
    int32_t n_queue = 0, head = 0, at_top = 0;
    t->stamp++;
    for (int32_t i = 0; i < size; i++) {
        count_pertinent(t, t->parent[set[i]], &n_queue);
    }
    while (n_queue - head + at_top > 1) {
        int32_t above = t->parent[t->queue[head++]];
        if (above == NONE) {
            at_top = 1;
        } else {
            count_pertinent(t, above, &n_queue);
        }
    }
    return n_queue;
}

/* Tells the parent of a child's label; false if no order can have it. */
static int
report(pq_tree *t, int32_t child, int32_t n_leaves, int is_full)
{
    int32_t id = t->parent[child];
    pq_node *x = node_of(t, id);
    x->n_leaves += n_leaves;
    if (is_full) {
        t->next[child] = x->full;
        x->full = child;
        x->n_full++;
    } else if (x->n_partial == 2) {
        return 0;
    } else {
        x->partial[x->n_partial++] = child;
    }
    int32_t at = t->place[child];
    x->low = at < x->low ? at : x->low;
    x->high = at > x->high ? at : x->high;
    if (++x->n_labelled == x->n_pertinent) {
        t->ready[t->n_ready++] = id;
    }
    return 1;
}

/* Labels a node whose pertinent children are labelled.  A partial node below the root must have
 * an order with all its atoms of the set at one end; at the root they only must be consecutive. */
static int
label(const pq_tree *t, pq_node *x, int is_root)
{
    x->is_full = x->n_full == x->n;
    if (x->is_full) {
        return 1;
    }
    x->full_right = 1;
    if (!is_root && x->n_partial > 1) {
        return 0;
    }
    if (!x->is_q) {
        return 1;
    }
    if (x->high - x->low + 1 != x->n_full + x->n_partial) {
        return 0;
    }
    int low_is_partial = 0, high_is_partial = 0;
    for (int32_t i = 0; i < x->n_partial; i++) {
        low_is_partial |= t->place[x->partial[i]] == x->low;
        high_is_partial |= t->place[x->partial[i]] == x->high;
    }
    if (x->n_partial && !low_is_partial && !high_is_partial) {
        return 0;
    }
    if (is_root) {
        return x->n_partial < 2 || (low_is_partial && high_is_partial);
    }
    int inner_left = !x->n_partial || high_is_partial, inner_right = !x->n_partial || low_is_partial;
    int at_left = x->low == x->start && inner_left;
    int at_right = x->high == x->start + x->n - 1 && inner_right;
    x->full_right = at_right;
    return at_left || at_right;
}

/* Labels all nodes with atoms of the set below, from below up to their root, the last one ready. */
static int
label_all(pq_tree *t, const int32_t *set, int32_t size)
{
    t->n_ready = 0;
    for (int32_t i = 0; i < size; i++) {
        report(t, set[i], 1, 1);
    }
    for (int32_t i = 0; i < t->n_ready; i++) {
        int32_t id = t->ready[i];
        pq_node *x = node_of(t, id);
        int is_root = x->n_leaves == size;
        if (!label(t, x, is_root)) {
            return 0;
        }
        if (is_root) {
            t->n_ready = i + 1;
            return 1;
        }
        if (!report(t, id, x->n_leaves, x->is_full)) {
            return 0;
        }
    }
    return 0; /* not reached: the root of the set's atoms becomes ready */
}

/* Second step: the change.  Every function returns false only for want of memory. */

/* Takes the full children out of a P node: NONE, the only one, or a new P node of them. */
static int
take_out_full(pq_tree *t, int32_t id, int32_t *group)
{
    int32_t n_full = node_of(t, id)->n_full, child = node_of(t, id)->full;
    *group = child;
    if (n_full > 1 && (*group = new_node(t, 0)) == NONE) {
        return 0;
    }
    for (int32_t following; child != NONE; child = following) {
        following = t->next[child];
        take_out(t, id, child);
        if (n_full > 1 && !push(t, *group, 1, child)) {
            return 0;
        }
    }
    return 1;
}

/* A partial P node becomes a Q node: its other children at one end, its full ones at the other,
 * between them the children of its partial child, itself a Q node by now. */
static int
change_partial_p(pq_tree *t, int32_t id)
{
    int32_t q, group;
    if (node_of(t, id)->n_partial) {
        q = node_of(t, id)->partial[0];
        take_out(t, id, q);
    } else {
        if ((q = new_node(t, 1)) == NONE) {
            return 0;
        }
        node_of(t, q)->full_right = 1;
    }
    int full_right = node_of(t, q)->full_right;
    if (!take_out_full(t, id, &group)) {
        return 0;
    }
    const pq_node *x = node_of(t, id);
    int32_t rest = x->n > 1 ? id : x->n ? x->child[x->start] : NONE;
    replace(t, id, q);
    if (rest != id) {
        free_node(t, id);
    }
    return (rest == NONE || push(t, q, !full_right, rest))
           && (group == NONE || push(t, q, full_right, group));
}

/* The root gets its full children together, between those of its partial children. */
static int
change_root_p(pq_tree *t, int32_t id)
{
    int32_t n_partial = node_of(t, id)->n_partial, group;
    int32_t q = node_of(t, id)->partial[0], other = node_of(t, id)->partial[1];
    for (int32_t i = 0; i < n_partial; i++) {
        take_out(t, id, node_of(t, id)->partial[i]);
    }
    if (!take_out_full(t, id, &group)) {
        return 0;
    }
    if (n_partial == 0) {
        return push(t, id, 1, group);
    }
    int full_right = node_of(t, q)->full_right;
    if (group != NONE && !push(t, q, full_right, group)) {
        return 0;
    }
    if (n_partial == 2) {
        const pq_node *y = node_of(t, other);
        for (int32_t i = 0; i < y->n; i++) {
            int32_t from = y->full_right ? y->n - 1 - i : i;
            if (!push(t, q, full_right, y->child[y->start + from])) {
                return 0;
            }
        }
        free_node(t, other);
    }
    if (node_of(t, id)->n > 0) {
        return push(t, id, 1, q);
    }
    replace(t, id, q);
    free_node(t, id);
    return 1;
}

static int
change_q(pq_tree *t, int32_t id, int is_root)
{
    const pq_node *x = node_of(t, id);
    int fulls_right[2];
    for (int32_t i = 0; i < x->n_partial; i++) {
        fulls_right[i] = is_root ? t->place[x->partial[i]] == x->low : x->full_right;
    }
    for (int32_t i = 0; i < x->n_partial; i++) {
        if (!splice(t, id, x->partial[i], fulls_right[i])) {
            return 0;
        }
    }
    return 1;
}

static int
change_all(pq_tree *t)
{
    for (int32_t i = 0; i < t->n_ready; i++) {
        int32_t id = t->ready[i];
        const pq_node *x = node_of(t, id);
        int is_root = i == t->n_ready - 1;
        if (x->is_full) {
            continue;
        }
        int changed = x->is_q    ? change_q(t, id, is_root)
                      : is_root ? change_root_p(t, id)
                                : change_partial_p(t, id);
        if (!changed) {
            return 0;
        }
    }
    return 1;
}

/* The tree */

/* All orders: the atoms below one P node. */
static pq_tree *
new_tree(int32_t n_atoms)
{
    pq_tree *t = calloc(1, sizeof *t);
    if (t == NULL) {
        return NULL;
    }
    t->n_atoms = t->n_ids = n_atoms;
    t->freed = NONE;
    if (n_atoms > INT32_MAX - 16 || !reserve(t, n_atoms + 16)
        || (t->root = new_node(t, 0)) == NONE
        || (n_atoms > 0 && open_gap(t, t->root, 0, n_atoms) == NONE)) {
        free_tree(t);
        return NULL;
    }
    t->parent[t->root] = NONE;
    for (int32_t i = 0; i < n_atoms; i++) {
        put(t, t->root, node_of(t, t->root)->start + i, i);
    }
    return t;
}

/* Returns 1, or 0 if the set cannot be consecutive and the tree is as before. */
static int
insert(pq_tree *t, const int32_t *set, int32_t size, int64_t *n_visited)
{
    *n_visited += size;
    if (size < 2 || size == t->n_atoms) {
        return 1;
    }
    *n_visited += climb(t, set, size);
    if (!label_all(t, set, size)) {
        return 0;
    }
    return change_all(t) ? 1 : HRG_PQ_MEMORY;
}

static int
write_frontier(const pq_tree *t, int32_t *order)
{
    int32_t *stack = malloc((size_t)t->n_ids * sizeof *stack);
    if (stack == NULL) {
        return 0;
    }
    size_t height = 0;
    stack[height++] = t->root;
    while (height) {
        int32_t id = stack[--height];
        if (id < t->n_atoms) {
            *order++ = id;
            continue;
        }
        const pq_node *x = node_of(t, id);
        for (int32_t i = x->n - 1; i >= 0; i--) {
            stack[height++] = x->child[x->start + i];
        }
    }
    free(stack);
    return 1;
}

static int
insert_row(pq_tree *t, const hrg_rows *sets, int64_t row, int64_t *n_visited)
{
    int64_t start = sets->start[row];
    return insert(t, sets->entry + start, (int32_t)(sets->start[row + 1] - start), n_visited);
}

/* Sets n_near[c] to the number of neighbors of the set in class c. */
static void
count_neighbors(const hrg_rows *neighbors, int32_t set, const int32_t *class_of,
                 int32_t n_classes, int32_t *n_near)
{
    memset(n_near, 0, (size_t)n_classes * sizeof *n_near);
    for (int64_t i = neighbors->start[set]; i < neighbors->start[set + 1]; i++) {
        int32_t c = class_of[neighbors->entry[i]];
        if (c != NONE) {
            n_near[c]++;
        }
    }
}

/* The class not yet tried with fewest neighbors; marks it as tried. */
static int32_t
next_class(int32_t n_classes, int32_t *n_near)
{
    int32_t best = NONE;
    for (int32_t c = 0; c < n_classes; c++) {
        if (n_near[c] >= 0 && (best == NONE || n_near[c] < n_near[best])) {
            best = c;
        }
    }
    if (best != NONE) {
        n_near[best] = -1;
    }
    return best;
}

int64_t
hrg_pq_place(const hrg_rows *sets, int32_t n_atoms, const hrg_rows *neighbors, int32_t n_classes,
             const int32_t *order, size_t n_order, int32_t *class_of)
{
    int64_t n_visited = 0;
    pq_tree **trees = calloc((size_t)n_classes + 1, sizeof *trees);
    int32_t *n_near = malloc(((size_t)n_classes + 1) * sizeof *n_near);
    int fits = trees == NULL || n_near == NULL ? HRG_PQ_MEMORY : 0;
    for (size_t i = 0; i < n_order && fits != HRG_PQ_MEMORY; i++) {
        int32_t set = order[i], c;
        count_neighbors(neighbors, set, class_of, n_classes, n_near);
        fits = 0;
        while (fits == 0 && (c = next_class(n_classes, n_near)) != NONE) {
            if (trees[c] == NULL) {
                trees[c] = new_tree(n_atoms);
                n_visited += n_atoms;
            }
            fits = trees[c] ? insert_row(trees[c], sets, set, &n_visited) : HRG_PQ_MEMORY;
        }
        class_of[set] = fits == 1 ? c : NONE;
    }
    for (int32_t c = 0; trees != NULL && c < n_classes; c++) {
        free_tree(trees[c]);
    }
    free(trees), free(n_near);
    return fits == HRG_PQ_MEMORY ? HRG_PQ_MEMORY : n_visited;
}

int64_t
hrg_pq_order(const hrg_rows *sets, int32_t n_atoms, size_t n_sets, int32_t *order)
{
    int64_t n_visited = 0, result = NONE;
    pq_tree *t = new_tree(n_atoms);
    if (t == NULL) {
        return HRG_PQ_MEMORY;
    }
    for (size_t i = 0; i < n_sets && result == NONE; i++) {
        int fits = insert_row(t, sets, (int64_t)i, &n_visited);
        result = fits == 1 ? NONE : fits == 0 ? (int64_t)i : HRG_PQ_MEMORY;
    }
    if (result == NONE && !write_frontier(t, order)) {
        result = HRG_PQ_MEMORY;
    }
    free_tree(t);
    return result;
}
