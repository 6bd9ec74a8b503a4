// Steps of optimizers, each in one pass over memory.

// AdamW (Loshchilov & Hutter 2019, algorithm 2).

static void NAME(adamW)(const AttendAdamW *step, int64_t count, float *parameter, const float *gradient,
                        float *firstMoment, float *secondMoment) {
    const AttendAdamW s = *step;
    const float stepSize = s.learningRate / s.correction1;
    const float rootOfCorrection2 = NAME(rootOf)(s.correction2);
    const float kept = 1 - s.learningRate * s.weightDecay;
    // √(v / c₂) + ε = (√v + ε √c₂) / √c₂, which spares each element a division.
    const float scaledStep = stepSize * rootOfCorrection2, scaledEpsilon = s.epsilon * rootOfCorrection2;
    EACH_VECTOR(count, {
        Vector g = vget(gradient + i, n) * s.gradientScale;
        Vector m = vget(firstMoment + i, n);
        Vector v = vget(secondMoment + i, n);
        m = vfma(m, vset(s.beta1), g * (1 - s.beta1));
        v = vfma(v, vset(s.beta2), g * g * (1 - s.beta2));
        vput(firstMoment + i, m, n);
        vput(secondMoment + i, v, n);
        Vector change = m * scaledStep / (vsquareRoot(v) + scaledEpsilon);
        vput(parameter + i, vfma(vget(parameter + i, n), vset(kept), -change), n);
    });
}

// Lion (Chen et al. 2023, algorithm 2): each element moves by the learning rate, in the direction of a mean of gradients.
static void NAME(lion)(const AttendLion *step, int64_t count, float *parameter, const float *gradient, float *moment) {
    const AttendLion s = *step;
    const float kept = 1 - s.learningRate * s.weightDecay;
    const Vector up = vset(s.learningRate), none = vset(0);
    EACH_VECTOR(count, {
        Vector g = vget(gradient + i, n) * s.gradientScale;
        Vector m = vget(moment + i, n);
        Vector direction = vfma(m, vset(s.beta1), g * (1 - s.beta1));
        Vector change = vselect(direction > none, up, vselect(direction < none, -up, none));
        vput(moment + i, vfma(m, vset(s.beta2), g * (1 - s.beta2)), n);
        vput(parameter + i, vfma(vget(parameter + i, n), vset(kept), -change), n);
    });
}

// v ← μv + g + λθ; θ ← θ − ηv, or with Nesterov's look ahead θ ← θ − η(g + λθ + μv).
static void NAME(momentum)(const AttendMomentum *step, int64_t count, float *parameter, const float *gradient,
                           float *velocity) {
    const AttendMomentum s = *step;
    EACH_VECTOR(count, {
        Vector p = vget(parameter + i, n);
        Vector g = vfma(p, vset(s.weightDecay), vget(gradient + i, n) * s.gradientScale);
        Vector v = vfma(vget(velocity + i, n), vset(s.momentum), g);
        vput(velocity + i, v, n);
        Vector change = s.isNesterov ? vfma(v, vset(s.momentum), g) : v;
        vput(parameter + i, vfma(change, vset(-s.learningRate), p), n);
    });
}
