internal import AttendTensors

/// How far a step moved a parameter.
public struct ParameterChange: Hashable, Sendable {
    /// The parameter's full name.
    public let name: String
    /// The sum of the squared weights before the step.
    public let weightSquares: Double
    /// The sum of the squares of what the step added.
    public let changeSquares: Double

    /// The way from one tensor to another of the same shape.
    init(name: String, from before: Tensor, to after: Tensor) {
        self.name = name
        weightSquares = before.sumOfSquares()
        changeSquares = (after - before).sumOfSquares()
    }
}
