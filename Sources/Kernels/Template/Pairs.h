// Products of bfloat16 on processors that have them: two neighbours of the inner index share a word, and one instruction
// adds both of their products to a float32 sum. Here are the packing that makes such words and the tile that eats them.
//
// The instructions round to nearest even, keep NaN, and take numbers below the smallest normal one for zero.

// How many rows ahead the next ones are asked for where only a part of each is read: the processor looks ahead within a
// row, not from one to the next.
#define PREFETCHED_ROWS 8

// Pairs share the memory of the packed floats that the other precision uses.
typedef uint32_t NAME(Pair) __attribute__((may_alias));
typedef uint16_t NAME(Halves) __attribute__((vector_size(64)));

// 16 floats of which only the first n are there; the others are zero, and none is read.
INLINE Vector NAME(upTo)(const float *p, int64_t n) {
    return n >= VECTOR_WIDTH ? vload(p) : n > 0 ? vloadTail(p, n) : (Vector){};
}

// The first n of 16 words, written where they fit.
INLINE void NAME(putWords)(NAME(Pair) *p, UIntVector words, int n) {
    __builtin_memcpy(p, &words, sizeof(uint32_t) * (size_t)(n < 16 ? n : 16));
}

#define INTERLEAVED(a, b, ...) (UIntVector)__builtin_shufflevector(a, b, __VA_ARGS__)

// Turns 16 rows of 16 words into columns: words, then pairs of words, then quarters change places.
INLINE void NAME(transposeWords)(UIntVector rows[16]) {
    typedef uint64_t Doubles __attribute__((vector_size(64)));
    UIntVector t[16];
#pragma clang loop unroll(full)
    for (int i = 0; i < 16; i += 2) {
        t[i] = INTERLEAVED(rows[i], rows[i + 1], 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29);
        t[i + 1] = INTERLEAVED(rows[i], rows[i + 1], 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31);
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < 16; i += 4) {
        Doubles even = (Doubles)t[i], odd = (Doubles)t[i + 1], evenNext = (Doubles)t[i + 2], oddNext = (Doubles)t[i + 3];
        rows[i] = INTERLEAVED(even, evenNext, 0, 8, 2, 10, 4, 12, 6, 14);
        rows[i + 1] = INTERLEAVED(even, evenNext, 1, 9, 3, 11, 5, 13, 7, 15);
        rows[i + 2] = INTERLEAVED(odd, oddNext, 0, 8, 2, 10, 4, 12, 6, 14);
        rows[i + 3] = INTERLEAVED(odd, oddNext, 1, 9, 3, 11, 5, 13, 7, 15);
    }
    // rows[4 g + c] holds in quarter q the words 4 q + c of rows 4 g to 4 g + 3.
#pragma clang loop unroll(full)
    for (int c = 0; c < 4; c++) {
        UIntVector a = rows[c], b = rows[4 + c], d = rows[8 + c], e = rows[12 + c];
        UIntVector low = INTERLEAVED(a, b, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27);
        UIntVector high = INTERLEAVED(a, b, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
        UIntVector lowNext = INTERLEAVED(d, e, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27);
        UIntVector highNext = INTERLEAVED(d, e, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
        t[c] = INTERLEAVED(low, lowNext, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27);
        t[8 + c] = INTERLEAVED(low, lowNext, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
        t[4 + c] = INTERLEAVED(high, highNext, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27);
        t[12 + c] = INTERLEAVED(high, highNext, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
    }
    __builtin_memcpy(rows, t, sizeof t);
}

#undef INTERLEAVED

// pairs[i · width + j] = (from[j · stride + 2 i], from[j · stride + 2 i + 1]) for j < count ≤ width, zeros for the rest.
// 16 rows at a time from end to end: of more the processor cannot look ahead in each.
INLINE void NAME(packPairsAcross)(int64_t inner, int count, const int width, const float *from, int64_t stride,
                                         NAME(Pair) *pairs) {
    for (int j = 0; j < width; j += 16) {
        for (int64_t i = 0; i < inner; i += 32) {
            int64_t words = (inner - i + 1) / 2;
            UIntVector rows[16];
#pragma clang loop unroll(full)
            for (int row = 0; row < 16; row++) {
                const float *at = from + (j + row) * stride + i;
                rows[row] = j + row >= count ? (UIntVector){}
                                             : (UIntVector)_mm512_cvtne2ps_pbh((__m512)NAME(upTo)(at + 16, inner - i - 16),
                                                                                (__m512)NAME(upTo)(at, inner - i));
            }
            NAME(transposeWords)(rows);
#pragma clang loop unroll(full)
            for (int word = 0; word < 16; word++) {
                if (word < words) NAME(putWords)(pairs + (i / 2 + word) * width + j, rows[word], width - j);
            }
        }
    }
}

// The same for `count` columns stored as rows, in panels of `width`, one after the other:
// panel[i · width + j] = (from[2 i · stride + j], from[(2 i + 1) · stride + j]), zeros past the last column.
// All panels take from one row before the next is read: rows may lie so far apart that the cache forgets them.
INLINE void NAME(packPairsAlong)(int64_t inner, int64_t count, const int width, const float *from, int64_t stride,
                                        NAME(Pair) *pairs) {
    int64_t panel = (inner + 1) / 2 * width;
    for (int64_t i = 0; i < inner; i += 2) {
        NAME(Pair) *to = pairs + i / 2 * width;
        for (int64_t first = 0; first < count; first += width, to += panel) {
#pragma clang loop unroll(full)
            for (int j = 0; j < width; j += 16) {
                const float *even = from + i * stride + first + j, *odd = even + stride;
                __builtin_prefetch(even + PREFETCHED_ROWS * stride);
                __builtin_prefetch(odd + PREFETCHED_ROWS * stride);
                int64_t there = count - first - j;
                // An odd last row is paired with zeros.
                NAME(Halves) both = (NAME(Halves))_mm512_cvtne2ps_pbh(
                    (__m512)NAME(upTo)(odd, i + 1 < inner ? there : 0), (__m512)NAME(upTo)(even, there));
                both = __builtin_shufflevector(both, both, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23, 8, 24, 9, 25,
                                               10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
                NAME(putWords)(to + j, (UIntVector)both, width - j);
            }
        }
    }
}

INLINE void NAME(pairTileOfRows)(const int rows, int64_t pairs, const NAME(Pair) *a, const NAME(Pair) *b, float *c,
                                        int64_t cStride, int adds) {
    __m512 sums[TILE_ROWS][2];
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++) sums[row][0] = sums[row][1] = _mm512_setzero_ps();
    for (int64_t i = 0; i < pairs; i++) {
        __m512bh left = (__m512bh)_mm512_loadu_si512(b), right = (__m512bh)_mm512_loadu_si512(b + 16);
#pragma clang loop unroll(full)
        for (int row = 0; row < rows; row++) {
            __m512bh element = (__m512bh)_mm512_set1_epi32((int)a[row]);
            sums[row][0] = _mm512_dpbf16_ps(sums[row][0], element, left);
            sums[row][1] = _mm512_dpbf16_ps(sums[row][1], element, right);
        }
        a += TILE_ROWS;
        b += TILE_COLUMNS;
    }
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++) {
        float *to = c + row * cStride;
        if (adds) {
            sums[row][0] = _mm512_add_ps(_mm512_loadu_ps(to), sums[row][0]);
            sums[row][1] = _mm512_add_ps(_mm512_loadu_ps(to + 16), sums[row][1]);
        }
        _mm512_storeu_ps(to, sums[row][0]);
        _mm512_storeu_ps(to + 16, sums[row][1]);
    }
}

static void NAME(wholePairTile)(int rows, int64_t pairs, const NAME(Pair) *a, const NAME(Pair) *b, float *c, int64_t cStride,
                                int adds) {
#define PAIR_CASE(n) \
    case n: NAME(pairTileOfRows)(n, pairs, a, b, c, cStride, adds); break;
    switch (rows) {
        PAIR_CASE(1) PAIR_CASE(2) PAIR_CASE(3) PAIR_CASE(4) PAIR_CASE(5) PAIR_CASE(6)
        PAIR_CASE(7) PAIR_CASE(8) PAIR_CASE(9) PAIR_CASE(10) PAIR_CASE(11) PAIR_CASE(12)
        default: break;
    }
#undef PAIR_CASE
}

static void NAME(pairTile)(int rows, int columns, int64_t pairs, const float *a, const float *b, float *c, int64_t cStride,
                           int adds) {
    const NAME(Pair) *aPairs = (const NAME(Pair) *)a, *bPairs = (const NAME(Pair) *)b;
    if (columns == TILE_COLUMNS) {
        NAME(wholePairTile)(rows, pairs, aPairs, bPairs, c, cStride, adds);
        return;
    }
    float whole[TILE_ROWS * TILE_COLUMNS];
    NAME(wholePairTile)(rows, pairs, aPairs, bPairs, whole, TILE_COLUMNS, 0);
    for (int row = 0; row < rows; row++) {
        for (int column = 0; column < columns; column++) {
            float *to = c + row * cStride + column, sum = whole[row * TILE_COLUMNS + column];
            *to = adds ? *to + sum : sum;
        }
    }
}
