// The derivative of attention, tile by tile. The weights are made again from the saved log-sum-exp, so that the forward
// pass need not keep them (Dao et al. 2022).

// Working memory of one pair's backward pass; the packed operands of its five products.
typedef struct {
    float *keysAcross, *valuesAcross, *keysAlong;        // shared by the heads of a group
    float *queriesAlong, *gradientsAlong;                // of one head
    float *weights, *scoreGradients, *rowDots, *room;
} NAME(AttentionScratch);

// The queries that see any of some neighbouring keys, counted from the beginning of a tile of queries.
INLINE NAME(Range) NAME(seeingQueries)(const AttendAttention *a, int64_t key, int64_t keys, int64_t query, int64_t queries) {
    int64_t offset = a->keys - a->queries;
    int64_t begin = a->isCausal ? key - offset - query : a->window > 0 ? key - a->window + 1 - offset - query : 0;
    int64_t end = a->window > 0 ? key + keys - 1 + a->window - offset - query : queries;
    NAME(Range) range = {NAME(clamped)(begin, queries), NAME(clamped)(end, queries)};
    return range;
}

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
    const int hasTerms = NAME(hasTerms)(a);

    int64_t across = key * NAME(depth)(a, width);
    NAME(tileScores)(a, query, queries, key, keys, a->query + queryOffset, a->queryTokenStride, s->keysAcross + across,
                     s->weights, s->room);
    NAME(tileScores)(a, query, queries, key, keys, g->outputGradient + outputOffset, a->outputTokenStride,
                     s->valuesAcross + across, s->scoreGradients, s->room);
    for (int64_t i = 0; i < queries; i++) {
        float *weights = s->weights + i * SCORE_BLOCK, *gradients = s->scoreGradients + i * SCORE_BLOCK;
        NAME(Range) visible = NAME(visibleInTile)(a, query + i, 1, key, keys);
        float logSumExp = a->logSumExp[firstRow + i];
        if (logSumExp == -INFINITY) visible.begin = visible.end = 0;
        int64_t begin = visible.begin, count = visible.end - begin;
        if (hasTerms) NAME(addTerms)(a, head, query + i, key + begin, count, weights + begin);
        if (mask != NULL) NAME(maskScores)(mask + begin, count, weights + begin);
        NAME(exponentials)(count, keys - begin, hasTerms ? 1 : a->scale, logSumExp, weights + begin);
        for (int64_t j = 0; j < begin; j++) weights[j] = gradients[j] = 0;
        for (int64_t j = visible.end; j < keys; j++) gradients[j] = 0;
        float rowDot = s->rowDots[query + i];
        int drops = a->dropout > 0 && count > 0;
        if (drops) NAME(dropWeights)(a, firstRow + i, key, visible.end, gradients);
        if (g->biasGradient != NULL) {
            float *biasGradients = g->biasGradient + (firstRow + i) * a->keys + key;
            for (int64_t j = begin; j < visible.end; j++) biasGradients[j] = weights[j] * (gradients[j] - rowDot);
        }
        for (int64_t j = begin; j < visible.end; j++) gradients[j] = weights[j] * (gradients[j] - rowDot) * a->scale;
        if (drops) NAME(dropWeights)(a, firstRow + i, key, visible.end, weights);
    }

    NAME(tileOutputs)(a, query, queries, key, keys, s->scoreGradients, s->keysAlong + NAME(depth)(a, key) * padded,
                      g->queryGradient + queryOffset, a->queryTokenStride, 1, s->room);
    int64_t keyOffset = sequence * a->keyBatchStride + key * a->keyTokenStride + shared * width;
    int64_t valueOffset = sequence * a->valueBatchStride + key * a->valueTokenStride + shared * width;
    for (int64_t j = 0; j < keys; j += TILE_ROWS) {
        int rows = keys - j < TILE_ROWS ? (int)(keys - j) : TILE_ROWS;
        // Queries that see none of these keys contribute nothing.
        NAME(Range) seeing = NAME(seeingQueries)(a, key + j, rows, query, queries);
        if (seeing.begin >= seeing.end) continue;
        int64_t first = seeing.begin * SCORE_BLOCK + j;
        NAME(LeftRows) weights = NAME(leftRows)(a, rows, seeing.begin, seeing.end, s->weights + first, 1, SCORE_BLOCK, s->room);
        NAME(LeftRows) gradients = NAME(leftRows)(a, rows, seeing.begin, seeing.end, s->scoreGradients + first, 1, SCORE_BLOCK,
                                                  s->room + NAME(roomForRows)(a));
        for (int64_t column = 0; column < width; column += TILE_COLUMNS) {
            int columns = width - column < TILE_COLUMNS ? (int)(width - column) : TILE_COLUMNS;
            int64_t panel = NAME(depth)(a, query) * padded + column * NAME(depth)(a, queries);
            NAME(multiplyRows)(a, &weights, columns, s->gradientsAlong + panel,
                               g->valueGradient + valueOffset + j * a->valueTokenStride + column, a->valueTokenStride, 1);
            NAME(multiplyRows)(a, &gradients, columns, s->queriesAlong + panel,
                               g->keyGradient + keyOffset + j * a->keyTokenStride + column, a->keyTokenStride, 1);
        }
    }
}

// A sink has the weight exp(sink − logSumExp) and no value: its derivative is − Σ weight · rowDot over the queries.
static float NAME(sinkSlope)(const AttendAttention *a, int64_t ofHead, float sink, const float *rowDots) {
    if (sink == -INFINITY) return 0;
    double sum = 0;
    for (int64_t query = 0; query < a->queries; query++) {
        sum -= (double)__builtin_expf(sink - a->logSumExp[ofHead * a->queries + query]) * (double)rowDots[query];
    }
    return (float)sum;
}

static void NAME(fillRows)(int64_t rows, int64_t width, float *x, int64_t stride) {
    for (int64_t row = 0; row < rows; row++) NAME(fill)(width, 0, x + row * stride);
}

static void NAME(attentionGradient)(const AttendAttentionGradient *g, int64_t begin, int64_t end) {
    const AttendAttention *a = &g->forward;
    int64_t group = a->heads / a->keyValueHeads, width = a->headWidth, padded = NAME(panelled)(width);
    int64_t across = NAME(panelled)(a->keys) * width, along = a->keys * padded, ofQueries = a->queries * padded;
    int64_t floats = 2 * across + along + 2 * ofQueries + 2 * SCORE_BLOCK * SCORE_BLOCK + a->queries + 2 * NAME(roomForRows)(a);
    NAME(AttentionScratch) s;
    s.keysAcross = attend_scratch(sizeof(float) * (size_t)floats);
    s.valuesAcross = s.keysAcross + across;
    s.keysAlong = s.valuesAcross + across;
    s.queriesAlong = s.keysAlong + along;
    s.gradientsAlong = s.queriesAlong + ofQueries;
    s.weights = s.gradientsAlong + ofQueries;
    s.scoreGradients = s.weights + SCORE_BLOCK * SCORE_BLOCK;
    s.room = s.scoreGradients + SCORE_BLOCK * SCORE_BLOCK;
    s.rowDots = s.room + 2 * NAME(roomForRows)(a);

    for (int64_t pair = begin; pair < end; pair++) {
        int64_t sequence = pair / a->keyValueHeads, shared = pair % a->keyValueHeads;
        int64_t keyOffset = sequence * a->keyBatchStride + shared * width;
        int64_t valueOffset = sequence * a->valueBatchStride + shared * width;
        NAME(packHeadAcross)(a, a->keys, a->key + keyOffset, a->keyTokenStride, s.keysAcross);
        NAME(packHeadAlong)(a, a->keys, a->key + keyOffset, a->keyTokenStride, s.keysAlong);
        NAME(packHeadAcross)(a, a->keys, a->value + valueOffset, a->valueTokenStride, s.valuesAcross);
        NAME(fillRows)(a->keys, width, g->keyGradient + keyOffset, a->keyTokenStride);
        NAME(fillRows)(a->keys, width, g->valueGradient + valueOffset, a->valueTokenStride);
        for (int64_t head = shared * group; head < (shared + 1) * group; head++) {
            int64_t queryOffset = sequence * a->queryBatchStride + head * width;
            int64_t outputOffset = sequence * a->outputBatchStride + head * width;
            NAME(packHeadAlong)(a, a->queries, a->query + queryOffset, a->queryTokenStride, s.queriesAlong);
            NAME(packHeadAlong)(a, a->queries, g->outputGradient + outputOffset, a->outputTokenStride, s.gradientsAlong);
            NAME(fillRows)(a->queries, width, g->queryGradient + queryOffset, a->queryTokenStride);
            for (int64_t query = 0; query < a->queries; query++) {
                int64_t offset = outputOffset + query * a->outputTokenStride;
                s.rowDots[query] = NAME(dotProduct)(width, a->output + offset, g->outputGradient + offset);
            }
            int64_t ofHead = sequence * a->heads + head;
            if (g->biasGradient != NULL) {
                NAME(fill)(a->queries * a->keys, 0, g->biasGradient + ofHead * a->queries * a->keys);
            }
            if (g->sinkGradient != NULL) g->sinkGradient[ofHead] = NAME(sinkSlope)(a, ofHead, a->sinks[head], s.rowDots);
            for (int64_t key = 0; key < a->keys; key += SCORE_BLOCK) {
                int64_t keys = a->keys - key < SCORE_BLOCK ? a->keys - key : SCORE_BLOCK;
                for (int64_t query = 0; query < a->queries; query += SCORE_BLOCK) {
                    int64_t queries = a->queries - query < SCORE_BLOCK ? a->queries - query : SCORE_BLOCK;
                    NAME(Range) visible = NAME(visibleInTile)(a, query, queries, key, keys);
                    if (visible.begin >= visible.end) continue;
                    NAME(attentionGradientTile)(g, sequence, head, shared, query, queries, key, keys, &s);
                }
            }
        }
    }
}
