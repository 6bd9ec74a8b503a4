internal import AttendTensors

/// Muon: a matrix moves by its momentum made orthogonal, so that no direction moves further than another.
///
/// The step is scaled to the root mean square that AdamW's has (Liu et al. 2025, §2.2), so that both share a learning rate.
///
/// - Source: Jordan et al. 2024.
struct MuonRule: UpdateRule {
    private let momentum: Float

    init(_ options: OptimizerOptions) { momentum = options.momentum }

    func memory(of shape: Shape) -> [(name: String, shape: Shape)] { [("moment", shape)] }

    func update(
        _ parameter: inout Tensor, gradient: Tensor, memory: inout [Tensor], in step: UpdateStep
    ) {
        let gradient = gradient * step.gradientScale
        memory[0] = memory[0] * momentum + gradient * (1 - momentum)
        let ahead = gradient * (1 - momentum) + memory[0] * momentum
        let direction = Self.orthogonalised(ahead, precision: step.precision)
        let longest = Float(max(parameter.shape.rows, parameter.shape.width))
        let rate = step.learningRate * 0.2 * longest.squareRoot()
        parameter =
            parameter * (1 - step.learningRate * step.weightDecay) + direction * -rate
    }

    /// The nearest matrix whose singular values are all about 1, by five steps of a Newton–Schulz iteration.
    ///
    /// The polynomial ax + bx³ + cx⁵ brings singular values from 0…1 near to 1 quickly rather than exactly, so
    /// factors in bfloat16 do no harm.
    static func orthogonalised(_ matrix: Tensor, precision: Precision = .float32) -> Tensor {
        let (a, b, c): (Float, Float, Float) = (3.4445, -4.7750, 2.0315)
        let isTall = matrix.shape.rows > matrix.shape.width
        var x = isTall ? matrix.transposed() : matrix
        x = x / max(Float(x.sumOfSquares().squareRoot()), 1e-7)
        for _ in 0..<5 {
            let squared = x.matrixMultiplied(
                by: x, transposingRight: true, precision: precision)
            let fourthPower = squared.matrixMultiplied(
                by: squared, transposingRight: true, precision: precision)
            let polynomial = squared * b + fourthPower * c
            x = x * a + polynomial.matrixMultiplied(by: x, precision: precision)
        }
        return isTall ? x.transposed() : x
    }
}
