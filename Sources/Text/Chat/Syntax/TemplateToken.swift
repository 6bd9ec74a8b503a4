/// A word of a template.
struct TemplateToken: Sendable {
    enum Kind: Sendable {
        /// Text between tags.
        case text(TemplateText)
        case blockStart, blockEnd
        case outputStart, outputEnd
        case name(String)
        case string(TemplateText)
        case integer(Int)
        case float(Double)
        case symbol(TemplateSymbol)
        case end
    }

    let kind: Kind
    /// The line on which it begins, from 1.
    let line: Int

    /// The token in the words of an error.
    var words: String {
        switch kind {
        case .text: "text"
        case .blockStart: "“{%”"
        case .blockEnd: "“%}”"
        case .outputStart: "“{{”"
        case .outputEnd: "“}}”"
        case .name(let name): name.quoted
        case .string(let text): "the string \(text.string.quoted)"
        case .integer(let value): "the number \(value)"
        case .float(let value): "the number \(value)"
        case .symbol(let symbol): symbol.rawValue.quoted
        case .end: "the end of the template"
        }
    }
}

/// The signs within tags.
enum TemplateSymbol: String, Sendable, CaseIterable {
    case power = "**"
    case floorDivide = "//"
    case equal = "=="
    case notEqual = "!="
    case greaterOrEqual = ">="
    case lessOrEqual = "<="
    case plus = "+"
    case minus = "-"
    case times = "*"
    case divide = "/"
    case modulo = "%"
    case tilde = "~"
    case openBracket = "["
    case closeBracket = "]"
    case openParenthesis = "("
    case closeParenthesis = ")"
    case openBrace = "{"
    case closeBrace = "}"
    case greater = ">"
    case less = "<"
    case assign = "="
    case dot = "."
    case colon = ":"
    case pipe = "|"
    case comma = ","

    /// The symbols by their scalars, those of two before those of one.
    static let spellings: [(scalars: [UInt32], symbol: TemplateSymbol)] =
        allCases
        .map { (scalars: $0.rawValue.unicodeScalars.map(\.value), symbol: $0) }
        .sorted { $0.scalars.count > $1.scalars.count }
}
