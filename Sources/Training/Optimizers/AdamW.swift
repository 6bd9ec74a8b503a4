public import AttendLayers
public import AttendTensors

/// Adam with decoupled weight decay (Kingma & Ba 2015; Loshchilov & Hutter 2019).
///
/// Matrices decay; biases and the gains of norms do not.
public struct AdamW: Sendable {
    /// The constants that stay the same over a run.
    public struct Options: Codable, Hashable, Sendable {
        /// How slowly the mean of gradients forgets.
        public var beta1: Float
        /// How slowly the mean of squared gradients forgets.
        public var beta2: Float
        /// Added to the root of the mean square.
        public var epsilon: Float
        /// The share of a weight taken away in each step, times the learning rate.
        public var weightDecay: Float

        /// nanoGPT's constants for small models, unless given.
        public init(
            beta1: Float = 0.9, beta2: Float = 0.99, epsilon: Float = 1e-8, weightDecay: Float = 0.1
        ) {
            self.beta1 = beta1
            self.beta2 = beta2
            self.epsilon = epsilon
            self.weightDecay = weightDecay
        }
    }

    /// The constants.
    public var options: Options

    /// How many steps have been taken.
    public private(set) var stepCount = 0

    private var moments: [String: (first: Tensor, second: Tensor)] = [:]

    /// An optimizer that has taken no step.
    public init(_ options: Options = Options()) {
        self.options = options
    }

    /// Takes one step: m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², θ ← θ − η(m̂ / (√v̂ + ε) + λθ).
    public mutating func update(
        _ model: inout some Module, with gradients: Gradients, learningRate: Float
    ) {
        stepCount += 1
        var step = Step(optimizer: self, gradients: gradients, learningRate: learningRate)
        // The optimizer's own copy of the moments is given up, so that they are written to in place.
        moments = [:]
        model.visit(&step)
        moments = step.moments
    }

    private struct Step: ParameterVisitor {
        var path: [String] = []
        var moments: [String: (first: Tensor, second: Tensor)]
        let gradients: Gradients
        var next = 0
        var update: AdamWStep
        let weightDecay: Float

        init(optimizer: AdamW, gradients: Gradients, learningRate: Float) {
            moments = optimizer.moments
            self.gradients = gradients
            weightDecay = optimizer.options.weightDecay
            update = AdamWStep(
                learningRate: learningRate, beta1: optimizer.options.beta1,
                beta2: optimizer.options.beta2,
                epsilon: optimizer.options.epsilon, weightDecay: 0, step: optimizer.stepCount,
                gradientScale: gradients.scale)
        }

        mutating func visit(_ parameter: inout Parameter, name: String) {
            if !parameter.isTrainable { return }
            let (gradientName, gradient) = gradients.tensors[next]
            if gradientName != name {
                shapeError("the gradient of \(gradientName) arrived at \(name)")
            }
            next += 1
            let shape = parameter.tensor.shape
            var (first, second) =
                moments.removeValue(forKey: name) ?? (.zeros(shape), .zeros(shape))
            update.weightDecay = parameter.isDecayed ? weightDecay : 0
            update.update(
                &parameter.tensor, gradient: gradient, firstMoment: &first, secondMoment: &second)
            moments[name] = (first, second)
        }
    }

    /// The state by name, for a checkpoint: `first.<parameter>` and `second.<parameter>`.
    public func namedTensors() -> [(name: String, tensor: Tensor)] {
        moments.sorted { $0.key < $1.key }.flatMap {
            [("first.\($0.key)", $0.value.first), ("second.\($0.key)", $0.value.second)]
        }
    }

    /// Restores the state of a checkpoint.
    ///
    /// - Throws: ``LoadingError`` where a moment is missing, left over or of another shape than its parameter.
    public mutating func load(_ tensors: [String: Tensor], stepCount: Int, for model: some Module)
        throws
    {
        var problems: [String] = []
        var loaded: [String: (first: Tensor, second: Tensor)] = [:]
        let trainable = model.parameters.filter(\.parameter.isTrainable)
        for (name, parameter) in trainable {
            guard let first = tensors["first.\(name)"], let second = tensors["second.\(name)"]
            else {
                problems.append("the moments of \(name) are missing")
                continue
            }
            for moment in [first, second] where moment.shape != parameter.tensor.shape {
                problems.append(
                    "a moment of \(name) has shape \(moment.shape), not \(parameter.tensor.shape)")
            }
            loaded[name] = (first, second)
        }
        if problems.isEmpty, tensors.count != 2 * trainable.count {
            problems.append("\(tensors.count) tensors where \(2 * trainable.count) moments belong")
        }
        if !problems.isEmpty { throw LoadingError(problems: problems) }
        moments = loaded
        self.stepCount = stepCount
    }
}
