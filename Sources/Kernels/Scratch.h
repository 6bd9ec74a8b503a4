// Working memory of one thread: packed operands and score tiles.

#ifndef ATTEND_SCRATCH_H
#define ATTEND_SCRATCH_H

#include <stddef.h>

/// At least `bytes` of memory aligned to 64 that belongs to the calling thread until its next call. It only grows, and
/// is given back when the thread ends. Prints a sentence and aborts where there is no memory left: a kernel has no way
/// to report, and the block is small beside the tensors that the caller already holds.
void *attend_scratch(size_t bytes);

#endif
