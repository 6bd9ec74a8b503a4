// The tables that were compiled in. Which of them this processor can run, Dispatch.c finds out.

#ifndef ATTEND_TABLES_H
#define ATTEND_TABLES_H

#include <math.h>
#include <string.h>

#if defined(__APPLE__)
#define ACCELERATE_NEW_LAPACK
#include <Accelerate/Accelerate.h>
#endif

#include "AttendKernels.h"

extern const AttendKernelTable attend_portable_table;
#if defined(__x86_64__)
extern const AttendKernelTable attend_avx2_table;
extern const AttendKernelTable attend_avx512_table;
extern const AttendKernelTable attend_avx512bf16_table;
#endif
#if defined(__aarch64__)
extern const AttendKernelTable attend_neon_table;
#endif
#if defined(ATTEND_TEST_TABLES) && defined(__x86_64__)
extern const AttendKernelTable attend_wide_table;
#endif

#endif
