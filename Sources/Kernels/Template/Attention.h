// Scaled dot-product attention in tiles of SCORE_BLOCK queries by SCORE_BLOCK keys, forward and backward.
//
// The forward pass keeps a running maximum and sum for each query, so a tile of scores is forgotten as soon as it has
// weighted its values (Milakov & Gimelshein 2018; Dao et al. 2022). The backward pass makes the weights again from the
// saved log-sum-exp. Everything that one pair of (sequence, key-value head) touches is worked on by one thread, in one
// order.

#define SCORE_BLOCK 64

INLINE int64_t NAME(panelled)(int64_t columns) {
    return (columns + TILE_COLUMNS - 1) / TILE_COLUMNS * TILE_COLUMNS;
}

// Packs `count` tokens of one head, each `width` floats, as panels of a product's B. Across: B is [width, tokens];
// along: B is [tokens, width]. Panels follow one another; within a key block so do they, so a block begins at a fixed
// place: token · width across, and for each block of SCORE_BLOCK tokens along.
static void NAME(packHeadAcross)(int64_t count, int64_t width, const float *from, int64_t stride, float *packed) {
    for (int64_t token = 0; token < count; token += TILE_COLUMNS) {
        int columns = count - token < TILE_COLUMNS ? (int)(count - token) : TILE_COLUMNS;
        NAME(packAcross)(width, columns, TILE_COLUMNS, from + token * stride, stride, packed + token * width);
    }
}

static void NAME(packHeadAlong)(int64_t count, int64_t width, const float *from, int64_t stride, float *packed) {
    int64_t padded = NAME(panelled)(width);
    for (int64_t token = 0; token < count; token += SCORE_BLOCK) {
        int64_t tokens = count - token < SCORE_BLOCK ? count - token : SCORE_BLOCK;
        for (int64_t column = 0; column < width; column += TILE_COLUMNS) {
            int columns = width - column < TILE_COLUMNS ? (int)(width - column) : TILE_COLUMNS;
            NAME(packAlong)(tokens, columns, TILE_COLUMNS, from + token * stride + column, stride,
                            packed + token * padded + column * tokens);
        }
    }
}

// How many of the keys [0, keys) the query sees by causality.
INLINE int64_t NAME(visibleKeys)(const AttendAttention *a, int64_t query) {
    if (!a->isCausal) return a->keys;
    int64_t visible = query + 1 + a->keys - a->queries;
    return visible < 0 ? 0 : visible > a->keys ? a->keys : visible;
}

// scores[i][j] = query i · key j for the tile's visible part; entries right of it are left alone.
static void NAME(tileScores)(const AttendAttention *a, int64_t query, int64_t queries, int64_t key, int64_t keys,
                             const float *left, int64_t leftStride, const float *packed, float *scores) {
    for (int64_t i = 0; i < queries; i += TILE_ROWS) {
        int rows = queries - i < TILE_ROWS ? (int)(queries - i) : TILE_ROWS;
        int64_t visible = NAME(visibleKeys)(a, query + i + rows - 1) - key;
        if (visible > keys) visible = keys;
        for (int64_t j = 0; j < visible; j += TILE_COLUMNS) {
            NAME(directTile)(rows, TILE_COLUMNS, a->headWidth, left + i * leftStride, leftStride, 1,
                             packed + j * a->headWidth, scores + i * SCORE_BLOCK + j, SCORE_BLOCK, 0);
        }
    }
}

// Hides masked keys of one row of scores with −∞.
static void NAME(maskScores)(const float *mask, int64_t count, float *scores) {
    for (int64_t j = 0; j < count; j++) {
        if (mask[j] == 0) scores[j] = -INFINITY;
    }
}

// weights[j] = keep ? weights[j] / (1 − p) : 0, for one row of a tile.
static void NAME(dropWeights)(const AttendAttention *a, int64_t row, int64_t key, int64_t count, float *weights) {
    float uniform[64];
    uint64_t blocks = (uint64_t)(a->keys + 63) / 64;
    NAME(uniformBlock)(a->random, (uint64_t)row * blocks + (uint64_t)key / 64, uniform);
    float scale = 1 / (1 - a->dropout);
    for (int64_t j = 0; j < count; j++) weights[j] = uniform[j] >= a->dropout ? weights[j] * scale : 0;
}

// weights[j] = exp(scale · scores[j] − shift) for j < count, 0 up to `limit`; returns their sum.
static float NAME(exponentials)(int64_t count, int64_t limit, float scale, float shift, float *scores) {
    Vector sums = vset(0), factor = vset(scale), offset = vset(-shift);
    int64_t j = 0;
    for (; j + VECTOR_WIDTH <= count; j += VECTOR_WIDTH) {
        Vector weights = vexp(vfma(vload(scores + j), factor, offset));
        vstore(scores + j, weights);
        sums += weights;
    }
    float sum = 0;
    if (j < count) {
        float tail[VECTOR_WIDTH];
        vstore(tail, vexp(vfma(vloadTail(scores + j, count - j), factor, offset)));
        for (int64_t l = 0; j + l < count; l++) {
            scores[j + l] = tail[l];
            sum += tail[l];
        }
    }
    for (j = count; j < limit; j++) scores[j] = 0;
    return vsum(sums) + sum;
}

static float NAME(largest)(int64_t count, const float *x) {
    Vector largest = vset(-INFINITY);
    int64_t j = 0;
    for (; j + VECTOR_WIDTH <= count; j += VECTOR_WIDTH) largest = vmax(largest, vload(x + j));
    float result = vmaximum(largest);
    for (; j < count; j++) result = x[j] > result ? x[j] : result;
    return result;
}

INLINE float NAME(dotProduct)(int64_t count, const float *x, const float *y) {
    Vector even = vset(0), odd = vset(0);
    int64_t i = 0;
    for (; i + 2 * VECTOR_WIDTH <= count; i += 2 * VECTOR_WIDTH) {
        even = vfma(vload(x + i), vload(y + i), even);
        odd = vfma(vload(x + i + VECTOR_WIDTH), vload(y + i + VECTOR_WIDTH), odd);
    }
    for (; i + VECTOR_WIDTH <= count; i += VECTOR_WIDTH) even = vfma(vload(x + i), vload(y + i), even);
    if (i < count) odd = vfma(vloadTail(x + i, count - i), vloadTail(y + i, count - i), odd);
    return vsum(even + odd);
}

// output[i] (+)= Σ_j weights[i][j] · value[j] for the tile's visible part.
static void NAME(tileOutputs)(const AttendAttention *a, int64_t query, int64_t queries, int64_t key, int64_t keys,
                              const float *weights, const float *packed, float *output, int64_t outputStride, int adds) {
    for (int64_t i = 0; i < queries; i += TILE_ROWS) {
        int rows = queries - i < TILE_ROWS ? (int)(queries - i) : TILE_ROWS;
        int64_t visible = NAME(visibleKeys)(a, query + i + rows - 1) - key;
        if (visible > keys) visible = keys;
        if (visible < 0) visible = 0;
        for (int64_t column = 0; column < a->headWidth; column += TILE_COLUMNS) {
            int columns = a->headWidth - column < TILE_COLUMNS ? (int)(a->headWidth - column) : TILE_COLUMNS;
            NAME(directTile)(rows, columns, visible, weights + i * SCORE_BLOCK, SCORE_BLOCK, 1, packed + column * keys,
                             output + i * outputStride + column, outputStride, adds);
        }
    }
}

// One block of queries of one head against every key.
static void NAME(attendBlock)(const AttendAttention *a, int64_t sequence, int64_t head, int64_t query, int64_t queries,
                              const float *packedKeys, const float *packedValues, float *scores) {
    const float *q = a->query + sequence * a->queryBatchStride + query * a->queryTokenStride + head * a->headWidth;
    float *output = a->output + sequence * a->outputBatchStride + query * a->outputTokenStride + head * a->headWidth;
    const float *mask = a->keyMask == NULL ? NULL : a->keyMask + sequence * a->keys;
    int64_t padded = NAME(panelled)(a->headWidth), firstRow = (sequence * a->heads + head) * a->queries + query;
    float maxima[SCORE_BLOCK], sums[SCORE_BLOCK];
    for (int64_t i = 0; i < queries; i++) maxima[i] = -INFINITY, sums[i] = 0;

    int64_t allVisible = NAME(visibleKeys)(a, query + queries - 1);
    for (int64_t key = 0; key < allVisible || key == 0; key += SCORE_BLOCK) {
        int64_t keys = a->keys - key < SCORE_BLOCK ? a->keys - key : SCORE_BLOCK;
        NAME(tileScores)(a, query, queries, key, keys, q, a->queryTokenStride, packedKeys + key * a->headWidth, scores);
        for (int64_t i = 0; i < queries; i++) {
            float *row = scores + i * SCORE_BLOCK;
            int64_t count = NAME(visibleKeys)(a, query + i) - key;
            count = count < 0 ? 0 : count > keys ? keys : count;
            if (mask != NULL) NAME(maskScores)(mask + key, count, row);
            float maximum = NAME(largest)(count, row) * a->scale;
            maximum = maximum > maxima[i] ? maximum : maxima[i];
            if (maximum == -INFINITY) {
                for (int64_t j = 0; j < keys; j++) row[j] = 0;
                continue;
            }
            float sum = NAME(exponentials)(count, keys, a->scale, maximum, row);
            if (key > 0 && maximum != maxima[i]) {
                float correction = maxima[i] == -INFINITY ? 0 : __builtin_expf(maxima[i] - maximum);
                sums[i] *= correction;
                NAME(affine)(a->headWidth, correction, output + i * a->outputTokenStride, 0, output + i * a->outputTokenStride);
            }
            sums[i] += sum;
            maxima[i] = maximum;
            if (a->dropout > 0 && count > 0) NAME(dropWeights)(a, firstRow + i, key, count, row);
        }
        NAME(tileOutputs)(a, query, queries, key, keys, scores, packedValues + key * padded, output, a->outputTokenStride, key > 0);
    }
    for (int64_t i = 0; i < queries; i++) {
        float *row = output + i * a->outputTokenStride;
        if (sums[i] > 0) {
            NAME(affine)(a->headWidth, 1 / sums[i], row, 0, row);
        } else {
            NAME(fill)(a->headWidth, 0, row);
        }
        if (a->logSumExp != NULL) {
            a->logSumExp[firstRow + i] = sums[i] > 0 ? maxima[i] + __builtin_logf(sums[i]) : -INFINITY;
        }
    }
}

// A query of its own, as in decoding: keys and values are read once, where they lie.
static void NAME(attendRow)(const AttendAttention *a, int64_t sequence, int64_t head, int64_t query, float *scores) {
    int64_t shared = head * a->keyValueHeads / a->heads, width = a->headWidth;
    const float *q = a->query + sequence * a->queryBatchStride + query * a->queryTokenStride + head * width;
    const float *keys = a->key + sequence * a->keyBatchStride + shared * width;
    const float *values = a->value + sequence * a->valueBatchStride + shared * width;
    float *output = a->output + sequence * a->outputBatchStride + query * a->outputTokenStride + head * width;
    int64_t row = (sequence * a->heads + head) * a->queries + query, count = NAME(visibleKeys)(a, query);

    for (int64_t j = 0; j < count; j++) scores[j] = NAME(dotProduct)(width, q, keys + j * a->keyTokenStride);
    if (a->keyMask != NULL) NAME(maskScores)(a->keyMask + sequence * a->keys, count, scores);
    float maximum = NAME(largest)(count, scores) * a->scale, sum = 0;
    NAME(fill)(width, 0, output);
    if (maximum != -INFINITY) {
        sum = NAME(exponentials)(count, count, a->scale, maximum, scores);
        for (int64_t j = 0; j < count && a->dropout > 0; j += 64) {
            NAME(dropWeights)(a, row, j, count - j < 64 ? count - j : 64, scores + j);
        }
        for (int64_t j = 0; j < count; j++) {
            NAME(combine)(width, scores[j] / sum, values + j * a->valueTokenStride, 1, output, output);
        }
    }
    if (a->logSumExp != NULL) a->logSumExp[row] = sum > 0 ? maximum + __builtin_logf(sum) : -INFINITY;
}

static void NAME(attention)(const AttendAttention *a, int64_t begin, int64_t end) {
    int64_t group = a->heads / a->keyValueHeads, padded = NAME(panelled)(a->headWidth);
    int isRowWise = a->queries < TILE_ROWS / 2;
    int64_t floatsOfKeys = NAME(panelled)(a->keys) * a->headWidth, floatsOfValues = a->keys * padded;
    int64_t floats = isRowWise ? a->keys + VECTOR_WIDTH : floatsOfKeys + floatsOfValues + SCORE_BLOCK * SCORE_BLOCK;
    float *packedKeys = attend_scratch(sizeof(float) * (size_t)floats);
    float *packedValues = packedKeys + floatsOfKeys, *scores = packedValues + floatsOfValues;
    for (int64_t pair = begin; pair < end; pair++) {
        int64_t sequence = pair / a->keyValueHeads, shared = pair % a->keyValueHeads;
        if (!isRowWise) {
            NAME(packHeadAcross)(a->keys, a->headWidth, a->key + sequence * a->keyBatchStride + shared * a->headWidth,
                                 a->keyTokenStride, packedKeys);
            NAME(packHeadAlong)(a->keys, a->headWidth, a->value + sequence * a->valueBatchStride + shared * a->headWidth,
                                a->valueTokenStride, packedValues);
        }
        for (int64_t head = shared * group; head < (shared + 1) * group; head++) {
            for (int64_t query = 0; query < a->queries; query += isRowWise ? 1 : SCORE_BLOCK) {
                if (isRowWise) {
                    NAME(attendRow)(a, sequence, head, query, packedKeys);
                    continue;
                }
                int64_t queries = a->queries - query < SCORE_BLOCK ? a->queries - query : SCORE_BLOCK;
                NAME(attendBlock)(a, sequence, head, query, queries, packedKeys, packedValues, scores);
            }
        }
    }
}

// Working memory of one pair's backward pass; the packed operands of its five products.
typedef struct {
    float *keysAcross, *valuesAcross, *keysAlong;        // shared by the heads of a group
    float *queriesAlong, *gradientsAlong;                // of one head
    float *weights, *scoreGradients, *rowDots;
} NAME(AttentionScratch);

// One tile of the backward pass. P = exp(scale · S − logSumExp), dropped weights P̂;
// dV += P̂ᵀ dO, dS = scale · P ∘ (mask ∘ dO Vᵀ − rowDot), dQ += dS K, dK += dSᵀ Q.
static void NAME(attentionGradientTile)(const AttendAttentionGradient *g, int64_t sequence, int64_t head, int64_t shared,
                                        int64_t query, int64_t queries, int64_t key, int64_t keys,
                                        const NAME(AttentionScratch) *s) {
    const AttendAttention *a = &g->forward;
    int64_t width = a->headWidth, padded = NAME(panelled)(width);
    int64_t firstRow = (sequence * a->heads + head) * a->queries + query;
    int64_t queryOffset = sequence * a->queryBatchStride + query * a->queryTokenStride + head * width;
    int64_t outputOffset = sequence * a->outputBatchStride + query * a->outputTokenStride + head * width;
    const float *mask = a->keyMask == NULL ? NULL : a->keyMask + sequence * a->keys + key;

    NAME(tileScores)(a, query, queries, key, keys, a->query + queryOffset, a->queryTokenStride, s->keysAcross + key * width,
                     s->weights);
    NAME(tileScores)(a, query, queries, key, keys, g->outputGradient + outputOffset, a->outputTokenStride,
                     s->valuesAcross + key * width, s->scoreGradients);
    for (int64_t i = 0; i < queries; i++) {
        float *weights = s->weights + i * SCORE_BLOCK, *gradients = s->scoreGradients + i * SCORE_BLOCK;
        int64_t count = NAME(visibleKeys)(a, query + i) - key;
        count = count < 0 ? 0 : count > keys ? keys : count;
        float logSumExp = a->logSumExp[firstRow + i];
        if (logSumExp == -INFINITY) count = 0;
        if (mask != NULL) NAME(maskScores)(mask, count, weights);
        NAME(exponentials)(count, keys, a->scale, logSumExp, weights);
        for (int64_t j = count; j < keys; j++) gradients[j] = 0;
        float rowDot = s->rowDots[query + i];
        if (a->dropout > 0 && count > 0) {
            NAME(dropWeights)(a, firstRow + i, key, count, gradients);
            for (int64_t j = 0; j < count; j++) gradients[j] = weights[j] * (gradients[j] - rowDot) * a->scale;
            NAME(dropWeights)(a, firstRow + i, key, count, weights);
        } else {
            for (int64_t j = 0; j < count; j++) gradients[j] = weights[j] * (gradients[j] - rowDot) * a->scale;
        }
    }

    NAME(tileOutputs)(a, query, queries, key, keys, s->scoreGradients, s->keysAlong + key * padded, g->queryGradient + queryOffset,
                      a->queryTokenStride, 1);
    int64_t keyOffset = sequence * a->keyBatchStride + key * a->keyTokenStride + shared * width;
    int64_t valueOffset = sequence * a->valueBatchStride + key * a->valueTokenStride + shared * width;
    for (int64_t j = 0; j < keys; j += TILE_ROWS) {
        int rows = keys - j < TILE_ROWS ? (int)(keys - j) : TILE_ROWS;
        // Queries before the first that sees key j contribute nothing.
        int64_t first = a->isCausal ? key + j - (a->keys - a->queries) - query : 0;
        first = first < 0 ? 0 : first;
        if (first >= queries) break;
        for (int64_t column = 0; column < width; column += TILE_COLUMNS) {
            int columns = width - column < TILE_COLUMNS ? (int)(width - column) : TILE_COLUMNS;
            int64_t panel = query * padded + column * queries + first * TILE_COLUMNS;
            NAME(directTile)(rows, columns, queries - first, s->weights + first * SCORE_BLOCK + j, 1, SCORE_BLOCK,
                             s->gradientsAlong + panel, g->valueGradient + valueOffset + j * a->valueTokenStride + column,
                             a->valueTokenStride, 1);
            NAME(directTile)(rows, columns, queries - first, s->scoreGradients + first * SCORE_BLOCK + j, 1, SCORE_BLOCK,
                             s->queriesAlong + panel, g->keyGradient + keyOffset + j * a->keyTokenStride + column,
                             a->keyTokenStride, 1);
        }
    }
}

static void NAME(fillRows)(int64_t rows, int64_t width, float *x, int64_t stride) {
    for (int64_t row = 0; row < rows; row++) NAME(fill)(width, 0, x + row * stride);
}

static void NAME(attentionGradient)(const AttendAttentionGradient *g, int64_t begin, int64_t end) {
    const AttendAttention *a = &g->forward;
    int64_t group = a->heads / a->keyValueHeads, width = a->headWidth, padded = NAME(panelled)(width);
    int64_t across = NAME(panelled)(a->keys) * width, along = a->keys * padded, ofQueries = a->queries * padded;
    int64_t floats = 2 * across + along + 2 * ofQueries + 2 * SCORE_BLOCK * SCORE_BLOCK + a->queries;
    NAME(AttentionScratch) s;
    s.keysAcross = attend_scratch(sizeof(float) * (size_t)floats);
    s.valuesAcross = s.keysAcross + across;
    s.keysAlong = s.valuesAcross + across;
    s.queriesAlong = s.keysAlong + along;
    s.gradientsAlong = s.queriesAlong + ofQueries;
    s.weights = s.gradientsAlong + ofQueries;
    s.scoreGradients = s.weights + SCORE_BLOCK * SCORE_BLOCK;
    s.rowDots = s.scoreGradients + SCORE_BLOCK * SCORE_BLOCK;

    for (int64_t pair = begin; pair < end; pair++) {
        int64_t sequence = pair / a->keyValueHeads, shared = pair % a->keyValueHeads;
        int64_t keyOffset = sequence * a->keyBatchStride + shared * width;
        int64_t valueOffset = sequence * a->valueBatchStride + shared * width;
        NAME(packHeadAcross)(a->keys, width, a->key + keyOffset, a->keyTokenStride, s.keysAcross);
        NAME(packHeadAlong)(a->keys, width, a->key + keyOffset, a->keyTokenStride, s.keysAlong);
        NAME(packHeadAcross)(a->keys, width, a->value + valueOffset, a->valueTokenStride, s.valuesAcross);
        NAME(fillRows)(a->keys, width, g->keyGradient + keyOffset, a->keyTokenStride);
        NAME(fillRows)(a->keys, width, g->valueGradient + valueOffset, a->valueTokenStride);
        for (int64_t head = shared * group; head < (shared + 1) * group; head++) {
            int64_t queryOffset = sequence * a->queryBatchStride + head * width;
            int64_t outputOffset = sequence * a->outputBatchStride + head * width;
            NAME(packHeadAlong)(a->queries, width, a->query + queryOffset, a->queryTokenStride, s.queriesAlong);
            NAME(packHeadAlong)(a->queries, width, g->outputGradient + outputOffset, a->outputTokenStride, s.gradientsAlong);
            NAME(fillRows)(a->queries, width, g->queryGradient + queryOffset, a->queryTokenStride);
            for (int64_t query = 0; query < a->queries; query++) {
                int64_t offset = outputOffset + query * a->outputTokenStride;
                s.rowDots[query] = NAME(dotProduct)(width, a->output + offset, g->outputGradient + offset);
            }
            for (int64_t key = 0; key < a->keys; key += SCORE_BLOCK) {
                int64_t keys = a->keys - key < SCORE_BLOCK ? a->keys - key : SCORE_BLOCK;
                for (int64_t query = 0; query < a->queries; query += SCORE_BLOCK) {
                    int64_t queries = a->queries - query < SCORE_BLOCK ? a->queries - query : SCORE_BLOCK;
                    if (NAME(visibleKeys)(a, query + queries - 1) <= key) continue;
                    NAME(attentionGradientTile)(g, sequence, head, shared, query, queries, key, keys, &s);
                }
            }
        }
    }
}
