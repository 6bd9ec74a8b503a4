// The one narrow list through which Attend reaches the processor.
//
// Every instruction set fills one table of the functions below; `attend_kernels_best` picks a table when the program
// starts. The functions know nothing of threads: each works on the range that it is handed, and the Swift side
// (AttendTensors) decides how a piece of work is divided. The result for one element never depends on that division.
//
// Matrices are dense, row-major float32. "Stride" is the distance in elements from one row to the next.

#ifndef ATTEND_KERNELS_H
#define ATTEND_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// How the elements of a matrix operand are stored.
typedef enum : int32_t {
    AttendFloat32 = 0,
    AttendBFloat16 = 1,
    // Blocks of 32 elements with one scale in half precision: a B that is stored [columns, inner], and nothing else.
    AttendInt8Blocks = 2, // scale, then 32 bytes: 34 in all; llama.cpp's Q8_0
    AttendInt4Blocks = 3, // scale, then 16 bytes, of which the lower halves come first, plus 8: 18 in all; Q4_0
} AttendElement;

/// A function applied to each element.
typedef enum : int32_t {
    AttendIdentity = 0,
    AttendReLU = 1,
    AttendGELUTanh = 2,   // Hendrycks & Gimpel 2016, tanh form used by GPT-2
    AttendGELU = 3,       // x Φ(x), exact
    AttendSiLU = 4,       // x σ(x)
    AttendTanh = 5,
    AttendSigmoid = 6,
    AttendExp = 7,
    AttendLog = 8,
    AttendSquareRoot = 9,
    AttendReciprocal = 10,
    AttendSquare = 11,
    AttendReLUSquared = 12, // max(0, x)², So et al. 2021
} AttendFunction;

/// How one half of a row gates the other: f(x₁) ∘ x₂ (Shazeer 2020).
typedef enum : int32_t {
    AttendGateReLU = 0,
    AttendGateGELU = 1,
    AttendGateGELUTanh = 2,
    AttendGateSiLU = 3,
    AttendGateSigmoid = 4,
    AttendGateClampedSwish = 5, // g = min(x₁, 7), u = x₂ within ±7: (u + 1) · g · σ(1.702 g)
} AttendGate;

/// An operand of a matrix multiply. Element (row, inner) of A, or (inner, column) of B.
typedef struct {
    const void *data;
    int64_t stride;
    int32_t isTransposed; // A: stored [inner, rows]; B: stored [columns, inner]
    AttendElement element;
} AttendOperand;

/// C = activation(A B + bias) + residual, or C += A B.
typedef struct {
    int64_t rows, inner, columns;
    AttendOperand a, b;
    float *c;
    int64_t cStride;
    int32_t accumulates;              // C += A B: no bias, activation or residual then
    AttendElement precision;          // AttendBFloat16: operands are rounded to bfloat16, sums stay float32
    const float *_Nullable bias;      // [columns]
    AttendFunction activation;
    float *_Nullable preactivation;   // [rows, columns] with C's stride: A B + bias, kept for the derivative
    const float *_Nullable residual;  // [rows, columns], added after the activation
    int64_t residualStride;
} AttendMatrixMultiply;

/// A stream of random numbers: Philox 4x32-10 (Salmon et al. 2011) keyed by `seed`, counted by (`stream`, block).
/// A block is 64 elements made of 16 counters: element e of a block is word e/16 of counter e%16, so that vectors of
/// 4, 8 or 16 lanes all read neighbouring elements.
typedef struct {
    uint64_t seed, stream;
} AttendRandom;

/// Scaled dot-product attention for all heads, softmax(scale · Q Kᵀ) V, without its score matrix in memory.
/// Head h of a token lies at `token + h · headWidth`; query head h reads key-value head h · keyValueHeads / heads.
/// The place of query i among the keys is i + keys − queries. A query that sees no key gives zeros.
typedef struct {
    int64_t batch, heads, keyValueHeads, queries, keys, headWidth;
    float scale;
    AttendElement precision;          // AttendBFloat16: a processor that multiplies it rounds the operands of products
    int32_t isCausal;                 // a query sees keys up to its own place
    int64_t window;                   // a query sees keys less than this far from its place; 0: any distance
    const float *_Nullable keyMask;   // [batch, keys]: 0 hides the key
    const float *_Nullable bias;      // [heads, queries, keys], added to the scaled scores; −∞ hides the key
    const float *_Nullable slopes;    // [heads]: slope · distance from the query's place is taken from the scaled scores
    const float *_Nullable sinks;     // [heads]: a score that joins the softmax and carries no value
    float dropout;                    // probability that a weight is zeroed; the others are scaled by 1 / (1 − dropout)
    AttendRandom random;              // element ((b·heads + h)·queries + q)·⌈keys/64⌉·64 + k decides about weight (q, k)
    const float *query, *key, *value;
    // Float32, or what storeHeads writes: then a head of a token is as many bytes further as it takes, and the strides of
    // keys and values count words of four bytes. The derivative knows float32 alone.
    AttendElement keyValueElement;
    int64_t queryBatchStride, queryTokenStride;
    int64_t keyBatchStride, keyTokenStride;
    int64_t valueBatchStride, valueTokenStride;
    float *output;
    int64_t outputBatchStride, outputTokenStride;
    float *_Nullable logSumExp;       // [batch, heads, queries], the sink included; −∞ where there is no score
    // Where the keys and values of one sequence (batch 1) lie in pages: token t at the place pages[t / pageTokens] ·
    // pageTokens + t % pageTokens of both, counted in their token strides. NULL: at t. The derivative knows no pages.
    const int32_t *_Nullable pages;
    int64_t pageTokens;
} AttendAttention;

/// The derivative of AttendAttention. Gradients have the strides of what they belong to and are overwritten.
typedef struct {
    AttendAttention forward;          // output and logSumExp as the forward pass left them
    const float *outputGradient;      // strides of output
    float *queryGradient, *keyGradient, *valueGradient;
    float *_Nullable biasGradient;    // [batch, heads, queries, keys]: each sequence's own, to be summed
    float *_Nullable sinkGradient;    // [batch, heads], likewise
} AttendAttentionGradient;

/// Rotary positions (Su et al. 2021): in each of the first `headCount` heads of a row, elements [begin, begin + 2 pairs)
/// turn by pairs, (x₁, x₂) → (x₁ cos − x₂ sin, x₂ cos + x₁ sin). The rest of the row is copied.
typedef struct {
    int64_t rowWidth, headCount, headWidth, begin, pairs;
    int64_t tableRows;                // row r turns by row r % tableRows of the tables
    int32_t isInterleaved;            // pairs (2i, 2i + 1) rather than (i, i + pairs)
    int32_t isTransposed;             // the other way round, the derivative: (x₁ cos + x₂ sin, x₂ cos − x₁ sin)
    const float *cosines, *sines;     // [tableRows, pairs]
    const float *x;                   // [rows, rowWidth]
    float *y;                         // may be x
} AttendRotation;

/// AdamW (Loshchilov & Hutter 2019) for one step.
typedef struct {
    float learningRate, beta1, beta2, epsilon, weightDecay;
    float correction1, correction2;   // 1 − β₁ᵗ, 1 − β₂ᵗ
    float gradientScale;              // multiplied into the gradient first (clipping)
} AttendAdamW;

/// Lion (Chen et al. 2023) for one step.
typedef struct {
    float learningRate, beta1, beta2, weightDecay;
    float gradientScale;              // multiplied into the gradient first (clipping)
} AttendLion;

/// Gradient descent with momentum (Polyak 1964; Nesterov 1983, as Sutskever et al. 2013 write it) for one step.
typedef struct {
    float learningRate, momentum, weightDecay; // the decay is added to the gradient
    float gradientScale;              // multiplied into the gradient first (clipping)
    int32_t isNesterov;               // looks ahead by the momentum
} AttendMomentum;

/// One instruction set's functions. Ranges are half open. Unless said otherwise destination and source may be the same
/// buffer but may not overlap in part.
typedef struct {
    const char *name;                 // "avx512", "avx2", "neon", "portable"
    int32_t vectorWidth;              // floats in a vector
    int32_t hasBFloat16;              // multiplies bfloat16 with instructions for it

    // Matrix multiply: the block of C given by the two ranges. A range of columns may begin at any column, but
    // multiples of `panelColumns` (and of `panelRows`) waste nothing.
    int32_t panelRows, panelColumns;
    // Up to how many rows of A read weights that are stored in fewer bits as they lie.
    int32_t storedRowLimit;
    void (*matrixMultiply)(const AttendMatrixMultiply *, int64_t rowBegin, int64_t rowEnd, int64_t columnBegin, int64_t columnEnd);

    // Attention for the pairs [begin, end) of batch · keyValueHeads.
    void (*attention)(const AttendAttention *, int64_t begin, int64_t end);
    void (*attentionGradient)(const AttendAttentionGradient *, int64_t begin, int64_t end);

    // y[i] = f(x[i]);  dx[i] = dy[i] · f′(x[i]).
    void (*apply)(AttendFunction, int64_t count, const float *x, float *y);
    void (*applyGradient)(AttendFunction, int64_t count, const float *x, const float *dy, float *dx);

    // z = a x + b y;  z = x ∘ y;  z = x ∘ y + z;  y = a x + b.
    void (*combine)(int64_t count, float a, const float *x, float b, const float *y, float *z);
    void (*multiply)(int64_t count, const float *x, const float *y, float *z);
    void (*multiplyAdd)(int64_t count, const float *x, const float *y, float *z);
    void (*affine)(int64_t count, float a, const float *x, float b, float *y);
    void (*fill)(int64_t count, float value, float *y);
    // z[row] = x[row] + y, and z[row] = x[row] ∘ y, for a trailing-axes operand y of `width` elements.
    void (*addTrailing)(int64_t rows, int64_t width, const float *x, const float *y, float *z);
    void (*multiplyTrailing)(int64_t rows, int64_t width, const float *x, const float *y, float *z);
    // z[row] = scales[row] · x[row].
    void (*scaleRows)(int64_t rows, int64_t width, const float *x, const float *scales, float *z);

    // y = gate(x₁, x₂) for rows x = (x₁, x₂) of 2 · width elements; dx = dy · gate′. Neither may be in place.
    void (*gated)(AttendGate, int64_t rows, int64_t width, const float *x, float *y);
    void (*gatedGradient)(AttendGate, int64_t rows, int64_t width, const float *x, const float *dy, float *dx);

    // Rotary positions for a range of rows.
    void (*rotate)(const AttendRotation *, int64_t rowBegin, int64_t rowEnd);

    // y = gain ∘ (x − mean) · reciprocal deviation + bias, by row; `statistics` receives [rows, 2] = mean, reciprocal
    // deviation. RMSNorm leaves out the mean (stored as 0) and the bias.
    void (*layerNorm)(int64_t rows, int64_t width, float epsilon, const float *x, const float *_Nullable gain,
                      const float *_Nullable bias, float *y, float *_Nullable statistics);
    void (*rmsNorm)(int64_t rows, int64_t width, float epsilon, const float *x, const float *_Nullable gain, float *y,
                    float *_Nullable statistics);
    // dx (added to when `accumulates`); gainGradient and biasGradient [width] are sums over these rows, overwritten.
    void (*layerNormGradient)(int64_t rows, int64_t width, const float *x, const float *_Nullable gain, const float *statistics,
                              const float *dy, float *dx, int32_t accumulates, float *_Nullable gainGradient,
                              float *_Nullable biasGradient);
    void (*rmsNormGradient)(int64_t rows, int64_t width, const float *x, const float *_Nullable gain, const float *statistics,
                            const float *dy, float *dx, int32_t accumulates, float *_Nullable gainGradient);

    // By row. A row whose elements are all −∞ has the softmax 0 and the log-sum-exp −∞.
    void (*softmax)(int64_t rows, int64_t width, const float *x, float *y);
    void (*softmaxGradient)(int64_t rows, int64_t width, const float *y, const float *dy, float *dx);
    void (*logSumExp)(int64_t rows, int64_t width, const float *x, float *y);
    // losses[row] = weight[row] · (L − ((1 − s) logits[target] + s mean(logits)) + zLoss · L²), L = logSumExp(logits), s = smoothing;
    // where `givesGradient`, the logits are replaced by the derivative of that loss. A target < 0 gives loss 0, gradient 0.
    void (*crossEntropy)(int64_t rows, int64_t width, float *logits, const int32_t *targets, const float *_Nullable weights,
                         float weight, float smoothing, float zLoss, float *losses, int32_t givesGradient);

    // y[i] = table[ids[i]]. Ids must be valid: the caller checks.
    void (*gather)(int64_t count, int64_t width, const float *table, const int32_t *ids, float *y);
    // table[ids[i]][c] += y[i][c] for columns c in the range, in the order of i.
    void (*scatterAdd)(int64_t count, int64_t width, const int32_t *ids, const float *y, float *table, int64_t columnBegin,
                       int64_t columnEnd);

    // Sums. Double results; the caller fixes the pieces. columnSums: y[c] = Σ_row x[row][c] over these rows, overwritten.
    double (*sum)(int64_t count, const float *x);
    double (*sumOfSquares)(int64_t count, const float *x);
    double (*dot)(int64_t count, const float *x, const float *y);
    void (*columnSums)(int64_t rows, int64_t width, const float *x, int64_t stride, float *y);
    void (*rowSums)(int64_t rows, int64_t width, const float *x, float *y);
    // The largest element of each row, and where it first stands.
    void (*rowMaxima)(int64_t rows, int64_t width, const float *x, float *maxima, int32_t *indices);
    // 1 when every element is finite.
    int32_t (*isFinite)(int64_t count, const float *x);

    // y[r][c] = x[c][r]; x is [rows, columns] with its stride, y is [columns, rows] with its own. May not be in place.
    void (*transpose)(int64_t rows, int64_t columns, const float *x, int64_t xStride, float *y, int64_t yStride);
    void (*copyRows)(int64_t rows, int64_t width, const float *x, int64_t xStride, float *y, int64_t yStride);

    // Rows of heads as caches keep them, and back: AttendBFloat16, or AttendInt8Blocks, where zeros fill each head up to whole
    // blocks. Strides of kept rows count words of four bytes. A number that is not finite makes its block one of NaNs.
    void (*storeHeads)(AttendElement, int64_t rows, int64_t heads, int64_t headWidth, const float *x, int64_t xStride, void *y,
                       int64_t yStride);
    void (*widenHeads)(AttendElement, int64_t rows, int64_t heads, int64_t headWidth, const void *x, int64_t xStride, float *y,
                       int64_t yStride);

    // Random elements [first, first + count) of a stream; `first` must be a multiple of 64.
    // uniform: [0, 1); normal: Box–Muller (pairs of words within a block); dropout: y = keep ? x / (1 − p) : 0, the same
    // function for forward and backward.
    void (*uniform)(AttendRandom, int64_t first, int64_t count, float *y);
    void (*normal)(AttendRandom, int64_t first, int64_t count, float mean, float deviation, float *y);
    void (*dropout)(AttendRandom, int64_t first, int64_t count, float probability, const float *x, float *y);

    void (*adamW)(const AttendAdamW *, int64_t count, float *parameter, const float *gradient, float *firstMoment,
                  float *secondMoment);
    void (*lion)(const AttendLion *, int64_t count, float *parameter, const float *gradient, float *moment);
    void (*momentum)(const AttendMomentum *, int64_t count, float *parameter, const float *gradient, float *velocity);

    // Round to nearest even, NaN kept; and exact widening.
    void (*toBFloat16)(int64_t count, const float *x, uint16_t *y);
    void (*fromBFloat16)(int64_t count, const uint16_t *x, float *y);
    // The same for IEEE 754 half precision.
    void (*toFloat16)(int64_t count, const float *x, uint16_t *y);
    void (*fromFloat16)(int64_t count, const uint16_t *x, float *y);
} AttendKernelTable;

/// The table for this processor, or the one that the environment variable ATTEND_KERNELS names, if this processor can
/// run it. Chosen once.
const AttendKernelTable *attend_kernels(void);

/// The named table, or NULL where this processor cannot run it or no such table exists.
const AttendKernelTable *_Nullable attend_kernels_named(const char *name);

/// 1 when ATTEND_KERNELS is unset or names a table that this processor can run.
int32_t attend_kernels_request_is_valid(void);

// Memory for tensors, aligned to 64 bytes. NULL when there is none left. Large blocks ask for large pages.
void *_Nullable attend_allocate(size_t bytes);
void attend_free(void *_Nullable, size_t bytes);
void attend_copy(void *destination, const void *source, size_t bytes);

/// Tells the processor that the calling thread waits for another (one turn of a spin loop).
void attend_pause(void);

#pragma clang assume_nonnull end

#endif
