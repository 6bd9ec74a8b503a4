// Rows of a table by their numbers, and the derivative of that.

static void NAME(gather)(int64_t count, int64_t width, const float *table, const int32_t *ids, float *y) {
    for (int64_t row = 0; row < count; row++) {
        const float *x = table + ids[row] * width;
        EACH_VECTOR(width, vput(y + row * width + i, vget(x + i, n), n););
    }
}

static void NAME(scatterAdd)(int64_t count, int64_t width, const int32_t *ids, const float *y, float *table,
                             int64_t columnBegin, int64_t columnEnd) {
    const int64_t columns = columnEnd - columnBegin;
    for (int64_t row = 0; row < count; row++) {
        const float *from = y + row * width + columnBegin;
        float *to = table + ids[row] * width + columnBegin;
        EACH_VECTOR(columns, vput(to + i, vget(to + i, n) + vget(from + i, n), n););
    }
}
