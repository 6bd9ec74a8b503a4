internal import AttendTensors

/// Lion: every element moves equally far, in the direction of a mean of gradients.
///
/// - Source: Chen et al. 2023, algorithm 2.
struct LionRule: UpdateRule {
    private let options: OptimizerOptions

    init(_ options: OptimizerOptions) { self.options = options }

    func memory(of shape: Shape) -> [(name: String, shape: Shape)] { [("moment", shape)] }

    func update(
        _ parameter: inout Tensor, gradient: Tensor, memory: inout [Tensor], in step: UpdateStep
    ) {
        LionStep(
            learningRate: step.learningRate, beta1: options.beta1, beta2: options.beta2,
            weightDecay: step.weightDecay, gradientScale: step.gradientScale
        ).update(&parameter, gradient: gradient, moment: &memory[0])
    }
}
