// Products of every layout, element and ending, and their division into ranges.

#include "Checks.h"

typedef struct {
    AttendOperand operand;
    double *values; // [outer, inner]: rows of A or columns of B
} Side;

/// An operand with room between its rows; `isAcross`: the inner index runs fastest.
static Side side(int64_t outer, int64_t inner, int isAcross, AttendElement element, int rounds) {
    int64_t rows = isAcross ? outer : inner, columns = isAcross ? inner : outer, stride = columns + below(4);
    int64_t total = rows == 0 ? 0 : (rows - 1) * stride + columns;
    Side s = {.operand = {.stride = stride, .element = element}, .values = doubles(outer * inner)};
    s.operand.data = element == AttendBFloat16 ? (const void *)shorts(total) : (const void *)floats(total);
    for (int64_t o = 0; o < outer; o++) {
        for (int64_t i = 0; i < inner; i++) {
            int64_t at = isAcross ? o * stride + i : i * stride + o;
            float x = element == AttendBFloat16 ? fromBitsOfBFloat16(((const uint16_t *)s.operand.data)[at])
                                                : ((const float *)s.operand.data)[at];
            s.values[o * inner + i] = rounds ? roundedToBFloat16(x) : x;
        }
    }
    return s;
}

/// The same product by ranges that begin anywhere; the bits must be those of the whole.
static void checkRanges(AttendMatrixMultiply m, const float *whole, const float *before, int64_t total) {
    m.c = copyOf(before, total);
    if (m.preactivation) m.preactivation = copyOf(before, total);
    for (int64_t row = 0; row < m.rows;) {
        int64_t rowEnd = row + 1 + below(m.rows - row);
        for (int64_t column = 0; column < m.columns;) {
            int64_t columnEnd = column + 1 + below(m.columns - column);
            table->matrixMultiply(&m, row, rowEnd, column, columnEnd);
            column = columnEnd;
        }
        row = rowEnd;
    }
    expectSame("matrixMultiply by ranges", m.c, whole, (size_t)total * 4);
}

/// A product with layouts, elements and ending drawn at random; `isLinear`: float32 rows times the transpose of a weight.
static void check(int64_t rows, int64_t inner, int64_t columns, int isLinear) {
    static const AttendFunction activations[] = {AttendIdentity, AttendReLU, AttendGELUTanh, AttendGELU, AttendSiLU};
    AttendMatrixMultiply m = {.rows = rows, .inner = inner, .columns = columns};
    m.precision = isLinear || below(3) ? AttendFloat32 : AttendBFloat16;
    int rounds = m.precision == AttendBFloat16;
    int aIsTransposed = !isLinear && below(2), bIsTransposed = isLinear || below(2);
    Side a = side(rows, inner, !aIsTransposed, isLinear || below(4) ? AttendFloat32 : AttendBFloat16, rounds);
    Side b = side(columns, inner, bIsTransposed, isLinear || below(4) ? AttendFloat32 : AttendBFloat16, rounds);
    m.a = a.operand, m.a.isTransposed = aIsTransposed;
    m.b = b.operand, m.b.isTransposed = bIsTransposed;
    m.cStride = columns + below(4);
    int64_t total = (rows - 1) * m.cStride + columns;
    float *c = floats(total), *before = copyOf(c, total);
    m.c = c;
    m.accumulates = below(3) == 0;
    if (!m.accumulates) {
        m.bias = below(2) ? floats(columns) : NULL;
        m.activation = activations[below(5)];
        m.preactivation = below(2) ? copyOf(before, total) : NULL;
        m.residualStride = columns + below(4);
        m.residual = below(2) ? floats((rows - 1) * m.residualStride + columns) : NULL;
    }
    KERNEL(matrixMultiply)(&m, 0, rows, 0, columns);
    for (int64_t r = 0; r < rows; r++) {
        for (int64_t j = 0; j < columns; j++) {
            double sum = 0, squares = 0;
            for (int64_t i = 0; i < inner; i++) {
                double product = a.values[r * inner + i] * b.values[j * inner + i];
                sum += product;
                squares += product * product;
            }
            // The partial sums wander with the size of a product, and each is rounded.
            double size = inner ? sqrt(squares / (double)inner) : 0, tolerance = 2 * EPSILON * (1 + size * ((double)inner + 16));
            double want = sum + (m.accumulates ? before[r * m.cStride + j] : m.bias ? m.bias[j] : 0);
            if (m.preactivation) expectNear("preactivation", r * columns + j, m.preactivation[r * m.cStride + j], want, tolerance);
            want = functionOf(m.activation, want) + (m.residual ? m.residual[r * m.residualStride + j] : 0);
            expectNear("matrixMultiply", r * columns + j, c[r * m.cStride + j], want, 1.3 * tolerance + 4e-7 * fabs(want));
        }
    }
    expectGapsKept("matrixMultiply", c, before, rows, columns, m.cStride, total);
    if (m.preactivation) expectGapsKept("preactivation", m.preactivation, before, rows, columns, m.cStride, total);
    checkRanges(m, c, before, total);
    releaseBuffers();
}

static void checkProduct(int64_t rows, int64_t inner, int64_t columns) { check(rows, inner, columns, 0); }

void checkMatrixMultiply(void) {
    // Around the rows and columns of a tile of any set, the depth of a packed block (256) and its rows (120).
    static const int64_t sizes[] = {1, 2, 3, 5, 6, 7, 8, 11, 12, 13, 16, 17, 23, 31, 32, 33, 48, 65, 97};
    const int count = sizeof sizes / sizeof *sizes;
    for (int i = 0; i < count; i++)
        for (int turn = 0; turn < 12; turn++) checkProduct(sizes[i], sizes[below(count)], sizes[below(count)]);
    for (int turn = 0; turn < 150; turn++) checkProduct(sizes[below(count)], sizes[below(count)], sizes[below(count)]);
    // Few rows, as in decoding, may take a way of their own.
    for (int64_t rows = 1; rows < 14; rows++)
        for (int turn = 0; turn < 6; turn++) check(rows, sizes[below(count)], sizes[below(count)], 1);
    for (int64_t rows = 14; rows < 100; rows += 1 + below(9))
        for (int turn = 0; turn < 3; turn++) check(rows, sizes[below(count)], sizes[below(count)], 1);
    // Sums longer than the block that few rows share.
    for (int turn = 0; turn < 8; turn++) check(1 + below(25), 1020 + below(9), 1 + below(9), 1);
    for (int turn = 0; turn < 4; turn++) check(1 + below(25), 2047 + below(3), 1 + below(9), 1);
    for (int turn = 0; turn < 8; turn++) {
        checkProduct(1 + below(4), 300, 70);
        checkProduct(7, 255 + below(4), 33);
        checkProduct(14, 512 + below(3), 21);
        checkProduct(119 + below(4), 19, 17);
        checkProduct(247, 5, 3);
        checkProduct(4, 3, 1535 + below(4));
        checkProduct(13, 0, 18);
    }
}
