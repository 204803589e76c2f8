/* Lists of non-matches by document, and the order of a sweep. */
#include "descent.h"

#include <string.h>

void
hrg_by_document(const int32_t *n_listed, const int32_t *listed, size_t stride, int64_t first,
                int64_t last, int64_t n_documents, int64_t *start, int32_t *query)
{
    memset(start, 0, sizeof(int64_t) * (size_t)(n_documents + 1));
    for (int64_t i = first; i < last; i++) {
        const int32_t *row = listed + (size_t)i * stride;
        for (int32_t k = 0; k < n_listed[i]; k++) {
            start[row[k] + 1]++;
        }
    }
    for (int64_t j = 0; j < n_documents; j++) {
        start[j + 1] += start[j];
    }
    /* start[j] runs to where the next document begins, and all are moved back by one after. */
    for (int64_t i = first; i < last; i++) {
        const int32_t *row = listed + (size_t)i * stride;
        for (int32_t k = 0; k < n_listed[i]; k++) {
            query[start[row[k]]++] = (int32_t)i;
        }
    }
    memmove(start + 1, start, sizeof(int64_t) * (size_t)n_documents);
    start[0] = 0;
}

static int64_t
common_divisor(int64_t a, int64_t b)
{
    return b == 0 ? a : common_divisor(b, a % b);
}

int64_t
hrg_golden_stride(int64_t n)
{
    int64_t stride = (int64_t)(0.6180339887498949 * (double)n) + 1;
    while (common_divisor(n, stride) != 1) {
        stride++;
    }
    return stride;
}
