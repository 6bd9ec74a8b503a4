// AdamW (Loshchilov & Hutter 2019, algorithm 2) in one pass over memory.

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
