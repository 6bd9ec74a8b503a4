internal import AttendKernels

/// The function by which one half of a row gates the other in a gated feed-forward layer.
public enum Gate: String, Codable, CaseIterable, Sendable {
    /// max(0, x₁) · x₂: ReGLU.
    case relu
    /// GELU(x₁) · x₂, with the error function: GEGLU.
    case gelu
    /// GELU(x₁) · x₂, in the tanh form of GELU.
    case geluTanh = "gelu_new"
    /// x₁ σ(x₁) · x₂: SwiGLU.
    case silu
    /// σ(x₁) · x₂: the original gated linear unit (Dauphin et al. 2017).
    case sigmoid
    /// (u + 1) · g · σ(1.702 g) with g = min(x₁, 7) and u = x₂ held within ±7: the gate of GPT-OSS.
    case clampedSwish

    var kernelGate: AttendGate {
        switch self {
        case .relu: AttendGateReLU
        case .gelu: AttendGateGELU
        case .geluTanh: AttendGateGELUTanh
        case .silu: AttendGateSiLU
        case .sigmoid: AttendGateSigmoid
        case .clampedSwish: AttendGateClampedSwish
        }
    }
}

extension Tensor {
    /// The second half of each row, gated by a function of the first: `[…, 2 · width]` → `[…, width]`.
    ///
    /// The plain form is `slice(0..<width).activated(by: …) * slice(width..<2 * width)`.
    ///
    /// - Source: Shazeer 2020.
    public func gated(_ gate: Gate) -> Tensor {
        if shape.rank == 0 || shape.width % 2 != 0 {
            shapeError("a gate needs rows of two equal halves, not \(shape)")
        }
        let (rows, width) = (shape.rows, shape.width / 2)
        let result = Tensor(uninitialized: shape.replacingLast(with: width))
        let grain = max(elementwiseGrain / 4 / max(width, 1), 1)
        measured("gates", floats: count + result.count) {
            parallelRanges(rows, grain: grain) { [self] begin, end in
                unsafe kernels.gated(
                    gate.kernelGate, Int64(end - begin), Int64(width),
                    storage.pointer + begin * 2 * width, result.storage.pointer + begin * width)
            }
        }
        return result.recorded(on: node) { [self] gradient in
            let inputGradient = Tensor(uninitialized: shape)
            measured("gates: gradients", floats: 2 * count + gradient.count) {
                parallelRanges(rows, grain: grain) { [self] begin, end in
                    unsafe kernels.gatedGradient(
                        gate.kernelGate, Int64(end - begin), Int64(width),
                        storage.pointer + begin * 2 * width,
                        gradient.storage.pointer + begin * width,
                        inputGradient.storage.pointer + begin * 2 * width)
                }
            }
            node?.add(inputGradient)
        }
    }
}
