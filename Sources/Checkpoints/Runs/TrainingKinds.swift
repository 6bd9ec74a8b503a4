/// How the learning rate changes over a run.
public enum ScheduleKind: String, Codable, Hashable, Sendable, CaseIterable {
    /// A linear rise, then half a cosine down to the final rate (Loshchilov & Hutter 2017).
    case cosine
    /// A linear rise, then a fall with the square root of the step, which ends where it may (Vaswani et al. 2017, §5.3).
    case noam
    /// A linear rise, then always the same.
    case constant
    /// A linear rise, then a straight line down to the final rate.
    case linear
    /// A linear rise, the same for most of the run, then a straight line down to the final rate (Hu et al. 2024, §4.2).
    case warmupStableDecay = "wsd"
    /// The highest rate as long as the warm-up lasts, then a fall with the square root of the step (Raffel et al. 2020, §3.1.2).
    case inverseRoot = "inverse-root"
}

/// What moves the parameters by their gradients.
public enum OptimizerKind: String, Codable, Hashable, Sendable, CaseIterable {
    /// Gradient descent with momentum.
    case sgd
    /// The same with Nesterov's look ahead.
    case nesterov
    /// Adam, whose weight decay goes through its moments.
    case adam
    /// Adam with decoupled weight decay.
    case adamW = "adamw"
    /// Signs of a mean of gradients.
    case lion
    /// Momentum made orthogonal for matrices, AdamW for the rest.
    case muon
    /// Adam that remembers squares by rows and columns.
    case adafactor

    /// The momentum that is usual, for those that have one.
    public var usualMomentum: Float { self == .muon ? 0.95 : 0.9 }
}

/// From which distribution the weights of linear maps are drawn at first.
public enum InitialisationKind: String, Codable, Hashable, Sendable, CaseIterable {
    /// A deviation of 0.02.
    case normal
    /// The same, divided by the root of the number of residual connections in maps that end in one (Radford et al. 2019).
    case scaledResidual = "scaled-residual"
    /// √(2 / (inputs + outputs)) (Glorot & Bengio 2010).
    case xavier
    /// √(2 / inputs) (He et al. 2015).
    case kaiming
    /// The family's own at a base width, and scaled from there with the learning rates, so that the best learning rate does
    /// not depend on the width (Yang et al. 2022, table 8): maximal update parametrisation.
    case maximalUpdate = "mup"
}

/// Which parameters a weight decay makes smaller.
public enum DecayedParameters: String, Codable, Hashable, Sendable, CaseIterable {
    /// The weights of linear maps.
    case matrices
    /// These, and the tables of tokens and places.
    case matricesAndTables = "matrices-and-tables"
    /// Biases and the gains of norms, too.
    case all
}

/// What becomes of a step in which something is infinite or not a number.
public enum NonFinitePolicy: String, Codable, Hashable, Sendable, CaseIterable {
    /// The run stops, with what was so first.
    case stop
    /// The step moves nothing, and the run goes on.
    case skip
}
