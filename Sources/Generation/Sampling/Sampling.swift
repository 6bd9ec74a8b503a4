/// How the next token is chosen among those that a model holds possible: steps, applied in the order given.
///
/// ```swift
/// let sampling: Sampling = [.repetitionPenalty(1.1), .temperature(0.8), .topP(0.95)]
/// ```
///
/// The order matters, since each step works on what the one before it left: `[.topK(2), .topP(0.5)]` takes half of the
/// probability of two tokens, `[.topP(0.5), .topK(2)]` of all. Without any step tokens are drawn by the model's own
/// probabilities.
public struct Sampling: Hashable, Sendable {
    /// What is done, the first at first.
    public var steps: [SamplingStep]

    /// The most steps.
    public static let mostSteps = 64

    /// These steps, in this order.
    public init(_ steps: [SamplingStep] = []) {
        self.steps = steps
    }

    /// Always the likeliest token, of equals that with the smallest id.
    public static let greedy: Sampling = [.temperature(0)]

    /// Whether nothing is left to chance: a step keeps a single token, whatever the logits.
    public var isDeterministic: Bool {
        steps.contains(.temperature(0)) || steps.contains(.topK(1))
    }

    /// Checks the number of steps and each of them.
    ///
    /// - Parameter vocabularySize: how many tokens the model knows; without it, ids of tokens are not held to that.
    /// - Throws: ``GenerationError/outOfRange(name:value:accepted:)``.
    public func validate(vocabularySize: Int? = nil) throws(GenerationError) {
        try GenerationError.check("number of sampling steps", steps.count, 0...Self.mostSteps)
        for step in steps {
            try step.validate()
            if case .logitBias(let biases) = step, let size = vocabularySize,
                let id = biases.keys.max(), Int(id) >= size
            {
                throw .outOfRange(
                    name: "token of a logit bias", value: "\(id)",
                    accepted: "one of the model's tokens, 0 to \(size - 1)")
            }
        }
    }
}

extension Sampling: ExpressibleByArrayLiteral {
    /// These steps, in this order.
    public init(arrayLiteral steps: SamplingStep...) {
        self.init(steps)
    }
}
