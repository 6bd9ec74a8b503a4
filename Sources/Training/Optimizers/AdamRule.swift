internal import AttendTensors

/// Adam (Kingma & Ba 2015) and AdamW (Loshchilov & Hutter 2019): steps by the mean of gradients over the root of their mean square.
///
/// m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², θ ← θ − η(m̂ / (√v̂ + ε) + λθ). Adam adds λθ to g instead.
struct AdamRule: UpdateRule {
    private let options: OptimizerOptions
    private let decaysByGradient: Bool

    init(_ options: OptimizerOptions, decaysByGradient: Bool) {
        self.options = options
        self.decaysByGradient = decaysByGradient
    }

    func memory(of shape: Shape) -> [(name: String, shape: Shape)] {
        [("first", shape), ("second", shape)]
    }

    func update(
        _ parameter: inout Tensor, gradient: Tensor, memory: inout [Tensor], in step: UpdateStep
    ) {
        let addsDecay = decaysByGradient && step.weightDecay > 0
        let gradient =
            addsDecay
            ? gradient * step.gradientScale + parameter * step.weightDecay : gradient
        var (first, second) = (memory[0], memory[1])
        // Given up, so that the moments are written to in place.
        memory = []
        AdamWStep(
            learningRate: step.learningRate, beta1: options.beta1, beta2: options.beta2,
            epsilon: options.epsilon, weightDecay: decaysByGradient ? 0 : step.weightDecay,
            step: step.number, gradientScale: addsDecay ? 1 : step.gradientScale
        ).update(
            &parameter, gradient: gradient, firstMoment: &first, secondMoment: &second)
        memory = [first, second]
    }
}
