// LayerNorm (Ba, Kiros & Hinton 2016) and RMSNorm (Zhang & Sennrich 2019), by row.
//
// The mean is known before the squares are summed: the one-pass formula E[x²] − E[x]² loses everything where the mean is
// large beside the deviation. A row lies in the first cache, so going through it again costs little.

/// Σ (x − mean)².
INLINE float NAME(centredSquares)(int64_t width, const float *x, float mean) {
    Vector s0 = {}, s1 = {}, s2 = {}, s3 = {}, d;
    int64_t i = 0;
    for (; i + 4 * VECTOR_WIDTH <= width; i += 4 * VECTOR_WIDTH) {
        d = vload(x + i) - mean;
        s0 = vfma(d, d, s0);
        d = vload(x + i + VECTOR_WIDTH) - mean;
        s1 = vfma(d, d, s1);
        d = vload(x + i + 2 * VECTOR_WIDTH) - mean;
        s2 = vfma(d, d, s2);
        d = vload(x + i + 3 * VECTOR_WIDTH) - mean;
        s3 = vfma(d, d, s3);
    }
    for (; i + VECTOR_WIDTH <= width; i += VECTOR_WIDTH) {
        d = vload(x + i) - mean;
        s0 = vfma(d, d, s0);
    }
    if (i < width) {
        d = vfirst(width - i, vloadTail(x + i, width - i) - mean, (Vector){});
        s1 = vfma(d, d, s1);
    }
    return vsum((s0 + s1) + (s2 + s3));
}

INLINE void NAME(normalise)(int isCentred, int64_t rows, int64_t width, float epsilon, const float *x,
                            const float *gain, const float *bias, float *y, float *statistics) {
    for (int64_t row = 0; row < rows; row++, x += width, y += width) {
        float mean = 0;
        if (isCentred) {
            Vector sum;
            SUM_LANES(sum, width, x, x, NAME(termSum));
            mean = vsum(sum) / (float)width;
        }
        float variance = NAME(centredSquares)(width, x, mean) / (float)width;
        float reciprocal = 1 / NAME(rootOf)(variance + epsilon);
        if (statistics) {
            statistics[2 * row] = mean;
            statistics[2 * row + 1] = reciprocal;
        }
        if (gain && bias) {
            EACH_VECTOR(width, {
                Vector normal = (vget(x + i, n) - mean) * reciprocal;
                vput(y + i, vfma(normal, vget(gain + i, n), vget(bias + i, n)), n);
            });
        } else {
            EACH_VECTOR(width, {
                Vector v = (vget(x + i, n) - mean) * reciprocal;
                if (gain) v *= vget(gain + i, n);
                if (bias) v += vget(bias + i, n);
                vput(y + i, v, n);
            });
        }
    }
}

static void NAME(layerNorm)(int64_t rows, int64_t width, float epsilon, const float *x, const float *gain,
                            const float *bias, float *y, float *statistics) {
    NAME(normalise)(1, rows, width, epsilon, x, gain, bias, y, statistics);
}

static void NAME(rmsNorm)(int64_t rows, int64_t width, float epsilon, const float *x, const float *gain, float *y,
                          float *statistics) {
    NAME(normalise)(0, rows, width, epsilon, x, gain, NULL, y, statistics);
}

/// With n = (x − mean) · r the normalised row and g = dy ∘ gain: dx = r (g − mean(g) − n · mean(g ∘ n)). RMSNorm lacks
/// the middle term.
INLINE void NAME(normaliseGradient)(int isCentred, int64_t rows, int64_t width, const float *x, const float *gain,
                                    const float *statistics, const float *dy, float *dx, int32_t accumulates,
                                    float *gainGradient, float *biasGradient) {
    if (gainGradient) NAME(fill)(width, 0, gainGradient);
    if (biasGradient) NAME(fill)(width, 0, biasGradient);
    for (int64_t row = 0; row < rows; row++, x += width, dy += width, dx += width) {
        const float mean = statistics[2 * row], reciprocal = statistics[2 * row + 1];
        Vector sumOfG = {}, sumOfGN = {};
        EACH_VECTOR(width, {
            Vector normal = (vget(x + i, n) - mean) * reciprocal;
            Vector g = vget(dy + i, n);
            if (gain) g *= vget(gain + i, n);
            if (isCentred) sumOfG += g;
            sumOfGN = vfma(g, normal, sumOfGN);
        });
        const float meanOfG = vsum(sumOfG) / (float)width, meanOfGN = vsum(sumOfGN) / (float)width;
        EACH_VECTOR(width, {
            Vector normal = (vget(x + i, n) - mean) * reciprocal;
            Vector output = vget(dy + i, n);
            Vector g = gain ? output * vget(gain + i, n) : output;
            if (isCentred) g -= meanOfG;
            Vector result = vfma(normal, vset(-meanOfGN), g) * reciprocal;
            if (gainGradient) vput(gainGradient + i, vfma(output, normal, vget(gainGradient + i, n)), n);
            if (biasGradient) vput(biasGradient + i, output + vget(biasGradient + i, n), n);
            vput(dx + i, accumulates ? vget(dx + i, n) + result : result, n);
        });
    }
}

static void NAME(layerNormGradient)(int64_t rows, int64_t width, const float *x, const float *gain,
                                    const float *statistics, const float *dy, float *dx, int32_t accumulates,
                                    float *gainGradient, float *biasGradient) {
    NAME(normaliseGradient)(1, rows, width, x, gain, statistics, dy, dx, accumulates, gainGradient, biasGradient);
}

static void NAME(rmsNormGradient)(int64_t rows, int64_t width, const float *x, const float *gain,
                                  const float *statistics, const float *dy, float *dx, int32_t accumulates,
                                  float *gainGradient) {
    NAME(normaliseGradient)(0, rows, width, x, gain, statistics, dy, dx, accumulates, gainGradient, NULL);
}
