/// How many of some answers are right.
public struct AnswerShare: Hashable, Codable, Sendable {
    /// How many are right.
    public var right: Int
    /// How many there are.
    public var count: Int

    /// None yet, unless given.
    public init(right: Int = 0, count: Int = 0) {
        self.right = right
        self.count = count
    }

    /// The share that is right; not a number where there is no answer.
    public var accuracy: Double { count == 0 ? .nan : Double(right) / Double(count) }
}
