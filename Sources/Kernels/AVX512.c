// x86-64 with AVX-512 (F, BW, DQ, VL): Intel servers since Skylake, AMD since Zen 4.

#include "Scratch.h"
#include "Tables.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define NAME(x) attend_avx512_##x
#define TABLE_NAME "avx512"
#define VECTOR_WIDTH 16
#define VECTOR_HAS_FMA 1
#define VECTOR_HAS_BFLOAT16 0
#define VECTOR_HAS_INT8_DOT 0
#define VECTOR_TAIL_AVX512 1

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c"))), apply_to = function)
#include "Template/Template.h"
#pragma clang attribute pop

#endif
