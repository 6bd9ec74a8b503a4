// Functions of one element, sums and products of two, and the conversions of bfloat16 and half precision.

#include "Checks.h"

/// Relative error grows with the exponent of what passed through exp; results under the smallest normal float may be 0.
static double toleranceOf(double want) {
    double size = fabs(want);
    return size == 0 || !isfinite(want) ? 1e-36 : size * 2.5e-7 * (4 + fabs(log(size))) + 1e-36;
}

static float argumentOf(AttendFunction function, int64_t index) {
    static const float special[] = {0, -0.0f, 1, -1, 0.5f, -0.5f, 1e-6f, -1e-6f, 10, -10, 87, -87, 90, -104, 1e4f, -1e4f, 3e38f, -3e38f};
    int needsPositive = function == AttendLog || function == AttendSquareRoot || function == AttendReciprocal;
    float x;
    if (index < (int64_t)(sizeof special / sizeof *special)) {
        x = special[index];
    } else {
        double range = index % 3 == 0 ? 1 : index % 3 == 1 ? 8 : 80;
        x = (float)uniformIn(-range, range);
    }
    if (needsPositive) x = fabsf(x) < 1e-6f ? 1e-6f : fabsf(x);
    int squares = function == AttendSquare || function == AttendReLUSquared;
    return squares && fabsf(x) > 1e18f ? copysignf(1e18f, x) : x;
}

static void checkFunctions(void) {
    for (int f = AttendIdentity; f <= AttendReLUSquared; f++) {
        for (int l = 0; l < lengthCount; l++) {
            int64_t n = lengths[l];
            float *x = floats(n), *y = floats(n), *dy = floats(n), *dx = floats(n);
            for (int64_t i = 0; i < n; i++) x[i] = argumentOf((AttendFunction)f, i);
            KERNEL(apply)((AttendFunction)f, n, x, y);
            KERNEL(applyGradient)((AttendFunction)f, n, x, dy, dx);
            for (int64_t i = 0; i < n; i++) {
                double want = functionOf((AttendFunction)f, x[i]);
                // Beyond the largest float there is only infinity.
                if (want > 3.4028235e38) want = INFINITY;
                expectNear("apply", f * 10000 + i, y[i], want, toleranceOf(want));
                double slope = derivativeOf((AttendFunction)f, x[i]), product = slope * dy[i];
                if (!(fabs(slope) < 1e37)) continue;
                expectNear("applyGradient", f * 10000 + i, dx[i], product, toleranceOf(product) + 4e-7 * fabs(dy[i]));
            }
            float *inPlace = copyOf(x, n), *gradientInPlace = copyOf(dy, n);
            table->apply((AttendFunction)f, n, inPlace, inPlace);
            expectSame("apply in place", inPlace, y, (size_t)n * 4);
            table->applyGradient((AttendFunction)f, n, x, gradientInPlace, gradientInPlace);
            expectSame("applyGradient in place", gradientInPlace, dx, (size_t)n * 4);
            // The result for one element does not depend on how a range is divided.
            for (int64_t i = 0; i < n; i++) table->apply((AttendFunction)f, 1, x + i, inPlace + i);
            expectSame("apply, one by one", inPlace, y, (size_t)n * 4);
            releaseBuffers();
        }
        float nan[20], result[20];
        for (int i = 0; i < 20; i++) nan[i] = NAN;
        table->apply((AttendFunction)f, 20, nan, result);
        for (int i = 0; i < 20; i++) expectNear("apply to not-a-number", f, result[i], NAN, 0);
    }
    float ends[] = {INFINITY, -INFINITY}, result[2];
    table->apply(AttendExp, 2, ends, result);
    expect("exp of the infinities", result[0] == INFINITY && result[1] == 0);
    float of[] = {0, -1, INFINITY};
    float logs[3];
    table->apply(AttendLog, 3, of, logs);
    expect("log of 0, -1 and infinity", logs[0] == -INFINITY && isnan(logs[1]) && logs[2] == INFINITY);
}

static void checkPairs(void) {
    for (int l = 0; l < lengthCount; l++) {
        int64_t n = lengths[l];
        float *x = floats(n), *y = floats(n), *z = floats(n), *before = copyOf(z, n);
        KERNEL(combine)(n, 1.5f, x, -0.7f, y, z);
        for (int64_t i = 0; i < n; i++)
            expectNear("combine", i, z[i], 1.5 * x[i] + (double)-0.7f * y[i], 4 * EPSILON);
        KERNEL(multiply)(n, x, y, z);
        for (int64_t i = 0; i < n; i++) expectNear("multiply", i, z[i], (double)x[i] * y[i], EPSILON);
        float *sum = copyOf(before, n);
        KERNEL(multiplyAdd)(n, x, y, sum);
        for (int64_t i = 0; i < n; i++) expectNear("multiplyAdd", i, sum[i], before[i] + (double)x[i] * y[i], 3 * EPSILON);
        KERNEL(affine)(n, -2.5f, x, 0.3f, z);
        for (int64_t i = 0; i < n; i++) expectNear("affine", i, z[i], -2.5 * x[i] + (double)0.3f, 4 * EPSILON);
        KERNEL(fill)(n, -3.25f, z);
        for (int64_t i = 0; i < n; i++) expectNear("fill", i, z[i], -3.25, 0);
        float *inPlace = copyOf(x, n), *apart = floats(n);
        table->combine(n, 2, x, 3, y, apart);
        table->combine(n, 2, inPlace, 3, y, inPlace);
        expectSame("combine in place", inPlace, apart, (size_t)n * 4);
        for (int64_t rows = 0; rows <= 3; rows++) {
            float *wide = floats(rows * n), *result = floats(rows * n);
            KERNEL(addTrailing)(rows, n, wide, y, result);
            for (int64_t i = 0; i < rows * n; i++) expectNear("addTrailing", i, result[i], (double)wide[i] + y[i % n], 2 * EPSILON);
            KERNEL(multiplyTrailing)(rows, n, wide, y, result);
            for (int64_t i = 0; i < rows * n; i++) expectNear("multiplyTrailing", i, result[i], (double)wide[i] * y[i % n], EPSILON);
            float *scales = floats(rows);
            KERNEL(scaleRows)(rows, n, wide, scales, result);
            for (int64_t i = 0; i < rows * n; i++) expectNear("scaleRows", i, result[i], (double)wide[i] * scales[i / n], EPSILON);
        }
        releaseBuffers();
    }
}

static void checkBFloat16(void) {
    const int64_t all = 65536;
    uint16_t *x = bytes((size_t)all * 2), *back = bytes((size_t)all * 2);
    float *y = floats(all);
    for (int64_t i = 0; i < all; i++) x[i] = (uint16_t)i;
    KERNEL(fromBFloat16)(all, x, y);
    for (int64_t i = 0; i < all; i++) {
        float want = fromBitsOfBFloat16((uint16_t)i);
        expectSame("fromBFloat16", y + i, &want, 4);
    }
    // Every upper half with lower halves on both sides of the middle, and with the middle itself.
    static const uint32_t lows[] = {0, 1, 0x1234, 0x7fff, 0x8000, 0x8001, 0xc000, 0xffff};
    for (size_t l = 0; l < sizeof lows / sizeof *lows; l++) {
        for (int64_t i = 0; i < all; i++) {
            uint32_t word = (uint32_t)i << 16 | lows[l];
            memcpy(y + i, &word, 4);
        }
        KERNEL(toBFloat16)(all, y, back);
        for (int64_t i = 0; i < all; i++) {
            uint16_t want = bitsOfBFloat16(y[i]);
            if (isnan(y[i])) {
                expect("toBFloat16 keeps not-a-number", isnan(fromBitsOfBFloat16(back[i])));
            } else {
                expectNear("toBFloat16", i, back[i], want, 0);
            }
        }
    }
    releaseBuffers();
    for (int l = 0; l < lengthCount; l++) {
        int64_t n = lengths[l];
        float *from = floats(n), *widened = floats(n);
        uint16_t *to = bytes((size_t)n * 2);
        table->toBFloat16(n, from, to);
        for (int64_t i = 0; i < n; i++) expectNear("toBFloat16", i, to[i], bitsOfBFloat16(from[i]), 0);
        table->fromBFloat16(n, to, widened);
        for (int64_t i = 0; i < n; i++) expectNear("fromBFloat16", i, widened[i], roundedToBFloat16(from[i]), 0);
        releaseBuffers();
    }
}

/// IEEE 754 half precision: a sign, five bits of exponent, ten of fraction.
static double fromBitsOfFloat16(uint16_t half) {
    int exponent = half >> 10 & 31, fraction = half & 1023;
    double size = exponent == 31 ? (fraction != 0 ? NAN : INFINITY)
        : exponent == 0 ? ldexp(fraction, -24) : ldexp(1024 + fraction, exponent - 25);
    return half & 0x8000 ? -size : size;
}

/// The nearest half-precision number, the even one of two, by trying them all.
static uint16_t bitsOfFloat16(float x) {
    uint16_t sign = signbit(x) ? 0x8000 : 0;
    if (isnan(x)) return sign | 0x7e00;
    double size = fabs((double)x);
    // Half a unit beyond the largest number.
    if (size >= 65520) return sign | 0x7c00;
    uint16_t low = 0, high = 0x7bff;
    while (low < high) {
        uint16_t middle = (uint16_t)((low + high + 1) / 2);
        if (fromBitsOfFloat16(middle) <= size) low = middle; else high = (uint16_t)(middle - 1);
    }
    if (low == 0x7bff) return sign | low;
    double below = size - fromBitsOfFloat16(low), above = fromBitsOfFloat16((uint16_t)(low + 1)) - size;
    if (above < below || (above == below && (low & 1))) low++;
    return sign | low;
}

static void checkFloat16(void) {
    enum { all = 65536 };
    uint16_t *x = bytes(all * 2), *back = bytes(all * 2);
    float *y = floats(all);
    for (int64_t i = 0; i < all; i++) x[i] = (uint16_t)i;
    KERNEL(fromFloat16)(all, x, y);
    for (int64_t i = 0; i < all; i++) expectNear("fromFloat16", i, y[i], fromBitsOfFloat16((uint16_t)i), 0);
    // Every upper half of a float with lower halves on both sides of what is cut off, and with its middle.
    static const uint32_t lows[] = {0, 1, 0x0fff, 0x1000, 0x1001, 0x2fff, 0x3000, 0x8000, 0xffff};
    for (size_t l = 0; l < sizeof lows / sizeof *lows; l++) {
        for (int64_t i = 0; i < all; i++) {
            uint32_t word = (uint32_t)i << 16 | lows[l];
            memcpy(y + i, &word, 4);
        }
        KERNEL(toFloat16)(all, y, back);
        for (int64_t i = 0; i < all; i++) {
            if (isnan(y[i])) {
                expect("toFloat16 keeps not-a-number", isnan(fromBitsOfFloat16(back[i])));
            } else {
                expectNear("toFloat16", i, back[i], bitsOfFloat16(y[i]), 0);
            }
        }
    }
    releaseBuffers();
    for (int l = 0; l < lengthCount; l++) {
        int64_t n = lengths[l];
        float *from = floats(n), *widened = floats(n);
        uint16_t *to = bytes((size_t)n * 2);
        table->toFloat16(n, from, to);
        for (int64_t i = 0; i < n; i++) expectNear("toFloat16", i, to[i], bitsOfFloat16(from[i]), 0);
        table->fromFloat16(n, to, widened);
        for (int64_t i = 0; i < n; i++) expectNear("fromFloat16", i, widened[i], fromBitsOfFloat16(to[i]), 0);
        releaseBuffers();
    }
}

void checkElementwise(void) {
    checkFunctions();
    checkPairs();
    checkBFloat16();
    checkFloat16();
}
