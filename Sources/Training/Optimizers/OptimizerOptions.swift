public import AttendCheckpoints

/// What an optimizer is told once, before its first step.
public struct OptimizerOptions: Hashable, Sendable {
    /// Which optimizer it is.
    public var kind: OptimizerKind
    /// How slowly the mean of gradients forgets: Adam, AdamW, Lion.
    public var beta1: Float
    /// How slowly the mean of squared gradients forgets (Lion: the moment itself).
    public var beta2: Float
    /// Added to the root of the mean square.
    public var epsilon: Float
    /// How much of the last velocity stays: gradient descent and Muon.
    public var momentum: Float
    /// The share of a weight taken away in each step, times the learning rate.
    public var weightDecay: Float
    /// Which parameters decay.
    public var decayed: DecayedParameters

    /// nanoGPT's constants for small models, unless given.
    public init(
        _ kind: OptimizerKind = .adamW, beta1: Float = 0.9, beta2: Float = 0.99,
        epsilon: Float = 1e-8, momentum: Float? = nil, weightDecay: Float = 0.1,
        decayed: DecayedParameters = .matricesAndTables
    ) {
        self.kind = kind
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.momentum = momentum ?? kind.usualMomentum
        self.weightDecay = weightDecay
        self.decayed = decayed
    }

    /// The options that the settings of a run name.
    public init(_ settings: TrainingSettings) {
        self.init(
            settings.optimizer, beta1: settings.beta1, beta2: settings.beta2,
            epsilon: settings.epsilon, momentum: settings.momentum,
            weightDecay: settings.weightDecay, decayed: settings.decayed)
    }
}
