internal import AttendText

/// Why a text is no grammar that can be used.
public enum GrammarError: Error, Hashable, Sendable {
    /// Something stands where something else is needed.
    case unexpected(GrammarPlace, found: String, expected: String)
    /// A rule is named that is not defined; the nearest name that is, where one is near.
    case undefinedRule(GrammarPlace, name: String, nearest: String?)
    /// A rule is defined twice.
    case repeatedRule(GrammarPlace, name: String, first: GrammarPlace)
    /// There is no rule of the name with which every text begins.
    case missingRoot
    /// A rule needs itself before any character.
    case leftRecursion(GrammarPlace?, name: String)
    /// No text, be it ever so long, is one of the grammar.
    case matchesNothing
    /// The text has bytes that are no UTF-8.
    case notUTF8(offset: Int)
    /// Something is larger than what is taken.
    case tooLarge(GrammarPlace?, what: String, limit: Int)
}

extension GrammarError: CustomStringConvertible {
    /// Where, what was found, and what would do, in one sentence.
    public var description: String {
        switch self {
        case .unexpected(let place, let found, let expected):
            "The grammar has \(found) at \(place); expected \(expected)."
        case .undefinedRule(let place, let name, let nearest):
            "The grammar names the rule \(name.quoted) at \(place), which it does not define; "
                + (nearest.map { "did you mean \($0.quoted)?" } ?? "add \(name.legible) ::= ….")
        case .repeatedRule(let place, let name, let first):
            "The grammar defines the rule \(name.quoted) at \(place) a second time, after \(first); join both with |."
        case .missingRoot:
            "The grammar has no rule \("root".quoted), with which every text begins; add root ::= …."
        case .leftRecursion(let place, let name):
            "The grammar's rule \(name.quoted)\(place.map { " at \($0)" } ?? "") needs itself before any character; "
                + "write the repetition with * or +, or put the recursion after something else."
        case .matchesNothing:
            "The grammar matches no text at all, because every way through its root needs a rule that never ends."
        case .notUTF8(let offset):
            "The grammar is not UTF-8 at byte \(offset); save it in that encoding."
        case .tooLarge(let place, let what, let limit):
            "The grammar\(place.map { " at \($0)" } ?? "") has more than \(limit) \(what), which is as many as are taken; make it smaller."
        }
    }
}

extension GrammarPlace: CustomStringConvertible {
    /// Line and column.
    public var description: String { "line \(line), column \(column)" }
}
