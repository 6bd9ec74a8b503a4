internal import AttendText

/// Which texts may be generated: rules, one of which every text is an instance of.
///
/// ```
/// # A list of sums.
/// root   ::= (sum "\n")+
/// sum    ::= number (" + " number){1,3}
/// number ::= "0" | [1-9] [0-9]*
/// ```
///
/// The dialect is that of llama.cpp's GBNF, made exact:
///
/// - `name ::= …` defines a rule. A name begins with a letter and goes on with letters, digits, `-` and `_`, all ASCII. The
///   rule `root` is the whole text. Line ends are space like any other: a rule ends where the next one's `name ::=` begins.
/// - `a b` is a sequence, `a | b` a choice, of which either part may be empty, `( … )` a group, `#` begins a comment that
///   goes on to the line's end.
/// - `"…"` is a text on one line, `[a-z_]` one character of those named, `[^a-z]` one of all others, `.` any one. In both,
///   `\n \r \t \\ \" \[ \] \- \^` and `\xHH`, `\uHHHH`, `\UHHHHHHHH` are characters by their code points; a `-` is a
///   range only between two characters.
/// - `a*`, `a+`, `a?`, `a{m}`, `a{m,}`, `a{m,n}` repeat what stands before them, once only: `a*+` is an error.
///
/// Characters are Unicode scalars, so that what a grammar matches is always whole UTF-8. A rule that needs itself before any
/// character (`sum ::= sum "+" number`) is refused, unless the recursion is all of the alternative, where it adds nothing.
public struct TextGrammar: Sendable {
    let compiled: CompiledGrammar

    /// The largest text of a grammar, in bytes.
    static let largestGrammar = 1_048_576
    /// How deep groups may stand in one another.
    static let deepestGroups = 64
    /// How often something may be repeated at the most, where the number is bounded.
    static let mostRepetitions = 65_536

    init(rules: [GrammarRule]) throws(GrammarError) {
        compiled = try CompiledGrammar(GrammarCompiler(rules))
    }

    /// Reads a grammar.
    ///
    /// - Parameter bytes: its text in UTF-8.
    /// - Throws: ``GrammarError`` with the place of what is wrong.
    public init(_ bytes: some Sequence<UInt8>) throws(GrammarError) {
        var reader = try GrammarReader(Array(bytes))
        try self.init(rules: reader.rules())
    }

    /// Reads a grammar.
    ///
    /// - Throws: ``GrammarError`` with the place of what is wrong.
    public init(_ text: String) throws(GrammarError) { try self.init(text.utf8) }
}

extension TextGrammar: Hashable {
    /// Whether both have the same rules.
    public static func == (left: Self, right: Self) -> Bool {
        left.compiled === right.compiled || left.compiled.content == right.compiled.content
    }

    /// Hashes the rules.
    public func hash(into hasher: inout Hasher) { hasher.combine(compiled.content) }
}
