/// What a plan says of a training before it begins.
public struct TrainingPrediction: Codable, Hashable, Sendable {
    /// Seconds from the first evaluation to the report.
    public var seconds: Double
    /// The most memory that the process will have, in bytes.
    public var memoryBytes: Double
    /// The validation loss at the end, in nats per token.
    public var validationLoss: Double
    /// Where that loss will most likely lie.
    public var leastValidationLoss: Double
    /// The other end of that range.
    public var greatestValidationLoss: Double

    /// A prediction.
    public init(
        seconds: Double, memoryBytes: Double, validationLoss: Double, leastValidationLoss: Double,
        greatestValidationLoss: Double
    ) {
        self.seconds = seconds
        self.memoryBytes = memoryBytes
        self.validationLoss = validationLoss
        self.leastValidationLoss = leastValidationLoss
        self.greatestValidationLoss = greatestValidationLoss
    }
}
