// Every kernel, in the order in which they build on each other. Included once by the file of each instruction set.

#include "Vector.h"

#include "MatrixMultiply.h"

#include "Attention.h"

#include "Table.h"
