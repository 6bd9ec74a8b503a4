// Few rows of A against B stored [columns, inner], as in decoding: dot products that read B where it lies.
//
// Packing B would take as long as six rows of arithmetic, and a step of decoding uses each weight once. A tile of sums, each
// a vector, is kept in registers: a vector of B serves all of its rows, a vector of A all of its columns. A block of the
// inner index of a few columns of B stays in the first-level cache while all rows pass.

#define DOT_ROWS (TILE_ROWS / 2) // 6 by 4 sums, or 3 by 4 where there are 16 registers
#define DOT_COLUMNS 4
#define DOT_BLOCK 1024
// Where the other way becomes faster, as measured: with 32 registers of 16 floats, with fewer, and beside Apple's library.
#if defined(__APPLE__)
#define DOT_ROW_LIMIT (TILE_ROWS / 2 - 1)
#else
#define DOT_ROW_LIMIT (TILE_ROWS * (VECTOR_WIDTH == 16 ? 8 : 12)) // 96 with 12 rows a tile, 72 with 6
#endif

// The sums of four vectors' lanes, each with the bits of vsum.
INLINE FourFloats NAME(fourSums)(const Vector v[4]) {
    FourFloats a = NAME(sumToFour)(v[0]), b = NAME(sumToFour)(v[1]), c = NAME(sumToFour)(v[2]), d = NAME(sumToFour)(v[3]);
    FourFloats ab = __builtin_shufflevector(a, b, 0, 4, 1, 5) + __builtin_shufflevector(a, b, 2, 6, 3, 7);
    FourFloats cd = __builtin_shufflevector(c, d, 0, 4, 1, 5) + __builtin_shufflevector(c, d, 2, 6, 3, 7);
    return __builtin_shufflevector(ab, cd, 0, 1, 4, 5) + __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
}

// A vector of B, or its first n < VECTOR_WIDTH numbers: floats, or bfloat16.
INLINE Vector NAME(rightVector)(const AttendElement element, const char *p) {
    if (element == AttendFloat32) return vload((const float *)p);
    ShortVector v;
    __builtin_memcpy(&v, p, sizeof v);
    return (Vector)(__builtin_convertvector(v, UIntVector) << 16);
}
INLINE Vector NAME(rightTail)(const AttendElement element, const char *p, int64_t n) {
    if (element == AttendFloat32) return vloadTail((const float *)p, n);
    ShortVector v = {};
    for (int64_t lane = 0; lane < n; lane++) v[lane] = ((const uint16_t *)p)[lane];
    return (Vector)(__builtin_convertvector(v, UIntVector) << 16);
}

// c[row][column] (+)= Σ_i a[row][i] · b[column][i] for a fixed number of rows and up to DOT_COLUMNS columns. Meanwhile the
// part of B for `aheadCount` of the columns that follow, from `ahead` on, is fetched into the cache.
INLINE void NAME(dotTileOfRows)(const AttendElement element, const int rows, int columns, int64_t inner, const float *a,
                                int64_t aStride, const void *b, int64_t bStride, float *c, int64_t cStride, int adds,
                                const char *ahead, int64_t aheadCount) {
    const int64_t size = element == AttendFloat32 ? 4 : 2;
    const char *w[DOT_COLUMNS];
    // Past the last column the first is multiplied again, and the sums are left.
    for (int column = 0; column < DOT_COLUMNS; column++) {
        w[column] = (const char *)b + (column < columns ? column : 0) * bStride * size;
    }
    Vector sums[DOT_ROWS][DOT_COLUMNS];
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++) {
#pragma clang loop unroll(full)
        for (int column = 0; column < DOT_COLUMNS; column++) sums[row][column] = vset(0);
    }
    int64_t whole = inner / VECTOR_WIDTH * VECTOR_WIDTH;
    for (int64_t i = 0; i < whole; i += VECTOR_WIDTH) {
        if (i * size % 64 == 0) {
            for (int64_t column = 0; column < aheadCount; column++) {
                __builtin_prefetch(ahead + (column * bStride + i) * size, 0, 2);
            }
        }
        // The fewer of both operands stay in registers beside the sums: with 16, a single vector more would be one sum less.
        if (rows < DOT_COLUMNS) {
            Vector left[DOT_COLUMNS];
#pragma clang loop unroll(full)
            for (int row = 0; row < rows; row++) left[row] = vload(a + row * aStride + i);
#pragma clang loop unroll(full)
            for (int column = 0; column < DOT_COLUMNS; column++) {
                Vector right = NAME(rightVector)(element, w[column] + i * size);
#pragma clang loop unroll(full)
                for (int row = 0; row < rows; row++) sums[row][column] = vfma(left[row], right, sums[row][column]);
            }
        } else {
            Vector right[DOT_COLUMNS];
#pragma clang loop unroll(full)
            for (int column = 0; column < DOT_COLUMNS; column++) {
                right[column] = NAME(rightVector)(element, w[column] + i * size);
            }
#pragma clang loop unroll(full)
            for (int row = 0; row < rows; row++) {
                Vector left = vload(a + row * aStride + i);
#pragma clang loop unroll(full)
                for (int column = 0; column < DOT_COLUMNS; column++) {
                    sums[row][column] = vfma(left, right[column], sums[row][column]);
                }
            }
        }
    }
    int64_t left = inner - whole;
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++) {
        if (left > 0) {
            Vector end = vloadTail(a + row * aStride + whole, left);
#pragma clang loop unroll(full)
            for (int column = 0; column < DOT_COLUMNS; column++) {
                sums[row][column] = vfma(end, NAME(rightTail)(element, w[column] + whole * size, left), sums[row][column]);
            }
        }
        FourFloats four = NAME(fourSums)(sums[row]);
        float *to = c + row * cStride;
        if (columns == DOT_COLUMNS) {
            FourFloats before = {};
            if (adds) __builtin_memcpy(&before, to, sizeof before);
            if (adds) four = before + four;
            __builtin_memcpy(to, &four, sizeof four);
        } else {
            for (int column = 0; column < columns; column++) to[column] = adds ? to[column] + four[column] : four[column];
        }
    }
}

#define DOT_CASE(n) \
    case n: \
        NAME(dotTileOfRows)(element, n, columns, inner, a, aStride, b, bStride, c, cStride, adds, ahead, aheadCount); \
        break;

INLINE void NAME(dotTileOf)(const AttendElement element, int64_t rows, int columns, int64_t inner, const float *a,
                            int64_t aStride, const void *b, int64_t bStride, float *c, int64_t cStride, int adds,
                            const char *ahead, int64_t aheadCount) {
    switch (rows) {
        DOT_CASE(1) DOT_CASE(2) DOT_CASE(3)
#if DOT_ROWS == 6
        DOT_CASE(4) DOT_CASE(5) DOT_CASE(6)
#endif
        default: break;
    }
}

static void NAME(dotTile)(int64_t rows, int columns, int64_t inner, const float *a, int64_t aStride, const float *b,
                          int64_t bStride, float *c, int64_t cStride, int adds, const char *ahead, int64_t aheadCount) {
    NAME(dotTileOf)(AttendFloat32, rows, columns, inner, a, aStride, b, bStride, c, cStride, adds, ahead, aheadCount);
}

// The same with B in bfloat16.
static void NAME(dotTileHalf)(int64_t rows, int columns, int64_t inner, const float *a, int64_t aStride, const uint16_t *b,
                              int64_t bStride, float *c, int64_t cStride, int adds, const char *ahead, int64_t aheadCount) {
    NAME(dotTileOf)(AttendBFloat16, rows, columns, inner, a, aStride, b, bStride, c, cStride, adds, ahead, aheadCount);
}

static void NAME(someRows)(const AttendMatrixMultiply *m, int64_t rowBegin, int64_t rowEnd, int64_t columnBegin,
                           int64_t columnEnd) {
    const float *a = m->a.data, *b = m->b.data;
    // Equal blocks, by the inner extent alone.
    int64_t blocks = (m->inner + DOT_BLOCK - 1) / DOT_BLOCK;
    int64_t depthOfBlock = blocks == 0 ? 0 : ((m->inner + blocks - 1) / blocks + 15) / 16 * 16;
    for (int64_t column = columnBegin; column < columnEnd; column += DOT_COLUMNS) {
        int columns = columnEnd - column < DOT_COLUMNS ? (int)(columnEnd - column) : DOT_COLUMNS;
        for (int64_t inner = 0; inner < m->inner; inner += depthOfBlock) {
            int64_t depth = m->inner - inner < depthOfBlock ? m->inner - inner : depthOfBlock;
            // What comes after this block of B: the next block of the same columns, or the first of the next columns.
            int64_t next = inner + depth < m->inner ? depth : DOT_COLUMNS * m->b.stride - inner;
            int64_t tiles = (rowEnd - rowBegin + DOT_ROWS - 1) / DOT_ROWS, fetched = 0;
            for (int64_t row = rowBegin, rows; row < rowEnd; row += rows, tiles--) {
                // Tiles of nearly equal height: a single row left over would have too few sums to keep the processor busy.
                rows = (rowEnd - row + tiles - 1) / tiles;
                int64_t count = (DOT_COLUMNS - fetched + tiles - 1) / tiles;
                NAME(dotTile)(rows, columns, depth, a + row * m->a.stride + inner, m->a.stride,
                              b + column * m->b.stride + inner, m->b.stride, m->c + row * m->cStride + column, m->cStride,
                              m->accumulates || inner > 0,
                              (const char *)(b + (column + fetched) * m->b.stride + inner + next), count);
                fetched += count;
            }
        }
    }
}
