// Random numbers by counting: Philox 4x32-10 (Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as
// 1, 2, 3"). Any element can be computed without the ones before it, so the work may be divided at will.

enum {
    NAME(randomBlock) = 64,             // elements in a block
    NAME(counters) = 16 / VECTOR_WIDTH, // vectors that hold one word of a block's 16 counters
};

typedef uint64_t NAME(LongLanes) __attribute__((vector_size(4 * VECTOR_WIDTH)));

/// Both halves of the 64-bit products. Even and odd lanes apart, since processors multiply every other lane.
INLINE void NAME(multiplyWords)(UIntVector x, uint32_t factor, UIntVector *upper, UIntVector *lower) {
    const NAME(LongLanes) lowerHalf = (NAME(LongLanes)){} + 0xffffffffu;
    NAME(LongLanes) even = ((NAME(LongLanes))x & lowerHalf) * (uint64_t)factor;
    NAME(LongLanes) odd = ((NAME(LongLanes))x >> 32) * (uint64_t)factor;
    *upper = (UIntVector)((even >> 32) | (odd & ~lowerHalf));
    *lower = (UIntVector)((even & lowerHalf) | (odd << 32));
}

/// The 64 words of a block, in the order of its elements.
INLINE void NAME(randomWords)(AttendRandom random, uint64_t block, uint32_t words[64]) {
    UIntVector lanes;
    for (uint32_t lane = 0; lane < VECTOR_WIDTH; lane++) lanes[lane] = lane;
    const uint64_t counter = block * 16;
    for (int part = 0; part < NAME(counters); part++) {
        UIntVector c0 = lanes + (uint32_t)(counter + (uint64_t)part * VECTOR_WIDTH);
        UIntVector c1 = (UIntVector){} + (uint32_t)(counter >> 32);
        UIntVector c2 = (UIntVector){} + (uint32_t)random.stream;
        UIntVector c3 = (UIntVector){} + (uint32_t)(random.stream >> 32);
        uint32_t key0 = (uint32_t)random.seed, key1 = (uint32_t)(random.seed >> 32);
        for (int round = 0; round < 10; round++) {
            UIntVector upper0, lower0, upper1, lower1;
            NAME(multiplyWords)(c0, 0xD2511F53u, &upper0, &lower0);
            NAME(multiplyWords)(c2, 0xCD9E8D57u, &upper1, &lower1);
            c0 = upper1 ^ c1 ^ key0;
            c1 = lower1;
            c2 = upper0 ^ c3 ^ key1;
            c3 = lower0;
            key0 += 0x9E3779B9u;
            key1 += 0xBB67AE85u;
        }
        uint32_t *first = words + part * VECTOR_WIDTH;
        __builtin_memcpy(first, &c0, sizeof c0);
        __builtin_memcpy(first + 16, &c1, sizeof c1);
        __builtin_memcpy(first + 32, &c2, sizeof c2);
        __builtin_memcpy(first + 48, &c3, sizeof c3);
    }
}

INLINE IntVector NAME(loadWords)(const uint32_t *words) {
    IntVector v;
    __builtin_memcpy(&v, words, sizeof v);
    return v;
}

/// The 64 uniform numbers of a block: multiples of 2⁻²⁴ in [0, 1).
INLINE void NAME(uniformBlock)(AttendRandom random, uint64_t block, float values[64]) {
    uint32_t words[NAME(randomBlock)];
    NAME(randomWords)(random, block, words);
    for (int i = 0; i < NAME(randomBlock); i += VECTOR_WIDTH) {
        IntVector bits = (IntVector)((UIntVector)NAME(loadWords)(words + i) >> 8);
        vstore(values + i, __builtin_convertvector(bits, Vector) * 0x1p-24f);
    }
}

/// The 64 standard normal numbers of a block (Box & Muller 1958): words 0 and 1 of a counter make one pair, 2 and 3 another.
INLINE void NAME(normalBlock)(AttendRandom random, uint64_t block, float values[64]) {
    uint32_t words[NAME(randomBlock)];
    NAME(randomWords)(random, block, words);
    for (int pair = 0; pair < NAME(randomBlock); pair += 32) {
        for (int i = pair; i < pair + 16; i += VECTOR_WIDTH) {
            IntVector first = (IntVector)((UIntVector)NAME(loadWords)(words + i) >> 1);
            IntVector second = (IntVector)((UIntVector)NAME(loadWords)(words + i + 16) >> 8);
            // In (0, 1]: 31 bits for the radius, so that it reaches 6.6 deviations.
            Vector uniform = vfma(__builtin_convertvector(first, Vector), vset(0x1p-31f), vset(0x1p-32f));
            Vector radius = vsquareRoot(-2.0f * vmin(vlog(uniform), (Vector){}));
            Vector sine, cosine;
            vsineCosine(__builtin_convertvector(second, Vector) * 0x1p-24f, &sine, &cosine);
            vstore(values + i, radius * cosine);
            vstore(values + i + 16, radius * sine);
        }
    }
}

#define EACH_RANDOM_BLOCK(generate, ...)                                                                               \
    for (int64_t done = 0; done < count; done += NAME(randomBlock)) {                                                  \
        float values[NAME(randomBlock)];                                                                               \
        generate(random, (uint64_t)(first + done) / NAME(randomBlock), values);                                        \
        int64_t length = count - done < NAME(randomBlock) ? count - done : NAME(randomBlock);                          \
        EACH_VECTOR(length, __VA_ARGS__);                                                                              \
    }

static void NAME(uniform)(AttendRandom random, int64_t first, int64_t count, float *y) {
    EACH_RANDOM_BLOCK(NAME(uniformBlock), vput(y + done + i, vget(values + i, n), n);)
}

static void NAME(normal)(AttendRandom random, int64_t first, int64_t count, float mean, float deviation, float *y) {
    EACH_RANDOM_BLOCK(NAME(normalBlock),
                      vput(y + done + i, vfma(vget(values + i, n), vset(deviation), vset(mean)), n);)
}

static void NAME(dropout)(AttendRandom random, int64_t first, int64_t count, float probability, const float *x,
                          float *y) {
    const float scale = 1 / (1 - probability);
    EACH_RANDOM_BLOCK(NAME(uniformBlock), {
        Vector kept = vget(x + done + i, n) * scale;
        vput(y + done + i, vselect(vget(values + i, n) >= probability, kept, (Vector){}), n);
    })
}
