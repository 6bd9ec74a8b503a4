// Sums, maxima and the test for finite numbers.

#include "Checks.h"

static void checkTotals(void) {
    for (int l = 0; l < lengthCount; l++) {
        int64_t n = lengths[l];
        float *x = floats(n), *y = floats(n);
        double sum = 0, squares = 0, products = 0;
        for (int64_t i = 0; i < n; i++) sum += x[i], squares += (double)x[i] * x[i], products += (double)x[i] * y[i];
        double tolerance = EPSILON * (4 + (double)(n < 1024 ? n : 1024) / 4 + 2 * sqrt((double)n));
        expectNear("sum", n, KERNEL(sum)(n, x), sum, tolerance);
        expectNear("sumOfSquares", n, KERNEL(sumOfSquares)(n, x), squares, tolerance);
        expectNear("dot", n, KERNEL(dot)(n, x, y), products, tolerance);
        expect("isFinite of finite numbers", KERNEL(isFinite)(n, x) == 1);
        for (int64_t i = 0; i < n; i += 1 + n / 50) {
            float kept = x[i];
            x[i] = i % 3 == 0 ? NAN : i % 3 == 1 ? INFINITY : -INFINITY;
            expect("isFinite finds the one that is not", table->isFinite(n, x) == 0);
            x[i] = 3.4e38f;
            expect("isFinite lets large numbers be", table->isFinite(n, x) == 1);
            x[i] = kept;
        }
        releaseBuffers();
    }
}

static void checkByRowAndColumn(void) {
    for (int l = 1; l < lengthCount; l++) {
        for (int64_t rows = 1; rows < 40; rows = rows * 2 + 1) {
            int64_t width = lengths[l], stride = width + l % 3, total = (rows - 1) * stride + width;
            float *x = floats(total), *sums = floats(width), *packed = floats(rows * width), *perRow = floats(rows);
            KERNEL(columnSums)(rows, width, x, stride, sums);
            for (int64_t c = 0; c < width; c++) {
                double want = 0;
                for (int64_t r = 0; r < rows; r++) want += x[r * stride + c];
                expectNear("columnSums", c, sums[c], want, EPSILON * (double)(rows + 2));
            }
            KERNEL(rowSums)(rows, width, packed, perRow);
            for (int64_t r = 0; r < rows; r++) {
                double want = 0;
                for (int64_t c = 0; c < width; c++) want += packed[r * width + c];
                expectNear("rowSums", r, perRow[r], want, EPSILON * (4 + (double)(width < 1024 ? width : 1024) / 4 + 2 * sqrt((double)width)));
            }
            // The largest stands twice; the first place is wanted.
            float *maxima = floats(rows);
            int32_t *places = integers(rows, 2);
            int64_t *wanted = bytes((size_t)rows * 8);
            for (int64_t r = 0; r < rows; r++) {
                int64_t a = below(width), b = below(width);
                packed[r * width + a] = packed[r * width + b] = 1.5f;
                wanted[r] = a < b ? a : b;
                if (r % 4 == 3) {
                    for (int64_t c = 0; c < width; c++) packed[r * width + c] = -INFINITY;
                    wanted[r] = 0;
                }
            }
            KERNEL(rowMaxima)(rows, width, packed, maxima, places);
            for (int64_t r = 0; r < rows; r++) {
                expectNear("rowMaxima", r, maxima[r], r % 4 == 3 ? -INFINITY : 1.5, 0);
                expectNear("rowMaxima, place", r, places[r], (double)wanted[r], 0);
            }
            releaseBuffers();
        }
    }
}

void checkSums(void) {
    checkTotals();
    checkByRowAndColumn();
}
