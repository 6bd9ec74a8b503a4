// Heads of keys and values as caches keep them: floats, bfloat16, or blocks of 32 bytes with a scale.

// How many bytes a head takes.
INLINE int64_t NAME(headBytes)(AttendElement element, int64_t width) {
    if (NAME(isBlocks)(element)) return (width + BLOCK_WIDTH - 1) / BLOCK_WIDTH * NAME(blockBytes)(element);
    return width * (element == AttendBFloat16 ? 2 : 4);
}

static void NAME(storeHead)(AttendElement element, int64_t width, const float *x, uint8_t *y) {
    if (element == AttendBFloat16) {
        NAME(toBFloat16)(width, x, (uint16_t *)y);
        return;
    }
    for (int64_t i = 0; i < width; i += BLOCK_WIDTH, y += NAME(blockBytes)(element)) {
        float block[BLOCK_WIDTH] = {}, scale;
        int32_t sum;
        int64_t count = width - i < BLOCK_WIDTH ? width - i : BLOCK_WIDTH;
        __builtin_memcpy(block, x + i, sizeof(float) * (size_t)count);
        NAME(roundRow)(BLOCK_WIDTH, block, (NAME(RoundedRow)){(int8_t *)y + 2, &scale, &sum});
        uint16_t half;
        NAME(toFloat16)(1, &scale, &half);
        __builtin_memcpy(y, &half, sizeof half);
    }
}

static void NAME(widenHead)(AttendElement element, int64_t width, const uint8_t *x, float *y) {
    if (element == AttendBFloat16) {
        NAME(fromBFloat16)(width, (const uint16_t *)x, y);
        return;
    }
    for (int64_t i = 0; i < width; i += BLOCK_WIDTH, x += NAME(blockBytes)(element)) {
        if (i + BLOCK_WIDTH <= width) {
            NAME(widenBlock)(element, x, y + i);
            continue;
        }
        float block[BLOCK_WIDTH];
        NAME(widenBlock)(element, x, block);
        __builtin_memcpy(y + i, block, sizeof(float) * (size_t)(width - i));
    }
}

static void NAME(storeHeads)(AttendElement element, int64_t rows, int64_t heads, int64_t headWidth, const float *x,
                             int64_t xStride, void *y, int64_t yStride) {
    int64_t bytes = NAME(headBytes)(element, headWidth);
    for (int64_t row = 0; row < rows; row++) {
        uint8_t *to = (uint8_t *)y + row * yStride * 4;
        for (int64_t head = 0; head < heads; head++) {
            NAME(storeHead)(element, headWidth, x + row * xStride + head * headWidth, to + head * bytes);
        }
    }
}

static void NAME(widenHeads)(AttendElement element, int64_t rows, int64_t heads, int64_t headWidth, const void *x,
                             int64_t xStride, float *y, int64_t yStride) {
    int64_t bytes = NAME(headBytes)(element, headWidth);
    for (int64_t row = 0; row < rows; row++) {
        const uint8_t *from = (const uint8_t *)x + row * xStride * 4;
        for (int64_t head = 0; head < heads; head++) {
            NAME(widenHead)(element, headWidth, from + head * bytes, y + row * yStride + head * headWidth);
        }
    }
}
