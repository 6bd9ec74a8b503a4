// 64-bit ARM. Its base instruction set has all that is needed.

#include "Scratch.h"
#include "Tables.h"

#if defined(__aarch64__)

#include <arm_neon.h>

#define NAME(x) attend_neon_##x
#define TABLE_NAME "neon"
#define VECTOR_WIDTH 4
#define VECTOR_HAS_FMA 1
#define VECTOR_HAS_BFLOAT16 0
#define VECTOR_HAS_INT8_DOT 0

#include "Template/Template.h"

#endif
