// Softmax, log-sum-exp and cross-entropy, by row. The largest element is subtracted first, so that no power overflows.

/// What to subtract: a row that is all −∞ keeps its elements, whose powers are then 0.
INLINE float NAME(softmaxShift)(int64_t width, const float *x) {
    float largest = NAME(rowMaximum)(width, x);
    return largest == -INFINITY ? 0 : largest;
}

/// Σ exp(x − shift); the powers are written to y where there is one.
INLINE float NAME(sumOfPowers)(int64_t width, const float *x, float shift, float *y) {
    Vector even = {}, odd = {};
    int64_t i = 0;
    for (; i + 2 * VECTOR_WIDTH <= width; i += 2 * VECTOR_WIDTH) {
        Vector e0 = vexp(vload(x + i) - shift), e1 = vexp(vload(x + i + VECTOR_WIDTH) - shift);
        if (y) {
            vstore(y + i, e0);
            vstore(y + i + VECTOR_WIDTH, e1);
        }
        even += e0;
        odd += e1;
    }
    for (; i < width; i += VECTOR_WIDTH) {
        int64_t n = width - i < VECTOR_WIDTH ? width - i : VECTOR_WIDTH;
        Vector e = vfirst(n, vexp(vget(x + i, n) - shift), (Vector){});
        if (y) vput(y + i, e, n);
        even += e;
    }
    return vsum(even + odd);
}

static void NAME(softmax)(int64_t rows, int64_t width, const float *x, float *y) {
    for (int64_t row = 0; row < rows; row++, x += width, y += width) {
        float sum = NAME(sumOfPowers)(width, x, NAME(softmaxShift)(width, x), y);
        float scale = sum == 0 ? 0 : 1 / sum;
        EACH_VECTOR(width, vput(y + i, vget(y + i, n) * scale, n););
    }
}

/// dx = y ∘ (dy − Σ y ∘ dy).
static void NAME(softmaxGradient)(int64_t rows, int64_t width, const float *y, const float *dy, float *dx) {
    for (int64_t row = 0; row < rows; row++, y += width, dy += width, dx += width) {
        Vector lanes;
        SUM_LANES(lanes, width, y, dy, NAME(termProduct));
        float sum = vsum(lanes);
        EACH_VECTOR(width, vput(dx + i, vget(y + i, n) * (vget(dy + i, n) - sum), n););
    }
}

static void NAME(logSumExp)(int64_t rows, int64_t width, const float *x, float *y) {
    for (int64_t row = 0; row < rows; row++, x += width) {
        float shift = NAME(softmaxShift)(width, x);
        y[row] = shift + NAME(logOf)(NAME(sumOfPowers)(width, x, shift, NULL));
    }
}

static void NAME(crossEntropy)(int64_t rows, int64_t width, float *logits, const int32_t *targets, const float *weights,
                               float weight, float smoothing, float zLoss, float *losses, int32_t givesGradient) {
    for (int64_t row = 0; row < rows; row++, logits += width) {
        int32_t target = targets[row];
        if (target < 0) {
            losses[row] = 0;
            if (givesGradient) NAME(fill)(width, 0, logits);
            continue;
        }
        const float scale = weights ? weight * weights[row] : weight;
        const float shift = NAME(softmaxShift)(width, logits);
        // Differences to the shift, not the logits themselves: a loss near zero must not be the difference of large numbers.
        float wanted = (1 - smoothing) * (logits[target] - shift);
        if (smoothing != 0) wanted += smoothing * (float)(NAME(sum)(width, logits) / (double)width - (double)shift);
        const float sum = NAME(sumOfPowers)(width, logits, shift, givesGradient ? logits : NULL);
        const float logSum = shift + NAME(logOf)(sum);
        losses[row] = scale * (NAME(logOf)(sum) - wanted + (zLoss != 0 ? zLoss * logSum * logSum : 0));
        if (givesGradient) {
            const float probability = scale * (1 + 2 * zLoss * logSum) / sum, everywhere = scale * smoothing / (float)width;
            EACH_VECTOR(width, {
                vput(logits + i, vfma(vget(logits + i, n), vset(probability), vset(-everywhere)), n);
            });
            logits[target] -= scale * (1 - smoothing);
        }
    }
}
