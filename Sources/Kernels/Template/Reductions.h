// Sums and maxima, and moving rows about.
//
// A sum keeps four vectors of partial sums, so that additions need not wait for one another, and always folds them in the
// same order. Long sums are taken in blocks whose totals are added in double precision.

INLINE Vector NAME(termSum)(Vector x, Vector y, Vector sum) { return sum + x; }
INLINE Vector NAME(termSquare)(Vector x, Vector y, Vector sum) { return vfma(x, x, sum); }
INLINE Vector NAME(termZero)(Vector x, Vector y, Vector sum) { return vfma(x, (Vector){}, sum); }
INLINE Vector NAME(termProduct)(Vector x, Vector y, Vector sum) { return vfma(x, y, sum); }

/// Σ over the vectors of a short range, one number per lane.
#define SUM_LANES(sum, count, x, y, term)                                                                              \
    do {                                                                                                               \
        Vector s0 = {}, s1 = {}, s2 = {}, s3 = {};                                                                     \
        int64_t i = 0;                                                                                                 \
        for (; i + 4 * VECTOR_WIDTH <= (count); i += 4 * VECTOR_WIDTH) {                                               \
            s0 = term(vload((x) + i), vload((y) + i), s0);                                                             \
            s1 = term(vload((x) + i + VECTOR_WIDTH), vload((y) + i + VECTOR_WIDTH), s1);                               \
            s2 = term(vload((x) + i + 2 * VECTOR_WIDTH), vload((y) + i + 2 * VECTOR_WIDTH), s2);                       \
            s3 = term(vload((x) + i + 3 * VECTOR_WIDTH), vload((y) + i + 3 * VECTOR_WIDTH), s3);                       \
        }                                                                                                              \
        for (; i + VECTOR_WIDTH <= (count); i += VECTOR_WIDTH) s0 = term(vload((x) + i), vload((y) + i), s0);          \
        if (i < (count)) s1 = term(vloadTail((x) + i, (count) - i), vloadTail((y) + i, (count) - i), s1);              \
        sum = (s0 + s1) + (s2 + s3);                                                                                   \
    } while (0)

#define SUM_IN_BLOCKS(count, x, y, term)                                                                               \
    const int64_t block = 1024;                                                                                        \
    DoubleVector total = {};                                                                                           \
    for (int64_t begin = 0; begin < (count); begin += block) {                                                         \
        int64_t length = (count) - begin < block ? (count) - begin : block;                                            \
        Vector sum;                                                                                                    \
        SUM_LANES(sum, length, (x) + begin, (y) + begin, term);                                                        \
        total += __builtin_convertvector(sum, DoubleVector);                                                           \
    }                                                                                                                  \
    return vsumDouble(&total)

static double NAME(sum)(int64_t count, const float *x) { SUM_IN_BLOCKS(count, x, x, NAME(termSum)); }
static double NAME(sumOfSquares)(int64_t count, const float *x) { SUM_IN_BLOCKS(count, x, x, NAME(termSquare)); }
static double NAME(dot)(int64_t count, const float *x, const float *y) {
    SUM_IN_BLOCKS(count, x, y, NAME(termProduct));
}

static void NAME(rowSums)(int64_t rows, int64_t width, const float *x, float *y) {
    for (int64_t row = 0; row < rows; row++) y[row] = (float)NAME(sum)(width, x + row * width);
}

/// Eight rows at a time: fewer turns through y, and shorter chains of roundings.
static void NAME(columnSums)(int64_t rows, int64_t width, const float *x, int64_t stride, float *y) {
    NAME(fill)(width, 0, y);
    int64_t row = 0;
    for (; row + 8 <= rows; row += 8) {
        const float *x0 = x + row * stride, *x4 = x0 + 4 * stride;
        EACH_VECTOR(width, {
            Vector first = (vget(x0 + i, n) + vget(x0 + stride + i, n)) +
                           (vget(x0 + 2 * stride + i, n) + vget(x0 + 3 * stride + i, n));
            Vector second = (vget(x4 + i, n) + vget(x4 + stride + i, n)) +
                            (vget(x4 + 2 * stride + i, n) + vget(x4 + 3 * stride + i, n));
            vput(y + i, vget(y + i, n) + (first + second), n);
        });
    }
    for (; row < rows; row++) {
        const float *x0 = x + row * stride;
        EACH_VECTOR(width, vput(y + i, vget(y + i, n) + vget(x0 + i, n), n););
    }
}

/// The largest element, −∞ for none.
INLINE float NAME(rowMaximum)(int64_t width, const float *x) {
    const Vector least = vset(-INFINITY);
    Vector m0 = least, m1 = least, m2 = least, m3 = least;
    int64_t i = 0;
    for (; i + 4 * VECTOR_WIDTH <= width; i += 4 * VECTOR_WIDTH) {
        m0 = vmax(vload(x + i), m0);
        m1 = vmax(vload(x + i + VECTOR_WIDTH), m1);
        m2 = vmax(vload(x + i + 2 * VECTOR_WIDTH), m2);
        m3 = vmax(vload(x + i + 3 * VECTOR_WIDTH), m3);
    }
    for (; i + VECTOR_WIDTH <= width; i += VECTOR_WIDTH) m0 = vmax(vload(x + i), m0);
    if (i < width) m1 = vmax(vfirst(width - i, vloadTail(x + i, width - i), least), m1);
    return vmaximum(vmax(vmax(m0, m1), vmax(m2, m3)));
}

static void NAME(rowMaxima)(int64_t rows, int64_t width, const float *x, float *maxima, int32_t *indices) {
    for (int64_t row = 0; row < rows; row++, x += width) {
        float largest = NAME(rowMaximum)(width, x);
        int64_t index = 0;
        while (index + VECTOR_WIDTH <= width && !vany(vload(x + index) == largest)) index += VECTOR_WIDTH;
        while (index < width && x[index] != largest) index++;
        // Only a row without any number ends without a find.
        maxima[row] = index < width ? largest : NAN;
        indices[row] = index < width ? (int32_t)index : 0;
    }
}

/// x · 0 is 0 for a finite x and NaN otherwise, and NaN stays in a sum.
static int32_t NAME(isFinite)(int64_t count, const float *x) {
    Vector sum;
    SUM_LANES(sum, count, x, x, NAME(termZero));
    return vsum(sum) == 0;
}

static void NAME(copyRows)(int64_t rows, int64_t width, const float *x, int64_t xStride, float *y, int64_t yStride) {
    if (xStride == width && yStride == width) {
        width *= rows;
        rows = width > 0;
    }
    for (int64_t row = 0; row < rows; row++)
        memmove(y + row * yStride, x + row * xStride, (size_t)width * sizeof(float));
}

/// Rows i and i + half the number become rows 2i and 2i + 1, their elements taken in turn. After log₂ VECTOR_WIDTH turns
/// of this a square is transposed.
#if VECTOR_WIDTH == 16
#define ZIP_LOWER(a, b) __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define ZIP_UPPER(a, b) __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#elif VECTOR_WIDTH == 8
#define ZIP_LOWER(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define ZIP_UPPER(a, b) __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
#else
#define ZIP_LOWER(a, b) __builtin_shufflevector(a, b, 0, 4, 1, 5)
#define ZIP_UPPER(a, b) __builtin_shufflevector(a, b, 2, 6, 3, 7)
#endif

/// Transposes a square of VECTOR_WIDTH rows that are held in vectors.
INLINE void vtranspose(Vector square[VECTOR_WIDTH]) {
    for (int turn = 1; turn < VECTOR_WIDTH; turn *= 2) {
        Vector next[VECTOR_WIDTH];
        for (int i = 0; i < VECTOR_WIDTH / 2; i++) {
            next[2 * i] = ZIP_LOWER(square[i], square[i + VECTOR_WIDTH / 2]);
            next[2 * i + 1] = ZIP_UPPER(square[i], square[i + VECTOR_WIDTH / 2]);
        }
        for (int i = 0; i < VECTOR_WIDTH; i++) square[i] = next[i];
    }
}

static void NAME(transpose)(int64_t rows, int64_t columns, const float *x, int64_t xStride, float *y, int64_t yStride) {
    const int64_t tile = 16; // a cache line each way
    for (int64_t rowTile = 0; rowTile < rows; rowTile += tile) {
        int64_t rowEnd = rows - rowTile < tile ? rows : rowTile + tile;
        for (int64_t columnTile = 0; columnTile < columns; columnTile += tile) {
            int64_t columnEnd = columns - columnTile < tile ? columns : columnTile + tile;
            for (int64_t column = columnTile; column < columnEnd; column += VECTOR_WIDTH) {
                int64_t width = columnEnd - column < VECTOR_WIDTH ? columnEnd - column : VECTOR_WIDTH;
                for (int64_t row = rowTile; row < rowEnd; row += VECTOR_WIDTH) {
                    int64_t height = rowEnd - row < VECTOR_WIDTH ? rowEnd - row : VECTOR_WIDTH;
                    const float *from = x + row * xStride + column;
                    float *to = y + column * yStride + row;
                    if (height < VECTOR_WIDTH || width < VECTOR_WIDTH) {
                        for (int64_t c = 0; c < width; c++)
                            for (int64_t r = 0; r < height; r++) to[c * yStride + r] = from[r * xStride + c];
                        continue;
                    }
                    Vector square[VECTOR_WIDTH];
                    // Rows that lie pages apart are nothing that a processor would fetch by itself.
                    for (int r = 0; r < VECTOR_WIDTH; r++) __builtin_prefetch(from + (r + 2 * tile) * xStride);
                    for (int r = 0; r < VECTOR_WIDTH; r++) square[r] = vload(from + r * xStride);
                    vtranspose(square);
                    for (int c = 0; c < VECTOR_WIDTH; c++) vstore(to + c * yStride, square[c]);
                }
            }
        }
    }
}
