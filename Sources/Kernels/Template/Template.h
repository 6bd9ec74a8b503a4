// Every kernel, in the order in which they build on each other. Included once by the file of each instruction set.

#include "Vector.h"

#include "Mathematics.h"

#include "Elementwise.h"

#include "Gate.h"

#include "Rotate.h"

#include "Reductions.h"

#include "Normalisation.h"

#include "Softmax.h"

#include "Embedding.h"

#include "Random.h"

#include "Optimizer.h"

#include "MatrixMultiply.h"

#include "KeptHeads.h"

#include "Attention.h"

#include "AttentionGradient.h"

#include "Table.h"
