// What every check of the kernels uses. The checks are plain C so that they run where Swift does not: in an emulator of
// another processor, or as the only program on a bare Linux kernel. See Scripts/check-kernels.sh.

#ifndef CHECKS_H
#define CHECKS_H

#define _GNU_SOURCE 1 // π in math.h, memory maps

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "AttendKernels.h"

/// The table under test.
extern const AttendKernelTable *table;

/// A kernel of the table, noted as checked.
#define KERNEL(member) (noteUse(offsetof(AttendKernelTable, member)), table->member)
void noteUse(size_t offset);

/// 2⁻²³, the distance from 1 to the next float.
#define EPSILON 1.1920929e-7

// Buffers that end where an inaccessible page begins, so that one element too far is a fault, and with a pattern before
// them that must survive. All live until `releaseBuffers`.
void *bytes(size_t count);
float *floats(int64_t count);                         // in [−1, 1)
float *floatsIn(int64_t count, double low, double high);
float *floatsOf(int64_t count, float value);
float *copyOf(const float *x, int64_t count);
int32_t *integers(int64_t count, int64_t below);      // in [0, below)
uint16_t *shorts(int64_t count);                      // bfloat16 numbers in [−1, 1)
double *doubles(int64_t count);                       // zeros
void releaseBuffers(void);

double uniformIn(double low, double high);
int64_t below(int64_t bound);

/// Whether `got` is within `tolerance` of `want`; not-a-number and the infinities must agree.
void expectNear(const char *what, int64_t index, double got, double want, double tolerance);
void expectSame(const char *what, const void *got, const void *want, size_t size);
/// That a matrix inside a wider buffer was alone written to: every other element is as in `before`.
void expectGapsKept(const char *what, const float *after, const float *before, int64_t rows, int64_t columns,
                    int64_t stride, int64_t total);
void expect(const char *what, int holds);

// References shared by several checks.
float roundedToBFloat16(float x);
uint16_t bitsOfBFloat16(float x);
float fromBitsOfBFloat16(uint16_t bits);
double functionOf(AttendFunction function, double x);
double derivativeOf(AttendFunction function, double x);
/// Word `element / 16` of the Philox counter that the header gives to this element of a stream.
uint32_t randomWord(AttendRandom random, uint64_t element);
double randomUniform(AttendRandom random, uint64_t element);

/// Lengths around the ends of vectors of 4, 8 and 16 and of blocks.
extern const int64_t lengths[];
extern const int lengthCount;

void checkMatrixMultiply(void);
void checkStoredWeights(void);
void checkAttention(void);
void checkElementwise(void);
void checkGates(void);
void checkRotation(void);
void checkNorms(void);
void checkSoftmax(void);
void checkSums(void);
void checkMoves(void);
void checkRandom(void);
void checkOptimizer(void);
void checkMemory(void);

#endif
