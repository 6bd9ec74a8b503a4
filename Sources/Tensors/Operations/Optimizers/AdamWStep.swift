internal import AttendKernels

/// What one AdamW step needs besides the tensors (Loshchilov & Hutter 2019).
package struct AdamWStep {
    package var learningRate: Float
    package var beta1: Float
    package var beta2: Float
    package var epsilon: Float
    package var weightDecay: Float
    /// The number of this step, from 1.
    package var step: Int
    /// Multiplied into the gradient before anything else.
    package var gradientScale: Float

    package init(
        learningRate: Float, beta1: Float, beta2: Float, epsilon: Float, weightDecay: Float,
        step: Int,
        gradientScale: Float
    ) {
        self.learningRate = learningRate
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.weightDecay = weightDecay
        self.step = step
        self.gradientScale = gradientScale
    }

    /// Moves a parameter and both of its moments in one pass over memory.
    package func update(
        _ parameter: inout Tensor, gradient: Tensor, firstMoment: inout Tensor,
        secondMoment: inout Tensor
    ) {
        parameter.checkFits(gradient: gradient)
        parameter.makeUnique()
        firstMoment.makeUnique()
        secondMoment.makeUnique()
        let constants = AttendAdamW(
            learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon,
            weightDecay: weightDecay,
            correction1: Float(1 - pow(Double(beta1), step)),
            correction2: Float(1 - pow(Double(beta2), step)),
            gradientScale: gradientScale)
        let (p, m, v) = (parameter.storage, firstMoment.storage, secondMoment.storage)
        measured("optimizer", floats: 7 * parameter.count) {
            parallelRanges(parameter.count, grain: elementwiseGrain) { begin, end in
                unsafe withUnsafePointer(to: constants) {
                    unsafe kernels.adamW(
                        $0, Int64(end - begin), p.pointer + begin, gradient.storage.pointer + begin,
                        m.pointer + begin,
                        v.pointer + begin)
                }
            }
        }
    }
}

private func pow(_ base: Double, _ exponent: Int) -> Double {
    var (result, factor, left) = (1.0, base, exponent)
    while left > 0 {
        if left & 1 == 1 { result *= factor }
        factor *= factor
        left >>= 1
    }
    return result
}
