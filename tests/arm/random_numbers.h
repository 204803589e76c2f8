/* Random numbers that are the same everywhere. */
#include <stdint.h>

static uint64_t random_state = 1;

static uint32_t
random_bits(void)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(random_state >> 33);
}

/* A whole number from low to high. */
static int32_t
between(int32_t low, int32_t high)
{
    return low + (int32_t)(random_bits() % (uint32_t)(high - low + 1));
}

/* Matches of every query, ascending, one document in so many. */
static int64_t
random_matches(int64_t n_queries, int64_t n_documents, int rarity, int64_t *start,
               int32_t *document)
{
    int64_t n = 0;
    start[0] = 0;
    for (int64_t i = 0; i < n_queries; i++) {
        for (int32_t v = 0; v < n_documents; v++) {
            if (random_bits() % (uint32_t)rarity == 0) {
                document[n++] = v;
            }
        }
        start[i + 1] = n;
    }
    return n;
}
