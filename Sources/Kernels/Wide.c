// Vectors of sixteen on AVX2: lets the tests run the 16-wide text of the template where there is no AVX-512.
// `swift test -c release -Xcc -DATTEND_TEST_TABLES --filter KernelsTests` compiles it in.

#include "Scratch.h"
#include "Tables.h"

#if defined(ATTEND_TEST_TABLES) && defined(__x86_64__)

#include <immintrin.h>

// Every function with a vector among its arguments is inlined, so how one would be passed does not matter.
#pragma clang diagnostic ignored "-Wpsabi"

#define NAME(x) attend_wide_##x
#define TABLE_NAME "wide"
#define VECTOR_WIDTH 16
#define VECTOR_HAS_FMA 1
#define VECTOR_HAS_BFLOAT16 0
#define VECTOR_HAS_INT8_DOT 0

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#include "Template/Template.h"
#pragma clang attribute pop

#endif
