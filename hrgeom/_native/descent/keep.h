/* KEEP for instruction sets that cannot compress a vector: lane by lane. */
#define KEEP(v, mask, first, documents, scores)                                                 \
    do {                                                                                         \
        int32_t lanes[LANES];                                                                    \
        STORE(lanes, v);                                                                         \
        int n_kept = 0;                                                                          \
        for (unsigned rest = (mask); rest != 0; rest &= rest - 1) {                              \
            int lane = __builtin_ctz(rest);                                                      \
            (documents)[n_kept] = (first) + lane;                                                \
            (scores)[n_kept++] = lanes[lane];                                                    \
        }                                                                                        \
    } while (0)
