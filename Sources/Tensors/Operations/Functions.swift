internal import AttendKernels

/// The non-linear function of a feed-forward layer.
public enum Activation: String, Codable, CaseIterable, Sendable {
    /// max(0, x).
    case relu
    /// x Φ(x), with the error function (Hendrycks & Gimpel 2016).
    case gelu
    /// The tanh form of GELU that GPT-2 uses.
    case geluTanh = "gelu_new"
    /// x σ(x), also called swish (Elfwing et al. 2018).
    case silu
    /// max(0, x)² (So et al. 2021).
    case reluSquared = "relu2"
    /// tanh x.
    case tanh
    /// σ(x) = 1 / (1 + e⁻ˣ).
    case sigmoid

    var function: AttendFunction {
        switch self {
        case .relu: AttendReLU
        case .gelu: AttendGELU
        case .geluTanh: AttendGELUTanh
        case .silu: AttendSiLU
        case .reluSquared: AttendReLUSquared
        case .tanh: AttendTanh
        case .sigmoid: AttendSigmoid
        }
    }
}

extension Tensor {
    private func applying(_ function: AttendFunction) -> Tensor {
        let result = Tensor(uninitialized: shape)
        measured("activations", floats: 2 * count) {
            parallelRanges(count, grain: elementwiseGrain / 4) { [self] begin, end in
                unsafe kernels.apply(
                    function, Int64(end - begin), storage.pointer + begin,
                    result.storage.pointer + begin)
            }
        }
        return result.recorded(on: node) { [self] gradient in
            node?.add(applyingDerivative(of: function, to: gradient))
        }
    }

    /// gradient ∘ f′(self).
    func applyingDerivative(of function: AttendFunction, to gradient: Tensor) -> Tensor {
        let result = Tensor(uninitialized: shape)
        measured("activations: gradients", floats: 3 * count) {
            parallelRanges(count, grain: elementwiseGrain / 4) { [self] begin, end in
                unsafe kernels.applyGradient(
                    function, Int64(end - begin), storage.pointer + begin,
                    gradient.storage.pointer + begin,
                    result.storage.pointer + begin)
            }
        }
        return result
    }

    /// The activation of each element.
    public func activated(by activation: Activation) -> Tensor { applying(activation.function) }

    /// eˣ of each element.
    public func exponential() -> Tensor { applying(AttendExp) }

    /// The natural logarithm of each element.
    public func logarithm() -> Tensor { applying(AttendLog) }

    /// tanh x of each element.
    public func hyperbolicTangent() -> Tensor { applying(AttendTanh) }

    /// σ(x) = 1 / (1 + e⁻ˣ) of each element.
    public func sigmoid() -> Tensor { applying(AttendSigmoid) }

    /// √x of each element.
    public func squareRoot() -> Tensor { applying(AttendSquareRoot) }

    /// 1 / x of each element.
    public func reciprocal() -> Tensor { applying(AttendReciprocal) }

    /// x² of each element.
    public func squared() -> Tensor { applying(AttendSquare) }
}
