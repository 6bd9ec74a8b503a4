// What the main program reads from the harness.

#ifndef HARNESS_H
#define HARNESS_H

#include "Checks.h"

/// How many values were compared, how many of them were wrong, and the largest error as a part of what is permitted.
extern int64_t comparisons, failures;
extern double worst;

/// Prints and counts the kernels that no check called.
int kernelsWithoutCheck(void);

#endif
