/// What is wrong with a chat template, or with what it was given.
public struct ChatTemplateError: Error, Hashable, Sendable {
    /// The class of the fault, for programs; people read ``description``.
    public enum Kind: Hashable, Sendable {
        /// The template's text is not in the language that is understood here.
        case syntax
        /// The template asks for something that its values cannot give.
        case evaluation
        /// The template itself refuses, by `raise_exception`.
        case raised
        /// The template asks for more time, memory or depth than it may have.
        case limit
    }

    /// The class of the fault.
    public let kind: Kind
    /// The line of the template, from 1; nil where the fault has no place.
    public let line: Int?
    /// What was found, and what would do.
    public let explanation: String

    init(_ kind: Kind, line: Int?, _ explanation: String) {
        self.kind = kind
        self.line = line
        self.explanation = explanation
    }
}

extension ChatTemplateError: CustomStringConvertible {
    /// One sentence: the line of the template and what is wrong there.
    public var description: String {
        let place = line.map { "Line \($0) of the chat template" } ?? "The chat template"
        return "\(place) \(explanation)."
    }
}
