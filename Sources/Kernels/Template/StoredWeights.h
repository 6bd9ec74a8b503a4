// Weights stored in fewer bits than a float has: bfloat16, or blocks of 32 whole numbers that share a scale.
//
// A step of decoding reads every weight once and does little with it, so it takes as long as the weights have bytes. With
// few rows of A, blocks are multiplied as they lie: A's rows are rounded to blocks of 8-bit numbers, the products of whole
// numbers are summed exactly, and each block's sum is scaled. With many rows, and for bfloat16, weights are widened first
// (but see BlockPanels.h).

#define BLOCK_WIDTH 32

INLINE int NAME(isBlocks)(AttendElement element) { return element == AttendInt8Blocks || element == AttendInt4Blocks; }

INLINE int64_t NAME(blockBytes)(AttendElement element) { return element == AttendInt8Blocks ? 34 : 18; }

// The float32 of a half, by moving its bits and mending the exponent.
INLINE float NAME(widenedHalf)(const uint8_t *p) {
    uint16_t half;
    __builtin_memcpy(&half, p, 2);
    uint32_t magnitude = half & 0x7fff, bits = magnitude << 13;
    float value;
    __builtin_memcpy(&value, &bits, 4);
    value *= 0x1p112f;
    if (magnitude >= 0x7c00) {
        bits |= 0x7f800000;
        __builtin_memcpy(&value, &bits, 4);
    }
    return half & 0x8000 ? -value : value;
}

// The elements of a whole block.
static void NAME(widenBlock)(AttendElement element, const uint8_t *block, float *to) {
    float scale = NAME(widenedHalf)(block);
    if (element == AttendInt8Blocks) {
        const int8_t *numbers = (const int8_t *)block + 2;
        for (int i = 0; i < BLOCK_WIDTH; i++) to[i] = (float)numbers[i] * scale;
    } else {
        for (int i = 0; i < BLOCK_WIDTH / 2; i++) {
            to[i] = (float)((block[2 + i] & 15) - 8) * scale;
            to[i + BLOCK_WIDTH / 2] = (float)((block[2 + i] >> 4) - 8) * scale;
        }
    }
}

// Elements [first, first + count) of a row of a stored operand, as floats.
static void NAME(widenRow)(const AttendOperand *operand, int64_t row, int64_t first, int64_t count, float *to) {
    int64_t index = row * operand->stride + first;
    if (operand->element == AttendBFloat16) {
        NAME(fromBFloat16)(count, (const uint16_t *)operand->data + index, to);
        return;
    }
    int64_t bytes = NAME(blockBytes)(operand->element), skipped = index % BLOCK_WIDTH;
    const uint8_t *block = (const uint8_t *)operand->data + index / BLOCK_WIDTH * bytes;
    for (int64_t i = -skipped; i < count; i += BLOCK_WIDTH, block += bytes) {
        if (i >= 0 && i + BLOCK_WIDTH <= count) {
            NAME(widenBlock)(operand->element, block, to + i);
            continue;
        }
        float whole[BLOCK_WIDTH];
        NAME(widenBlock)(operand->element, block, whole);
        for (int64_t j = 0; j < BLOCK_WIDTH; j++) {
            if (i + j >= 0 && i + j < count) to[i + j] = whole[j];
        }
    }
}

// Rows against bfloat16 weights stored [columns, inner]. Rows of one tile widen them on the way; for more, a few columns are
// widened into the first-level cache, and all rows pass over them. The sums are the same.
static void NAME(widenedRows)(const AttendMatrixMultiply *m, int64_t rowBegin, int64_t rowEnd, int64_t columnBegin,
                              int64_t columnEnd) {
    const float *a = m->a.data;
    int64_t blocks = (m->inner + DOT_BLOCK - 1) / DOT_BLOCK;
    int64_t depthOfBlock = ((m->inner + blocks - 1) / blocks + 31) / 32 * 32;
    float *widened = attend_scratch(sizeof(float) * (size_t)(DOT_COLUMNS * depthOfBlock));
    for (int64_t column = columnBegin; column < columnEnd; column += DOT_COLUMNS) {
        int columns = columnEnd - column < DOT_COLUMNS ? (int)(columnEnd - column) : DOT_COLUMNS;
        for (int64_t inner = 0; inner < m->inner; inner += depthOfBlock) {
            int64_t depth = m->inner - inner < depthOfBlock ? m->inner - inner : depthOfBlock;
            if (rowEnd - rowBegin <= DOT_ROWS) {
                int64_t next = inner + depth < m->inner ? depth : DOT_COLUMNS * m->b.stride - inner;
                const uint16_t *b = (const uint16_t *)m->b.data + column * m->b.stride + inner;
                NAME(dotTileHalf)(rowEnd - rowBegin, columns, depth, a + rowBegin * m->a.stride + inner, m->a.stride, b,
                                  m->b.stride, m->c + rowBegin * m->cStride + column, m->cStride,
                                  m->accumulates || inner > 0, (const char *)(b + next), DOT_COLUMNS);
                continue;
            }
            for (int j = 0; j < columns; j++) {
                const uint16_t *next = (const uint16_t *)m->b.data + (column + j + DOT_COLUMNS) * m->b.stride + inner;
                for (int64_t i = 0; i < depth; i += 32) __builtin_prefetch(next + i, 0, 2);
                NAME(widenRow)(&m->b, column + j, inner, depth, widened + j * depth);
            }
            for (int64_t row = rowBegin; row < rowEnd; row += DOT_ROWS) {
                int64_t rows = rowEnd - row < DOT_ROWS ? rowEnd - row : DOT_ROWS;
                NAME(dotTile)(rows, columns, depth, a + row * m->a.stride + inner, m->a.stride, widened, depth,
                              m->c + row * m->cStride + column, m->cStride, m->accumulates || inner > 0, NULL, 0);
            }
        }
    }
}

// A row of A in blocks of 8-bit numbers: block b holds numbers[32 b …] · scales[b], and sums[b] is that of its numbers.
typedef struct {
    int8_t *numbers;
    float *scales;
    int32_t *sums;
} NAME(RoundedRow);

// Rounds a row to blocks, each number to the nearest of 255 steps. A block that is not finite gets a scale that is no number.
static void NAME(roundRow)(int64_t inner, const float *x, NAME(RoundedRow) row) {
    for (int64_t b = 0; b < inner / BLOCK_WIDTH; b++, x += BLOCK_WIDTH) {
        Vector largest = {}, zeros = {};
#pragma clang loop unroll(full)
        for (int i = 0; i < BLOCK_WIDTH; i += VECTOR_WIDTH) {
            largest = vmax(largest, vabsolute(vload(x + i)));
            zeros += vload(x + i) * 0;
        }
        float extreme = vmaximum(largest), check = vsum(zeros);
        int isFinite = check == 0;
        float inverse = isFinite && extreme > 0x1p-120f ? 127 / extreme : 0;
        row.scales[b] = isFinite ? extreme / 127 : NAN;
        // Added to a number of at most 127, this leaves no place for a fraction: the sum is rounded to nearest even.
        const float shift = 12582912;
        int32_t sum = 0;
        for (int i = 0; i < BLOCK_WIDTH; i++) {
            float shifted = (isFinite ? x[i] : 0) * inverse + shift;
            int32_t bits;
            __builtin_memcpy(&bits, &shifted, 4);
            int8_t number = (int8_t)(bits - 0x4b400000);
            row.numbers[b * BLOCK_WIDTH + i] = number;
            sum += number;
        }
        row.sums[b] = sum;
    }
}

#if VECTOR_TAIL_AVX512 || VECTOR_TAIL_AVX2

// Eight sums of four products each, one block's.
#define BLOCK_LANES 8
typedef __m256i NAME(BlockNumbers);
typedef __m256 NAME(BlockSums);

INLINE __m256i NAME(blockNumbers)(AttendElement element, const uint8_t *block) {
    if (element == AttendInt8Blocks) return _mm256_loadu_si256((const __m256i_u *)(block + 2));
    __m128i pairs = _mm_loadu_si128((const __m128i_u *)(block + 2));
    __m256i numbers = _mm256_inserti128_si256(_mm256_castsi128_si256(pairs), _mm_srli_epi16(pairs, 4), 1);
    return _mm256_and_si256(numbers, _mm256_set1_epi8(15));
}

INLINE __m256 NAME(blockScale)(const uint8_t *block) {
    int16_t half;
    __builtin_memcpy(&half, block, 2);
    return _mm256_cvtph_ps(_mm_set1_epi16(half));
}

// numbers · x, four by four.
INLINE __m256 NAME(blockProducts)(AttendElement element, __m256i numbers, const int8_t *x, int32_t sum) {
    __m256i others = _mm256_loadu_si256((const __m256i_u *)x);
#if VECTOR_HAS_INT8_DOT
    // One factor must not be negative: the weights are moved up, and what that adds is taken off at the beginning.
    if (element == AttendInt8Blocks) numbers = _mm256_xor_si256(numbers, _mm256_set1_epi8((char)0x80));
    __m256i begin = _mm256_zextsi128_si256(_mm_cvtsi32_si128(sum * (element == AttendInt8Blocks ? -128 : -8)));
    return _mm256_cvtepi32_ps(_mm256_dpbusd_epi32(begin, numbers, others));
#else
    (void)sum;
    if (element == AttendInt4Blocks) numbers = _mm256_sub_epi8(numbers, _mm256_set1_epi8(8));
    __m256i pairs = _mm256_maddubs_epi16(_mm256_abs_epi8(numbers), _mm256_sign_epi8(others, numbers));
    return _mm256_cvtepi32_ps(_mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
#endif
}

INLINE __m256 NAME(blockAdd)(__m256 products, __m256 scale, float xScale, __m256 sums) {
    return _mm256_fmadd_ps(products, _mm256_mul_ps(scale, _mm256_set1_ps(xScale)), sums);
}

INLINE float NAME(blockTotal)(__m256 sums) {
    __m128 four = _mm_add_ps(_mm256_castps256_ps128(sums), _mm256_extractf128_ps(sums, 1));
    __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

#define BLOCK_SUMS_ZERO _mm256_setzero_ps()

#else

// The sum of one block's products, in plain C, which compilers turn into this processor's dot products.
typedef struct {
    int8_t of[BLOCK_WIDTH];
} NAME(BlockNumbers);
typedef float NAME(BlockSums);

INLINE NAME(BlockNumbers) NAME(blockNumbers)(AttendElement element, const uint8_t *block) {
    NAME(BlockNumbers) numbers;
    if (element == AttendInt8Blocks) {
        __builtin_memcpy(numbers.of, block + 2, BLOCK_WIDTH);
    } else {
        for (int i = 0; i < BLOCK_WIDTH / 2; i++) {
            numbers.of[i] = (int8_t)((block[2 + i] & 15) - 8);
            numbers.of[i + BLOCK_WIDTH / 2] = (int8_t)((block[2 + i] >> 4) - 8);
        }
    }
    return numbers;
}

INLINE float NAME(blockScale)(const uint8_t *block) { return NAME(widenedHalf)(block); }

INLINE float NAME(blockProducts)(AttendElement element, NAME(BlockNumbers) numbers, const int8_t *x, int32_t sum) {
    (void)element, (void)sum;
    int32_t total = 0;
    for (int i = 0; i < BLOCK_WIDTH; i++) total += numbers.of[i] * x[i];
    return (float)total;
}

INLINE float NAME(blockAdd)(float products, float scale, float xScale, float sums) {
    return products * (scale * xScale) + sums;
}

INLINE float NAME(blockTotal)(float sums) { return sums; }

#define BLOCK_SUMS_ZERO 0

#endif

#define BLOCK_COLUMNS 4
#if VECTOR_HAS_INT8_DOT
#define BLOCK_ROWS 4
#else
#define BLOCK_ROWS 1
#endif

#if VECTOR_TAIL_AVX2

// The sums of four vectors' lanes.
INLINE __m128i NAME(fourTotals)(const __m256i v[4]) {
    __m256i ab = _mm256_add_epi32(_mm256_unpacklo_epi32(v[0], v[1]), _mm256_unpackhi_epi32(v[0], v[1]));
    __m256i cd = _mm256_add_epi32(_mm256_unpacklo_epi32(v[2], v[3]), _mm256_unpackhi_epi32(v[2], v[3]));
    __m256i all = _mm256_add_epi32(_mm256_unpacklo_epi64(ab, cd), _mm256_unpackhi_epi64(ab, cd));
    return _mm_add_epi32(_mm256_castsi256_si128(all), _mm256_extracti128_si256(all, 1));
}

// c[column] (+)= the products of a rounded row with BLOCK_COLUMNS columns of weights. Each block's sum of whole numbers is
// complete before it is scaled, and added to those before it: the sums of blockPanels, bit for bit.
INLINE void NAME(blockTile)(const int rows, AttendElement element, int columns, int64_t blocks, const NAME(RoundedRow) *x,
                            const uint8_t *weights, int64_t columnBytes, float *c, int64_t cStride, int adds) {
    (void)rows, (void)cStride;
    const uint8_t *w[BLOCK_COLUMNS];
    const int64_t bytes = NAME(blockBytes)(element);
    // Past the last column the first is multiplied again, and the sums are left.
    for (int j = 0; j < BLOCK_COLUMNS; j++) w[j] = weights + (j < columns ? j : 0) * columnBytes;
    float totals[BLOCK_COLUMNS] = {};
    for (int j = 0; adds && j < columns; j++) totals[j] = c[j];
    __m128 sums = _mm_loadu_ps(totals);
    for (int64_t b = 0; b < blocks; b++) {
        __m256i row = _mm256_loadu_si256((const __m256i_u *)(x->numbers + b * BLOCK_WIDTH)), products[BLOCK_COLUMNS];
        uint64_t halves = 0;
#pragma clang loop unroll(full)
        for (int j = 0; j < BLOCK_COLUMNS; j++) {
            const uint8_t *block = w[j] + b * bytes;
            // Rows are short, so what comes next is not seen coming: the same place of the next columns.
            __builtin_prefetch(block + BLOCK_COLUMNS * columnBytes, 0, 2);
            __m256i numbers = NAME(blockNumbers)(element, block);
            if (element == AttendInt4Blocks) numbers = _mm256_sub_epi8(numbers, _mm256_set1_epi8(8));
            __m256i pairs = _mm256_maddubs_epi16(_mm256_abs_epi8(numbers), _mm256_sign_epi8(row, numbers));
            products[j] = _mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
            uint16_t half;
            __builtin_memcpy(&half, block, 2);
            halves |= (uint64_t)half << 16 * j;
        }
        __m128 scales = _mm_mul_ps(_mm_cvtph_ps(_mm_cvtsi64_si128((int64_t)halves)), _mm_set1_ps(x->scales[b]));
        sums = _mm_fmadd_ps(_mm_cvtepi32_ps(NAME(fourTotals)(products)), scales, sums);
    }
    _mm_storeu_ps(totals, sums);
    for (int j = 0; j < columns; j++) c[j] = totals[j];
}

#else

// c[row][column] (+)= the products of some rounded rows with BLOCK_COLUMNS columns of weights.
INLINE void NAME(blockTile)(const int rows, AttendElement element, int columns, int64_t blocks, const NAME(RoundedRow) *x,
                            const uint8_t *weights, int64_t columnBytes, float *c, int64_t cStride, int adds) {
    NAME(BlockSums) sums[BLOCK_ROWS][BLOCK_COLUMNS];
    const uint8_t *w[BLOCK_COLUMNS];
    const int64_t bytes = NAME(blockBytes)(element);
    // Past the last column the first is multiplied again, and the sums are left.
    for (int j = 0; j < BLOCK_COLUMNS; j++) w[j] = weights + (j < columns ? j : 0) * columnBytes;
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++) {
#pragma clang loop unroll(full)
        for (int j = 0; j < BLOCK_COLUMNS; j++) sums[row][j] = BLOCK_SUMS_ZERO;
    }
    for (int64_t b = 0; b < blocks; b++) {
#pragma clang loop unroll(full)
        for (int j = 0; j < BLOCK_COLUMNS; j++) {
            const uint8_t *block = w[j] + b * bytes;
            // Rows are short, so what comes next is not seen coming: the same place of the next columns.
            __builtin_prefetch(block + BLOCK_COLUMNS * columnBytes, 0, 2);
            NAME(BlockNumbers) numbers = NAME(blockNumbers)(element, block);
            NAME(BlockSums) scale = NAME(blockScale)(block);
#pragma clang loop unroll(full)
            for (int row = 0; row < rows; row++) {
                NAME(BlockSums) products =
                    NAME(blockProducts)(element, numbers, x[row].numbers + b * BLOCK_WIDTH, x[row].sums[b]);
                sums[row][j] = NAME(blockAdd)(products, scale, x[row].scales[b], sums[row][j]);
            }
        }
    }
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++) {
        for (int j = 0; j < columns; j++) {
            float *to = c + row * cStride + j, total = NAME(blockTotal)(sums[row][j]);
            *to = adds ? *to + total : total;
        }
    }
}

#endif

#define BLOCK_CASE(n, element) \
    case n: NAME(blockTile)(n, element, columns, blocks, x, weights, columnBytes, c, cStride, adds); break;

static void NAME(int8Tile)(int64_t rows, int columns, int64_t blocks, const NAME(RoundedRow) *x, const uint8_t *weights,
                           int64_t columnBytes, float *c, int64_t cStride, int adds) {
    switch (rows) {
        BLOCK_CASE(1, AttendInt8Blocks)
#if BLOCK_ROWS == 4
        BLOCK_CASE(2, AttendInt8Blocks) BLOCK_CASE(3, AttendInt8Blocks) BLOCK_CASE(4, AttendInt8Blocks)
#endif
        default: break;
    }
}

static void NAME(int4Tile)(int64_t rows, int columns, int64_t blocks, const NAME(RoundedRow) *x, const uint8_t *weights,
                           int64_t columnBytes, float *c, int64_t cStride, int adds) {
    switch (rows) {
        BLOCK_CASE(1, AttendInt4Blocks)
#if BLOCK_ROWS == 4
        BLOCK_CASE(2, AttendInt4Blocks) BLOCK_CASE(3, AttendInt4Blocks) BLOCK_CASE(4, AttendInt4Blocks)
#endif
        default: break;
    }
}

// Rows against weights in blocks, as they lie.
static void NAME(blockRows)(const AttendMatrixMultiply *m, int64_t rowBegin, int64_t rowEnd, int64_t columnBegin,
                            int64_t columnEnd) {
    int64_t rows = rowEnd - rowBegin, blocks = m->inner / BLOCK_WIDTH;
    int64_t columnBytes = m->b.stride / BLOCK_WIDTH * NAME(blockBytes)(m->b.element);
    size_t bytesOfRow = (size_t)blocks * (BLOCK_WIDTH + sizeof(float) + sizeof(int32_t));
    char *room = attend_scratch((size_t)rows * (bytesOfRow + sizeof(NAME(RoundedRow))));
    NAME(RoundedRow) *x = (NAME(RoundedRow) *)room;
    char *place = room + (size_t)rows * sizeof(NAME(RoundedRow));
    for (int64_t row = 0; row < rows; row++, place += bytesOfRow) {
        float *scales = (float *)place;
        x[row] = (NAME(RoundedRow)){(int8_t *)(scales + 2 * blocks), scales, (int32_t *)(scales + blocks)};
        NAME(roundRow)(m->inner, (const float *)m->a.data + (rowBegin + row) * m->a.stride, x[row]);
    }
    for (int64_t column = columnBegin; column < columnEnd; column += BLOCK_COLUMNS) {
        int columns = columnEnd - column < BLOCK_COLUMNS ? (int)(columnEnd - column) : BLOCK_COLUMNS;
        const uint8_t *weights = (const uint8_t *)m->b.data + column * columnBytes;
        for (int64_t row = 0; row < rows; row += BLOCK_ROWS) {
            int64_t count = rows - row < BLOCK_ROWS ? rows - row : BLOCK_ROWS;
            float *c = m->c + (rowBegin + row) * m->cStride + column;
            if (m->b.element == AttendInt8Blocks) {
                NAME(int8Tile)(count, columns, blocks, x + row, weights, columnBytes, c, m->cStride, m->accumulates);
            } else {
                NAME(int4Tile)(count, columns, blocks, x + row, weights, columnBytes, c, m->cStride, m->accumulates);
            }
        }
    }
}
