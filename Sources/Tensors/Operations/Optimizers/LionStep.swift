internal import AttendKernels

/// What one step of Lion needs besides the tensors.
///
/// - Source: Chen et al. 2023, algorithm 2.
package struct LionStep {
    package var learningRate: Float
    /// How slowly the direction forgets.
    package var beta1: Float
    /// How slowly the moment forgets.
    package var beta2: Float
    package var weightDecay: Float
    /// Multiplied into the gradient before anything else.
    package var gradientScale: Float

    package init(
        learningRate: Float, beta1: Float, beta2: Float, weightDecay: Float, gradientScale: Float
    ) {
        self.learningRate = learningRate
        self.beta1 = beta1
        self.beta2 = beta2
        self.weightDecay = weightDecay
        self.gradientScale = gradientScale
    }

    /// Moves a parameter and its moment in one pass over memory.
    package func update(_ parameter: inout Tensor, gradient: Tensor, moment: inout Tensor) {
        parameter.checkFits(gradient: gradient)
        parameter.makeUnique()
        moment.makeUnique()
        let constants = AttendLion(
            learningRate: learningRate, beta1: beta1, beta2: beta2, weightDecay: weightDecay,
            gradientScale: gradientScale)
        let (p, m) = (parameter.storage, moment.storage)
        measured("optimizer", floats: 5 * parameter.count) {
            parallelRanges(parameter.count, grain: elementwiseGrain) { begin, end in
                unsafe withUnsafePointer(to: constants) {
                    unsafe kernels.lion(
                        $0, Int64(end - begin), p.pointer + begin, gradient.storage.pointer + begin,
                        m.pointer + begin)
                }
            }
        }
    }
}
