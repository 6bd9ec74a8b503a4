// Buffers with guards, comparisons, and what is common to the references.

#include "Harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

const AttendKernelTable *table;
static uint8_t used[sizeof(AttendKernelTable)];
int64_t comparisons, failures;
double worst;

void noteUse(size_t offset) { used[offset] = 1; }

int kernelsWithoutCheck(void) {
    int missing = 0;
    // Those between the two sizes of panels and the end of the table.
    for (size_t at = offsetof(AttendKernelTable, matrixMultiply); at < sizeof(AttendKernelTable); at += sizeof(void *)) {
        if (used[at]) continue;
        size_t number = (at - offsetof(AttendKernelTable, matrixMultiply)) / sizeof(void *);
        printf("FAILED: kernel number %zu of the table (counted from matrixMultiply = 0) was never called\n", number);
        missing++;
    }
    return missing;
}

// --- Random inputs

static uint64_t state = 0x853c49e6748fea9bu;

static uint32_t nextWord(void) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 32);
}

double uniformIn(double low, double high) { return low + (high - low) * (nextWord() * 0x1p-32); }
int64_t below(int64_t bound) { return (int64_t)(((uint64_t)nextWord() * (uint64_t)bound) >> 32); }

// --- Buffers

enum { pattern = 0xa5, mostBuffers = 256 };

static struct {
    uint8_t *region, *data;
    size_t size;
} buffers[mostBuffers];
static int bufferCount;

void *bytes(size_t count) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t body = (count + page - 1) / page * page + page;
    uint8_t *region = mmap(NULL, body + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (region == MAP_FAILED || bufferCount == mostBuffers || mprotect(region + body, page, PROT_NONE) != 0) {
        fprintf(stderr, "no memory for a buffer of %zu bytes\n", count);
        exit(70);
    }
    memset(region, pattern, body - count);
    buffers[bufferCount].region = region;
    buffers[bufferCount].size = body + page;
    buffers[bufferCount++].data = region + body - count;
    return region + body - count;
}

void releaseBuffers(void) {
    for (int i = 0; i < bufferCount; i++) {
        for (uint8_t *p = buffers[i].region; p < buffers[i].data; p++) {
            if (*p == pattern) continue;
            expect("nothing is written before the beginning of a buffer", 0);
            break;
        }
        munmap(buffers[i].region, buffers[i].size);
    }
    bufferCount = 0;
}

float *floatsIn(int64_t count, double low, double high) {
    float *x = bytes((size_t)count * sizeof(float));
    for (int64_t i = 0; i < count; i++) x[i] = (float)uniformIn(low, high);
    return x;
}

float *floats(int64_t count) { return floatsIn(count, -1, 1); }

float *floatsOf(int64_t count, float value) {
    float *x = bytes((size_t)count * sizeof(float));
    for (int64_t i = 0; i < count; i++) x[i] = value;
    return x;
}

float *copyOf(const float *x, int64_t count) {
    float *y = bytes((size_t)count * sizeof(float));
    if (count > 0) memcpy(y, x, (size_t)count * sizeof(float));
    return y;
}

int32_t *integers(int64_t count, int64_t bound) {
    int32_t *x = bytes((size_t)count * sizeof(int32_t));
    for (int64_t i = 0; i < count; i++) x[i] = (int32_t)below(bound);
    return x;
}

uint16_t *shorts(int64_t count) {
    uint16_t *x = bytes((size_t)count * sizeof(uint16_t));
    for (int64_t i = 0; i < count; i++) x[i] = bitsOfBFloat16((float)uniformIn(-1, 1));
    return x;
}

double *doubles(int64_t count) {
    double *x = bytes((size_t)count * sizeof(double));
    for (int64_t i = 0; i < count; i++) x[i] = 0;
    return x;
}

// --- Comparisons

static void fail(const char *format, const char *what, int64_t index, double got, double want, double tolerance) {
    const int64_t shown = 20;
    if (failures++ < shown) {
        printf("FAILED: ");
        printf(format, what, (long long)index, got, want, tolerance);
        printf("\n");
    }
}

void expectNear(const char *what, int64_t index, double got, double want, double tolerance) {
    comparisons++;
    if (isnan(want) || isinf(want) || isnan(got) || isinf(got)) {
        if (!(isnan(got) && isnan(want)) && got != want)
            fail("%s, element %lld: %.9g instead of %.9g", what, index, got, want, tolerance);
        return;
    }
    double error = fabs(got - want);
    if (error > 0 && error / tolerance > worst) worst = error / tolerance;
    if (error > tolerance) fail("%s, element %lld: %.9g instead of %.9g (within %.3g)", what, index, got, want, tolerance);
}

void expectSame(const char *what, const void *got, const void *want, size_t size) {
    comparisons++;
    const uint8_t *a = got, *b = want;
    for (size_t i = 0; i < size; i++) {
        if (a[i] == b[i]) continue;
        fail("%s: byte %lld differs (%.0f, %.0f)", what, (int64_t)i, a[i], b[i], 0);
        return;
    }
}

void expectGapsKept(const char *what, const float *after, const float *before, int64_t rows, int64_t columns,
                    int64_t stride, int64_t total) {
    comparisons++;
    for (int64_t i = 0; i < total; i++) {
        if (i / stride < rows && i % stride < columns) continue;
        if (memcmp(after + i, before + i, sizeof(float)) == 0) continue;
        fail("%s: element %lld between or after the rows was written to", what, i, 0, 0, 0);
        return;
    }
}

void expect(const char *what, int holds) {
    comparisons++;
    if (!holds) fail("%s", what, 0, 0, 0, 0);
}

// --- References

const int64_t lengths[] = {0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 63, 64, 65, 97, 128, 129, 257, 1000, 1025, 2311};
const int lengthCount = sizeof lengths / sizeof *lengths;

uint16_t bitsOfBFloat16(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    if (isnan(x)) return (uint16_t)(bits >> 16 | 0x40);
    uint32_t lost = bits & 0xffff, upper = bits >> 16;
    if (lost > 0x8000 || (lost == 0x8000 && (upper & 1))) upper++;
    return (uint16_t)upper;
}

float fromBitsOfBFloat16(uint16_t half) {
    uint32_t bits = (uint32_t)half << 16;
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

float roundedToBFloat16(float x) { return fromBitsOfBFloat16(bitsOfBFloat16(x)); }

static double sigmoid(double x) { return 1 / (1 + exp(-x)); }

double functionOf(AttendFunction function, double x) {
    const double a = 2 * sqrt(2 / M_PI);
    switch (function) {
    case AttendIdentity: return x;
    case AttendReLU: return x < 0 ? 0 : x;
    case AttendGELUTanh: return x * sigmoid(a * (x + 0.044715 * x * x * x));
    case AttendGELU: return x * 0.5 * erfc(-x / sqrt(2));
    case AttendSiLU: return x * sigmoid(x);
    case AttendTanh: return tanh(x);
    case AttendSigmoid: return sigmoid(x);
    case AttendExp: return exp(x);
    case AttendLog: return log(x);
    case AttendSquareRoot: return sqrt(x);
    case AttendReciprocal: return 1 / x;
    case AttendSquare: return x * x;
    case AttendReLUSquared: return x < 0 ? 0 : x * x;
    }
    return NAN;
}

double derivativeOf(AttendFunction function, double x) {
    const double a = 2 * sqrt(2 / M_PI);
    double u = a * (x + 0.044715 * x * x * x), slope = a * (1 + 3 * 0.044715 * x * x);
    switch (function) {
    case AttendIdentity: return 1;
    case AttendReLU: return x > 0;
    case AttendGELUTanh: return fabs(u) > 700 ? x > 0 : sigmoid(u) + x * sigmoid(u) * sigmoid(-u) * slope;
    case AttendGELU: return 0.5 * erfc(-x / sqrt(2)) + x * exp(-x * x / 2) / sqrt(2 * M_PI);
    case AttendSiLU: return fabs(x) > 700 ? x > 0 : sigmoid(x) + x * sigmoid(x) * sigmoid(-x);
    case AttendTanh: return 4 * sigmoid(2 * x) * sigmoid(-2 * x);
    case AttendSigmoid: return sigmoid(x) * sigmoid(-x);
    case AttendExp: return exp(x);
    case AttendLog: return 1 / x;
    case AttendSquareRoot: return 0.5 / sqrt(x);
    case AttendReciprocal: return -1 / (x * x);
    case AttendSquare: return 2 * x;
    case AttendReLUSquared: return x < 0 ? 0 : 2 * x;
    }
    return NAN;
}

uint32_t randomWord(AttendRandom random, uint64_t element) {
    uint64_t counter = element / 64 * 16 + element % 16;
    uint32_t c[4] = {(uint32_t)counter, (uint32_t)(counter >> 32), (uint32_t)random.stream, (uint32_t)(random.stream >> 32)};
    uint32_t k[2] = {(uint32_t)random.seed, (uint32_t)(random.seed >> 32)};
    for (int round = 0; round < 10; round++) {
        uint64_t first = (uint64_t)0xD2511F53u * c[0], second = (uint64_t)0xCD9E8D57u * c[2];
        uint32_t next[4] = {(uint32_t)(second >> 32) ^ c[1] ^ k[0], (uint32_t)second,
                            (uint32_t)(first >> 32) ^ c[3] ^ k[1], (uint32_t)first};
        memcpy(c, next, sizeof c);
        k[0] += 0x9E3779B9u;
        k[1] += 0xBB67AE85u;
    }
    return c[element % 64 / 16];
}

double randomUniform(AttendRandom random, uint64_t element) { return (randomWord(random, element) >> 8) * 0x1p-24; }
