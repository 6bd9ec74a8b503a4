// Gated linear units: one half of a row decides how much of the other passes, f(x₁) ∘ x₂ (Dauphin et al. 2017;
// Shazeer 2020).

/// What a gate gives, and its derivative in each half.
typedef struct {
    Vector value, first, second;
} NAME(Gated);

#define CLAMPED_SWISH_SLOPE 1.702f
#define CLAMPED_SWISH_LIMIT 7.0f

/// (u + 1) · g · σ(1.702 g) with g = min(x₁, 7) and u = x₂ within ±7. At a limit the derivative is that of the inside.
INLINE NAME(Gated) NAME(clampedSwish)(Vector x1, Vector x2) {
    // Comparisons that leave not-a-number as it is.
    Vector g = vselect(x1 > CLAMPED_SWISH_LIMIT, vset(CLAMPED_SWISH_LIMIT), x1);
    Vector u = vselect(x2 > CLAMPED_SWISH_LIMIT, vset(CLAMPED_SWISH_LIMIT), x2);
    u = vselect(u < -CLAMPED_SWISH_LIMIT, vset(-CLAMPED_SWISH_LIMIT), u);
    NAME(Sigmoid) s = NAME(sigmoidPair)(CLAMPED_SWISH_SLOPE * g);
    Vector swish = g * s.value;
    Vector slope = vfma(swish * CLAMPED_SWISH_SLOPE, s.complement, s.value);
    IntVector isPastFirst = x1 > CLAMPED_SWISH_LIMIT, isPastSecond = vabsolute(x2) > CLAMPED_SWISH_LIMIT;
    return (NAME(Gated)){
        (u + 1.0f) * swish,
        vselect(isPastFirst, (Vector){}, (u + 1.0f) * slope),
        vselect(isPastSecond, (Vector){}, swish),
    };
}

#define EACH_GATE(function)                                                                                            \
    for (int64_t row = 0; row < rows; row++, x += 2 * width, y += width)                                               \
        EACH_VECTOR(width, vput(y + i, function(vget(x + i, n)) * vget(x + width + i, n), n););                        \
    break

static void NAME(gated)(AttendGate gate, int64_t rows, int64_t width, const float *x, float *y) {
    switch (gate) {
    case AttendGateReLU: EACH_GATE(vrelu);
    case AttendGateGELU: EACH_GATE(vgelu);
    case AttendGateGELUTanh: EACH_GATE(vgeluTanh);
    case AttendGateSiLU: EACH_GATE(vsilu);
    case AttendGateSigmoid: EACH_GATE(vsigmoid);
    case AttendGateClampedSwish:
        for (int64_t row = 0; row < rows; row++, x += 2 * width, y += width)
            EACH_VECTOR(width, vput(y + i, NAME(clampedSwish)(vget(x + i, n), vget(x + width + i, n)).value, n););
        break;
    }
}

#define EACH_GATE_GRADIENT(function, derivative)                                                                       \
    for (int64_t row = 0; row < rows; row++, x += 2 * width, dy += width, dx += 2 * width)                             \
        EACH_VECTOR(width, {                                                                                           \
            Vector slope = vget(dy + i, n), gate = vget(x + i, n);                                                     \
            vput(dx + i, slope * vget(x + width + i, n) * derivative(gate), n);                                        \
            vput(dx + width + i, slope * function(gate), n);                                                           \
        });                                                                                                            \
    break

static void NAME(gatedGradient)(AttendGate gate, int64_t rows, int64_t width, const float *x, const float *dy, float *dx) {
    switch (gate) {
    case AttendGateReLU: EACH_GATE_GRADIENT(vrelu, vreluDerivative);
    case AttendGateGELU: EACH_GATE_GRADIENT(vgelu, vgeluDerivative);
    case AttendGateGELUTanh: EACH_GATE_GRADIENT(vgeluTanh, vgeluTanhDerivative);
    case AttendGateSiLU: EACH_GATE_GRADIENT(vsilu, vsiluDerivative);
    case AttendGateSigmoid: EACH_GATE_GRADIENT(vsigmoid, vsigmoidDerivative);
    case AttendGateClampedSwish:
        for (int64_t row = 0; row < rows; row++, x += 2 * width, dy += width, dx += 2 * width)
            EACH_VECTOR(width, {
                NAME(Gated) g = NAME(clampedSwish)(vget(x + i, n), vget(x + width + i, n));
                vput(dx + i, vget(dy + i, n) * g.first, n);
                vput(dx + width + i, vget(dy + i, n) * g.second, n);
            });
        break;
    }
}
