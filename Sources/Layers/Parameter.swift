public import AttendTensors

/// A tensor that training may change.
public struct Parameter: Sendable {
    /// Empty where the numbers are kept in fewer bits.
    private var dense: Tensor
    /// The numbers in fewer bits than float32, once ``store(as:)`` made them so.
    public private(set) var stored: StoredMatrix?

    /// The numbers themselves; those kept in fewer bits are widened anew each time, and stay so when they are written.
    public var tensor: Tensor {
        get { stored?.widened() ?? dense }
        set {
            dense = newValue
            stored = nil
        }
        _modify {
            if let matrix = stored {
                dense = matrix.widened()
                stored = nil
            }
            yield &dense
        }
    }

    /// The extents of its axes.
    public var shape: Shape { stored?.shape ?? dense.shape }

    /// How many numbers it holds.
    public var count: Int { shape.count }

    /// How many bytes they take.
    public var byteCount: Int { stored?.byteCount ?? 4 * dense.count }

    /// Keeps a matrix whose rows fit a format in it, and frees the float32 numbers; others stay as they are.
    public mutating func store(as format: WeightFormat) {
        if staysFloat32 || shape.rank != 2 || !format.fits(width: shape.width)
            || stored?.format == format
        {
            return
        }
        stored = StoredMatrix(tensor, as: format)
        dense = .zeros([0])
    }

    /// Whether training changes it.
    ///
    /// Frozen parameters receive no gradient.
    public var isTrainable = true

    /// Whether the rows are vectors of tokens or places, as those of embeddings and of heads are.
    ///
    /// A step changes few of them, and each by itself, so some optimizers treat them unlike other matrices.
    public var isTable = false

    /// Whether it stays float32 where weights are kept in fewer bits: tables of places and the maps of routers are small,
    /// and much depends on them.
    public var staysFloat32 = false

    /// A trainable parameter.
    public init(_ tensor: Tensor) {
        dense = tensor
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
        shape.rank < 2 ? .vector : isTable ? .table : .matrix
    }
}

extension Tensor {
    /// activation(x Wᵀ + b) + residual, whatever the weight is kept in.
    ///
    /// While this tensor is differentiated, a weight in fewer bits is widened first.
    ///
    /// - Parameters:
    ///   - weight: `[outputs, inputs]`
    ///   - precision: what the operands are rounded to where the weight is float32.
    public func linear(
        weight: Parameter, bias: Tensor? = nil, activation: Activation? = nil,
        residual: Tensor? = nil, precision: Precision = .float32
    ) -> Tensor {
        if let stored = weight.stored, !isDifferentiated {
            return linear(weight: stored, bias: bias, activation: activation, residual: residual)
        }
        return linear(
            weight: weight.tensor, bias: bias, activation: activation, residual: residual,
            precision: precision)
    }

    /// Cross-entropy of the logits `self · weightᵀ`, whatever the weight is kept in.
    ///
    /// - Parameters:
    ///   - weight: `[vocabulary, width]`
    ///   - targets: one for each row of `[…, width]`; a negative target is not scored.
    /// - Returns: the mean over scored rows, in nats.
    public func projectedCrossEntropy(
        weight: Parameter, targets: [Int32], smoothing: Float = 0, zLoss: Float = 0,
        precision: Precision = .float32
    ) -> Tensor {
        if let stored = weight.stored, !isDifferentiated {
            return projectedCrossEntropy(
                weight: stored, targets: targets, smoothing: smoothing, zLoss: zLoss)
        }
        return projectedCrossEntropy(
            weight: weight.tensor, targets: targets, smoothing: smoothing, zLoss: zLoss,
            precision: precision)
    }
}
