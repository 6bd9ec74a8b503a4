// C = activation(A B + bias) + residual in cache-sized blocks.
//
// Loops from the outside in: INNER_BLOCK of the inner index, for which B's columns are packed in panels; ROW_BLOCK rows
// of A, packed in slivers that stay in the second-level cache; a panel of B, that stays in the first; a sliver of A.
// bfloat16 products take the same path: the packed copies are rounded, and where the processor multiplies bfloat16 they
// are folded into pairs for it.

#include "Tile.h"
#include "FewRows.h"
#include "StoredWeights.h"
#if VECTOR_TAIL_AVX2
#include "BlockPanels.h"
#endif

#define PANEL_ROWS TILE_ROWS
#define PANEL_COLUMNS TILE_COLUMNS
#define INNER_BLOCK 256
#define ROW_BLOCK 120
#define PANEL_GROUP 128 // columns that are packed together
#define COLUMN_BLOCK 1536
#define DIRECT_COLUMNS 320
// Where widening and packing stored weights becomes faster than multiplying them as they lie.
#define STORED_ROW_LIMIT 32

// Rounds float32 bits to bfloat16, to nearest even, leaving them in the upper half of each word. NaN stays NaN.
INLINE uint32_t NAME(roundedBits)(float x) {
    uint32_t bits;
    __builtin_memcpy(&bits, &x, 4);
    if ((bits & 0x7fffffff) > 0x7f800000) return (bits | 0x00400000) & 0xffff0000;
    return (bits + 0x7fff + ((bits >> 16) & 1)) & 0xffff0000;
}

static void NAME(roundInPlace)(int64_t count, float *x) {
    for (int64_t i = 0; i < count; i++) {
        uint32_t bits = NAME(roundedBits)(x[i]);
        __builtin_memcpy(&x[i], &bits, 4);
    }
}

#if VECTOR_HAS_BFLOAT16
#include "Pairs.h"
#endif

// Packs the block [inner, inner + depth) × [first, first + count) of an operand: a panel of `width`, or, where rows stay
// rows, several. `isAcross`: the operand is stored with the inner index running fastest. Operands that are
// stored in fewer bits are widened into `staging` first.
INLINE void NAME(packBlock)(const AttendOperand *operand, int isAcross, int64_t first, int count, const int width,
                                   int64_t inner, int64_t depth, int rounds, float *packed, float *staging) {
    int64_t offset = isAcross ? first * operand->stride + inner : inner * operand->stride + first;
    const float *from = operand->element == AttendFloat32 ? (const float *)operand->data + offset : NULL;
    int64_t stride = operand->stride;
    if (operand->element != AttendFloat32) {
        int64_t rows = isAcross ? count : depth, length = isAcross ? depth : count;
        for (int64_t row = 0; row < rows; row++) {
            int64_t storedRow = isAcross ? first + row : inner + row;
            NAME(widenRow)(operand, storedRow, isAcross ? inner : first, length, staging + row * length);
        }
        from = staging;
        stride = length;
    }
#if VECTOR_HAS_BFLOAT16
    if (rounds) {
        if (isAcross) {
            NAME(packPairsAcross)(depth, count, width, from, stride, (NAME(Pair) *)packed);
        } else {
            NAME(packPairsAlong)(depth, count, width, from, stride, (NAME(Pair) *)packed);
        }
        return;
    }
#endif
    if (isAcross) {
        NAME(packAcross)(depth, count, width, from, stride, packed);
    } else {
        NAME(packAlong)(depth, count, width, from, stride, packed);
    }
    if (rounds) NAME(roundInPlace)(depth * ((count + width - 1) / width * width), packed);
}

// Packs `count` columns of an operand's block in panels of `width`, each of which takes `words` × `width` floats.
INLINE void NAME(packPanels)(const AttendOperand *operand, int isAcross, int64_t first, int64_t count, const int width,
                                    int64_t inner, int64_t depth, int64_t words, int rounds, float *packed, float *staging) {
    const int group = isAcross || operand->element != AttendFloat32 ? width : PANEL_GROUP / width * width;
    for (int64_t i = 0; i < count; i += group) {
        int part = count - i < group ? (int)(count - i) : group;
        NAME(packBlock)(operand, isAcross, first + i, part, width, inner, depth, rounds, packed + i * words, staging);
    }
}

// Bias, activation and residual for a block whose sums are complete.
static void NAME(finish)(const AttendMatrixMultiply *m, int64_t rowBegin, int64_t rowEnd, int64_t columnBegin,
                         int64_t columnEnd) {
    int64_t count = columnEnd - columnBegin;
    for (int64_t row = rowBegin; row < rowEnd; row++) {
        float *c = m->c + row * m->cStride + columnBegin;
        if (m->bias != NULL) NAME(combine)(count, 1, c, 1, m->bias + columnBegin, c);
        if (m->preactivation != NULL) {
            __builtin_memcpy(m->preactivation + row * m->cStride + columnBegin, c, sizeof(float) * (size_t)count);
        }
        if (m->activation != AttendIdentity) NAME(apply)(m->activation, count, c, c);
        if (m->residual != NULL) NAME(combine)(count, 1, c, 1, m->residual + row * m->residualStride + columnBegin, c);
    }
}

// One row against B stored [columns, inner]: dot products with two sums each, since four would wait for one another.
static void NAME(oneRow)(const AttendMatrixMultiply *m, int64_t rowBegin, int64_t rowEnd, int64_t columnBegin,
                          int64_t columnEnd) {
    const float *a = m->a.data, *b = m->b.data;
    int64_t whole = m->inner / VECTOR_WIDTH * VECTOR_WIDTH;
    for (int64_t row = rowBegin; row < rowEnd; row++) {
        const float *x = a + row * m->a.stride;
        float *c = m->c + row * m->cStride;
        int64_t column = columnBegin;
        for (; column < columnEnd; column += 4) {
            int64_t count = columnEnd - column < 4 ? columnEnd - column : 4;
            const float *w[4];
            for (int64_t j = 0; j < 4; j++) w[j] = b + (column + (j < count ? j : 0)) * m->b.stride;
            Vector sums[4][2] = {{vset(0), vset(0)}, {vset(0), vset(0)}, {vset(0), vset(0)}, {vset(0), vset(0)}};
            int64_t i = 0;
            for (; i + 2 * VECTOR_WIDTH <= whole; i += 2 * VECTOR_WIDTH) {
                Vector even = vload(x + i), odd = vload(x + i + VECTOR_WIDTH);
#pragma clang loop unroll(full)
                for (int j = 0; j < 4; j++) {
                    // The same place of the next columns: within rows the processor looks ahead, beyond their ends late.
                    __builtin_prefetch(w[j] + i + 4 * m->b.stride, 0, 2);
                    __builtin_prefetch(w[j] + i + 4 * m->b.stride + VECTOR_WIDTH, 0, 2);
                    sums[j][0] = vfma(even, vload(w[j] + i), sums[j][0]);
                    sums[j][1] = vfma(odd, vload(w[j] + i + VECTOR_WIDTH), sums[j][1]);
                }
            }
            for (; i < whole; i += VECTOR_WIDTH) {
                for (int j = 0; j < 4; j++) sums[j][0] = vfma(vload(x + i), vload(w[j] + i), sums[j][0]);
            }
            for (int64_t j = 0; j < count; j++) {
                float sum = vsum(sums[j][0] + sums[j][1]);
                for (int64_t l = whole; l < m->inner; l++) sum += x[l] * w[j][l];
                c[column + j] = m->accumulates ? c[column + j] + sum : sum;
            }
        }
    }
}

#if defined(__APPLE__)

// Apple's matrix units are reached through Accelerate alone. The caller hands over whole products there, so that a sum
// does not depend on how Accelerate treats a part.
static void NAME(vendorProduct)(const AttendMatrixMultiply *m, int64_t rowBegin, int64_t rowEnd, int64_t columnBegin,
                                int64_t columnEnd) {
    const float *a = (const float *)m->a.data + rowBegin * (m->a.isTransposed ? 1 : m->a.stride);
    const float *b = (const float *)m->b.data + columnBegin * (m->b.isTransposed ? m->b.stride : 1);
    cblas_sgemm(CblasRowMajor, m->a.isTransposed ? CblasTrans : CblasNoTrans, m->b.isTransposed ? CblasTrans : CblasNoTrans,
                (int)(rowEnd - rowBegin), (int)(columnEnd - columnBegin), (int)m->inner, 1, a, (int)m->a.stride, b,
                (int)m->b.stride, m->accumulates ? 1 : 0, m->c + rowBegin * m->cStride + columnBegin, (int)m->cStride);
    if (!m->accumulates) NAME(finish)(m, rowBegin, rowEnd, columnBegin, columnEnd);
}

#endif

static void NAME(matrixMultiply)(const AttendMatrixMultiply *m, int64_t rowBegin, int64_t rowEnd, int64_t columnBegin,
                                 int64_t columnEnd) {
    if (rowBegin >= rowEnd || columnBegin >= columnEnd) return;
    int rounds = m->precision == AttendBFloat16;
    int isPlain = !rounds && m->a.element == AttendFloat32 && m->b.element == AttendFloat32;
    if (m->inner == 0 && !m->accumulates) {
        for (int64_t row = rowBegin; row < rowEnd; row++) {
            NAME(fill)(columnEnd - columnBegin, 0, m->c + row * m->cStride + columnBegin);
        }
    }
    if (m->rows <= DOT_ROW_LIMIT && m->inner > 0 && isPlain && !m->a.isTransposed && m->b.isTransposed) {
        if (m->rows == 1) {
            NAME(oneRow)(m, rowBegin, rowEnd, columnBegin, columnEnd);
        } else {
            NAME(someRows)(m, rowBegin, rowEnd, columnBegin, columnEnd);
        }
        if (!m->accumulates) NAME(finish)(m, rowBegin, rowEnd, columnBegin, columnEnd);
        return;
    }
    int isStored = m->b.element != AttendFloat32 && m->a.element == AttendFloat32 && m->inner > 0;
    int isBlocks = NAME(isBlocks)(m->b.element);
    int isDotted = isStored && (isBlocks || !rounds) && !m->a.isTransposed && m->b.isTransposed;
#if VECTOR_TAIL_AVX2
    if (m->rows >= BLOCK_PANEL_LEAST_ROWS && isDotted && isBlocks) {
        NAME(blockPanels)(m, rowBegin, rowEnd, columnBegin, columnEnd);
        if (!m->accumulates) NAME(finish)(m, rowBegin, rowEnd, columnBegin, columnEnd);
        return;
    }
#endif
    if (m->rows <= STORED_ROW_LIMIT && isDotted) {
        if (isBlocks) {
            NAME(blockRows)(m, rowBegin, rowEnd, columnBegin, columnEnd);
        } else {
            NAME(widenedRows)(m, rowBegin, rowEnd, columnBegin, columnEnd);
        }
        if (!m->accumulates) NAME(finish)(m, rowBegin, rowEnd, columnBegin, columnEnd);
        return;
    }

#if defined(__APPLE__)
    if (isPlain && m->inner > 0) {
        NAME(vendorProduct)(m, rowBegin, rowEnd, columnBegin, columnEnd);
        return;
    }
#endif

    // Rows of A are read where they lie, unless they are read so often that packing them pays, so many of them fall into
    // one set of the first-level cache that they would displace each other, or the tile needs them in another form.
    int packsA = !isPlain || m->a.isTransposed || columnEnd - columnBegin > DIRECT_COLUMNS ||
                 (TILE_ROWS > 8 && m->a.stride % 512 == 0);

    // Equal inner blocks: their number depends on the inner extent alone.
    int foldsPairs = VECTOR_HAS_BFLOAT16 && rounds;
    int64_t innerBlock = foldsPairs ? 2 * INNER_BLOCK : INNER_BLOCK;
    int64_t blocks = (m->inner + innerBlock - 1) / innerBlock;
    int64_t depthOfBlock = blocks == 0 ? 0 : ((m->inner + blocks - 1) / blocks + 1) / 2 * 2;
    int64_t blockColumns = columnEnd - columnBegin < COLUMN_BLOCK ? columnEnd - columnBegin : COLUMN_BLOCK;
    int64_t panels = (blockColumns + TILE_COLUMNS - 1) / TILE_COLUMNS;
    size_t floatsOfB = (size_t)(panels * TILE_COLUMNS * INNER_BLOCK), floatsOfA = ROW_BLOCK * INNER_BLOCK;
    float *packedB = attend_scratch(sizeof(float) * (floatsOfB + floatsOfA + 2 * INNER_BLOCK * TILE_COLUMNS));
    float *packedA = packedB + floatsOfB, *staging = packedA + floatsOfA;

    for (int64_t column = columnBegin; column < columnEnd; column += COLUMN_BLOCK) {
        int64_t columns = columnEnd - column < COLUMN_BLOCK ? columnEnd - column : COLUMN_BLOCK;
        for (int64_t inner = 0; inner < m->inner; inner += depthOfBlock) {
            int64_t depth = m->inner - inner < depthOfBlock ? m->inner - inner : depthOfBlock;
            int64_t words = foldsPairs ? (depth + 1) / 2 : depth;
            int adds = m->accumulates || inner > 0, isLast = inner + depth >= m->inner;
            NAME(packPanels)(&m->b, m->b.isTransposed, column, columns, TILE_COLUMNS, inner, depth, words, rounds, packedB, staging);
            for (int64_t row = rowBegin; row < rowEnd; row += ROW_BLOCK) {
                int64_t rows = rowEnd - row < ROW_BLOCK ? rowEnd - row : ROW_BLOCK;
                if (packsA) {
                    NAME(packPanels)(&m->a, !m->a.isTransposed, row, rows, TILE_ROWS, inner, depth, words, rounds, packedA,
                                     staging);
                }
                for (int64_t j = 0; j < columns; j += TILE_COLUMNS) {
                    int width = columns - j < TILE_COLUMNS ? (int)(columns - j) : TILE_COLUMNS;
                    for (int64_t i = 0; i < rows; i += TILE_ROWS) {
                        int height = rows - i < TILE_ROWS ? (int)(rows - i) : TILE_ROWS;
                        float *c = m->c + (row + i) * m->cStride + column + j;
                        const float *a = packedA + i * words, *b = packedB + j * words;
#if VECTOR_HAS_BFLOAT16
                        if (rounds) {
                            NAME(pairTile)(height, width, words, a, b, c, m->cStride, adds);
                            continue;
                        }
#endif
                        if (packsA) {
                            NAME(packedTile)(height, width, depth, a, b, c, m->cStride, adds);
                        } else {
                            const float *rowsOfA = (const float *)m->a.data + (row + i) * m->a.stride + inner;
                            NAME(directTile)(height, width, depth, rowsOfA, m->a.stride, 1, b, c, m->cStride, adds);
                        }
                    }
                }
                if (isLast && !m->accumulates) NAME(finish)(m, row, row + rows, column, column + columns);
            }
        }
    }
    if (m->inner == 0 && !m->accumulates) NAME(finish)(m, rowBegin, rowEnd, columnBegin, columnEnd);
}
