/// Cuts a template into text and the words within its tags.
///
/// White space is treated as Hugging Face's transformers asks Jinja to (`trim_blocks`,
/// `lstrip_blocks`): a block or comment swallows the line end right after it and the blanks that
/// stand alone before it on its line. `-` inside a tag's bracket swallows all white space on that
/// side, `+` none.
///
/// - Source: the lexical rules are those of Jinja 3.1, <https://jinja.palletsprojects.com/templates/>.
struct TemplateLexer {
    let scalars: [UInt32]
    var position = 0
    var line = 1
    /// Whether what was last read ended a line.
    var isAtLineStart = true
    var tokens: [TemplateToken] = []

    static let openBrace: UInt32 = 0x7B
    static let closeBrace: UInt32 = 0x7D
    static let percent: UInt32 = 0x25
    static let hash: UInt32 = 0x23
    static let minus: UInt32 = 0x2D
    static let plus: UInt32 = 0x2B
    static let newline: UInt32 = 0x0A

    /// All words of a template.
    static func tokens(of source: String) throws(ChatTemplateError) -> [TemplateToken] {
        var lexer = TemplateLexer(source)
        try lexer.readAll()
        lexer.add(.end)
        return lexer.tokens
    }

    private init(_ source: String) {
        var scalars: [UInt32] = []
        scalars.reserveCapacity(source.utf8.count)
        var previous: UInt32 = 0
        for scalar in source.unicodeScalars {
            if scalar == "\n", previous == 0x0D {
                previous = 0x0A
                continue
            }
            previous = scalar.value
            scalars.append(scalar == "\r" ? Self.newline : scalar.value)
        }
        // Jinja leaves out one line end at the very end.
        if scalars.last == Self.newline { scalars.removeLast() }
        self.scalars = scalars
    }

    mutating func add(_ kind: TemplateToken.Kind) {
        tokens.append(TemplateToken(kind: kind, line: line))
    }

    func fault(_ explanation: String) -> ChatTemplateError {
        ChatTemplateError(.syntax, line: line, explanation)
    }

    /// The scalar so many places ahead, 0 beyond the end.
    func peek(_ offset: Int = 0) -> UInt32 {
        position + offset < scalars.count ? scalars[position + offset] : 0
    }

    /// Moves on, counting lines.
    mutating func advance(to end: Int) {
        while position < end {
            if scalars[position] == Self.newline { line += 1 }
            position += 1
        }
    }

    mutating func skipSpace() {
        var end = position
        while end < scalars.count, scalars[end].isPythonSpace { end += 1 }
        advance(to: end)
    }

    private mutating func readAll() throws(ChatTemplateError) {
        while position < scalars.count {
            guard let tag = nextTag(from: position) else {
                add(.text(TemplateText(units: scalars[position...])))
                advance(to: scalars.count)
                return
            }
            let sign = tag + 2 < scalars.count ? scalars[tag + 2] : 0
            let isSigned = sign == Self.minus || sign == Self.plus
            addText(before: tag, sign: sign)
            advance(to: tag + (isSigned ? 3 : 2))
            isAtLineStart = false
            switch scalars[tag + 1] {
            case Self.hash: try skipComment()
            case Self.percent:
                if try !readRaw() {
                    add(.blockStart)
                    try readWords(closing: Self.percent)
                }
            default:
                add(.outputStart)
                try readWords(closing: Self.closeBrace)
            }
        }
    }

    /// Where the next `{{`, `{%` or `{#` begins.
    private func nextTag(from start: Int) -> Int? {
        var index = start
        while index + 1 < scalars.count {
            if scalars[index] == Self.openBrace {
                switch scalars[index + 1] {
                case Self.openBrace, Self.percent, Self.hash: return index
                default: break
                }
            }
            index += 1
        }
        return nil
    }

    /// Adds the text up to a tag, without the white space that the tag swallows.
    private mutating func addText(before tag: Int, sign: UInt32) {
        var end = tag
        if sign == Self.minus {
            while end > position, scalars[end - 1].isPythonSpace { end -= 1 }
        } else if sign != Self.plus, scalars[tag + 1] != Self.openBrace {
            var lineStart = tag
            while lineStart > position, scalars[lineStart - 1] != Self.newline { lineStart -= 1 }
            let isWholeLine = lineStart > position || isAtLineStart
            if isWholeLine, scalars[lineStart..<tag].allSatisfy(\.isPythonSpace) {
                end = lineStart
            }
        }
        if end > position { add(.text(TemplateText(units: scalars[position..<end]))) }
    }

    /// Passes over the comment whose start was read.
    private mutating func skipComment() throws(ChatTemplateError) {
        var end = position
        while end + 1 < scalars.count {
            if scalars[end] == Self.hash, scalars[end + 1] == Self.closeBrace {
                let sign = end > position ? scalars[end - 1] : 0
                advance(to: end + 2)
                finishTag(sign: sign, trimsLineEnd: true)
                return
            }
            end += 1
        }
        throw fault("begins a comment that does not end; add “#}”")
    }

    /// Passes over what a tag swallows after its end.
    mutating func finishTag(sign: UInt32, trimsLineEnd: Bool) {
        let start = position
        if sign == Self.minus {
            skipSpace()
        } else if sign != Self.plus, trimsLineEnd, peek() == Self.newline {
            advance(to: position + 1)
        }
        isAtLineStart = position > start && scalars[position - 1] == Self.newline
    }

    /// Reads `raw … endraw`, if that is what the block whose bracket was read is.
    private mutating func readRaw() throws(ChatTemplateError) -> Bool {
        guard let (start, startSign) = wordBlock("raw", at: position), startSign != Self.plus
        else { return false }
        let startLine = line
        advance(to: start)
        finishTag(sign: startSign, trimsLineEnd: false)
        var tag = position
        while tag + 1 < scalars.count {
            if scalars[tag] == Self.openBrace, scalars[tag + 1] == Self.percent {
                let sign = tag + 2 < scalars.count ? scalars[tag + 2] : 0
                let isSigned = sign == Self.minus || sign == Self.plus
                if let (end, endSign) = wordBlock("endraw", at: tag + (isSigned ? 3 : 2)) {
                    addText(before: tag, sign: sign)
                    advance(to: end)
                    finishTag(sign: endSign, trimsLineEnd: true)
                    return true
                }
            }
            tag += 1
        }
        throw ChatTemplateError(
            .syntax, line: startLine, "begins raw text that does not end; add “{% endraw %}”")
    }

    /// The end and the sign of a block of a single word, given where its bracket ends.
    private func wordBlock(_ word: StaticString, at start: Int) -> (end: Int, sign: UInt32)? {
        var index = start
        while index < scalars.count, scalars[index].isPythonSpace { index += 1 }
        for scalar in "\(word)".unicodeScalars {
            guard index < scalars.count, scalars[index] == scalar.value else { return nil }
            index += 1
        }
        while index < scalars.count, scalars[index].isPythonSpace { index += 1 }
        var sign: UInt32 = 0
        if index < scalars.count, [Self.minus, Self.plus].contains(scalars[index]) {
            sign = scalars[index]
            index += 1
        }
        guard index + 1 < scalars.count, scalars[index] == Self.percent,
            scalars[index + 1] == Self.closeBrace
        else { return nil }
        return (index + 2, sign)
    }
}
