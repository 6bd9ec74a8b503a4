internal import AttendText

/// Why a JSON Schema cannot hold a generation.
public enum JSONSchemaError: Error, Hashable, Sendable {
    /// The text is no JSON; its line counts from 1.
    case notJSON(line: Int, message: String)
    /// A keyword, or a way to use it, that is not followed; its place is a JSON pointer.
    case unsupported(pointer: String, keyword: String, reason: String)
    /// A keyword's value is not what the standard asks for.
    case malformed(pointer: String, found: String, expected: String)
    /// No value is one of the schema.
    case matchesNothing(pointer: String, reason: String)
    /// What the schema becomes is no grammar that can be used.
    case grammar(GrammarError)
}

extension JSONSchemaError: CustomStringConvertible {
    /// Where, what was found, and what would do, in one sentence.
    public var description: String {
        switch self {
        case .notJSON(let line, let message): "The schema's line \(line) \(message)."
        case .unsupported(let pointer, let keyword, let reason):
            "The schema's keyword \(keyword.quoted) at \(Self.place(pointer)) cannot be held to: \(reason)."
        case .malformed(let pointer, let found, let expected):
            "The schema has \(found) at \(Self.place(pointer)); expected \(expected)."
        case .matchesNothing(let pointer, let reason):
            "The schema at \(Self.place(pointer)) matches no value: \(reason)."
        case .grammar(.tooLarge(_, let what, let limit)):
            "The schema becomes a grammar with more than \(limit) \(what); lower its counts, or let fewer properties be optional."
        case .grammar(.leftRecursion(_, let name)), .grammar(.undefinedRule(_, let name, _)):
            "The schema refers to itself without a value between, in \(name.quoted); put an object or a list between."
        case .grammar:
            "The schema matches no value: every one needs a part whose schema is false or that never ends; let such a part be "
                + "optional, and what refers to itself be empty or null, too."
        }
    }

    private static func place(_ pointer: String) -> String {
        pointer.isEmpty ? "its root" : pointer.quoted
    }
}
