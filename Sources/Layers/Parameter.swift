public import AttendTensors

/// A tensor that training may change.
public struct Parameter: Sendable {
    /// The numbers themselves.
    public var tensor: Tensor

    /// Whether training changes it.
    ///
    /// Frozen parameters receive no gradient.
    public var isTrainable = true

    /// Whether the rows are vectors of tokens or places, as those of embeddings and of heads are.
    ///
    /// A step changes few of them, and each by itself, so some optimizers treat them unlike other matrices.
    public var isTable = false

    /// A trainable parameter.
    public init(_ tensor: Tensor) {
        self.tensor = tensor
    }

    /// What kinds of parameter optimizers tell apart.
    public enum Kind: Hashable, Sendable {
        /// The weights of a linear map.
        case matrix
        /// A vector for each token or place.
        case table
        /// A bias, or the gains of a norm.
        case vector
    }

    /// What kind of parameter this is.
    public var kind: Kind {
        tensor.shape.rank < 2 ? .vector : isTable ? .table : .matrix
    }
}
