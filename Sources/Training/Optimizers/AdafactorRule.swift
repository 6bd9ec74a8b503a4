internal import Foundation
internal import AttendTensors

/// Adafactor (Shazeer & Stern 2018): as Adam, but of a matrix it remembers squared gradients by their means over rows and columns.
///
/// The learning rate is a share of each parameter's root mean square, and falls at least with √step.
struct AdafactorRule: UpdateRule {
    /// How fast the means come to forget slowly: step^−0.8 of them is new (§7.2).
    private static let forgetting = -0.8
    /// ε₁: PyTorch squares the distance between 1 and the next float.
    private static let smallestVariance = Float.ulpOfOne * Float.ulpOfOne
    /// ε₂: what a parameter that is nearly 0 counts for (§8).
    private static let smallestScale: Float = 1e-3
    /// d: the largest root mean square of an update (§6).
    private static let clipping: Float = 1

    func memory(of shape: Shape) -> [(name: String, shape: Shape)] {
        shape.rank < 2
            ? [("squares", shape)] : [("rows", [shape.rows]), ("columns", [shape.width])]
    }

    func update(
        _ parameter: inout Tensor, gradient: Tensor, memory: inout [Tensor], in step: UpdateStep
    ) {
        let number = Double(step.number)
        let factored = FactoredStep(
            relativeStep: min(step.learningRate, Float(1 / number.squareRoot())),
            decay: step.learningRate * step.weightDecay,
            mixture: Float(pow(number, Self.forgetting)),
            smallestVariance: Self.smallestVariance, smallestScale: Self.smallestScale,
            clipping: Self.clipping, gradientScale: step.gradientScale)
        if memory.count == 1 {
            factored.update(&parameter, gradient: gradient, means: &memory[0])
        } else {
            var (rows, columns) = (memory[0], memory[1])
            factored.update(
                matrix: &parameter, gradient: gradient, rowMeans: &rows, columnMeans: &columns)
            memory = [rows, columns]
        }
    }
}
