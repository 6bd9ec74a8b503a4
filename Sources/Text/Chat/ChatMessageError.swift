/// What is wrong with a file of conversations.
public struct ChatMessageError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was found and where, and what would do; without the name of the file and a full stop.
    public let explanation: String

    init(_ explanation: String) {
        self.explanation = explanation
    }

    /// The whole sentence.
    public var description: String { "The conversation \(explanation)." }
}
