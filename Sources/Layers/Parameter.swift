public import AttendTensors

/// A tensor that training may change.
public struct Parameter: Sendable {
    /// The numbers themselves.
    public var tensor: Tensor

    /// Whether training changes it.
    ///
    /// Frozen parameters receive no gradient.
    public var isTrainable = true

    /// A trainable parameter.
    public init(_ tensor: Tensor) {
        self.tensor = tensor
    }

    /// Whether weight decay applies: to matrices, not to biases and the gains of norms.
    public var isDecayed: Bool { tensor.shape.rank >= 2 }
}
