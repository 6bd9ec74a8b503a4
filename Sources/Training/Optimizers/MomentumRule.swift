internal import AttendTensors

/// Gradient descent with momentum, which decays by the gradient as PyTorch's SGD does.
struct MomentumRule: UpdateRule {
    private let options: OptimizerOptions
    private let isNesterov: Bool

    init(_ options: OptimizerOptions, isNesterov: Bool) {
        self.options = options
        self.isNesterov = isNesterov
    }

    func memory(of shape: Shape) -> [(name: String, shape: Shape)] { [("velocity", shape)] }

    func update(
        _ parameter: inout Tensor, gradient: Tensor, memory: inout [Tensor], in step: UpdateStep
    ) {
        MomentumStep(
            learningRate: step.learningRate, momentum: options.momentum,
            weightDecay: step.weightDecay, isNesterov: isNesterov,
            gradientScale: step.gradientScale
        ).update(&parameter, gradient: gradient, velocity: &memory[0])
    }
}
