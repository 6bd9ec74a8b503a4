/// What one step of Adafactor needs besides the tensors (Shazeer & Stern 2018, algorithms 4 and 5).
package struct FactoredStep {
    /// How far a parameter of root mean square 1 moves at most.
    package var relativeStep: Float
    /// The share of a parameter that is taken away.
    package var decay: Float
    /// How much of the new squares the means take.
    package var mixture: Float
    /// The smallest variance.
    package var smallestVariance: Float
    /// The smallest root mean square of a parameter that is believed.
    package var smallestScale: Float
    /// The largest root mean square of an update before it is scaled down.
    package var clipping: Float
    /// Multiplied into the gradient before anything else.
    package var gradientScale: Float

    package init(
        relativeStep: Float, decay: Float, mixture: Float, smallestVariance: Float,
        smallestScale: Float, clipping: Float, gradientScale: Float
    ) {
        self.relativeStep = relativeStep
        self.decay = decay
        self.mixture = mixture
        self.smallestVariance = smallestVariance
        self.smallestScale = smallestScale
        self.clipping = clipping
        self.gradientScale = gradientScale
    }

    /// Moves a matrix `[rows, columns]`, whose squared gradients are remembered by their means over rows and over columns.
    ///
    /// - Parameters:
    ///   - rowMeans: `[rows]`.
    ///   - columnMeans: `[columns]`.
    package func update(
        matrix: inout Tensor, gradient: Tensor, rowMeans: inout Tensor, columnMeans: inout Tensor
    ) {
        matrix.checkFits(gradient: gradient)
        let gradient = gradient * gradientScale
        let squares = gradient.squared()
        let (rows, columns) = (matrix.shape.rows, matrix.shape.width)
        rowMeans = mixed(rowMeans, squares.rowSums() / Float(columns))
        columnMeans = mixed(columnMeans, squares.transposed().rowSums() / Float(rows))
        let mean = max(
            Float(rowMeans.sumOfElements() / Double(max(rows, 1))), smallestVariance)
        // The product of two small means can be less than any variance that is permitted.
        let outer = (rowMeans / mean).reshaped([rows, 1])
            .matrixMultiplied(by: columnMeans.reshaped([1, columns]))
        move(&matrix, gradient: gradient, variances: outer)
    }

    /// Moves a tensor whose squared gradients are remembered one by one.
    package func update(_ parameter: inout Tensor, gradient: Tensor, means: inout Tensor) {
        parameter.checkFits(gradient: gradient)
        let gradient = gradient * gradientScale
        means = mixed(means, gradient.squared())
        move(&parameter, gradient: gradient, variances: means)
    }

    private func mixed(_ old: Tensor, _ new: Tensor) -> Tensor {
        Tensor.combined(1 - mixture, old, mixture, new)
    }

    private func move(_ parameter: inout Tensor, gradient: Tensor, variances: Tensor) {
        let believed = variances.clamped(to: smallestVariance...Float.greatestFiniteMagnitude)
        let update = gradient * believed.squareRoot().reciprocal()
        func rootMeanSquare(_ tensor: Tensor) -> Float {
            Float((tensor.sumOfSquares() / Double(max(tensor.count, 1))).squareRoot())
        }
        let step = relativeStep * max(smallestScale, rootMeanSquare(parameter))
        let divisor = max(1, rootMeanSquare(update) / clipping)
        parameter = Tensor.combined(1 - decay, parameter, -step / divisor, update)
    }
}
