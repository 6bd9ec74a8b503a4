// Rows by number, transposition, copies, and the memory that tensors live in.

#include <stdlib.h>

#include "Checks.h"

static void checkTable(int64_t width, int64_t count) {
    const int64_t rows = 7;
    float *from = floats(rows * width), *y = floats(count * width);
    int32_t *ids = integers(count, rows);
    KERNEL(gather)(count, width, from, ids, y);
    for (int64_t i = 0; i < count; i++) expectSame("gather", y + i * width, from + ids[i] * width, (size_t)width * 4);

    int64_t begin = below(width), end = begin + below(width - begin + 1);
    float *to = floats(rows * width), *before = copyOf(to, rows * width);
    KERNEL(scatterAdd)(count, width, ids, y, to, begin, end);
    for (int64_t r = 0; r < rows; r++) {
        for (int64_t c = 0; c < width; c++) {
            double want = before[r * width + c];
            for (int64_t i = 0; i < count; i++)
                if (ids[i] == r && c >= begin && c < end) want += y[i * width + c];
            expectNear("scatterAdd", r * width + c, to[r * width + c], want, EPSILON * (double)(count + 1));
        }
    }
    // Whole at once or column by column: the same bits.
    float *whole = copyOf(before, rows * width), *byColumn = copyOf(before, rows * width);
    table->scatterAdd(count, width, ids, y, whole, 0, width);
    for (int64_t c = 0; c < width; c++) table->scatterAdd(count, width, ids, y, byColumn, c, c + 1);
    expectSame("scatterAdd, column by column", byColumn, whole, (size_t)(rows * width) * 4);
    releaseBuffers();
}

static void checkTransposed(int64_t rows, int64_t columns) {
    int64_t xStride = columns + below(3), yStride = rows + below(3);
    int64_t xTotal = (rows - 1) * xStride + columns, yTotal = (columns - 1) * yStride + rows;
    float *x = floats(xTotal), *y = floats(yTotal), *before = copyOf(y, yTotal);
    KERNEL(transpose)(rows, columns, x, xStride, y, yStride);
    for (int64_t r = 0; r < rows; r++)
        for (int64_t c = 0; c < columns; c++) expectSame("transpose", y + c * yStride + r, x + r * xStride + c, 4);
    expectGapsKept("transpose", y, before, columns, rows, yStride, yTotal);

    int64_t zStride = columns + below(3), zTotal = (rows - 1) * zStride + columns;
    float *z = floats(zTotal), *zBefore = copyOf(z, zTotal);
    KERNEL(copyRows)(rows, columns, x, xStride, z, zStride);
    for (int64_t r = 0; r < rows; r++) expectSame("copyRows", z + r * zStride, x + r * xStride, (size_t)columns * 4);
    expectGapsKept("copyRows", z, zBefore, rows, columns, zStride, zTotal);
    releaseBuffers();
}

void checkMoves(void) {
    for (int l = 1; l < lengthCount; l++) {
        checkTable(lengths[l], 0);
        checkTable(lengths[l], 1);
        checkTable(lengths[l], 23);
        for (int64_t other = 1; other < 100; other = other * 2 + 1) checkTransposed(lengths[l], other);
    }
    for (int64_t n = 1; n < 70; n++) checkTransposed(n, 71 - n);
}

void checkMemory(void) {
    static const size_t sizes[] = {0, 1, 63, 64, 4096, 5 << 20};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        uint8_t *a = attend_allocate(sizes[i]), *b = attend_allocate(sizes[i]);
        expect("memory for tensors is aligned to 64 bytes", a && b && (uintptr_t)a % 64 == 0 && (uintptr_t)b % 64 == 0);
        memset(a, 7, sizes[i]);
        attend_copy(b, a, sizes[i]);
        expectSame("attend_copy", b, a, sizes[i]);
        attend_free(a, sizes[i]);
        attend_free(b, sizes[i]);
    }
    expect("there is a limit to memory", attend_allocate(SIZE_MAX / 2 + 1) == NULL);
    attend_free(NULL, 0);
    attend_pause();
    expect("no table has an unknown name", attend_kernels_named("abacus") == NULL);
    expect("one of the tables is chosen", attend_kernels() != NULL && attend_kernels() == attend_kernels());
}
