// Several rows against weights in blocks, where the processor multiplies 16-bit numbers but has no dot product of 8-bit ones.
//
// Read where they lie, blocks cost as much for every row as for the first: they are widened, and their sums scaled, for each.
// Here panels of TILE_COLUMNS columns are widened to 16 bits once, in pairs along the inner index, and stay in the first-level
// cache while all rows pass. A tile of sums of whole numbers is kept in registers; only where a block ends are they scaled.
// Twice as many products fit into an instruction as in float32. A row's sums have the bits that they have alone (blockTile).

#define PAIRS (BLOCK_WIDTH / 2)   // of numbers in a block
#define BLOCK_PANEL_DEPTH 16      // blocks of the inner index that a panel has
#define BLOCK_PANEL_ROWS 120      // rows of A that are rounded together
#define BLOCK_PANEL_LEAST_ROWS 4  // with which it becomes faster, as measured

// Rounded rows in tiles of TILE_ROWS: numbers[tile][block][pair][row], scales[tile][block][row].
typedef struct {
    int32_t *numbers;
    float *scales;
} NAME(RoundedTiles);

static void NAME(roundTiles)(int64_t rows, int64_t blocks, const float *a, int64_t aStride, NAME(RoundedTiles) tiles) {
    int8_t numbers[BLOCK_PANEL_DEPTH * BLOCK_WIDTH];
    float scales[BLOCK_PANEL_DEPTH];
    int32_t sums[BLOCK_PANEL_DEPTH];
    for (int64_t row = 0; row < rows; row++) {
        NAME(roundRow)(blocks * BLOCK_WIDTH, a + row * aStride, (NAME(RoundedRow)){numbers, scales, sums});
        int64_t place = row / TILE_ROWS * blocks * TILE_ROWS + row % TILE_ROWS;
        for (int64_t block = 0; block < blocks; block++) tiles.scales[place + block * TILE_ROWS] = scales[block];
        int32_t *to = tiles.numbers + row / TILE_ROWS * blocks * PAIRS * TILE_ROWS + row % TILE_ROWS;
        for (int64_t pair = 0; pair < blocks * PAIRS; pair++) {
            int32_t low = numbers[2 * pair], high = numbers[2 * pair + 1];
            to[pair * TILE_ROWS] = (int32_t)((uint32_t)high << 16 | (uint16_t)low);
        }
    }
}

// Eight columns' eight pairs become eight pairs' eight columns.
INLINE void NAME(transposePairs)(__m256i v[8]) {
    __m256i t[8];
    for (int i = 0; i < 8; i += 2) {
        t[i] = _mm256_unpacklo_epi32(v[i], v[i + 1]);
        t[i + 1] = _mm256_unpackhi_epi32(v[i], v[i + 1]);
    }
    for (int i = 0; i < 8; i += 4) {
        v[i] = _mm256_unpacklo_epi64(t[i], t[i + 2]);
        v[i + 1] = _mm256_unpackhi_epi64(t[i], t[i + 2]);
        v[i + 2] = _mm256_unpacklo_epi64(t[i + 1], t[i + 3]);
        v[i + 3] = _mm256_unpackhi_epi64(t[i + 1], t[i + 3]);
    }
    for (int i = 0; i < 4; i++) {
        t[i] = _mm256_permute2x128_si256(v[i], v[i + 4], 0x20);
        t[i + 4] = _mm256_permute2x128_si256(v[i], v[i + 4], 0x31);
    }
    for (int i = 0; i < 8; i++) v[i] = t[i];
}

// Widens `blocks` blocks of up to TILE_COLUMNS columns to numbers[block][pair][column], scales[block][column].
INLINE void NAME(packBlocks)(const AttendElement element, int columns, int64_t blocks, const uint8_t *weights,
                             int64_t columnBytes, __m256i *numbers, float *scales) {
    const int64_t bytes = NAME(blockBytes)(element);
    for (int64_t block = 0; block < blocks; block++) {
        for (int half = 0; half < 2; half++) {
            __m256i first[8], second[8];
            for (int j = 0; j < 8; j++) {
                // Past the last column the first is taken again, and its sums are left.
                const uint8_t *from = weights + (8 * half + j < columns ? 8 * half + j : 0) * columnBytes;
                // What comes next is not seen coming: the same place of the next columns.
                __builtin_prefetch(from + TILE_COLUMNS * columnBytes, 0, 2);
                __m256i all = NAME(blockNumbers)(element, from);
                if (element == AttendInt4Blocks) all = _mm256_sub_epi8(all, _mm256_set1_epi8(8));
                first[j] = _mm256_cvtepi8_epi16(_mm256_castsi256_si128(all));
                second[j] = _mm256_cvtepi8_epi16(_mm256_extracti128_si256(all, 1));
                scales[8 * half + j] = _mm256_cvtss_f32(NAME(blockScale)(from));
            }
            NAME(transposePairs)(first);
            NAME(transposePairs)(second);
            for (int pair = 0; pair < 8; pair++) {
                numbers[2 * pair + half] = first[pair];
                numbers[2 * (pair + PAIRS / 2) + half] = second[pair];
            }
        }
        weights += bytes;
        numbers += 2 * PAIRS;
        scales += TILE_COLUMNS;
    }
}

// c[row][column] (+)= Σ over blocks of scale · scale · Σ over pairs, for a fixed number of rows.
INLINE void NAME(panelTileOfRows)(const int rows, int64_t blocks, const int32_t *x, const float *xScales,
                                  const __m256i *w, const float *wScales, float *c, int64_t cStride, int adds) {
    __m256 totals[TILE_ROWS][2];
    // Sums go on from C, so that they are the same however the inner index is divided.
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++) {
        totals[row][0] = adds ? _mm256_loadu_ps(c + row * cStride) : _mm256_setzero_ps();
        totals[row][1] = adds ? _mm256_loadu_ps(c + row * cStride + 8) : _mm256_setzero_ps();
    }
    for (int64_t block = 0; block < blocks; block++) {
        __m256i sums[TILE_ROWS][2];
#pragma clang loop unroll(full)
        for (int row = 0; row < rows; row++) sums[row][0] = sums[row][1] = _mm256_setzero_si256();
        for (int pair = 0; pair < PAIRS; pair++, x += TILE_ROWS, w += 2) {
            __m256i left = w[0], right = w[1];
#pragma clang loop unroll(full)
            for (int row = 0; row < rows; row++) {
                __m256i both = _mm256_set1_epi32(x[row]);
                sums[row][0] = _mm256_add_epi32(sums[row][0], _mm256_madd_epi16(both, left));
                sums[row][1] = _mm256_add_epi32(sums[row][1], _mm256_madd_epi16(both, right));
            }
        }
        __m256 left = _mm256_loadu_ps(wScales), right = _mm256_loadu_ps(wScales + 8);
#pragma clang loop unroll(full)
        for (int row = 0; row < rows; row++) {
            __m256 scale = _mm256_set1_ps(xScales[row]);
            totals[row][0] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(sums[row][0]), _mm256_mul_ps(left, scale), totals[row][0]);
            totals[row][1] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(sums[row][1]), _mm256_mul_ps(right, scale), totals[row][1]);
        }
        xScales += TILE_ROWS;
        wScales += TILE_COLUMNS;
    }
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++) {
        _mm256_storeu_ps(c + row * cStride, totals[row][0]);
        _mm256_storeu_ps(c + row * cStride + 8, totals[row][1]);
    }
}

#define PANEL_CASE(n) \
    case n: NAME(panelTileOfRows)(n, blocks, x, xScales, w, wScales, c, cStride, adds); break;

static void NAME(panelTile)(int rows, int columns, int64_t blocks, const int32_t *x, const float *xScales, const __m256i *w,
                            const float *wScales, float *c, int64_t cStride, int adds) {
    float whole[TILE_ROWS * TILE_COLUMNS] = {};
    float *part = c;
    const int64_t partStride = cStride;
    if (columns < TILE_COLUMNS) {
        for (int row = 0; adds && row < rows; row++) {
            __builtin_memcpy(whole + row * TILE_COLUMNS, part + row * partStride, sizeof(float) * (size_t)columns);
        }
        c = whole;
        cStride = TILE_COLUMNS;
    }
    switch (rows) {
        PANEL_CASE(1) PANEL_CASE(2) PANEL_CASE(3) PANEL_CASE(4) PANEL_CASE(5) PANEL_CASE(6)
        default: break;
    }
    for (int row = 0; c == whole && row < rows; row++) {
        __builtin_memcpy(part + row * partStride, whole + row * TILE_COLUMNS, sizeof(float) * (size_t)columns);
    }
}

static void NAME(blockPanels)(const AttendMatrixMultiply *m, int64_t rowBegin, int64_t rowEnd, int64_t columnBegin,
                              int64_t columnEnd) {
    int64_t blocksOfRow = m->inner / BLOCK_WIDTH, bytes = NAME(blockBytes)(m->b.element);
    int64_t columnBytes = m->b.stride / BLOCK_WIDTH * bytes;
    int64_t rowsAtOnce = rowEnd - rowBegin < BLOCK_PANEL_ROWS ? rowEnd - rowBegin : BLOCK_PANEL_ROWS;
    int64_t tiles = (rowsAtOnce + TILE_ROWS - 1) / TILE_ROWS;
    size_t weightNumbers = BLOCK_PANEL_DEPTH * PAIRS * TILE_COLUMNS, weightScales = BLOCK_PANEL_DEPTH * TILE_COLUMNS;
    size_t numbers = (size_t)tiles * BLOCK_PANEL_DEPTH * PAIRS * TILE_ROWS, scales = numbers / PAIRS;
    int32_t *w = attend_scratch(4 * (weightNumbers + weightScales + numbers + scales));
    float *wScales = (float *)(w + weightNumbers);
    NAME(RoundedTiles) x = {w + weightNumbers + weightScales, (float *)(w + weightNumbers + weightScales + numbers)};
    for (int64_t row = rowBegin; row < rowEnd; row += BLOCK_PANEL_ROWS) {
        int64_t rows = rowEnd - row < BLOCK_PANEL_ROWS ? rowEnd - row : BLOCK_PANEL_ROWS;
        for (int64_t block = 0; block < blocksOfRow; block += BLOCK_PANEL_DEPTH) {
            int64_t blocks = blocksOfRow - block < BLOCK_PANEL_DEPTH ? blocksOfRow - block : BLOCK_PANEL_DEPTH;
            int adds = m->accumulates || block > 0;
            NAME(roundTiles)(rows, blocks, (const float *)m->a.data + row * m->a.stride + block * BLOCK_WIDTH, m->a.stride, x);
            for (int64_t column = columnBegin; column < columnEnd; column += TILE_COLUMNS) {
                int columns = columnEnd - column < TILE_COLUMNS ? (int)(columnEnd - column) : TILE_COLUMNS;
                const uint8_t *weights = (const uint8_t *)m->b.data + column * columnBytes + block * bytes;
                if (m->b.element == AttendInt8Blocks) {
                    NAME(packBlocks)(AttendInt8Blocks, columns, blocks, weights, columnBytes, (__m256i *)w, wScales);
                } else {
                    NAME(packBlocks)(AttendInt4Blocks, columns, blocks, weights, columnBytes, (__m256i *)w, wScales);
                }
                for (int64_t i = 0; i < rows; i += TILE_ROWS) {
                    int height = rows - i < TILE_ROWS ? (int)(rows - i) : TILE_ROWS;
                    NAME(panelTile)(height, columns, blocks, x.numbers + i * blocks * PAIRS, x.scales + i * blocks,
                                    (const __m256i *)w, wScales, m->c + (row + i) * m->cStride + column, m->cStride, adds);
                }
            }
        }
    }
}
