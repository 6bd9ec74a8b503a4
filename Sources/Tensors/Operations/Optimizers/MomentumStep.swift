internal import AttendKernels

/// What one step of gradient descent with momentum needs besides the tensors.
///
/// - Source: Polyak 1964; Nesterov 1983, in the form of Sutskever et al. 2013, §2.
package struct MomentumStep {
    package var learningRate: Float
    package var momentum: Float
    /// Added to the gradient, times the parameter.
    package var weightDecay: Float
    /// Whether the step looks ahead by the momentum.
    package var isNesterov: Bool
    /// Multiplied into the gradient before anything else.
    package var gradientScale: Float

    package init(
        learningRate: Float, momentum: Float, weightDecay: Float, isNesterov: Bool,
        gradientScale: Float
    ) {
        self.learningRate = learningRate
        self.momentum = momentum
        self.weightDecay = weightDecay
        self.isNesterov = isNesterov
        self.gradientScale = gradientScale
    }

    /// Moves a parameter and its velocity in one pass over memory.
    package func update(_ parameter: inout Tensor, gradient: Tensor, velocity: inout Tensor) {
        parameter.checkFits(gradient: gradient)
        parameter.makeUnique()
        velocity.makeUnique()
        let constants = AttendMomentum(
            learningRate: learningRate, momentum: momentum, weightDecay: weightDecay,
            gradientScale: gradientScale, isNesterov: isNesterov ? 1 : 0)
        let (p, v) = (parameter.storage, velocity.storage)
        measured("optimizer", floats: 5 * parameter.count) {
            parallelRanges(parameter.count, grain: elementwiseGrain) { begin, end in
                unsafe withUnsafePointer(to: constants) {
                    unsafe kernels.momentum(
                        $0, Int64(end - begin), p.pointer + begin, gradient.storage.pointer + begin,
                        v.pointer + begin)
                }
            }
        }
    }
}

extension Tensor {
    /// Stops a step whose gradient belongs to another parameter.
    func checkFits(gradient: Tensor) {
        if shape != gradient.shape {
            shapeError(
                "a gradient of shape \(gradient.shape) does not fit a parameter of shape \(shape)")
        }
    }
}
