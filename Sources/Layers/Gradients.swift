public import AttendTensors

/// The gradients of a module's trainable parameters, in the order of its visits.
public struct Gradients: Sendable {
    /// A gradient for each trainable parameter.
    public var tensors: [(name: String, tensor: Tensor)]

    /// What the gradients are to be multiplied by before use.
    ///
    /// Clipping sets this rather than rewriting them.
    public private(set) var scale: Float = 1

    /// Gradients to be used as they are.
    public init(_ tensors: [(name: String, tensor: Tensor)]) {
        self.tensors = tensors
    }

    /// The Euclidean norm of all gradients together.
    public var norm: Float {
        Float(tensors.reduce(0) { $0 + $1.tensor.sumOfSquares() }.squareRoot()) * scale
    }

    /// The same gradients, scaled down where their norm exceeds a limit.
    ///
    /// - Source: Pascanu, Mikolov & Bengio 2013.
    public func clipped(toNorm limit: Float) -> Gradients {
        clipped(norm: norm, to: limit)
    }

    /// The same gradients with no element beyond ±`limit`.
    public func clipped(toValue limit: Float) -> Gradients {
        Gradients(
            tensors.map { name, tensor in
                (name, (scale == 1 ? tensor : tensor * scale).clamped(to: -limit...limit))
            })
    }

    /// The sum with other gradients of the same parameters, each of the two times its weight; both as they came.
    public func weighted(_ weight: Float, plus other: Gradients, times otherWeight: Float)
        -> Gradients
    {
        Gradients(
            zip(tensors, other.tensors).map { own, other in
                (own.name, own.tensor * weight + other.tensor * otherWeight)
            })
    }

    /// As ``clipped(toNorm:)``, where the norm is already known.
    public func clipped(norm: Float, to limit: Float) -> Gradients {
        var result = self
        if norm > limit { result.scale *= limit / (norm + 1e-6) }
        return result
    }
}

/// A module's loss and the gradients of its trainable parameters.
///
/// - Parameters:
///   - model: the module; it is not changed.
///   - watch: shown every operation, forward and backward.
///   - loss: computes one number from the module that it is given.
public func valueWithGradients<Model: Module>(
    of model: Model, watch: AnomalyWatch? = nil, _ loss: (Model) throws -> Tensor
) rethrows -> (loss: Float, gradients: Gradients) {
    let trainable = model.parameters.filter(\.parameter.isTrainable)
    let (value, gradients) = try valueWithGradients(
        of: trainable.map(\.parameter.tensor), watch: watch
    ) { watched in
        var model = model
        var replacement = ReplaceTrainable(watched: watched)
        model.visit(&replacement)
        return try loss(model)
    }
    return (value, Gradients(zip(trainable.map(\.name), gradients).map { ($0, $1) }))
}

/// Puts watched tensors in the place of trainable parameters.
private struct ReplaceTrainable: ParameterVisitor {
    var path: [String] = []
    let watched: [Tensor]
    var next = 0

    init(watched: [Tensor]) {
        self.watched = watched
    }

    mutating func visit(_ parameter: inout Parameter, name: String) {
        if !parameter.isTrainable { return }
        parameter.tensor = watched[next]
        next += 1
    }
}
