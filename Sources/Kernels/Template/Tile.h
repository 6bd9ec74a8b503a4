// The innermost loop of every matrix product, and the packing that feeds it.
//
// A tile of C has up to TILE_ROWS rows and TILE_COLUMNS columns: as many sums as the registers hold. Each sum adds its
// products in the order of the inner index, whatever the tile's place or size, so the way in which a matrix is divided
// never changes a bit. (Goto & van de Geijn 2008; Van Zee & van de Geijn 2015.)

#if VECTOR_WIDTH == 16 || defined(__aarch64__)
#define TILE_ROWS 12 // 24 sums, 2 vectors of B and the broadcast element of A: 27 of 32 registers
#else
#define TILE_ROWS 6 // 12 sums, 2 vectors of B, 1 of A: 15 of 16 registers
#endif
#define TILE_COLUMNS (2 * VECTOR_WIDTH)

// c[row][column] (+)= Σ_i a[row · aRow + i · aInner] · b[i · TILE_COLUMNS + column], for a fixed number of rows.
INLINE void NAME(tileOfRows)(const int rows, int64_t inner, const float *a, int64_t aRow, int64_t aInner, const float *b,
                                    float *c, int64_t cStride, int adds) {
    Vector sums[TILE_ROWS][2];
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++) sums[row][0] = sums[row][1] = vset(0);
    for (int64_t i = 0; i < inner; i++) {
        Vector left = vload(b), right = vload(b + VECTOR_WIDTH);
#pragma clang loop unroll(full)
        for (int row = 0; row < rows; row++) {
            Vector element = vset(a[row * aRow]);
            sums[row][0] = vfma(element, left, sums[row][0]);
            sums[row][1] = vfma(element, right, sums[row][1]);
        }
        a += aInner;
        b += TILE_COLUMNS;
    }
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++) {
        float *to = c + row * cStride;
        if (adds) {
            sums[row][0] = vload(to) + sums[row][0];
            sums[row][1] = vload(to + VECTOR_WIDTH) + sums[row][1];
        }
        vstore(to, sums[row][0]);
        vstore(to + VECTOR_WIDTH, sums[row][1]);
    }
}

#define TILE_CASE(n) \
    case n: NAME(tileOfRows)(n, inner, a, aRow, aInner, b, c, cStride, adds); break;

INLINE void NAME(wholeTile)(int rows, int64_t inner, const float *a, int64_t aRow, int64_t aInner, const float *b,
                                   float *c, int64_t cStride, int adds) {
    switch (rows) {
        TILE_CASE(1) TILE_CASE(2) TILE_CASE(3) TILE_CASE(4) TILE_CASE(5) TILE_CASE(6)
#if TILE_ROWS == 12
        TILE_CASE(7) TILE_CASE(8) TILE_CASE(9) TILE_CASE(10) TILE_CASE(11) TILE_CASE(12)
#endif
        default: break;
    }
}

// A tile that stores only its first `columns`: the others are padding of the packed B.
static void NAME(partTile)(int rows, int columns, int64_t inner, const float *a, int64_t aRow, int64_t aInner, const float *b,
                           float *c, int64_t cStride, int adds) {
    float whole[TILE_ROWS * TILE_COLUMNS];
    NAME(wholeTile)(rows, inner, a, aRow, aInner, b, whole, TILE_COLUMNS, 0);
    for (int row = 0; row < rows; row++) {
        float *to = c + row * cStride;
        const float *from = whole + row * TILE_COLUMNS;
        for (int column = 0; column < columns; column++) to[column] = adds ? to[column] + from[column] : from[column];
    }
}

// The two ways in which A reaches a tile: packed in slivers of TILE_ROWS, or where it lies.
static void NAME(packedTile)(int rows, int columns, int64_t inner, const float *a, const float *b, float *c, int64_t cStride,
                             int adds) {
    if (columns == TILE_COLUMNS) {
        NAME(wholeTile)(rows, inner, a, 1, TILE_ROWS, b, c, cStride, adds);
    } else {
        NAME(partTile)(rows, columns, inner, a, 1, TILE_ROWS, b, c, cStride, adds);
    }
}

static void NAME(directTile)(int rows, int columns, int64_t inner, const float *a, int64_t aRow, int64_t aInner, const float *b,
                             float *c, int64_t cStride, int adds) {
    if (columns < TILE_COLUMNS) {
        NAME(partTile)(rows, columns, inner, a, aRow, aInner, b, c, cStride, adds);
    } else if (aInner == 1) {
        NAME(wholeTile)(rows, inner, a, aRow, 1, b, c, cStride, adds);
    } else {
        NAME(wholeTile)(rows, inner, a, 1, aInner, b, c, cStride, adds);
    }
}

typedef float NAME(Quad) __attribute__((vector_size(16), aligned(4)));

// packed[i · width + j] = from[j · stride + i] for j < count ≤ width, 0 for the rest: rows become columns.
INLINE void NAME(packAcross)(int64_t inner, int count, const int width, const float *from, int64_t stride, float *packed) {
    typedef NAME(Quad) Quad;
    int j = 0;
    for (; j + 4 <= count; j += 4) {
        const float *row = from + j * stride;
        float *to = packed + j;
        int64_t i = 0;
        for (; i + 4 <= inner; i += 4) {
            Quad a = *(const Quad *)(row + i), b = *(const Quad *)(row + stride + i);
            Quad c = *(const Quad *)(row + 2 * stride + i), d = *(const Quad *)(row + 3 * stride + i);
            Quad ab = __builtin_shufflevector(a, b, 0, 4, 1, 5), abHigh = __builtin_shufflevector(a, b, 2, 6, 3, 7);
            Quad cd = __builtin_shufflevector(c, d, 0, 4, 1, 5), cdHigh = __builtin_shufflevector(c, d, 2, 6, 3, 7);
            *(Quad *)(to + (i + 0) * width) = __builtin_shufflevector(ab, cd, 0, 1, 4, 5);
            *(Quad *)(to + (i + 1) * width) = __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
            *(Quad *)(to + (i + 2) * width) = __builtin_shufflevector(abHigh, cdHigh, 0, 1, 4, 5);
            *(Quad *)(to + (i + 3) * width) = __builtin_shufflevector(abHigh, cdHigh, 2, 3, 6, 7);
        }
        for (; i < inner; i++) {
            for (int l = 0; l < 4; l++) to[i * width + l] = row[l * stride + i];
        }
    }
    for (; j < count; j++) {
        for (int64_t i = 0; i < inner; i++) packed[i * width + j] = from[j * stride + i];
    }
    for (; j < width; j++) {
        for (int64_t i = 0; i < inner; i++) packed[i * width + j] = 0;
    }
}

// The same for `count` columns stored as rows, in panels of `width`, one after the other:
// panel[i · width + j] = from[i · stride + j], 0 past the last column. All panels take from one row before the next is
// read: rows may lie so far apart that the cache forgets them.
INLINE void NAME(packAlong)(int64_t inner, int64_t count, const int width, const float *from, int64_t stride, float *packed) {
    for (int64_t i = 0; i < inner; i++) {
        float *to = packed + i * width;
        for (int64_t first = 0; first < count; first += width, to += inner * width) {
            const float *row = from + i * stride + first;
            int64_t there = count - first < width ? count - first : width;
            if (there == width) {
                __builtin_memcpy(to, row, sizeof(float) * (size_t)width);
                continue;
            }
            for (int j = 0; j < width; j++) to[j] = j < there ? row[j] : 0;
        }
    }
}
