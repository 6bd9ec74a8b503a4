public import AttendText

/// A text that is learnt from, and how much.
public struct TextShare: Sendable {
    /// What it is called where its loss is reported.
    public let name: String
    /// Its ids.
    public let text: TokenText
    /// The share of rows that come from it in the first step.
    public let share: Double
    /// The share in the last step.
    public let finalShare: Double

    /// A text and its shares; all where it is alone.
    public init(name: String, text: TokenText, share: Double = 1, finalShare: Double = 1) {
        self.name = name
        self.text = text
        self.share = share
        self.finalShare = finalShare
    }
}

/// The loss on one of several texts.
public struct PartLoss: Hashable, Sendable {
    /// What the text is called.
    public let name: String
    /// How much it counts.
    public let share: Double
    /// Nats for each token.
    public let loss: Double
}

extension [PartLoss] {
    /// The mean by shares.
    var mean: Double {
        let sum = reduce(0) { $0 + $1.share }
        return reduce(0) { $0 + $1.loss * $1.share } / sum
    }
}
