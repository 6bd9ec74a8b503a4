// Rotary positions, both ways of pairing, both directions.

#include "Checks.h"

static void checkRotated(int64_t pairs, int64_t headCount, int64_t begin, int64_t gap, int isInterleaved, int isTransposed) {
    const int64_t rows = 7, tableRows = 3, headWidth = begin + 2 * pairs + gap, width = headCount * headWidth + 5;
    float *x = floats(rows * width), *y = floats(rows * width);
    float *cosines = floats(tableRows * pairs), *sines = floats(tableRows * pairs);
    AttendRotation r = {.rowWidth = width, .headCount = headCount, .headWidth = headWidth, .begin = begin, .pairs = pairs,
                        .tableRows = tableRows, .isInterleaved = isInterleaved, .isTransposed = isTransposed,
                        .cosines = cosines, .sines = sines, .x = x, .y = y};
    double *want = doubles(rows * width);
    for (int64_t i = 0; i < rows * width; i++) want[i] = x[i];
    for (int64_t row = 0; row < rows; row++)
        for (int64_t head = 0; head < headCount; head++)
            for (int64_t i = 0; i < pairs; i++) {
                int64_t at = row * width + head * headWidth + begin;
                int64_t first = at + (isInterleaved ? 2 * i : i), second = isInterleaved ? first + 1 : first + pairs;
                double c = cosines[row % tableRows * pairs + i], s = sines[row % tableRows * pairs + i];
                if (isTransposed) s = -s;
                want[first] = x[first] * c - x[second] * s;
                want[second] = x[second] * c + x[first] * s;
            }
    KERNEL(rotate)(&r, 0, rows);
    for (int64_t i = 0; i < rows * width; i++) expectNear("rotate", i, y[i], want[i], 2 * EPSILON);

    // In place and in ranges: the same bits.
    float *apart = copyOf(x, rows * width);
    r.x = r.y = apart;
    for (int64_t row = rows; row-- > 0;) table->rotate(&r, row, row + 1);
    expectSame("rotate in place, row by row", apart, y, (size_t)(rows * width) * 4);
    releaseBuffers();
}

void checkRotation(void) {
    for (int style = 0; style < 4; style++) {
        for (int64_t pairs = 0; pairs < 40; pairs++) checkRotated(pairs, 1 + pairs % 3, 0, pairs % 2, style & 1, style >> 1);
        checkRotated(64, 2, 0, 0, style & 1, style >> 1);
        checkRotated(16, 3, 5, 2, style & 1, style >> 1);
        checkRotated(8, 0, 0, 0, style & 1, style >> 1);
    }
}
