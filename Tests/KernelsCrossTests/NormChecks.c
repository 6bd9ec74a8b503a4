// LayerNorm and RMSNorm; their derivatives against central differences of a double implementation.

#include "Checks.h"

typedef struct {
    int isRMS;
    int64_t width;
    double epsilon;
    const double *x, *gain, *bias;
} Norm;

static void statisticsOf(const Norm *n, double *mean, double *scale) {
    double squares = 0;
    *mean = 0;
    if (!n->isRMS)
        for (int64_t i = 0; i < n->width; i++) *mean += n->x[i] / (double)n->width;
    for (int64_t i = 0; i < n->width; i++) squares += (n->x[i] - *mean) * (n->x[i] - *mean) / (double)n->width;
    *scale = 1 / sqrt(squares + n->epsilon);
}

/// Σ dy ∘ norm(x), whose derivatives are the gradients.
static double lossOf(const Norm *n, const float *dy) {
    double mean, scale, loss = 0;
    statisticsOf(n, &mean, &scale);
    for (int64_t i = 0; i < n->width; i++) loss += dy[i] * ((n->x[i] - mean) * scale * n->gain[i] + n->bias[i]);
    return loss;
}

static void checkNorm(int isRMS, int64_t rows, int64_t width, int hasGain, int hasBias) {
    const float epsilon = 1e-5f;
    const int64_t total = rows * width;
    float *x = floatsIn(total, -2, 3), *gain = hasGain ? floatsIn(width, 0.5, 1.5) : NULL;
    float *bias = hasBias && !isRMS ? floats(width) : NULL, *y = floats(total), *statistics = floats(2 * rows);
    if (isRMS) {
        KERNEL(rmsNorm)(rows, width, epsilon, x, gain, y, statistics);
    } else {
        KERNEL(layerNorm)(rows, width, epsilon, x, gain, bias, y, statistics);
    }
    double *row = doubles(width), *gains = doubles(width), *biases = doubles(width);
    Norm norm = {isRMS, width, epsilon, row, gains, biases};
    for (int64_t i = 0; i < width; i++) gains[i] = gain ? gain[i] : 1, biases[i] = bias ? bias[i] : 0;

    float *dy = floats(total), *dx = floats(total), *dxBefore = copyOf(dx, total), *added = copyOf(dx, total);
    float *gainGradient = floats(width), *biasGradient = floats(width);
    double *gainWanted = doubles(width), *biasWanted = doubles(width);
    if (isRMS) {
        KERNEL(rmsNormGradient)(rows, width, x, gain, statistics, dy, dx, 0, gainGradient);
        table->rmsNormGradient(rows, width, x, gain, statistics, dy, added, 1, NULL);
    } else {
        KERNEL(layerNormGradient)(rows, width, x, gain, statistics, dy, dx, 0, gainGradient, biasGradient);
        table->layerNormGradient(rows, width, x, gain, statistics, dy, added, 1, NULL, NULL);
    }
    for (int64_t r = 0; r < rows; r++) {
        double mean, scale;
        for (int64_t i = 0; i < width; i++) row[i] = x[r * width + i];
        statisticsOf(&norm, &mean, &scale);
        expectNear("norm, mean", r, statistics[2 * r], mean, 4e-7 * (1 + sqrt((double)width)));
        // With one element there is no deviation, and with few it may be small: what counts is its part of ε.
        double spread = 1e-6 * scale * (1 + 4 * scale * scale * (isRMS ? 0 : 1e-2));
        expectNear("norm, reciprocal deviation", r, statistics[2 * r + 1], scale, spread * 4);
        for (int64_t i = 0; i < width; i++) {
            double want = (row[i] - mean) * scale * gains[i] + biases[i];
            expectNear("norm", r * width + i, y[r * width + i], want, 2e-6 * (2 + fabs(want)) * (1 + scale));
            gainWanted[i] += dy[r * width + i] * (row[i] - mean) * scale;
            biasWanted[i] += dy[r * width + i];
        }
        for (int64_t i = 0; i < width; i++) {
            const double step = 1e-5, kept = row[i];
            row[i] = kept + step;
            double above = lossOf(&norm, dy + r * width);
            row[i] = kept - step;
            double want = (above - lossOf(&norm, dy + r * width)) / (2 * step);
            row[i] = kept;
            double tolerance = 4e-6 * (1 + scale) * (2 + fabs(want)) + 1e-8 * scale * scale * scale;
            expectNear(isRMS ? "rmsNormGradient" : "layerNormGradient", r * width + i, dx[r * width + i], want, tolerance);
            expectNear("norm gradient, added", r * width + i, added[r * width + i], dxBefore[r * width + i] + want, tolerance);
        }
    }
    for (int64_t i = 0; i < width; i++) {
        double tolerance = 4e-6 * (double)(rows + 2) * (1 + fabs(gainWanted[i]));
        expectNear("norm, gradient of gain", i, gainGradient[i], gainWanted[i], tolerance);
        if (!isRMS) expectNear("norm, gradient of bias", i, biasGradient[i], biasWanted[i], tolerance);
    }
    float *alone = floats(total);
    if (isRMS) {
        table->rmsNorm(rows, width, epsilon, x, gain, alone, NULL);
    } else {
        table->layerNorm(rows, width, epsilon, x, gain, bias, alone, NULL);
    }
    expectSame("norm without statistics", alone, y, (size_t)total * 4);
    releaseBuffers();
}

void checkNorms(void) {
    for (int l = 1; l < lengthCount && lengths[l] <= 1025; l++) {
        for (int options = 0; options < 4; options++) {
            int64_t rows = lengths[l] > 200 ? 2 : 1 + below(9);
            checkNorm(0, rows, lengths[l], options & 1, options >> 1);
            if (options < 2) checkNorm(1, rows, lengths[l], options & 1, 0);
        }
    }
    table->layerNorm(0, 4, 1e-5f, floats(0), NULL, NULL, floats(0), NULL);
    table->rmsNorm(0, 4, 1e-5f, floats(0), NULL, floats(0), NULL);
    releaseBuffers();
}
