// The text of the AVX-512 table with bfloat16, on AVX2: every AVX-512 instruction that it names is a few lines of C here.
// What it cannot show is that the instructions themselves were well chosen.

#if defined(__x86_64__)

#include <immintrin.h>

#include "Checks.h"
#include "Scratch.h"
#include "Tables.h"

// Vectors twice as wide as the processor's are never handed to a function that is not inlined.
#pragma clang diagnostic ignored "-Wpsabi"

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

#define EMULATED static inline __attribute__((always_inline))

EMULATED __m512 emulated_setzero(void) { return (__m512){}; }
EMULATED __m512 emulated_loadu(const void *p) {
    __m512 v;
    memcpy(&v, p, sizeof v);
    return v;
}
EMULATED __m512i emulated_loadu_si512(const void *p) { return (__m512i)emulated_loadu(p); }
EMULATED void emulated_storeu(void *p, __m512 v) { memcpy(p, &v, sizeof v); }
EMULATED __m512i emulated_set1(int x) {
    int lanes[16];
    for (int lane = 0; lane < 16; lane++) lanes[lane] = x;
    return emulated_loadu_si512(lanes);
}
EMULATED __m512 emulated_maskz_loadu(__mmask16 mask, const float *p) {
    float lanes[16] = {0};
    for (int lane = 0; lane < 16; lane++)
        if (mask >> lane & 1) lanes[lane] = p[lane];
    return emulated_loadu(lanes);
}
EMULATED void emulated_mask_storeu(float *p, __mmask16 mask, __m512 v) {
    for (int lane = 0; lane < 16; lane++)
        if (mask >> lane & 1) p[lane] = v[lane];
}

// Pairs of bfloat16 numbers are only carried from memory to the product.
#define __m512bh __m512i

/// VDPBF16PS: each lane of `sum` gains the product of the upper and that of the lower bfloat16 numbers.
EMULATED __m512 emulated_dpbf16(__m512 sum, __m512bh a, __m512bh b) {
    uint32_t left[16], right[16];
    memcpy(left, &a, sizeof left);
    memcpy(right, &b, sizeof right);
    for (int lane = 0; lane < 16; lane++) {
        float upper = fromBitsOfBFloat16((uint16_t)(left[lane] >> 16)) * fromBitsOfBFloat16((uint16_t)(right[lane] >> 16));
        float lower = fromBitsOfBFloat16((uint16_t)left[lane]) * fromBitsOfBFloat16((uint16_t)right[lane]);
        sum[lane] = sum[lane] + upper + lower;
    }
    return sum;
}

/// VCVTNE2PS2BF16: 32 floats rounded to bfloat16, those of `low` in the lower half.
EMULATED __m512bh emulated_cvtne2ps(__m512 high, __m512 low) {
    uint16_t lanes[32];
    for (int lane = 0; lane < 32; lane++) {
        float x = lane < 16 ? low[lane] : high[lane - 16];
        uint32_t bits;
        memcpy(&bits, &x, sizeof bits);
        uint32_t rounded = bits + 0x7fff + (bits >> 16 & 1);
        lanes[lane] = (uint16_t)((x != x ? bits | 0x00400000 : (bits & 0x7f800000) == 0 ? bits & 0x80000000 : rounded) >> 16);
    }
    __m512bh result;
    memcpy(&result, lanes, sizeof result);
    return result;
}

#define _mm512_setzero_ps emulated_setzero
#define _mm512_loadu_ps emulated_loadu
#define _mm512_loadu_si512 emulated_loadu_si512
#define _mm512_storeu_ps emulated_storeu
#define _mm512_set1_epi32 emulated_set1
#define _mm512_add_ps(a, b) ((a) + (b))
#define _mm512_maskz_loadu_ps emulated_maskz_loadu
#define _mm512_mask_storeu_ps emulated_mask_storeu
#define _mm512_dpbf16_ps emulated_dpbf16
#define _mm512_cvtne2ps_pbh emulated_cvtne2ps

#define NAME(x) attend_emulated_##x
#define TABLE_NAME "emulated"
#define VECTOR_WIDTH 16
#define VECTOR_HAS_FMA 1
#define VECTOR_HAS_BFLOAT16 1
#define VECTOR_HAS_INT8_DOT 0
#define VECTOR_TAIL_AVX512 1

#include "Template/Template.h"

#pragma clang attribute pop

#endif
