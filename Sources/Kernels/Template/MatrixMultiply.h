#define PANEL_ROWS 4
#define PANEL_COLUMNS (2 * VECTOR_WIDTH)

static void NAME(matrixMultiply)(const AttendMatrixMultiply *m, int64_t rowBegin, int64_t rowEnd, int64_t columnBegin,
                                 int64_t columnEnd) {}
