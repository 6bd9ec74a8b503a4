// Products with weights in blocks of 8 or 4 bits, against sums of the same whole numbers in double precision.

#include "Checks.h"

/// Random blocks for so many rows of weights, and the value of each element.
static const uint8_t *blocksOf(int64_t rows, int64_t inner, AttendElement element, double *values) {
    int64_t count = rows * inner / 32, size = element == AttendInt8Blocks ? 34 : 18;
    uint8_t *blocks = bytes((size_t)(count * size));
    for (int64_t b = 0; b < count; b++) {
        uint8_t *block = blocks + b * size;
        // Halves from 2⁻⁶ to 2⁻², zero, and one below the smallest normal half.
        uint16_t scale = below(12) == 0 ? (uint16_t)below(3) : (uint16_t)(0x2400 + below(0x1000) + (below(2) << 15));
        memcpy(block, &scale, 2);
        int exponent = scale >> 10 & 31, fraction = scale & 1023;
        double size = exponent ? ldexp(1024 + fraction, exponent - 25) : ldexp(fraction, -24);
        if (scale >> 15) size = -size;
        for (int i = 0; i < 32; i++) {
            int number = element == AttendInt8Blocks ? (int)below(255) - 127 : (int)below(16) - 8;
            if (element == AttendInt8Blocks) {
                block[2 + i] = (uint8_t)(int8_t)number;
            } else {
                uint8_t *pair = block + 2 + i % 16;
                *pair = i < 16 ? (uint8_t)(number + 8) : (uint8_t)(*pair | (number + 8) << 4);
            }
            values[b * 32 + i] = number * size;
        }
    }
    return blocks;
}

/// What a row becomes where it is multiplied in blocks: the nearest of 255 steps of each 32 elements.
static void roundRow(const float *x, int64_t inner, double *rounded) {
    for (int64_t b = 0; b < inner; b += 32) {
        float extreme = 0;
        for (int i = 0; i < 32; i++) extreme = fabsf(x[b + i]) > extreme ? fabsf(x[b + i]) : extreme;
        float inverse = extreme > 0x1p-120f ? 127 / extreme : 0;
        for (int i = 0; i < 32; i++) rounded[b + i] = (double)rintf(x[b + i] * inverse) * (double)(extreme / 127);
    }
}

static void check(int64_t rows, int64_t inner, int64_t columns, AttendElement element, AttendElement precision) {
    double *weights = doubles(columns * inner), *left = doubles(rows * inner);
    float *a = floats(rows * inner);
    if (below(4) == 0) memset(a, 0, (size_t)(inner < 32 ? inner : 32) * 4);
    AttendMatrixMultiply m = {.rows = rows, .inner = inner, .columns = columns, .precision = precision, .cStride = columns};
    m.a = (AttendOperand){.data = a, .stride = inner};
    m.b = (AttendOperand){.data = blocksOf(columns, inner, element, weights), .stride = inner, .isTransposed = 1, .element = element};
    float *c = floats(rows * columns), *before = copyOf(c, rows * columns), *bias = floats(columns);
    m.c = c;
    m.accumulates = below(3) == 0;
    if (!m.accumulates && below(2)) m.bias = bias;
    KERNEL(matrixMultiply)(&m, 0, rows, 0, columns);
    // Few rows are rounded to blocks; many meet weights that were widened.
    int isFew = rows <= 32, isRounded = !isFew && precision == AttendBFloat16;
    for (int64_t row = 0; row < rows; row++) {
        if (isFew) roundRow(a + row * inner, inner, left + row * inner);
        for (int64_t i = 0; i < inner && !isFew; i++) left[row * inner + i] = isRounded ? roundedToBFloat16(a[row * inner + i]) : a[row * inner + i];
    }
    for (int64_t row = 0; row < rows; row++) {
        for (int64_t column = 0; column < columns; column++) {
            double sum = m.accumulates ? before[row * columns + column] : m.bias ? bias[column] : 0, sizes = fabs(sum);
            for (int64_t i = 0; i < inner; i++) {
                float weight = (float)weights[column * inner + i];
                double product = left[row * inner + i] * (isRounded ? roundedToBFloat16(weight) : weight);
                sum += product;
                sizes += fabs(product);
            }
            expectNear("stored weights", row * columns + column, c[row * columns + column], sum, 1e-6 * sizes + 1e-6);
        }
    }
    // The same by ranges, bit for bit.
    m.c = copyOf(before, rows * columns);
    for (int64_t row = 0; row < rows;) {
        int64_t end = row + 1 + below(rows - row);
        for (int64_t column = 0; column < columns;) {
            int64_t columnEnd = column + 1 + below(columns - column);
            table->matrixMultiply(&m, row, end, column, columnEnd);
            column = columnEnd;
        }
        row = end;
    }
    expectSame("stored weights by ranges", m.c, c, (size_t)(rows * columns) * 4);
    releaseBuffers();
}

void checkStoredWeights(void) {
    for (int turn = 0; turn < 60; turn++) {
        AttendElement element = turn % 2 ? AttendInt8Blocks : AttendInt4Blocks;
        AttendElement precision = below(2) ? AttendFloat32 : AttendBFloat16;
        check(1 + below(turn % 4 == 3 ? 70 : 9), 32 * (1 + below(12)), 1 + below(70), element, precision);
    }
    check(1, 2080, 5, AttendInt8Blocks, AttendFloat32);
    check(3, 1056, 40, AttendInt4Blocks, AttendFloat32);
    check(33, 1088, 33, AttendInt8Blocks, AttendBFloat16);
    check(40, 544, 3, AttendInt4Blocks, AttendFloat32);
}
