/// What a rule of a grammar stands for, before it is compiled.
indirect enum GrammarExpression: Sendable {
    /// These bytes, which are UTF-8.
    case text([UInt8])
    /// One of these characters.
    case characters(ScalarSet)
    /// What a rule of this name stands for.
    case rule(String)
    /// One after the other; none is the empty text.
    case sequence([GrammarExpression])
    /// One of several; none matches nothing at all.
    case choice([GrammarExpression])
    /// Several times in a row, without end where there is no maximum.
    case repetition(GrammarExpression, minimum: Int, maximum: Int?)

    /// The empty text.
    static let nothing = GrammarExpression.sequence([])

    /// A text.
    static func text(_ text: String) -> GrammarExpression { .text(Array(text.utf8)) }

    /// Once or not at all.
    static func optional(_ expression: GrammarExpression) -> GrammarExpression {
        .repetition(expression, minimum: 0, maximum: 1)
    }
}

/// A name and what it stands for.
struct GrammarRule: Sendable {
    let name: String
    let expression: GrammarExpression
    /// Where it is defined, in a grammar that was read.
    var place: GrammarPlace?
}

/// A place in the text of a grammar; both count from 1, columns in Unicode scalars.
public struct GrammarPlace: Hashable, Sendable {
    /// The line.
    public let line: Int
    /// The column.
    public let column: Int
}
