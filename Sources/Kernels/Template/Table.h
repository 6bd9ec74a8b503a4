// The table of this instruction set.

const AttendKernelTable NAME(table) = {
    .name = TABLE_NAME,
    .vectorWidth = VECTOR_WIDTH,
    .hasBFloat16 = VECTOR_HAS_BFLOAT16,
    .panelRows = PANEL_ROWS,
    .panelColumns = PANEL_COLUMNS,
    .matrixMultiply = NAME(matrixMultiply),
    .attention = NAME(attention),
    .attentionGradient = NAME(attentionGradient),
};
