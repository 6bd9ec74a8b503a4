// Holds every kernel of a table to plain double precision: `kernel-checks TABLE`.
//
// Exit status: 0 all hold, 1 a kernel is wrong, 2 this processor has no such table, 64 no table named.
//
// Where it runs as the first process of a bare Linux kernel (Scripts/check-avx512.sh) the table comes from the kernel's
// command line, and the machine is switched off at the end.

#include "Harness.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#if defined(__linux__)
#include <sys/reboot.h>
#include <termios.h>
#endif

static const struct {
    const char *name;
    void (*check)(void);
} sections[] = {
    {"memory", checkMemory},
    {"elementwise functions", checkElementwise},
    {"gates", checkGates},
    {"rotary positions", checkRotation},
    {"sums and maxima", checkSums},
    {"rows moved about", checkMoves},
    {"norms", checkNorms},
    {"softmax and cross-entropy", checkSoftmax},
    {"random numbers", checkRandom},
    {"optimizer", checkOptimizer},
    {"matrix multiply", checkMatrixMultiply},
    {"stored weights", checkStoredWeights},
    {"attention", checkAttention},
};

static const char *volatile current = "";

/// A read or write past the end of a buffer ends here.
static void fault(int signal) {
    printf("FAILED: signal %d in \"%s\" (11: memory outside a buffer; 4: an instruction this processor lacks)\n", signal, current);
    fflush(stdout);
    _exit(1);
}

#if defined(__x86_64__)
extern const AttendKernelTable attend_emulated_table;
#endif

static const AttendKernelTable *named(const char *name) {
#if defined(__x86_64__)
    if (strcmp(name, "emulated") == 0) return attend_kernels_named("avx2") ? &attend_emulated_table : NULL;
#endif
    return attend_kernels_named(name);
}

static int run(const char *name) {
    table = named(name);
    if (!table) {
        printf("This processor has no table \"%s\".\n", name);
        return 2;
    }
    printf("%s: vectors of %d, bfloat16 instructions %s, panels of %d by %d\n", table->name, table->vectorWidth,
           table->hasBFloat16 ? "yes" : "no", table->panelRows, table->panelColumns);
    int64_t all = 0;
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
        int64_t failed = failures;
        comparisons = 0;
        worst = 0;
        current = sections[i].name;
        sections[i].check();
        releaseBuffers();
        printf("  %-26s %9lld comparisons, largest error %.2f of what is permitted%s\n", sections[i].name,
               (long long)comparisons, worst, failures > failed ? "  <- FAILED" : "");
        fflush(stdout);
        all += comparisons;
    }
    int64_t wrong = failures + kernelsWithoutCheck();
    printf("%s: %lld comparisons, %lld failures\n", name, (long long)all, (long long)wrong);
    fflush(stdout);
    return wrong ? 1 : 0;
}

int main(int count, char **arguments) {
    signal(SIGSEGV, fault);
    signal(SIGBUS, fault);
    signal(SIGILL, fault);
#if defined(__linux__)
    if (getpid() == 1) {
        // The kernel hands `attend_table=NAME` of its command line to its first process as an environment variable.
        const char *name = getenv("attend_table");
        printf("status %d\n", run(name ? name : "avx512"));
        fflush(stdout);
        tcdrain(STDOUT_FILENO);
        reboot(RB_POWER_OFF);
        for (;;) pause();
    }
#endif
    if (count != 2) {
        fprintf(stderr, "usage: %s TABLE (portable, avx2, avx512, neon)\n", arguments[0]);
        return 64;
    }
    return run(arguments[1]);
}
