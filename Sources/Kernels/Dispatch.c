// Finds out what the processor can do and picks a table, once.

#include <stdatomic.h>
#include <stdlib.h>

#include "Tables.h"

#if defined(__x86_64__)

#include <cpuid.h>

typedef struct {
    int hasAVX2, hasAVX512, hasAVX512BFloat16;
} Features;

/// Which registers the operating system saves when it switches threads (XCR0).
static uint64_t savedRegisters(void) {
    uint32_t low, high;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}

static Features features(void) {
    Features found = {0};
    uint32_t a, b, c, d;
    const uint32_t osxsave = 1u << 27, avx = 1u << 28, fma = 1u << 12, f16c = 1u << 29;
    if (!__get_cpuid(1, &a, &b, &c, &d) || (c & osxsave) == 0) return found;
    int hasBase = (c & avx) && (c & fma) && (c & f16c);
    uint64_t saved = savedRegisters();
    if (!hasBase || (saved & 0x6) != 0x6 || !__get_cpuid_count(7, 0, &a, &b, &c, &d)) return found;
    found.hasAVX2 = (b >> 5) & 1;
    const uint32_t f = 1u << 16, dq = 1u << 17, bw = 1u << 30, vl = 1u << 31, all = f | dq | bw | vl;
    found.hasAVX512 = found.hasAVX2 && (b & all) == all && (saved & 0xe6) == 0xe6;
    int hasByteDots = (c >> 11) & 1;
    if (found.hasAVX512 && hasByteDots && a >= 1 && __get_cpuid_count(7, 1, &a, &b, &c, &d))
        found.hasAVX512BFloat16 = (a >> 5) & 1;
    return found;
}

#endif

const AttendKernelTable *attend_kernels_named(const char *name) {
    if (strcmp(name, "portable") == 0) return &attend_portable_table;
#if defined(__x86_64__)
    Features found = features();
    if (strcmp(name, "avx2") == 0) return found.hasAVX2 ? &attend_avx2_table : NULL;
    if (strcmp(name, "avx512") == 0) {
        if (found.hasAVX512BFloat16) return &attend_avx512bf16_table;
        return found.hasAVX512 ? &attend_avx512_table : NULL;
    }
#if defined(ATTEND_TEST_TABLES)
    if (strcmp(name, "wide") == 0) return found.hasAVX2 ? &attend_wide_table : NULL;
    if (strcmp(name, "avx512 without bfloat16") == 0) return found.hasAVX512 ? &attend_avx512_table : NULL;
#endif
#endif
#if defined(__aarch64__)
    if (strcmp(name, "neon") == 0) return &attend_neon_table;
#endif
    return NULL;
}

static const char *request(void) {
    const char *name = getenv("ATTEND_KERNELS");
    return name && name[0] ? name : NULL;
}

int32_t attend_kernels_request_is_valid(void) {
    const char *name = request();
    return name == NULL || attend_kernels_named(name) != NULL;
}

static const AttendKernelTable *choose(void) {
    const char *name = request();
    const AttendKernelTable *table = name ? attend_kernels_named(name) : NULL;
    if (!table) table = attend_kernels_named("avx512");
    if (!table) table = attend_kernels_named("avx2");
    if (!table) table = attend_kernels_named("neon");
    return table ? table : &attend_portable_table;
}

const AttendKernelTable *attend_kernels(void) {
    // Two threads that come first at once both choose, and choose the same.
    static _Atomic(const AttendKernelTable *) chosen;
    const AttendKernelTable *table = atomic_load_explicit(&chosen, memory_order_acquire);
    if (!table) {
        table = choose();
        atomic_store_explicit(&chosen, table, memory_order_release);
    }
    return table;
}
