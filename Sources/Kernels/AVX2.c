// x86-64 with AVX2, fused multiply-add and F16C: Intel since Haswell (2013), AMD since Zen.

#include "Scratch.h"
#include "Tables.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define NAME(x) attend_avx2_##x
#define TABLE_NAME "avx2"
#define VECTOR_WIDTH 8
#define VECTOR_HAS_FMA 1
#define VECTOR_HAS_BFLOAT16 0
#define VECTOR_HAS_INT8_DOT 0
#define VECTOR_TAIL_AVX2 1

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#include "Template/Template.h"
#pragma clang attribute pop

#endif
