// Vectors of four, and nothing that the compiler's base instruction set does not promise.

#include "Scratch.h"
#include "Tables.h"

#define NAME(x) attend_portable_##x
#define TABLE_NAME "portable"
#define VECTOR_WIDTH 4
#define VECTOR_HAS_FMA 0
#define VECTOR_HAS_BFLOAT16 0
#define VECTOR_HAS_INT8_DOT 0

#include "Template/Template.h"
