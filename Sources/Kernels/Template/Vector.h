// Vectors of VECTOR_WIDTH floats, in clang's vector extensions, so that one text serves every instruction set.
//
// The file that includes this one defines
//   VECTOR_WIDTH          floats in a vector: 4, 8 or 16
//   VECTOR_HAS_FMA        1 where the processor multiplies and adds with one rounding
//   VECTOR_HAS_BFLOAT16   1 where it multiplies bfloat16 pairs
//   VECTOR_HAS_INT8_DOT   1 where it adds four products of bytes to a word
//   VECTOR_TAIL_AVX2, VECTOR_TAIL_AVX512   which masked loads to use for the end of a range, if either
//   NAME(x), TABLE_NAME   the prefix of this set's functions and the name of its table
//
// The end of a range goes through the same vector code as its body, with zeros in the lanes past the end. So the result
// for an element does not depend on where in a range it stands.

#define INLINE static inline __attribute__((always_inline))

typedef float Vector __attribute__((vector_size(4 * VECTOR_WIDTH)));
typedef int32_t IntVector __attribute__((vector_size(4 * VECTOR_WIDTH)));
typedef uint32_t UIntVector __attribute__((vector_size(4 * VECTOR_WIDTH)));
typedef uint16_t ShortVector __attribute__((vector_size(2 * VECTOR_WIDTH)));
typedef double DoubleVector __attribute__((vector_size(8 * VECTOR_WIDTH)));
typedef float HalfVector __attribute__((vector_size(2 * VECTOR_WIDTH)));

INLINE Vector vset(float x) { return x - (Vector){}; }

INLINE Vector vload(const float *p) {
    Vector v;
    __builtin_memcpy(&v, p, sizeof v);
    return v;
}

INLINE void vstore(float *p, Vector v) { __builtin_memcpy(p, &v, sizeof v); }

/// a b + c; rounded once where there is an instruction for it, twice elsewhere (never a call into the C library).
INLINE Vector vfma(Vector a, Vector b, Vector c) {
#if VECTOR_HAS_FMA
    return __builtin_elementwise_fma(a, b, c);
#else
    return a * b + c;
#endif
}

/// The bits of `a` where the mask is all ones, of `b` where it is zero.
INLINE Vector vselect(IntVector mask, Vector a, Vector b) {
    return (Vector)((mask & (IntVector)a) | (~mask & (IntVector)b));
}

// The larger and the smaller of two; `b` where either is not a number, which is what one x86 instruction does.
INLINE Vector vmax(Vector a, Vector b) { return vselect(a > b, a, b); }
INLINE Vector vmin(Vector a, Vector b) { return vselect(a < b, a, b); }

INLINE Vector vabsolute(Vector x) { return (Vector)((IntVector)x & 0x7fffffff); }
INLINE Vector vsquareRoot(Vector x) { return __builtin_elementwise_sqrt(x); }

/// The instruction, without the C library's care for errno.
INLINE float NAME(rootOf)(float x) { return __builtin_elementwise_sqrt(x); }

#if VECTOR_TAIL_AVX512

INLINE Vector vloadTail(const float *p, int64_t n) {
    return (Vector)_mm512_maskz_loadu_ps((__mmask16)((1u << n) - 1), p);
}
INLINE void vstoreTail(float *p, Vector v, int64_t n) {
    _mm512_mask_storeu_ps(p, (__mmask16)((1u << n) - 1), (__m512)v);
}

#elif VECTOR_TAIL_AVX2

INLINE __m256i NAME(tailMask)(int64_t n) {
    const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int32_t)n), lanes);
}
INLINE Vector vloadTail(const float *p, int64_t n) {
    return (Vector)_mm256_maskload_ps(p, NAME(tailMask)(n));
}
INLINE void vstoreTail(float *p, Vector v, int64_t n) {
    _mm256_maskstore_ps(p, NAME(tailMask)(n), (__m256)v);
}

#else

/// The first n < VECTOR_WIDTH floats at p, then zeros; nothing is read past them.
INLINE Vector vloadTail(const float *p, int64_t n) {
    Vector v = {};
    for (int lane = 0; lane < VECTOR_WIDTH - 1; lane++)
        if (lane < n) v[lane] = p[lane];
    return v;
}
/// Writes the first n < VECTOR_WIDTH lanes and nothing past them.
INLINE void vstoreTail(float *p, Vector v, int64_t n) {
    for (int lane = 0; lane < VECTOR_WIDTH - 1; lane++)
        if (lane < n) p[lane] = v[lane];
}

#endif

// As above for any 0 < n ≤ VECTOR_WIDTH.
INLINE Vector vget(const float *p, int64_t n) { return n == VECTOR_WIDTH ? vload(p) : vloadTail(p, n); }
INLINE void vput(float *p, Vector v, int64_t n) {
    if (n == VECTOR_WIDTH) vstore(p, v);
    else vstoreTail(p, v, n);
}

/// Runs the statements for every vector of a range: `i` is where it begins, `n` how many of its lanes lie in the range.
#define EACH_VECTOR(count, ...)                                                                                        \
    do {                                                                                                               \
        int64_t i = 0;                                                                                                 \
        for (; i + VECTOR_WIDTH <= (count); i += VECTOR_WIDTH) {                                                       \
            const int64_t n = VECTOR_WIDTH;                                                                            \
            __VA_ARGS__                                                                                                \
        }                                                                                                              \
        if (i < (count)) {                                                                                             \
            const int64_t n = (count) - i;                                                                             \
            __VA_ARGS__                                                                                                \
        }                                                                                                              \
    } while (0)

/// `v` in the first n lanes, `other` in the rest.
INLINE Vector vfirst(int64_t n, Vector v, Vector other) {
    IntVector lanes;
    for (int lane = 0; lane < VECTOR_WIDTH; lane++) lanes[lane] = lane;
    return vselect(lanes < (int32_t)n, v, other);
}

// Halves are combined, then their halves, and so on: always the same order.

#if VECTOR_WIDTH == 16
#define LOWER_HALF(v) __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7)
#define UPPER_HALF(v) __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15)
#elif VECTOR_WIDTH == 8
#define LOWER_HALF(v) __builtin_shufflevector(v, v, 0, 1, 2, 3)
#define UPPER_HALF(v) __builtin_shufflevector(v, v, 4, 5, 6, 7)
#elif VECTOR_WIDTH == 4
#define LOWER_HALF(v) __builtin_shufflevector(v, v, 0, 1)
#define UPPER_HALF(v) __builtin_shufflevector(v, v, 2, 3)
#endif

typedef float FourFloats __attribute__((vector_size(16)));

INLINE FourFloats NAME(sumToFour)(Vector v) {
#if VECTOR_WIDTH == 16
    HalfVector h = LOWER_HALF(v) + UPPER_HALF(v);
    return __builtin_shufflevector(h, h, 0, 1, 2, 3) + __builtin_shufflevector(h, h, 4, 5, 6, 7);
#elif VECTOR_WIDTH == 8
    return LOWER_HALF(v) + UPPER_HALF(v);
#else
    return v;
#endif
}

/// The sum of all lanes.
INLINE float vsum(Vector v) {
    FourFloats s = NAME(sumToFour)(v);
    return (s[0] + s[2]) + (s[1] + s[3]);
}

/// The sum of all lanes of doubles.
INLINE double vsumDouble(const DoubleVector *v) {
    double lanes[VECTOR_WIDTH];
    __builtin_memcpy(lanes, v, sizeof lanes);
    for (int half = VECTOR_WIDTH / 2; half > 0; half /= 2)
        for (int lane = 0; lane < half; lane++) lanes[lane] += lanes[lane + half];
    return lanes[0];
}

/// The largest lane, where all are numbers.
INLINE float vmaximum(Vector v) {
    typedef float Four __attribute__((vector_size(16)));
    typedef int32_t FourInts __attribute__((vector_size(16)));
    float lanes[VECTOR_WIDTH];
    __builtin_memcpy(lanes, &v, sizeof lanes);
    Four m;
    __builtin_memcpy(&m, lanes, sizeof m);
    for (int lane = 4; lane < VECTOR_WIDTH; lane += 4) {
        Four next;
        __builtin_memcpy(&next, lanes + lane, sizeof next);
        FourInts isLarger = next > m;
        m = (Four)((isLarger & (FourInts)next) | (~isLarger & (FourInts)m));
    }
    float first = m[0] > m[2] ? m[0] : m[2], second = m[1] > m[3] ? m[1] : m[3];
    return first > second ? first : second;
}

/// Whether any lane of a comparison holds.
INLINE int vany(IntVector mask) { return __builtin_reduce_or(mask) != 0; }
