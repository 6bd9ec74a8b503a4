/// How the next token is chosen among those that a model holds possible.
public struct SamplingSettings: Hashable, Sendable {
    /// What logits are divided by: below 1 the likely becomes likelier, 0 takes the likeliest, of equals that with the
    /// smallest id.
    public var temperature: Double
    /// How many of the likeliest tokens remain; nil for all.
    public var topK: Int?
    /// The probability that the likeliest tokens which remain must reach together; 1 for all, 0 for the likeliest alone.
    public var topP: Double
    /// The least probability of a token that remains, as a share of the likeliest one's; 0 for all.
    public var minP: Double
    /// By how much tokens that occurred already become less likely; 1 for not at all.
    public var repetitionPenalty: Double

    /// The temperatures that are accepted.
    public static let temperatures = 0.0...100
    /// The numbers of tokens that are accepted as ``topK``.
    public static let counts = 1...10_000_000
    /// The probabilities that are accepted.
    public static let probabilities = 0.0...1
    /// The repetition penalties that are accepted.
    public static let penalties = 0.01...100

    /// Settings; those left out change nothing.
    public init(
        temperature: Double = 1, topK: Int? = nil, topP: Double = 1, minP: Double = 0,
        repetitionPenalty: Double = 1
    ) {
        self.temperature = temperature
        self.topK = topK
        self.topP = topP
        self.minP = minP
        self.repetitionPenalty = repetitionPenalty
    }

    /// Always the likeliest token.
    public static let greedy = SamplingSettings(temperature: 0)

    /// Checks that every setting is in its range.
    ///
    /// - Throws: ``GenerationError/outOfRange(name:value:accepted:)``.
    public func validate() throws(GenerationError) {
        try Self.check("temperature", temperature, Self.temperatures)
        if let topK { try Self.check("top-k", topK, Self.counts) }
        try Self.check("top-p", topP, Self.probabilities)
        try Self.check("min-p", minP, Self.probabilities)
        try Self.check("repetition penalty", repetitionPenalty, Self.penalties)
    }

    static func check<Value: Comparable>(
        _ name: String, _ value: Value, _ range: ClosedRange<Value>
    ) throws(GenerationError) {
        // Not a number lies in no range.
        guard range.contains(value) else {
            throw .outOfRange(
                name: name, value: "\(value)",
                accepted: "a number from \(range.lowerBound) to \(range.upperBound)")
        }
    }
}
