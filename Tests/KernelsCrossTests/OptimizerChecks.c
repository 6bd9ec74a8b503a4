// Steps of optimizers.

#include "Checks.h"

static void checkLion(void) {
    for (int l = 0; l < lengthCount; l++) {
        int64_t n = lengths[l];
        AttendLion s = {.learningRate = 0.01f, .beta1 = 0.9f, .beta2 = 0.99f, .weightDecay = 0.1f, .gradientScale = 0.25f};
        float *parameter = floats(n), *gradient = floats(n), *m = floats(n);
        if (n > 2) gradient[1] = m[1] = 0;
        float *p0 = copyOf(parameter, n), *m0 = copyOf(m, n);
        KERNEL(lion)(&s, n, parameter, gradient, m);
        for (int64_t i = 0; i < n; i++) {
            double g = (double)gradient[i] * s.gradientScale;
            double direction = (double)s.beta1 * m0[i] + (1 - (double)s.beta1) * g;
            // Too near to nothing for the sign of the sum to be certain.
            if (direction != 0 && fabs(direction) < 1e-6) continue;
            double sign = direction > 0 ? 1 : direction < 0 ? -1 : 0;
            expectNear("lion, moment", i, m[i], (double)s.beta2 * m0[i] + (1 - (double)s.beta2) * g, 4 * EPSILON);
            expectNear("lion, parameter", i, parameter[i],
                       p0[i] * (1 - (double)s.learningRate * s.weightDecay) - s.learningRate * sign, 4 * EPSILON);
        }
        releaseBuffers();
    }
}

static void checkMomentum(void) {
    for (int l = 0; l < lengthCount; l++) {
        for (int isNesterov = 0; isNesterov < 2; isNesterov++) {
            int64_t n = lengths[l];
            AttendMomentum s = {.learningRate = 0.1f, .momentum = 0.9f, .weightDecay = 0.01f, .gradientScale = 0.25f,
                                .isNesterov = isNesterov};
            float *parameter = floats(n), *gradient = floats(n), *v = floats(n);
            float *p0 = copyOf(parameter, n), *v0 = copyOf(v, n);
            KERNEL(momentum)(&s, n, parameter, gradient, v);
            for (int64_t i = 0; i < n; i++) {
                double g = (double)gradient[i] * s.gradientScale + (double)s.weightDecay * p0[i];
                double velocity = (double)s.momentum * v0[i] + g;
                double change = isNesterov ? g + (double)s.momentum * velocity : velocity;
                expectNear("momentum, velocity", i, v[i], velocity, 6 * EPSILON);
                expectNear("momentum, parameter", i, parameter[i], p0[i] - s.learningRate * change, 6 * EPSILON);
            }
            releaseBuffers();
        }
    }
}

void checkOptimizer(void) {
    checkLion();
    checkMomentum();
    for (int l = 0; l < lengthCount; l++) {
        for (int t = 1; t < 1000; t = t * 9 + 1) {
            int64_t n = lengths[l];
            AttendAdamW s = {.learningRate = 0.01f, .beta1 = 0.9f, .beta2 = 0.99f, .epsilon = t > 9 ? 0.1f : 1e-8f, .weightDecay = t > 1 ? 0.1f : 0,
                             .correction1 = (float)(1 - pow(0.9, t)), .correction2 = (float)(1 - pow(0.99, t)), .gradientScale = 0.25f};
            float *parameter = floats(n), *gradient = floats(n), *m = floats(n), *v = floatsIn(n, 0, 1);
            if (n > 2) gradient[1] = m[1] = v[1] = 0;
            float *p0 = copyOf(parameter, n), *m0 = copyOf(m, n), *v0 = copyOf(v, n);
            KERNEL(adamW)(&s, n, parameter, gradient, m, v);
            for (int64_t i = 0; i < n; i++) {
                double g = (double)gradient[i] * s.gradientScale;
                double first = (double)s.beta1 * m0[i] + (1 - (double)s.beta1) * g;
                double second = (double)s.beta2 * v0[i] + (1 - (double)s.beta2) * g * g;
                double change = s.learningRate * (first / s.correction1) / (sqrt(second / s.correction2) + s.epsilon);
                double want = p0[i] * (1 - (double)s.learningRate * s.weightDecay) - change;
                expectNear("adamW, first moment", i, m[i], first, 4 * EPSILON);
                expectNear("adamW, second moment", i, v[i], second, 4 * EPSILON);
                expectNear("adamW, parameter", i, parameter[i], want, 2 * EPSILON + 4e-6 * fabs(change));
            }
            releaseBuffers();
        }
    }
}
