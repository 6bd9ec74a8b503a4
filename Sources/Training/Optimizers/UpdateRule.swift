internal import AttendTensors

/// How one kind of optimizer moves one parameter by its gradient.
protocol UpdateRule: Sendable {
    /// The names and shapes of the tensors that it remembers about a parameter of this shape; they begin as zeros.
    func memory(of shape: Shape) -> [(name: String, shape: Shape)]

    /// Takes a step.
    ///
    /// - Parameters:
    ///   - parameter: is moved.
    ///   - gradient: of the same shape.
    ///   - memory: the remembered tensors, in the order of ``memory(of:)``.
    func update(
        _ parameter: inout Tensor, gradient: Tensor, memory: inout [Tensor], in step: UpdateStep)
}

/// What all parameters have in common in a step.
struct UpdateStep {
    /// The number of the step, from 1.
    var number: Int
    /// How far parameters move.
    var learningRate: Float
    /// How much of this parameter is taken away, times the learning rate.
    var weightDecay: Float = 0
    /// Multiplied into the gradients before anything else, as clipping wants it.
    var gradientScale: Float
    /// What the factors of a rule's matrix products round to.
    var precision: Precision
}
