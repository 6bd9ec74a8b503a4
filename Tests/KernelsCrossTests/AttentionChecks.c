// Attention and its derivative against the textbook form with its score matrix, in double precision.

#include <stdlib.h>

#include "Checks.h"

typedef struct {
    int64_t batch, heads, keyValueHeads, queries, keys, headWidth;
    int isCausal, hasMask;
    float dropout;
    int64_t window;
    int hasBias, hasSlopes, hasSinks;
} Case;

/// What the textbook form makes of an attention: outputs and gradients in the strides of the kernel's own.
typedef struct {
    double *output, *logSumExp, *queryGradient, *keyGradient, *valueGradient, *biasGradient, *sinkGradient;
} Reference;

/// Queries, keys, values, bias and sinks; NULL where there are none.
enum { operandCount = 5 };
typedef double *Operands[operandCount];

static int sees(const AttendAttention *a, int64_t b, int64_t q, int64_t k) {
    int64_t distance = q + a->keys - a->queries - k;
    if (a->isCausal && distance < 0) return 0;
    if (a->window > 0 && llabs(distance) >= a->window) return 0;
    return !a->keyMask || a->keyMask[b * a->keys + k] != 0;
}

/// Adds this attention's results to the reference; gradients where `dy` is given.
static void textbook(const AttendAttention *a, Operands of, const float *dy, Reference r) {
    const double *query = of[0], *key = of[1], *value = of[2], *bias = of[3], *sinks = of[4];
    double *weights = doubles(a->keys), *kept = doubles(a->keys), *slopes = doubles(a->keys);
    const uint64_t padded = (uint64_t)(a->keys + 63) / 64 * 64;
    for (int64_t row = 0; row < a->batch * a->heads * a->queries; row++) {
        int64_t q = row % a->queries, h = row / a->queries % a->heads, b = row / a->queries / a->heads;
        int64_t w = a->headWidth, shared = h * a->keyValueHeads / a->heads;
        int64_t queryAt = b * a->queryBatchStride + q * a->queryTokenStride + h * w;
        int64_t outputAt = b * a->outputBatchStride + q * a->outputTokenStride + h * w;
        int64_t keyAt = b * a->keyBatchStride + shared * w, valueAt = b * a->valueBatchStride + shared * w;
        double sink = sinks ? sinks[h] : -INFINITY, largest = sink, sum = 0, total = 0;
        for (int64_t k = 0; k < a->keys; k++) {
            double score = 0;
            for (int64_t i = 0; i < w; i++) score += query[queryAt + i] * key[keyAt + k * a->keyTokenStride + i];
            score *= a->scale;
            if (bias) score += bias[(h * a->queries + q) * a->keys + k];
            if (a->slopes) score -= (double)a->slopes[h] * fabs((double)(q + a->keys - a->queries - k));
            weights[k] = sees(a, b, q, k) ? score : -INFINITY;
            largest = weights[k] > largest ? weights[k] : largest;
        }
        for (int64_t k = 0; k < a->keys; k++) {
            weights[k] = largest == -INFINITY ? 0 : exp(weights[k] - largest);
            sum += weights[k];
        }
        double sinkWeight = sink == -INFINITY ? 0 : exp(sink - largest);
        sum += sinkWeight;
        r.logSumExp[row] = sum > 0 ? largest + log(sum) : -INFINITY;
        for (int64_t k = 0; k < a->keys; k++) {
            weights[k] = sum > 0 ? weights[k] / sum : 0;
            int isKept = a->dropout == 0 || randomUniform(a->random, (uint64_t)row * padded + (uint64_t)k) >= a->dropout;
            kept[k] = isKept ? 1 / (1 - (double)a->dropout) : 0;
            slopes[k] = 0;
            for (int64_t i = 0; i < w; i++) {
                double v = value[valueAt + k * a->valueTokenStride + i];
                r.output[outputAt + i] += weights[k] * kept[k] * v;
                if (!dy) continue;
                slopes[k] += kept[k] * dy[outputAt + i] * v;
                r.valueGradient[valueAt + k * a->valueTokenStride + i] += weights[k] * kept[k] * dy[outputAt + i];
            }
            total += weights[k] * slopes[k];
        }
        for (int64_t k = 0; dy && k < a->keys; k++) {
            double slope = weights[k] * (slopes[k] - total);
            if (bias) r.biasGradient[row * a->keys + k] = slope;
            slope *= a->scale;
            for (int64_t i = 0; i < w; i++) {
                r.queryGradient[queryAt + i] += slope * key[keyAt + k * a->keyTokenStride + i];
                r.keyGradient[keyAt + k * a->keyTokenStride + i] += slope * query[queryAt + i];
            }
        }
        if (dy && sinks && sum > 0) r.sinkGradient[b * a->heads + h] -= sinkWeight / sum * total;
    }
}

static double *widened(const float *x, int64_t count) {
    double *y = doubles(count);
    for (int64_t i = 0; i < count; i++) y[i] = x[i];
    return y;
}

/// The derivative of the textbook form by central differences: the reference must itself be right.
static void checkReference(const AttendAttention *a, Operands operands, const int64_t sizes[operandCount], const float *dy,
                           Reference r, int64_t outputSize) {
    const double step = 1e-5;
    const double *gradients[operandCount] = {r.queryGradient, r.keyGradient, r.valueGradient, r.biasGradient, r.sinkGradient};
    double *output = doubles(outputSize), *unused = doubles(a->batch * a->heads * a->queries);
    for (int operand = 0; operand < operandCount; operand++) {
        if (!operands[operand]) continue;
        for (int turn = 0; turn < 6; turn++) {
            int64_t at = below(sizes[operand]);
            double kept = operands[operand][at], loss[2], got = 0;
            if (!isfinite(kept)) continue;
            // Every sequence has its own gradient of the bias and of the sinks.
            for (int64_t b = 0; b < (operand < 3 ? 1 : a->batch); b++) got += gradients[operand][b * sizes[operand] + at];
            for (int direction = 0; direction < 2; direction++) {
                operands[operand][at] = kept + (direction ? step : -step);
                memset(output, 0, (size_t)outputSize * sizeof(double));
                textbook(a, operands, NULL, (Reference){.output = output, .logSumExp = unused});
                loss[direction] = 0;
                for (int64_t i = 0; i < outputSize; i++) loss[direction] += output[i] * dy[i];
            }
            operands[operand][at] = kept;
            double want = (loss[1] - loss[0]) / (2 * step);
            expectNear("the reference's own gradient", operand, got, want, 1e-7 * (1 + fabs(want)));
        }
    }
}

static void expectAllNear(const char *what, const float *got, const double *want, int64_t batch, int64_t tokens, int64_t columns,
                          int64_t batchStride, int64_t tokenStride, double tolerance) {
    for (int64_t b = 0; b < batch; b++)
        for (int64_t t = 0; t < tokens; t++)
            for (int64_t c = 0; c < columns; c++) {
                int64_t at = b * batchStride + t * tokenStride + c;
                expectNear(what, at, got[at], want[at], tolerance * (1 + fabs(want[at])));
            }
}

/// Keys and values in pages that lie in any order, as full as their number allows: the same bits. `a` has been computed.
static void checkPages(AttendAttention a, int64_t outputSize) {
    int64_t size = 1 + below(below(2) ? 5 : 80), count = (a.keys + size - 1) / size, extra = below(3), total = count + extra;
    int32_t *pages = integers(count, 1);
    for (int64_t page = 0; page < count; page++) pages[page] = (int32_t)(total - 1 - page);
    for (int64_t page = 0; page < count; page++) {
        int64_t other = below(count);
        int32_t held = pages[page];
        pages[page] = pages[other], pages[other] = held;
    }
    float *keys = floatsOf(total * size * a.keyTokenStride, NAN), *values = floatsOf(total * size * a.valueTokenStride, NAN);
    int64_t width = a.keyValueHeads * a.headWidth;
    for (int64_t token = 0; token < a.keys; token++) {
        int64_t place = pages[token / size] * size + token % size;
        memcpy(keys + place * a.keyTokenStride, a.key + token * a.keyTokenStride, sizeof(float) * (size_t)width);
        memcpy(values + place * a.valueTokenStride, a.value + token * a.valueTokenStride, sizeof(float) * (size_t)width);
    }
    AttendAttention paged = a;
    paged.key = keys, paged.value = values, paged.pages = pages, paged.pageTokens = size;
    paged.output = copyOf(a.output, outputSize);
    for (int64_t query = 0; query < a.queries; query++) {
        for (int64_t i = 0; i < a.heads * a.headWidth; i++) paged.output[query * a.outputTokenStride + i] = 7;
    }
    table->attention(&paged, 0, a.keyValueHeads);
    expectSame("attention to pages", paged.output, a.output, (size_t)outputSize * 4);
}

static void checkCase(Case c) {
    int64_t w = c.headWidth, queryWidth = c.heads * w, keyWidth = c.keyValueHeads * w;
    AttendAttention a = {.batch = c.batch, .heads = c.heads, .keyValueHeads = c.keyValueHeads, .queries = c.queries,
                         .keys = c.keys, .headWidth = w, .scale = 1.5f / sqrtf((float)w), .isCausal = c.isCausal,
                         .window = c.window, .dropout = c.dropout, .random = {below(1000), below(1000)}};
    // Room between tokens, as in the joint projection of queries, keys and values.
    a.queryTokenStride = queryWidth + below(5), a.queryBatchStride = a.queryTokenStride * c.queries + below(3);
    a.keyTokenStride = keyWidth + below(5), a.keyBatchStride = a.keyTokenStride * c.keys + below(3);
    a.valueTokenStride = keyWidth + below(5), a.valueBatchStride = a.valueTokenStride * c.keys + below(3);
    a.outputTokenStride = queryWidth + below(5), a.outputBatchStride = a.outputTokenStride * c.queries + below(3);
    int64_t sizes[4] = {
        (c.batch - 1) * a.queryBatchStride + (c.queries - 1) * a.queryTokenStride + queryWidth,
        (c.batch - 1) * a.keyBatchStride + (c.keys - 1) * a.keyTokenStride + keyWidth,
        (c.batch - 1) * a.valueBatchStride + (c.keys - 1) * a.valueTokenStride + keyWidth,
        (c.batch - 1) * a.outputBatchStride + (c.queries - 1) * a.outputTokenStride + queryWidth,
    };
    int64_t rows = c.batch * c.heads * c.queries, pairs = c.batch * c.keyValueHeads;
    a.query = floatsIn(sizes[0], -2, 2), a.key = floatsIn(sizes[1], -2, 2), a.value = floats(sizes[2]);
    a.output = floats(sizes[3]), a.logSumExp = floats(rows);
    if (c.hasMask) {
        float *mask = floats(c.batch * c.keys);
        // The last sequence is padding throughout.
        for (int64_t i = 0; i < c.batch * c.keys; i++) mask[i] = i / c.keys == c.batch - 1 && c.batch > 1 ? 0 : below(3) > 0;
        a.keyMask = mask;
    }
    int64_t biasSize = c.heads * c.queries * c.keys;
    if (c.hasBias) {
        float *bias = floatsIn(biasSize, -2, 2);
        // The last row of each head is hidden throughout, as are some others here and there.
        for (int64_t i = 0; i < biasSize; i++)
            if (below(9) == 0 || i / c.keys % c.queries == c.queries - 1) bias[i] = -INFINITY;
        a.bias = bias;
    }
    if (c.hasSlopes) a.slopes = floatsIn(c.heads, 0, 0.5);
    if (c.hasSinks) {
        float *sinks = floatsIn(c.heads, -3, 3);
        if (c.heads > 2) sinks[2] = -INFINITY;
        a.sinks = sinks;
    }
    float *before = copyOf(a.output, sizes[3]), *dy = floats(sizes[3]);
    Operands operands = {widened(a.query, sizes[0]), widened(a.key, sizes[1]), widened(a.value, sizes[2]),
                         a.bias ? widened(a.bias, biasSize) : NULL, a.sinks ? widened(a.sinks, c.heads) : NULL};
    Reference r = {doubles(sizes[3]), doubles(rows), doubles(sizes[0]), doubles(sizes[1]), doubles(sizes[2]),
                   doubles(c.batch * biasSize), doubles(c.batch * c.heads)};
    textbook(&a, operands, dy, r);
    if (rows * c.keys * w < 4000) {
        const int64_t operandSizes[operandCount] = {sizes[0], sizes[1], sizes[2], biasSize, c.heads};
        checkReference(&a, operands, operandSizes, dy, r, sizes[3]);
    }

    KERNEL(attention)(&a, 0, pairs);
    expectAllNear("attention", a.output, r.output, c.batch, c.queries, queryWidth, a.outputBatchStride, a.outputTokenStride, 1e-5);
    for (int64_t i = 0; i < rows; i++) expectNear("attention, logSumExp", i, a.logSumExp[i], r.logSumExp[i], 4e-6);
    for (int64_t b = 0; b < c.batch; b++) {
        int64_t at = b * a.outputBatchStride, length = (b < c.batch - 1 ? a.outputBatchStride : sizes[3] - at);
        expectGapsKept("attention", a.output + at, before + at, c.queries, queryWidth, a.outputTokenStride, length);
    }

    AttendAttentionGradient g = {.forward = a, .outputGradient = dy};
    if (a.bias) g.biasGradient = floats(c.batch * biasSize);
    if (a.sinks) g.sinkGradient = floats(c.batch * c.heads);
    g.queryGradient = floats(sizes[0]), g.keyGradient = floats(sizes[1]), g.valueGradient = floats(sizes[2]);
    float *gradientBefore[3] = {copyOf(g.queryGradient, sizes[0]), copyOf(g.keyGradient, sizes[1]), copyOf(g.valueGradient, sizes[2])};
    KERNEL(attentionGradient)(&g, 0, pairs);
    expectAllNear("attention, gradient of queries", g.queryGradient, r.queryGradient, c.batch, c.queries, queryWidth,
                  a.queryBatchStride, a.queryTokenStride, 3e-5);
    expectAllNear("attention, gradient of keys", g.keyGradient, r.keyGradient, c.batch, c.keys, keyWidth, a.keyBatchStride,
                  a.keyTokenStride, 3e-5);
    expectAllNear("attention, gradient of values", g.valueGradient, r.valueGradient, c.batch, c.keys, keyWidth, a.valueBatchStride,
                  a.valueTokenStride, 3e-5);

    for (int64_t i = 0; a.bias && i < c.batch * biasSize; i++)
        expectNear("attention, gradient of the bias", i, g.biasGradient[i], r.biasGradient[i], 1e-5);
    for (int64_t i = 0; a.sinks && i < c.batch * c.heads; i++)
        expectNear("attention, gradient of the sinks", i, g.sinkGradient[i], r.sinkGradient[i],
                   1e-5 * (1 + sqrt((double)c.queries) * fabs(r.sinkGradient[i])));

    // Pair by pair: the same bits.
    AttendAttention one = a;
    AttendAttentionGradient oneGradient = g;
    one.output = copyOf(before, sizes[3]), one.logSumExp = floats(rows);
    oneGradient.queryGradient = gradientBefore[0], oneGradient.keyGradient = gradientBefore[1];
    oneGradient.valueGradient = gradientBefore[2];
    if (a.bias) oneGradient.biasGradient = floats(c.batch * biasSize);
    if (a.sinks) oneGradient.sinkGradient = floats(c.batch * c.heads);
    for (int64_t pair = pairs; pair-- > 0;) {
        table->attention(&one, pair, pair + 1);
        table->attentionGradient(&oneGradient, pair, pair + 1);
    }
    expectSame("attention, pair by pair", one.output, a.output, (size_t)sizes[3] * 4);
    expectSame("attention, gradient of queries pair by pair", gradientBefore[0], g.queryGradient, (size_t)sizes[0] * 4);
    expectSame("attention, gradient of keys pair by pair", gradientBefore[1], g.keyGradient, (size_t)sizes[1] * 4);
    expectSame("attention, gradient of values pair by pair", gradientBefore[2], g.valueGradient, (size_t)sizes[2] * 4);

    if (a.bias) {
        size_t size = (size_t)(c.batch * biasSize) * 4;
        expectSame("attention, gradient of the bias pair by pair", oneGradient.biasGradient, g.biasGradient, size);
    }
    if (a.sinks) {
        size_t size = (size_t)(c.batch * c.heads) * 4;
        expectSame("attention, gradient of the sinks pair by pair", oneGradient.sinkGradient, g.sinkGradient, size);
    }

    // Neither gradient is asked for: the others are the same.
    oneGradient.biasGradient = oneGradient.sinkGradient = NULL;
    oneGradient.queryGradient = copyOf(g.queryGradient, sizes[0]);
    table->attentionGradient(&oneGradient, 0, pairs);
    expectSame("attention, gradient of queries alone", oneGradient.queryGradient, g.queryGradient, (size_t)sizes[0] * 4);

    // Rounded operands: nearly the same where the processor multiplies bfloat16, and the same bits elsewhere.
    AttendAttention rounded = a;
    AttendAttentionGradient roundedGradient = g;
    rounded.precision = AttendBFloat16, rounded.output = floats(sizes[3]), rounded.logSumExp = floats(rows);
    KERNEL(attention)(&rounded, 0, pairs);
    expectAllNear("attention in bfloat16", rounded.output, r.output, c.batch, c.queries, queryWidth, a.outputBatchStride,
                  a.outputTokenStride, 2e-2);
    roundedGradient.forward = rounded;
    roundedGradient.queryGradient = floats(sizes[0]), roundedGradient.keyGradient = floats(sizes[1]);
    roundedGradient.valueGradient = floats(sizes[2]);
    if (a.bias) roundedGradient.biasGradient = floats(c.batch * biasSize);
    if (a.sinks) roundedGradient.sinkGradient = floats(c.batch * c.heads);
    KERNEL(attentionGradient)(&roundedGradient, 0, pairs);
    expectAllNear("attention in bfloat16, gradient of queries", roundedGradient.queryGradient, r.queryGradient, c.batch,
                  c.queries, queryWidth, a.queryBatchStride, a.queryTokenStride, 5e-2);
    expectAllNear("attention in bfloat16, gradient of keys", roundedGradient.keyGradient, r.keyGradient, c.batch, c.keys,
                  keyWidth, a.keyBatchStride, a.keyTokenStride, 5e-2);
    expectAllNear("attention in bfloat16, gradient of values", roundedGradient.valueGradient, r.valueGradient, c.batch,
                  c.keys, keyWidth, a.valueBatchStride, a.valueTokenStride, 5e-2);

    a.logSumExp = NULL;
    one.output = copyOf(a.output, sizes[3]);
    table->attention(&a, 0, pairs);
    expectSame("attention without logSumExp", a.output, one.output, (size_t)sizes[3] * 4);
    if (c.batch == 1) checkPages(a, sizes[3]);
    releaseBuffers();
}

void checkAttention(void) {
    static const Case cases[] = {
        {1, 1, 1, 1, 1, 1, 0, 0, 0},      {2, 3, 3, 5, 5, 6, 1, 0, 0},       {2, 2, 2, 7, 7, 5, 0, 1, 0},
        {2, 4, 2, 9, 9, 8, 1, 1, 0},      {1, 2, 2, 64, 64, 16, 1, 0, 0},    {1, 2, 1, 65, 65, 17, 1, 0, 0},
        {1, 1, 1, 63, 130, 32, 1, 0, 0},  {2, 1, 1, 130, 63, 7, 0, 1, 0},    {1, 3, 1, 20, 150, 33, 1, 0, 0.2f},
        {1, 2, 2, 1, 200, 64, 1, 0, 0},   {2, 4, 2, 3, 70, 9, 1, 1, 0.5f},   {1, 1, 1, 2, 1, 4, 0, 0, 0},
        {2, 2, 2, 12, 12, 24, 1, 1, 0.1f}, {1, 1, 1, 90, 20, 12, 1, 0, 0},   {1, 1, 1, 4, 2, 3, 1, 0, 0},
        {1, 2, 2, 129, 129, 20, 1, 0, 0.3f}, {1, 1, 1, 33, 193, 48, 0, 1, 0.1f}, {3, 1, 1, 6, 6, 65, 1, 1, 0},
        {1, 2, 1, 300, 300, 16, 1, 0, 0, 70, 0, 0, 0}, {2, 1, 1, 200, 200, 8, 0, 1, 0, 9, 0, 0, 1},
        {1, 3, 3, 70, 260, 12, 1, 0, 0.2f, 100, 1, 1, 1}, {1, 1, 1, 260, 70, 12, 0, 0, 0, 33, 1, 1, 1},
        {2, 4, 2, 1, 200, 16, 1, 1, 0.3f, 67, 1, 1, 1}, {1, 4, 2, 3, 200, 16, 0, 0, 0.3f, 65, 0, 1, 1},
        {1, 3, 1, 66, 66, 5, 1, 0, 0, 1, 0, 0, 1}, {1, 1, 1, 130, 130, 8, 1, 0, 0, 1000000, 1, 0, 0},
        {2, 3, 3, 6, 1, 4, 0, 1, 0, 0, 1, 0, 1}, {2, 3, 3, 90, 20, 4, 1, 0, 0, 5, 0, 1, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) checkCase(cases[i]);
    for (int turn = 0; turn < 200; turn++) {
        int64_t shared = 1 + below(2), queries = 1 + below(turn % 10 ? 40 : 140);
        Case c = {1 + below(3), shared * (1 + below(3)), shared, queries, below(3) ? queries : 1 + below(80), 1 + below(40),
                  (int)below(2), (int)below(2), below(3) ? 0 : 0.25f, 0, 0, 0, 0};
        if (turn % 4) {
            c.window = below(2) ? 1 + below(60) : 0;
            c.hasBias = (int)below(2), c.hasSlopes = (int)below(2), c.hasSinks = (int)below(2);
        }
        checkCase(c);
    }
}
