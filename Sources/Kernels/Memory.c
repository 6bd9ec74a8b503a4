// Memory for tensors.

#if defined(__linux__)
#define _GNU_SOURCE 1 // madvise
#endif

#include <stdlib.h>
#include <string.h>

#if defined(__linux__)
#include <sys/mman.h>
#endif

#include "AttendKernels.h"

enum {
    cacheLine = 64,
    largePage = 2 << 20,
    largeBlock = 4 << 20,
};

void *attend_allocate(size_t bytes) {
    if (bytes == 0) bytes = cacheLine;
    if (bytes > SIZE_MAX / 2) return NULL;
    int isLarge = bytes >= largeBlock;
    void *block = NULL;
    if (posix_memalign(&block, isLarge ? (size_t)largePage : cacheLine, bytes) != 0) return NULL;
#if defined(__linux__)
    // Only a wish: a matrix that spans thousands of small pages spends its time in the page walker. Whole pages only, so
    // that the neighbour's memory keeps its own setting.
    if (isLarge) madvise(block, bytes / largePage * largePage, MADV_HUGEPAGE);
#endif
    return block;
}

void attend_free(void *block, size_t bytes) { free(block); }

void attend_copy(void *destination, const void *source, size_t bytes) {
    if (bytes > 0) memmove(destination, source, bytes);
}

void attend_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __builtin_arm_yield();
#endif
}
