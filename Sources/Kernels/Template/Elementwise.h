// One element in, one element out.

INLINE Vector NAME(identity)(Vector x) { return x; }
INLINE Vector NAME(reciprocal)(Vector x) { return 1.0f / x; }
INLINE Vector NAME(square)(Vector x) { return x * x; }
INLINE Vector NAME(squareRoot)(Vector x) { return vsquareRoot(x); }

INLINE Vector NAME(one)(Vector x) { return vset(1.0f); }
INLINE Vector NAME(squareRootDerivative)(Vector x) { return 0.5f / vsquareRoot(x); }
INLINE Vector NAME(reciprocalDerivative)(Vector x) {
    Vector y = 1.0f / x;
    return -y * y;
}
INLINE Vector NAME(squareDerivative)(Vector x) { return x + x; }

#define APPLY(function) EACH_VECTOR(count, vput(y + i, function(vget(x + i, n)), n);)

static void NAME(apply)(AttendFunction function, int64_t count, const float *x, float *y) {
    switch (function) {
    case AttendIdentity: APPLY(NAME(identity)); break;
    case AttendReLU: APPLY(vrelu); break;
    case AttendGELUTanh: APPLY(vgeluTanh); break;
    case AttendGELU: APPLY(vgelu); break;
    case AttendSiLU: APPLY(vsilu); break;
    case AttendTanh: APPLY(vtanh); break;
    case AttendSigmoid: APPLY(vsigmoid); break;
    case AttendExp: APPLY(vexp); break;
    case AttendLog: APPLY(vlog); break;
    case AttendSquareRoot: APPLY(NAME(squareRoot)); break;
    case AttendReciprocal: APPLY(NAME(reciprocal)); break;
    case AttendSquare: APPLY(NAME(square)); break;
    case AttendReLUSquared: APPLY(vreluSquared); break;
    }
}

#define APPLY_GRADIENT(derivative)                                                                                     \
    EACH_VECTOR(count, vput(dx + i, vget(dy + i, n) * derivative(vget(x + i, n)), n);)

static void NAME(applyGradient)(AttendFunction function, int64_t count, const float *x, const float *dy, float *dx) {
    switch (function) {
    case AttendIdentity: APPLY_GRADIENT(NAME(one)); break;
    case AttendReLU: APPLY_GRADIENT(vreluDerivative); break;
    case AttendGELUTanh: APPLY_GRADIENT(vgeluTanhDerivative); break;
    case AttendGELU: APPLY_GRADIENT(vgeluDerivative); break;
    case AttendSiLU: APPLY_GRADIENT(vsiluDerivative); break;
    case AttendTanh: APPLY_GRADIENT(vtanhDerivative); break;
    case AttendSigmoid: APPLY_GRADIENT(vsigmoidDerivative); break;
    case AttendExp: APPLY_GRADIENT(vexp); break;
    case AttendLog: APPLY_GRADIENT(NAME(reciprocal)); break;
    case AttendSquareRoot: APPLY_GRADIENT(NAME(squareRootDerivative)); break;
    case AttendReciprocal: APPLY_GRADIENT(NAME(reciprocalDerivative)); break;
    case AttendSquare: APPLY_GRADIENT(NAME(squareDerivative)); break;
    case AttendReLUSquared: APPLY_GRADIENT(vreluSquaredDerivative); break;
    }
}

static void NAME(combine)(int64_t count, float a, const float *x, float b, const float *y, float *z) {
    EACH_VECTOR(count, vput(z + i, vfma(vset(a), vget(x + i, n), b * vget(y + i, n)), n););
}

static void NAME(multiply)(int64_t count, const float *x, const float *y, float *z) {
    EACH_VECTOR(count, vput(z + i, vget(x + i, n) * vget(y + i, n), n););
}

static void NAME(multiplyAdd)(int64_t count, const float *x, const float *y, float *z) {
    EACH_VECTOR(count, vput(z + i, vfma(vget(x + i, n), vget(y + i, n), vget(z + i, n)), n););
}

static void NAME(affine)(int64_t count, float a, const float *x, float b, float *y) {
    EACH_VECTOR(count, vput(y + i, vfma(vset(a), vget(x + i, n), vset(b)), n););
}

static void NAME(fill)(int64_t count, float value, float *y) { EACH_VECTOR(count, vput(y + i, vset(value), n);); }

static void NAME(addTrailing)(int64_t rows, int64_t width, const float *x, const float *y, float *z) {
    for (int64_t row = 0; row < rows; row++, x += width, z += width)
        EACH_VECTOR(width, vput(z + i, vget(x + i, n) + vget(y + i, n), n););
}

static void NAME(multiplyTrailing)(int64_t rows, int64_t width, const float *x, const float *y, float *z) {
    for (int64_t row = 0; row < rows; row++, x += width, z += width)
        EACH_VECTOR(width, vput(z + i, vget(x + i, n) * vget(y + i, n), n););
}

static void NAME(scaleRows)(int64_t rows, int64_t width, const float *x, const float *scales, float *z) {
    for (int64_t row = 0; row < rows; row++, x += width, z += width)
        EACH_VECTOR(width, vput(z + i, vget(x + i, n) * scales[row], n););
}

INLINE ShortVector NAME(roundToBFloat16)(Vector x) {
    UIntVector bits = (UIntVector)x;
    UIntVector rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
    UIntVector quiet = (bits >> 16) | 0x40u; // a NaN whose payload is cut off must stay one
    UIntVector isNumber = (UIntVector)(x == x);
    return __builtin_convertvector((isNumber & rounded) | (~isNumber & quiet), ShortVector);
}

static void NAME(toBFloat16)(int64_t count, const float *x, uint16_t *y) {
    EACH_VECTOR(count, {
        ShortVector v = NAME(roundToBFloat16)(vget(x + i, n));
        if (n == VECTOR_WIDTH) __builtin_memcpy(y + i, &v, sizeof v);
        else
            for (int64_t lane = 0; lane < n; lane++) y[i + lane] = v[lane];
    });
}

static void NAME(fromBFloat16)(int64_t count, const uint16_t *x, float *y) {
    EACH_VECTOR(count, {
        ShortVector v = {};
        if (n == VECTOR_WIDTH) __builtin_memcpy(&v, x + i, sizeof v);
        else
            for (int64_t lane = 0; lane < n; lane++) v[lane] = x[i + lane];
        vput(y + i, (Vector)(__builtin_convertvector(v, UIntVector) << 16), n);
    });
}

/// Half precision has fewer exponents: 112 less, and its subnormal numbers count in units of 2⁻²⁴.
static void NAME(fromFloat16)(int64_t count, const uint16_t *x, float *y) {
    EACH_VECTOR(count, {
        ShortVector v = {};
        if (n == VECTOR_WIDTH) __builtin_memcpy(&v, x + i, sizeof v);
        else
            for (int64_t lane = 0; lane < n; lane++) v[lane] = x[i + lane];
        UIntVector bits = __builtin_convertvector(v, UIntVector);
        UIntVector exponent = bits & 0x7c00u;
        UIntVector normal = ((bits & 0x7fffu) << 13) + (112u << 23);
        UIntVector isSpecial = (UIntVector)(exponent == 0x7c00u);
        normal += isSpecial & (112u << 23);
        // 2⁻¹⁴ + fraction · 2⁻²⁴, less 2⁻¹⁴: exact, and no subnormal float32 on the way.
        Vector small = (Vector)(((bits & 0x3ffu) << 13) | (113u << 23)) - 0x1p-14f;
        Vector magnitude = vselect((IntVector)(exponent == 0u), small, (Vector)normal);
        vput(y + i, (Vector)((UIntVector)magnitude | ((bits & 0x8000u) << 16)), n);
    });
}

/// To the nearest half-precision number, ties to even; what is too large becomes infinite, and NaN stays NaN.
static void NAME(toFloat16)(int64_t count, const float *x, uint16_t *y) {
    EACH_VECTOR(count, {
        UIntVector bits = (UIntVector)vget(x + i, n);
        UIntVector magnitude = bits & 0x7fffffffu;
        // Adding to the exponent what is left of it, then half of what is cut off.
        UIntVector normal = (magnitude - (112u << 23) + 0xfffu + ((magnitude >> 13) & 1u)) >> 13;
        // The sum with one half has the number, rounded to units of 2⁻²⁴, as its last bits.
        UIntVector small = (UIntVector)((Vector)magnitude + 0.5f) - 0x3f000000u;
        UIntVector half = (UIntVector)vselect((IntVector)(magnitude < 0x38800000u), (Vector)small, (Vector)normal);
        UIntVector isLarge = (UIntVector)(magnitude >= 0x47800000u);
        half = (half & ~isLarge) | (isLarge & 0x7c00u);
        half |= (UIntVector)(magnitude > 0x7f800000u) & 0x200u;
        half |= (bits >> 16) & 0x8000u;
        ShortVector v = __builtin_convertvector(half, ShortVector);
        if (n == VECTOR_WIDTH) __builtin_memcpy(y + i, &v, sizeof v);
        else
            for (int64_t lane = 0; lane < n; lane++) y[i + lane] = v[lane];
    });
}
