// Scaled dot-product attention in tiles of SCORE_BLOCK queries by SCORE_BLOCK keys. AttentionGradient.h is its derivative.
//
// The forward pass keeps a running maximum and sum for each query, so a tile of scores is forgotten as soon as it has
// weighted its values (Milakov & Gimelshein 2018; Dao et al. 2022). A sink is where these begin: a maximum and a sum of 1
// without a value (Xiao et al. 2023). Tiles outside of the window are never looked at. Everything that one pair of
// (sequence, key-value head) touches is worked on by one thread, in one order.

#define SCORE_BLOCK 64

INLINE int64_t NAME(panelled)(int64_t columns) {
    return (columns + TILE_COLUMNS - 1) / TILE_COLUMNS * TILE_COLUMNS;
}

// Whether products round their operands to bfloat16, which lie in pairs then.
INLINE int NAME(foldsPairs)(const AttendAttention *a) { return VECTOR_HAS_BFLOAT16 && a->precision == AttendBFloat16; }

// How many words so many elements of an inner index take for each column of a panel.
INLINE int64_t NAME(depth)(const AttendAttention *a, int64_t inner) { return NAME(foldsPairs)(a) ? (inner + 1) / 2 : inner; }

// Packs `count` tokens of one head, each headWidth floats, as panels of a product's B. Across: B is [headWidth, tokens];
// along: B is [tokens, headWidth]. Panels follow one another; within a key block so do they, so a block begins at a fixed
// place: token · depth(headWidth) across, and for each block of SCORE_BLOCK tokens along.
static void NAME(packHeadAcross)(const AttendAttention *a, int64_t count, const float *from, int64_t stride, float *packed) {
    int64_t width = a->headWidth;
    for (int64_t token = 0; token < count; token += TILE_COLUMNS) {
        int columns = count - token < TILE_COLUMNS ? (int)(count - token) : TILE_COLUMNS;
        float *to = packed + token * NAME(depth)(a, width);
#if VECTOR_HAS_BFLOAT16
        if (NAME(foldsPairs)(a)) {
            NAME(packPairsAcross)(width, columns, TILE_COLUMNS, from + token * stride, stride, (NAME(Pair) *)to);
            continue;
        }
#endif
        NAME(packAcross)(width, columns, TILE_COLUMNS, from + token * stride, stride, to);
    }
}

static void NAME(packHeadAlong)(const AttendAttention *a, int64_t count, const float *from, int64_t stride, float *packed) {
    int64_t width = a->headWidth, padded = NAME(panelled)(width);
    for (int64_t token = 0; token < count; token += SCORE_BLOCK) {
        int64_t tokens = count - token < SCORE_BLOCK ? count - token : SCORE_BLOCK;
        float *to = packed + NAME(depth)(a, token) * padded;
#if VECTOR_HAS_BFLOAT16
        if (NAME(foldsPairs)(a)) {
            NAME(packPairsAlong)(tokens, width, TILE_COLUMNS, from + token * stride, stride, (NAME(Pair) *)to);
            continue;
        }
#endif
        NAME(packAlong)(tokens, width, TILE_COLUMNS, from + token * stride, stride, to);
    }
}

// Up to TILE_ROWS rows of a product's A as its tiles read them: where they lie, or packed in pairs.
typedef struct {
    const float *at;
    int64_t rowStride, innerStride;
    int rows;
    int64_t begin, end; // of the inner index, and so of the panels of B
} NAME(LeftRows);

// Rows `at` of A for elements begin ..< end of the inner index, of which `at` is the first. Pairs begin at even places: what
// stands before an odd one must be there, and zero. `room` holds TILE_ROWS · depth(end − begin + 1) floats.
INLINE NAME(LeftRows) NAME(leftRows)(const AttendAttention *a, int rows, int64_t begin, int64_t end, const float *at,
                                     int64_t rowStride, int64_t innerStride, float *room) {
    NAME(LeftRows) left = {at, rowStride, innerStride, rows, begin, end};
#if VECTOR_HAS_BFLOAT16
    if (NAME(foldsPairs)(a)) {
        if (begin % 2 != 0) left.begin--, at -= innerStride;
        left.at = room;
        if (innerStride == 1) {
            NAME(packPairsAcross)(end - left.begin, rows, TILE_ROWS, at, rowStride, (NAME(Pair) *)room);
        } else {
            NAME(packPairsAlong)(end - left.begin, rows, TILE_ROWS, at, innerStride, (NAME(Pair) *)room);
        }
    }
#else
    (void)a, (void)room;
#endif
    return left;
}

// c (+)= those rows times a panel of B, whose inner index begins at 0.
INLINE void NAME(multiplyRows)(const AttendAttention *a, const NAME(LeftRows) *left, int columns, const float *panel, float *c,
                               int64_t cStride, int adds) {
    const float *b = panel + NAME(depth)(a, left->begin) * TILE_COLUMNS;
#if VECTOR_HAS_BFLOAT16
    if (NAME(foldsPairs)(a)) {
        NAME(pairTile)(left->rows, columns, NAME(depth)(a, left->end - left->begin), left->at, b, c, cStride, adds);
        return;
    }
#endif
    NAME(directTile)(left->rows, columns, left->end - left->begin, left->at, left->rowStride, left->innerStride, b, c, cStride,
                     adds);
}

// How many floats the packed rows of A take at most.
INLINE int64_t NAME(roomForRows)(const AttendAttention *a) {
    return TILE_ROWS * (a->headWidth > SCORE_BLOCK ? a->headWidth : SCORE_BLOCK);
}

// A range of keys, or of queries.
typedef struct {
    int64_t begin, end;
} NAME(Range);

INLINE int64_t NAME(clamped)(int64_t x, int64_t limit) { return x < 0 ? 0 : x > limit ? limit : x; }

// The keys that a query sees by causality and window. Neither end ever moves back from one query to the next.
INLINE NAME(Range) NAME(visibleKeys)(const AttendAttention *a, int64_t query) {
    int64_t place = query + a->keys - a->queries;
    int64_t begin = a->window > 0 ? place - a->window + 1 : 0;
    int64_t end = a->isCausal ? place + 1 : a->window > 0 ? place + a->window : a->keys;
    return (NAME(Range)){NAME(clamped)(begin, a->keys), NAME(clamped)(end, a->keys)};
}

// Those keys that any of some neighbouring queries sees, counted from the beginning of a tile of keys.
INLINE NAME(Range) NAME(visibleInTile)(const AttendAttention *a, int64_t query, int64_t queries, int64_t key, int64_t keys) {
    NAME(Range) range = {
        NAME(clamped)(NAME(visibleKeys)(a, query).begin - key, keys),
        NAME(clamped)(NAME(visibleKeys)(a, query + queries - 1).end - key, keys),
    };
    if (range.end < range.begin) range.end = range.begin;
    return range;
}

// scores[i][j] = query i · key j for the tile's visible part; other entries are left alone.
static void NAME(tileScores)(const AttendAttention *a, int64_t query, int64_t queries, int64_t key, int64_t keys,
                             const float *left, int64_t leftStride, const float *packed, float *scores, float *room) {
    for (int64_t i = 0; i < queries; i += TILE_ROWS) {
        int rows = queries - i < TILE_ROWS ? (int)(queries - i) : TILE_ROWS;
        NAME(Range) visible = NAME(visibleInTile)(a, query + i, rows, key, keys);
        if (visible.begin >= visible.end) continue;
        NAME(LeftRows) those = NAME(leftRows)(a, rows, 0, a->headWidth, left + i * leftStride, leftStride, 1, room);
        for (int64_t j = visible.begin / TILE_COLUMNS * TILE_COLUMNS; j < visible.end; j += TILE_COLUMNS) {
            NAME(multiplyRows)(a, &those, TILE_COLUMNS, packed + j * NAME(depth)(a, a->headWidth),
                               scores + i * SCORE_BLOCK + j, SCORE_BLOCK, 0);
        }
    }
}

// Whether scores are more than products times the scale.
INLINE int NAME(hasTerms)(const AttendAttention *a) { return a->bias != NULL || a->slopes != NULL; }

// scores[j] = scale · scores[j] + bias − slope · distance for `count` keys of one row.
static void NAME(addTerms)(const AttendAttention *a, int64_t head, int64_t query, int64_t key, int64_t count, float *scores) {
    const float *bias = a->bias == NULL ? NULL : a->bias + (head * a->queries + query) * a->keys + key;
    const float slope = a->slopes == NULL ? 0 : a->slopes[head];
    Vector lanes;
    for (int lane = 0; lane < VECTOR_WIDTH; lane++) lanes[lane] = (float)lane;
    EACH_VECTOR(count, {
        Vector terms = bias == NULL ? (Vector){} : vget(bias + i, n);
        Vector distance = vabsolute((float)(query + a->keys - a->queries - key - i) - lanes);
        terms = vfma(distance, vset(-slope), terms);
        vput(scores + i, vfma(vget(scores + i, n), vset(a->scale), terms), n);
    });
}

// Hides masked keys of one row of scores with −∞.
static void NAME(maskScores)(const float *mask, int64_t count, float *scores) {
    for (int64_t j = 0; j < count; j++) {
        if (mask[j] == 0) scores[j] = -INFINITY;
    }
}

// Where a key and those behind it lie next to one another: up to `end`, shifted by so many tokens.
typedef struct {
    int64_t end, shift;
} NAME(Stretch);

INLINE NAME(Stretch) NAME(stretchFrom)(const AttendAttention *a, int64_t key, int64_t end) {
    if (a->pages == NULL) return (NAME(Stretch)){end, 0};
    int64_t page = key / a->pageTokens, begin = page * a->pageTokens;
    return (NAME(Stretch)){begin + a->pageTokens < end ? begin + a->pageTokens : end, a->pages[page] * a->pageTokens - begin};
}

// Where a head of the first token of keys, or values, begins.
INLINE const uint8_t *NAME(headPlace)(const AttendAttention *a, const float *first, int64_t head) {
    return (const uint8_t *)first + head * NAME(headBytes)(a->keyValueElement, a->headWidth);
}

// A head of one token as floats: where it lies, or widened into the room.
INLINE const float *NAME(headFloats)(const AttendAttention *a, const uint8_t *from, float *room) {
    if (a->keyValueElement == AttendFloat32) return (const float *)from;
    NAME(widenHead)(a->keyValueElement, a->headWidth, from, room);
    return room;
}

// Where a head of successive tokens lies.
typedef struct {
    const uint8_t *first; // of token 0
    int64_t bytes;        // from one token to the next
} NAME(HeadRow);

INLINE NAME(HeadRow) NAME(shifted)(NAME(HeadRow) row, int64_t tokens) {
    return (NAME(HeadRow)){row.first + tokens * row.bytes, row.bytes};
}

// Asks for what is read a few tokens after token j of the visible ones: there, or at the beginning of what is read then. Heads
// of tokens lie far apart, which is not seen coming, and where there are few tokens most of the time would go into waiting.
INLINE void NAME(askAhead)(const AttendAttention *a, NAME(Range) visible, int64_t j, NAME(HeadRow) here, NAME(HeadRow) then) {
    int64_t next = j + 8;
    const uint8_t *at = next < visible.end ? here.first + next * here.bytes
                                           : then.first + (visible.begin + next - visible.end) * then.bytes;
    for (int64_t i = 0; i < NAME(headBytes)(a->keyValueElement, a->headWidth); i += 64) __builtin_prefetch(at + i);
}

// Copies one head of all keys, or values, out of their pages, as floats: [keys, headWidth].
static void NAME(gatherHead)(const AttendAttention *a, const uint8_t *from, int64_t stride, float *to) {
    for (int64_t j = 0; j < a->keys;) {
        NAME(Stretch) stretch = NAME(stretchFrom)(a, j, a->keys);
        for (; j < stretch.end; j++) {
            float *row = to + j * a->headWidth;
            const float *head = NAME(headFloats)(a, from + (j + stretch.shift) * stride * 4, row);
            if (head != row) __builtin_memcpy(row, head, sizeof(float) * (size_t)a->headWidth);
        }
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
                              const float *weights, const float *packed, float *output, int64_t outputStride, int adds,
                              float *room) {
    for (int64_t i = 0; i < queries; i += TILE_ROWS) {
        int rows = queries - i < TILE_ROWS ? (int)(queries - i) : TILE_ROWS;
        NAME(Range) visible = NAME(visibleInTile)(a, query + i, rows, key, keys);
        NAME(LeftRows) those = NAME(leftRows)(a, rows, visible.begin, visible.end, weights + i * SCORE_BLOCK + visible.begin,
                                              SCORE_BLOCK, 1, room);
        for (int64_t column = 0; column < a->headWidth; column += TILE_COLUMNS) {
            int columns = a->headWidth - column < TILE_COLUMNS ? (int)(a->headWidth - column) : TILE_COLUMNS;
            NAME(multiplyRows)(a, &those, columns, packed + column * NAME(depth)(a, keys), output + i * outputStride + column,
                               outputStride, adds);
        }
    }
}

// One block of queries of one head against every key.
static void NAME(attendBlock)(const AttendAttention *a, int64_t sequence, int64_t head, int64_t query, int64_t queries,
                              const float *packedKeys, const float *packedValues, float *scores, float *room) {
    const float *q = a->query + sequence * a->queryBatchStride + query * a->queryTokenStride + head * a->headWidth;
    float *output = a->output + sequence * a->outputBatchStride + query * a->outputTokenStride + head * a->headWidth;
    const float *mask = a->keyMask == NULL ? NULL : a->keyMask + sequence * a->keys;
    int64_t padded = NAME(panelled)(a->headWidth), firstRow = (sequence * a->heads + head) * a->queries + query;
    const int hasTerms = NAME(hasTerms)(a);
    const float scale = hasTerms ? 1 : a->scale, sink = a->sinks == NULL ? -INFINITY : a->sinks[head];
    float maxima[SCORE_BLOCK], sums[SCORE_BLOCK];
    for (int64_t i = 0; i < queries; i++) maxima[i] = sink, sums[i] = sink == -INFINITY ? 0 : 1;

    int64_t first = NAME(visibleKeys)(a, query).begin / SCORE_BLOCK * SCORE_BLOCK;
    int64_t allVisible = NAME(visibleKeys)(a, query + queries - 1).end;
    for (int64_t key = first; key < allVisible || key == first; key += SCORE_BLOCK) {
        int64_t keys = a->keys - key < SCORE_BLOCK ? a->keys - key : SCORE_BLOCK;
        NAME(tileScores)(a, query, queries, key, keys, q, a->queryTokenStride,
                         packedKeys + key * NAME(depth)(a, a->headWidth), scores, room);
        for (int64_t i = 0; i < queries; i++) {
            float *row = scores + i * SCORE_BLOCK;
            NAME(Range) visible = NAME(visibleInTile)(a, query + i, 1, key, keys);
            int64_t begin = visible.begin, count = visible.end - begin;
            if (hasTerms) NAME(addTerms)(a, head, query + i, key + begin, count, row + begin);
            if (mask != NULL) NAME(maskScores)(mask + key + begin, count, row + begin);
            float maximum = NAME(largest)(count, row + begin) * scale;
            maximum = maximum > maxima[i] ? maximum : maxima[i];
            if (maximum == -INFINITY) {
                for (int64_t j = 0; j < keys; j++) row[j] = 0;
                continue;
            }
            for (int64_t j = 0; j < begin; j++) row[j] = 0;
            float sum = NAME(exponentials)(count, keys - begin, scale, maximum, row + begin);
            if (maximum != maxima[i]) {
                float correction = maxima[i] == -INFINITY ? 0 : __builtin_expf(maxima[i] - maximum);
                float *outputs = output + i * a->outputTokenStride;
                sums[i] *= correction;
                if (key > first) NAME(affine)(a->headWidth, correction, outputs, 0, outputs);
            }
            sums[i] += sum;
            maxima[i] = maximum;
            if (a->dropout > 0 && count > 0) NAME(dropWeights)(a, firstRow + i, key, visible.end, row);
        }
        NAME(tileOutputs)(a, query, queries, key, keys, scores, packedValues + NAME(depth)(a, key) * padded, output,
                          a->outputTokenStride, key > first, room);
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

// A query of its own, as in decoding: keys and values are read once, where they lie, in pages or not. The room is for a head.
static void NAME(attendRow)(const AttendAttention *a, int64_t sequence, int64_t head, int64_t query, float *scores, float *room) {
    int64_t shared = head * a->keyValueHeads / a->heads, width = a->headWidth;
    const float *q = a->query + sequence * a->queryBatchStride + query * a->queryTokenStride + head * width;
    NAME(HeadRow) keys = {NAME(headPlace)(a, a->key + sequence * a->keyBatchStride, shared), 4 * a->keyTokenStride};
    NAME(HeadRow) values = {NAME(headPlace)(a, a->value + sequence * a->valueBatchStride, shared), 4 * a->valueTokenStride};
    // The next head's keys follow these within each token, but for the last one.
    int64_t behind = head + 1 < a->heads ? (head + 1) * a->keyValueHeads / a->heads - shared : 0;
    NAME(HeadRow) nextKeys = {NAME(headPlace)(a, (const float *)keys.first, behind), keys.bytes};
    if (head + 1 == a->heads) nextKeys.first = NAME(headPlace)(a, a->key + (sequence + 1) * a->keyBatchStride, 0);
    float *output = a->output + sequence * a->outputBatchStride + query * a->outputTokenStride + head * width;
    int64_t row = (sequence * a->heads + head) * a->queries + query;
    NAME(Range) visible = NAME(visibleKeys)(a, query);
    int64_t begin = visible.begin, count = visible.end - begin;
    const int hasTerms = NAME(hasTerms)(a);
    const float scale = hasTerms ? 1 : a->scale, sink = a->sinks == NULL ? -INFINITY : a->sinks[head];

    const int64_t shift = NAME(stretchFrom)(a, begin, visible.end).shift;
    for (int64_t j = begin; j < visible.end;) {
        NAME(Stretch) stretch = NAME(stretchFrom)(a, j, visible.end);
        for (; j < stretch.end; j++) {
            const uint8_t *at = keys.first + (j + stretch.shift) * keys.bytes;
            NAME(askAhead)(a, visible, j, NAME(shifted)(keys, stretch.shift), NAME(shifted)(values, shift));
            scores[j] = NAME(dotProduct)(width, q, NAME(headFloats)(a, at, room));
        }
    }
    if (hasTerms) NAME(addTerms)(a, head, query, begin, count, scores + begin);
    if (a->keyMask != NULL) NAME(maskScores)(a->keyMask + sequence * a->keys + begin, count, scores + begin);
    float maximum = NAME(largest)(count, scores + begin) * scale, sum = 0;
    maximum = maximum > sink ? maximum : sink;
    NAME(fill)(width, 0, output);
    if (maximum != -INFINITY) {
        sum = NAME(exponentials)(count, count, scale, maximum, scores + begin);
        if (sink != -INFINITY) sum += __builtin_expf(sink - maximum);
        if (a->dropout > 0) {
            // Random numbers come in blocks of 64 keys; what is hidden at the beginning of the first stays hidden.
            int64_t j = begin / 64 * 64;
            for (int64_t hidden = j; hidden < begin; hidden++) scores[hidden] = 0;
            for (; j < visible.end; j += 64) {
                NAME(dropWeights)(a, row, j, visible.end - j < 64 ? visible.end - j : 64, scores + j);
            }
        }
        for (int64_t j = begin; j < visible.end;) {
            NAME(Stretch) stretch = NAME(stretchFrom)(a, j, visible.end);
            for (; j < stretch.end; j++) {
                const uint8_t *at = values.first + (j + stretch.shift) * values.bytes;
                NAME(askAhead)(a, visible, j, NAME(shifted)(values, stretch.shift), NAME(shifted)(nextKeys, shift));
                NAME(combine)(width, scores[j] / sum, NAME(headFloats)(a, at, room), 1, output, output);
            }
        }
    }
    if (a->logSumExp != NULL) a->logSumExp[row] = sum > 0 ? maximum + __builtin_logf(sum) : -INFINITY;
}

static void NAME(attention)(const AttendAttention *a, int64_t begin, int64_t end) {
    int64_t group = a->heads / a->keyValueHeads, padded = NAME(panelled)(a->headWidth);
    int isRowWise = a->queries < TILE_ROWS / 2;
    int64_t floatsOfKeys = NAME(panelled)(a->keys) * a->headWidth, floatsOfValues = a->keys * padded;
    // Where pages end means nothing to the panels, nor how heads are kept, so each head is made contiguous first.
    int isContiguous = a->pages == NULL && a->keyValueElement == AttendFloat32;
    int64_t floatsOfHead = isContiguous ? 0 : a->keys * a->headWidth, floatsOfScores = a->keys + VECTOR_WIDTH;
    int64_t floats = isRowWise ? floatsOfScores + a->headWidth
                               : floatsOfKeys + floatsOfValues + SCORE_BLOCK * SCORE_BLOCK + NAME(roomForRows)(a) + floatsOfHead;
    float *packedKeys = attend_scratch(sizeof(float) * (size_t)floats);
    float *packedValues = packedKeys + floatsOfKeys, *scores = packedValues + floatsOfValues;
    float *room = scores + SCORE_BLOCK * SCORE_BLOCK, *gathered = room + NAME(roomForRows)(a);
    for (int64_t pair = begin; pair < end; pair++) {
        int64_t sequence = pair / a->keyValueHeads, shared = pair % a->keyValueHeads;
        if (!isRowWise) {
            const uint8_t *keys = NAME(headPlace)(a, a->key + sequence * a->keyBatchStride, shared);
            const uint8_t *values = NAME(headPlace)(a, a->value + sequence * a->valueBatchStride, shared);
            if (isContiguous) {
                NAME(packHeadAcross)(a, a->keys, (const float *)keys, a->keyTokenStride, packedKeys);
                NAME(packHeadAlong)(a, a->keys, (const float *)values, a->valueTokenStride, packedValues);
            } else {
                NAME(gatherHead)(a, keys, a->keyTokenStride, gathered);
                NAME(packHeadAcross)(a, a->keys, gathered, a->headWidth, packedKeys);
                NAME(gatherHead)(a, values, a->valueTokenStride, gathered);
                NAME(packHeadAlong)(a, a->keys, gathered, a->headWidth, packedValues);
            }
        }
        for (int64_t head = shared * group; head < (shared + 1) * group; head++) {
            for (int64_t query = 0; query < a->queries; query += isRowWise ? 1 : SCORE_BLOCK) {
                if (isRowWise) {
                    NAME(attendRow)(a, sequence, head, query, packedKeys, packedKeys + floatsOfScores);
                    continue;
                }
                int64_t queries = a->queries - query < SCORE_BLOCK ? a->queries - query : SCORE_BLOCK;
                NAME(attendBlock)(a, sequence, head, query, queries, packedKeys, packedValues, scores, room);
            }
        }
    }
}
