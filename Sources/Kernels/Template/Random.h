// Random numbers by counting: Philox 4x32-10 (Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as
// 1, 2, 3"). Any element can be computed without the ones before it, so the work may be divided at will.

enum {
    NAME(randomBlock) = 64, // elements in a block
};

/// Words in 64-bit lanes, so that a product needs no more than its instruction. Only the lower half of a lane counts; the
/// upper half of what came out of a product is never looked at.
typedef uint64_t NAME(Words) __attribute__((vector_size(4 * VECTOR_WIDTH)));

INLINE NAME(Words) NAME(multiplyWords)(NAME(Words) x, uint32_t factor) { return (x & 0xffffffffu) * (uint64_t)factor; }

/// The 64 words of a block, in the order of its elements.
INLINE void NAME(randomWords)(AttendRandom random, uint64_t block, uint32_t words[64]) {
    NAME(Words) lanes;
    for (int lane = 0; lane < VECTOR_WIDTH / 2; lane++) lanes[lane] = (uint64_t)(2 * lane);
    const uint64_t counter = block * 16;
    for (int part = 0; part < 16; part += VECTOR_WIDTH) {
        // Even and odd counters in two sets of vectors, computed side by side.
        NAME(Words) c0[2], c1[2], c2[2], c3[2];
        for (int set = 0; set < 2; set++) {
            c0[set] = lanes + (counter + (uint64_t)(part + set));
            c1[set] = (NAME(Words)){} + (counter >> 32);
            c2[set] = (NAME(Words)){} + random.stream;
            c3[set] = (NAME(Words)){} + (random.stream >> 32);
        }
        NAME(Words) key0 = (NAME(Words)){} + random.seed, key1 = (NAME(Words)){} + (random.seed >> 32);
#pragma clang loop unroll(full)
        for (int round = 0; round < 10; round++) {
            for (int set = 0; set < 2; set++) {
                NAME(Words) p0 = NAME(multiplyWords)(c0[set], 0xD2511F53u);
                NAME(Words) p1 = NAME(multiplyWords)(c2[set], 0xCD9E8D57u);
                c0[set] = (p1 >> 32) ^ c1[set] ^ key0;
                c2[set] = (p0 >> 32) ^ c3[set] ^ key1;
                c1[set] = p1;
                c3[set] = p0;
            }
            key0 += 0x9E3779B9u;
            key1 += 0xBB67AE85u;
        }
        const NAME(Words) *results[4] = {c0, c1, c2, c3};
        for (int word = 0; word < 4; word++) {
            NAME(Words) merged = (results[word][0] & 0xffffffffu) | (results[word][1] << 32);
            __builtin_memcpy(words + 16 * word + part, &merged, sizeof merged);
        }
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
