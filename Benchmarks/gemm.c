// Times OpenBLAS on the matrix products of training: the peer of `attend bench gemm`.
//
//     cc -O2 Benchmarks/gemm.c -o gemm -lopenblas
//     OPENBLAS_NUM_THREADS=2 OPENBLAS_CORETYPE=SKYLAKEX ./gemm
//
// OpenBLAS reads both variables when it is loaded. It may take a recent processor for an older kind and then runs at a
// fraction of its speed, so name the kind (SKYLAKEX where there is AVX-512, HASWELL or ZEN where there is AVX2); the
// output says which it used.
//
// Each product is A [rows, inner] times the transpose of B [columns, inner], and its figure is that of the fastest of
// 30 runs. Prints one line of JSON.

#include <cblas.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { repetitions = 30 };

static const int shapes[][3] = {
    {768, 128, 384}, {768, 128, 512}, {4096, 384, 1536}, {256, 768, 3072}, {2048, 768, 3072}, {2048, 2048, 2048},
};

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/// A matrix of numbers in [-0.5, 0.5).
static float *matrix(size_t count) {
    static uint32_t state = 1;
    float *elements = malloc(count * sizeof(float));
    if (!elements) {
        fprintf(stderr, "gemm: no memory for %zu elements\n", count);
        exit(70);
    }
    for (size_t i = 0; i < count; i++) {
        state = state * 1664525u + 1013904223u;
        elements[i] = (float)(state >> 8) / 16777216.0f - 0.5f;
    }
    return elements;
}

static double gigaflops(int rows, int inner, int columns) {
    float *a = matrix((size_t)rows * inner), *b = matrix((size_t)columns * inner), *c = matrix((size_t)rows * columns);
    double best = 1e30;
    for (int run = 0; run < repetitions; run++) {
        double begin = seconds();
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, rows, columns, inner, 1, a, inner, b, inner, 0, c, columns);
        double time = seconds() - begin;
        if (time < best) best = time;
    }
    free(a);
    free(b);
    free(c);
    return 2.0 * rows * inner * columns / best / 1e9;
}

int main(void) {
    printf("{\"workload\": \"gemm\", \"coreType\": \"%s\", \"threads\": %d, \"shapes\": [", openblas_get_corename(),
           openblas_get_num_threads());
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        const int *s = shapes[i];
        printf("%s{\"rows\": %d, \"inner\": %d, \"columns\": %d, \"gigaflops\": %.1f}", i ? ", " : "", s[0], s[1], s[2],
               gigaflops(s[0], s[1], s[2]));
    }
    printf("]}\n");
}
