// Gated linear units and their derivatives.

#include "Checks.h"

/// The function that a gate applies to its first half.
static AttendFunction functionOfGate(AttendGate gate) {
    switch (gate) {
    case AttendGateReLU: return AttendReLU;
    case AttendGateGELU: return AttendGELU;
    case AttendGateGELUTanh: return AttendGELUTanh;
    case AttendGateSiLU: return AttendSiLU;
    default: return AttendSigmoid;
    }
}

/// The value of a gate, and its two derivatives.
static void gateOf(AttendGate gate, double x1, double x2, double results[3]) {
    if (gate != AttendGateClampedSwish) {
        AttendFunction f = functionOfGate(gate);
        results[0] = functionOf(f, x1) * x2;
        results[1] = derivativeOf(f, x1) * x2;
        results[2] = functionOf(f, x1);
        return;
    }
    double g = x1 > 7 ? 7 : x1, u = x2 > 7 ? 7 : x2 < -7 ? -7 : x2;
    double s = functionOf(AttendSigmoid, (double)1.702f * g), slope = derivativeOf(AttendSigmoid, (double)1.702f * g);
    results[0] = (u + 1) * g * s;
    results[1] = x1 > 7 ? 0 : (u + 1) * (s + (double)1.702f * g * slope);
    results[2] = fabs(x2) > 7 ? 0 : g * s;
}

/// Errors of a few units, growing with the exponent of what passed through exp.
static double toleranceOf(double want) {
    double size = fabs(want);
    return size == 0 ? 1e-36 : size * 1e-6 * (4 + fabs(log(size))) + 1e-36;
}

void checkGates(void) {
    static const float special[] = {0, 7, -7, 7.5f, -7.5f, 30, -30, 88, -88, 1e4f, -1e4f};
    const int64_t specials = sizeof special / sizeof *special, rows = 3;
    for (AttendGate gate = AttendGateReLU; gate <= AttendGateClampedSwish; gate++) {
        for (int l = 0; l < lengthCount; l++) {
            int64_t width = lengths[l], count = rows * width;
            float *x = floatsIn(2 * count, -9, 9), *y = floats(count), *dy = floats(count), *dx = floats(2 * count);
            for (int64_t i = 0; i < count && width > 20; i++)
                if (i % 7 == 3) x[i * 2 % (2 * count)] = special[i % specials];
            KERNEL(gated)(gate, rows, width, x, y);
            KERNEL(gatedGradient)(gate, rows, width, x, dy, dx);
            for (int64_t i = 0; i < count; i++) {
                int64_t first = i / width * 2 * width + i % width, second = first + width;
                double want[3];
                gateOf(gate, x[first], x[second], want);
                expectNear("gated", gate * 10000 + i, y[i], want[0], toleranceOf(want[0]));
                // Where terms of a derivative cancel, the error is that of the terms.
                double of = fabs(dy[i] * x[second]);
                expectNear("gatedGradient, first half", gate * 10000 + i, dx[first], want[1] * dy[i],
                           toleranceOf(want[1] * dy[i]) + 1e-6 * (of > fabs(dy[i]) ? of : fabs(dy[i])));
                expectNear("gatedGradient, second half", gate * 10000 + i, dx[second], want[2] * dy[i],
                           toleranceOf(want[2] * dy[i]));
            }
            // Row by row: the same bits.
            float *apart = floats(count), *gradientApart = floats(2 * count);
            for (int64_t row = 0; row < rows; row++) {
                table->gated(gate, 1, width, x + 2 * row * width, apart + row * width);
                table->gatedGradient(gate, 1, width, x + 2 * row * width, dy + row * width, gradientApart + 2 * row * width);
            }
            expectSame("gated, row by row", apart, y, (size_t)count * 4);
            expectSame("gatedGradient, row by row", gradientApart, dx, (size_t)count * 8);
            releaseBuffers();
        }
        float nan[2] = {NAN, 1}, result = 0;
        table->gated(gate, 1, 1, nan, &result);
        expectNear("gated by not-a-number", gate, result, NAN, 0);
        float other[2] = {1, NAN};
        table->gated(gate, 1, 1, other, &result);
        expectNear("gated of not-a-number", gate, result, NAN, 0);
    }
}
