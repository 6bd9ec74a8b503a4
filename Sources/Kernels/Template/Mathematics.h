// exp, log, tanh, erf, sine and cosine for vectors, and the activation functions made of them.
//
// Goals, in this order: no surprise at the ends of the range (no NaN from a finite argument, 0 and ∞ where they belong,
// NaN in gives NaN out), an error of a unit or two in the last place, few instructions. The coefficients are our own
// least-maximum fits of the relative error. Results below the smallest normal number are flushed to zero.

/// 2ⁿ eʳ = eˣ with n a whole number and |r| ≤ ln 2 / 2. The bits of `shifted` hold n at their lower end.
typedef struct {
    Vector shifted, n, r;
} NAME(Reduced);

INLINE NAME(Reduced) NAME(reduce)(Vector x) {
    const float log2e = 0x1.715476p+0f, shift = 0x1.8p23f;
    const float upper = 0x1.63p-1f, lower = -0x1.bd0106p-13f; // ln 2 in two parts; n · upper is exact
    NAME(Reduced) result;
    result.shifted = vfma(x, vset(log2e), vset(shift));
    result.n = result.shifted - shift;
    result.r = vfma(result.n, vset(-lower), vfma(result.n, vset(-upper), x));
    return result;
}

/// eʳ − 1 for |r| ≤ ln 2 / 2.
INLINE Vector NAME(exponentialMinusOne)(Vector r) {
    Vector p = vset(0x1.6a2318p-10f);
    p = vfma(p, r, vset(0x1.123a8ep-7f));
    p = vfma(p, r, vset(0x1.5558f6p-5f));
    p = vfma(p, r, vset(0x1.555490p-3f));
    p = vfma(p, r, vset(0x1.fffffcp-2f));
    return vfma(p, r * r, r);
}

INLINE Vector vexp(Vector x) {
    const float least = -87.33654f, greatest = 88.72283f;
    NAME(Reduced) reduced = NAME(reduce)(x);
    Vector mantissa = NAME(exponentialMinusOne)(reduced.r) + 1.0f;
    Vector y = (Vector)((UIntVector)mantissa + ((UIntVector)reduced.shifted << 23));
    y = vselect(x < least, (Vector){}, y);
    return vselect(x <= greatest, y, x + INFINITY);
}

INLINE Vector vlog(Vector x) {
    const float upper = 0x1.63p-1f, lower = -0x1.bd0106p-13f;
    // Numbers below the smallest normal one are first made normal.
    IntVector isTiny = x < 0x1p-126f;
    Vector scaled = vselect(isTiny, x * 0x1p24f, x);
    // x = 2ᵉ (1 + f) with 1 + f between √½ and √2.
    const int32_t rootOfHalf = 0x3f3504f3;
    IntVector e = ((IntVector)scaled - rootOfHalf) >> 23;
    Vector f = (Vector)((IntVector)scaled - (int32_t)0x800000 * e) - 1.0f;
    Vector exponent = __builtin_convertvector(e, Vector) - (Vector)(isTiny & (IntVector)vset(24.0f));
    Vector p = vset(0x1.1457a8p-4f);
    p = vfma(p, f, vset(-0x1.de3c16p-4f));
    p = vfma(p, f, vset(0x1.e6f06ap-4f));
    p = vfma(p, f, vset(-0x1.fc2208p-4f));
    p = vfma(p, f, vset(0x1.233768p-3f));
    p = vfma(p, f, vset(-0x1.555c4ep-3f));
    p = vfma(p, f, vset(0x1.99a4b6p-3f));
    p = vfma(p, f, vset(-0x1.000006p-2f));
    p = vfma(p, f, vset(0x1.555548p-2f));
    Vector square = f * f;
    Vector y = vfma(exponent, vset(lower), p * (square * f));
    y = vfma(square, vset(-0.5f), y) + f;
    y = vfma(exponent, vset(upper), y);
    y = vselect(x == 0.0f, vset(-INFINITY), y);
    // A negative number has no logarithm; ∞ and NaN are their own.
    y = vselect(x >= 0.0f, y, vset(NAN));
    return vselect(x < INFINITY, y, vselect(x == INFINITY, x, vset(NAN)));
}

INLINE float NAME(logOf)(float x) { return vlog(vset(x))[0]; }

/// (e²ˣ − 1) / (e²ˣ + 1), with e²ˣ − 1 computed so that nothing cancels near zero.
INLINE Vector vtanh(Vector x) {
    const float saturated = 10.0f;
    Vector bounded = vselect(x > saturated, vset(saturated), vselect(x < -saturated, vset(-saturated), x));
    NAME(Reduced) reduced = NAME(reduce)(bounded + bounded);
    Vector power = (Vector)(((UIntVector)reduced.shifted << 23) + 0x3f800000u);
    Vector e = vfma(NAME(exponentialMinusOne)(reduced.r), power, power - 1.0f);
    return e / (e + 2.0f);
}

INLINE Vector vsigmoid(Vector x) { return 1.0f / (1.0f + vexp(-x)); }

/// σ(x) and 1 − σ(x) = σ(−x), each to full relative precision.
typedef struct {
    Vector value, complement;
} NAME(Sigmoid);

INLINE NAME(Sigmoid) NAME(sigmoidPair)(Vector x) {
    Vector e = vexp(-vabsolute(x));
    Vector large = 1.0f / (1.0f + e);
    Vector small = e * large;
    IntVector isNegative = x < 0.0f;
    return (NAME(Sigmoid)){vselect(isNegative, small, large), vselect(isNegative, large, small)};
}

/// Φ(x), the normal distribution, and its density.
typedef struct {
    Vector distribution, density;
} NAME(Normal);

/// Φ(−t) = exp(−t²/2) · P(w) with w = 1 / (1 + 0.35 t), after the idea of Hastings 1955, fitted on 0 ≤ t ≤ 14.
INLINE NAME(Normal) NAME(normalDistribution)(Vector x) {
    Vector t = vabsolute(x);
    Vector e = vexp(x * x * -0.5f);
    Vector w = 1.0f / vfma(t, vset(0.35f), vset(1.0f));
    Vector p = vset(-0x1.dd86fap-6f);
    p = vfma(p, w, vset(0x1.26daaep-3f));
    p = vfma(p, w, vset(-0x1.05da00p-2f));
    p = vfma(p, w, vset(0x1.45fd32p-3f));
    p = vfma(p, w, vset(-0x1.7aa21cp-6f));
    p = vfma(p, w, vset(0x1.b02934p-4f));
    p = vfma(p, w, vset(0x1.ead5dcp-4f));
    p = vfma(p, w, vset(0x1.1e6fe6p-3f));
    p = vfma(p, w, vset(0x1.1df1d4p-3f));
    Vector tail = e * (p * w);
    return (NAME(Normal)){vselect(x < 0.0f, tail, 1.0f - tail), e * 0.39894228f};
}

/// The sine and cosine of 2π `turns`, for 0 ≤ turns < 1.
INLINE void vsineCosine(Vector turns, Vector *sine, Vector *cosine) {
    const float shift = 0x1.8p23f;
    Vector shifted = vfma(turns, vset(4.0f), vset(shift));
    Vector f = vfma(turns, vset(4.0f), -(shifted - shift)); // quarter turns beyond the nearest whole one
    IntVector quarter = (IntVector)shifted;
    Vector square = f * f;
    Vector s = vset(0x1.4bc256p-13f);
    s = vfma(s, square, vset(-0x1.32ca86p-8f));
    s = vfma(s, square, vset(0x1.466bbap-4f));
    s = vfma(s, square, vset(-0x1.4abbcep-1f));
    s = vfma(s, square, vset(0x1.921fb6p+0f)) * f;
    Vector c = vset(0x1.d9c364p-11f);
    c = vfma(c, square, vset(-0x1.55c57cp-6f));
    c = vfma(c, square, vset(0x1.03c1dcp-2f));
    c = vfma(c, square, vset(-0x1.3bd3ccp+0f));
    c = vfma(c, square, vset(1.0f));
    IntVector swaps = (quarter & 1) != 0;
    Vector sineMagnitude = vselect(swaps, c, s), cosineMagnitude = vselect(swaps, s, c);
    *sine = (Vector)((IntVector)sineMagnitude ^ ((quarter & 2) << 30));
    *cosine = (Vector)((IntVector)cosineMagnitude ^ (((quarter + 1) & 2) << 30));
}

// The activation functions and their derivatives.

INLINE Vector vrelu(Vector x) { return vselect(x < 0.0f, (Vector){}, x); }
INLINE Vector vreluDerivative(Vector x) { return vselect(x > 0.0f, vset(1.0f), (Vector){}); }

INLINE Vector vreluSquared(Vector x) { return vrelu(x) * vrelu(x); }
INLINE Vector vreluSquaredDerivative(Vector x) { return 2.0f * vrelu(x); }

/// 2 √(2/π) (x + 0.044715 x³): since 1 + tanh u = 2 σ(2u), the tanh form of GELU is x σ(2u).
INLINE Vector NAME(geluArgument)(Vector x) { return x * vfma(x * x, vset(0.071354814f), vset(1.5957691f)); }

INLINE Vector vgeluTanh(Vector x) { return x / (1.0f + vexp(-NAME(geluArgument)(x))); }
INLINE Vector vgeluTanhDerivative(Vector x) {
    NAME(Sigmoid) s = NAME(sigmoidPair)(NAME(geluArgument)(x));
    // The bound keeps ∞ out of a product with 0.
    Vector slope = vfma(vmin(x * x, vset(1e8f)), vset(3 * 0.071354814f), vset(1.5957691f));
    return vfma(x * s.complement, s.value * slope, s.value);
}

INLINE Vector vgelu(Vector x) { return x * NAME(normalDistribution)(x).distribution; }
INLINE Vector vgeluDerivative(Vector x) {
    NAME(Normal) normal = NAME(normalDistribution)(x);
    return vfma(x, normal.density, normal.distribution);
}

INLINE Vector vsilu(Vector x) { return x / (1.0f + vexp(-x)); }
INLINE Vector vsiluDerivative(Vector x) {
    NAME(Sigmoid) s = NAME(sigmoidPair)(x);
    return vfma(x * s.complement, s.value, s.value);
}

INLINE Vector vtanhDerivative(Vector x) {
    NAME(Sigmoid) s = NAME(sigmoidPair)(x + x);
    return 4.0f * (s.value * s.complement);
}
INLINE Vector vsigmoidDerivative(Vector x) {
    NAME(Sigmoid) s = NAME(sigmoidPair)(x);
    return s.value * s.complement;
}
