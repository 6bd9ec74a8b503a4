// x86-64 with AVX-512 and its dot products of bfloat16 and of bytes: Intel since Cooper Lake, AMD since Zen 4.

#include "Scratch.h"
#include "Tables.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define NAME(x) attend_avx512bf16_##x
#define TABLE_NAME "avx512"
#define VECTOR_WIDTH 16
#define VECTOR_HAS_FMA 1
#define VECTOR_HAS_BFLOAT16 1
#define VECTOR_HAS_INT8_DOT 1
#define VECTOR_TAIL_AVX512 1

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx512bf16,avx2,fma,f16c"))), apply_to = function)
#include "Template/Template.h"
#pragma clang attribute pop

#endif
