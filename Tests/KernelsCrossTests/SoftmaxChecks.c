// Softmax, log-sum-exp and cross-entropy with their derivatives.

#include "Checks.h"

static double logSumExpOf(int64_t width, const float *x) {
    double largest = -INFINITY, sum = 0;
    for (int64_t i = 0; i < width; i++) largest = x[i] > largest ? x[i] : largest;
    if (largest == -INFINITY) return -INFINITY;
    for (int64_t i = 0; i < width; i++) sum += exp(x[i] - largest);
    return largest + log(sum);
}

static void checkRows(int64_t rows, int64_t width, double range) {
    const int64_t total = rows * width;
    float *x = floatsIn(total, -range, range), *y = floats(total), *logs = floats(rows);
    // A row without any finite element, and one with some hidden.
    for (int64_t i = 0; rows > 2 && i < width; i++) {
        x[width + i] = -INFINITY;
        if (i % 2) x[2 * width + i] = -INFINITY;
    }
    KERNEL(softmax)(rows, width, x, y);
    KERNEL(logSumExp)(rows, width, x, logs);
    float *dy = floats(total), *dx = floats(total);
    KERNEL(softmaxGradient)(rows, width, y, dy, dx);
    for (int64_t r = 0; r < rows; r++) {
        double whole = logSumExpOf(width, x + r * width), product = 0;
        expectNear("logSumExp", r, logs[r], whole, 4e-7 * (4 + fabs(whole)));
        for (int64_t i = 0; i < width; i++) {
            double want = whole == -INFINITY ? 0 : exp(x[r * width + i] - whole);
            // Two rounded logits differ by up to `range` · ε, and so does the exponent.
            expectNear("softmax", r * width + i, y[r * width + i], want, (2e-6 + 2 * EPSILON * range) * want + 1e-36);
            product += want * dy[r * width + i];
        }
        for (int64_t i = 0; i < width; i++) {
            double p = whole == -INFINITY ? 0 : exp(x[r * width + i] - whole), want = p * (dy[r * width + i] - product);
            expectNear("softmaxGradient", r * width + i, dx[r * width + i], want, (1e-5 + 4 * EPSILON * range) * p + 1e-36);
        }
    }
    float *inPlace = copyOf(x, total);
    table->softmax(rows, width, inPlace, inPlace);
    expectSame("softmax in place", inPlace, y, (size_t)total * 4);
    releaseBuffers();
}

static void checkLoss(int64_t rows, int64_t width, double range, double smoothing, double zLoss, int hasWeights) {
    const int64_t total = rows * width;
    const float weight = 0.37f;
    float *logits = floatsIn(total, -range, range), *given = copyOf(logits, total), *losses = floats(rows), *again = floats(rows);
    float *weights = hasWeights ? floatsIn(rows, 0, 2) : NULL;
    int32_t *targets = integers(rows, width);
    for (int64_t r = 0; r < rows; r += 3) targets[r] = r % 2 ? -1 : targets[r];
    KERNEL(crossEntropy)(rows, width, logits, targets, weights, weight, (float)smoothing, (float)zLoss, losses, 0);
    expectSame("crossEntropy without gradient keeps the logits", logits, given, (size_t)total * 4);
    table->crossEntropy(rows, width, logits, targets, weights, weight, (float)smoothing, (float)zLoss, again, 1);
    expectSame("crossEntropy with and without gradient", again, losses, (size_t)rows * 4);
    const double s = (float)smoothing, z = (float)zLoss;
    for (int64_t r = 0; r < rows; r++) {
        const float *x = given + r * width;
        double whole = logSumExpOf(width, x), mean = 0, scale = weight * (weights ? (double)weights[r] : 1);
        for (int64_t i = 0; i < width; i++) mean += x[i] / (double)width;
        double loss = targets[r] < 0 ? 0 : scale * (whole - ((1 - s) * x[targets[r]] + s * mean) + z * whole * whole);
        expectNear("crossEntropy", r, losses[r], loss, 1e-6 * (2 + fabs(loss)) + EPSILON * range * (1 + 2 * z * range));
        for (int64_t i = 0; i < width; i++) {
            double want = exp(x[i] - whole) * (1 + 2 * z * whole) - s / (double)width - (i == targets[r] ? 1 - s : 0);
            want = targets[r] < 0 ? 0 : want * scale;
            expectNear("crossEntropy, gradient", r * width + i, logits[r * width + i], want, (2e-6 + 4 * EPSILON * range) * (1 + 2 * z * range));
        }
    }
    releaseBuffers();
}

void checkSoftmax(void) {
    static const double ranges[] = {1, 30, 1e4};
    for (int l = 1; l < lengthCount; l++) {
        for (int range = 0; range < 3; range++) {
            checkRows(1, lengths[l], ranges[range]);
            checkRows(5, lengths[l], ranges[range]);
            checkLoss(1 + below(9), lengths[l], ranges[range], 0, 0, range & 1);
            checkLoss(1 + below(9), lengths[l], ranges[range], 0.1, 0, ~range & 1);
            if (ranges[range] <= 30) checkLoss(1 + below(9), lengths[l], ranges[range], 0.1, 1e-2, range & 1);
        }
    }
}
