extension TemplateLexer {
    /// Reads the words of a tag up to its end: `%}` or `}}`.
    mutating func readWords(closing: UInt32) throws(ChatTemplateError) {
        var brackets: [TemplateSymbol] = []
        while true {
            if brackets.isEmpty, readEnd(closing: closing) { return }
            guard position < scalars.count else {
                throw fault(
                    "begins a tag that does not end; add “\(closing == Self.percent ? "%}" : "}}")”"
                )
            }
            switch peek() {
            case let scalar where scalar.isPythonSpace: skipSpace()
            case UInt32(ascii: "0")...UInt32(ascii: "9"): try readNumber()
            case UInt32(ascii: "'"), UInt32(ascii: "\""): try readString()
            case let scalar where scalar.startsName: readName()
            default: try readSymbol(&brackets)
            }
        }
    }

    /// Reads the end of a tag, if it is there.
    private mutating func readEnd(closing: UInt32) -> Bool {
        let sign = peek()
        let isBlock = closing == Self.percent
        let isSigned = sign == Self.minus || isBlock && sign == Self.plus
        let start = isSigned ? 1 : 0
        guard peek(start) == closing, peek(start + 1) == Self.closeBrace else { return false }
        add(isBlock ? .blockEnd : .outputEnd)
        advance(to: position + start + 2)
        finishTag(sign: isSigned ? sign : 0, trimsLineEnd: isBlock)
        return true
    }

    private mutating func readName() {
        let start = position
        while peek().startsName || peek().isDigit { position += 1 }
        add(.name(TemplateText(units: scalars[start..<position]).string))
    }

    private mutating func readNumber() throws(ChatTemplateError) {
        let start = position
        while peek().isDigit { position += 1 }
        var isFraction = false
        let followsDot = start > 0 && scalars[start - 1] == UInt32(ascii: ".")
        if !followsDot, peek() == UInt32(ascii: "."), peek(1).isDigit {
            isFraction = true
            position += 1
            while peek().isDigit { position += 1 }
        }
        if !followsDot, peek() == UInt32(ascii: "e") || peek() == UInt32(ascii: "E") {
            let isSigned = peek(1) == Self.plus || peek(1) == Self.minus
            if peek(isSigned ? 2 : 1).isDigit {
                isFraction = true
                position += isSigned ? 2 : 1
                while peek().isDigit { position += 1 }
            }
        }
        let text = TemplateText(units: scalars[start..<position]).string
        if isFraction, let value = Double(text) {
            add(.float(value))
        } else if !isFraction, let value = Int(text), text.utf8.count == 1 || !text.hasPrefix("0") {
            add(.integer(value))
        } else {
            throw fault("has the number \(text.quoted), which is not a whole number of 64 bits")
        }
    }

    private mutating func readString() throws(ChatTemplateError) {
        let startLine = line
        let quote = peek()
        var end = position + 1
        var units: [UInt32] = []
        while end < scalars.count, scalars[end] != quote {
            if scalars[end] == UInt32(ascii: "\\") {
                try readEscape(at: &end, into: &units)
            } else {
                units.append(scalars[end])
                end += 1
            }
        }
        guard end < scalars.count else {
            throw fault("begins a string that does not end; add a quotation mark")
        }
        tokens.append(TemplateToken(kind: .string(TemplateText(units: units)), line: startLine))
        advance(to: end + 1)
    }

    /// Reads an escape as Python does: one that it does not know stays as it is written.
    private func readEscape(at end: inout Int, into units: inout [UInt32])
        throws(ChatTemplateError)
    {
        let letter = end + 1 < scalars.count ? scalars[end + 1] : 0
        end += 2
        switch letter {
        case UInt32(ascii: "n"): units.append(0x0A)
        case UInt32(ascii: "t"): units.append(0x09)
        case UInt32(ascii: "r"): units.append(0x0D)
        case UInt32(ascii: "a"): units.append(0x07)
        case UInt32(ascii: "b"): units.append(0x08)
        case UInt32(ascii: "f"): units.append(0x0C)
        case UInt32(ascii: "v"): units.append(0x0B)
        case UInt32(ascii: "\\"), UInt32(ascii: "'"), UInt32(ascii: "\""): units.append(letter)
        case 0x0A: break
        case UInt32(ascii: "x"): units.append(try codePoint(at: &end, radix: 16, digits: 2...2))
        case UInt32(ascii: "u"): units.append(try codePoint(at: &end, radix: 16, digits: 4...4))
        case UInt32(ascii: "U"): units.append(try codePoint(at: &end, radix: 16, digits: 8...8))
        case UInt32(ascii: "0")...UInt32(ascii: "7"):
            end -= 1
            units.append(try codePoint(at: &end, radix: 8, digits: 1...3))
        case UInt32(ascii: "N"): throw fault("has the escape “\\N”; write the character itself")
        case 0: throw fault("begins a string that does not end; add a quotation mark")
        default: units += [UInt32(ascii: "\\"), letter]
        }
    }

    private func codePoint(at end: inout Int, radix: Int, digits: ClosedRange<Int>)
        throws(ChatTemplateError) -> UInt32
    {
        var text = ""
        while text.utf8.count < digits.upperBound, end < scalars.count,
            let scalar = Unicode.Scalar(scalars[end]), scalar.isASCII,
            Int(String(scalar), radix: radix) != nil
        {
            text.unicodeScalars.append(scalar)
            end += 1
        }
        guard digits.contains(text.utf8.count),
            let scalar = UInt32(text, radix: radix).flatMap(Unicode.Scalar.init)
        else { throw fault("has an escape in a string that stands for no character") }
        return scalar.value
    }

    private mutating func readSymbol(_ brackets: inout [TemplateSymbol]) throws(ChatTemplateError) {
        guard
            let spelling = TemplateSymbol.spellings.first(where: { spelling in
                scalars[position...].starts(with: spelling.scalars)
            })
        else {
            let scalar = Unicode.Scalar(peek()).map { "\($0)" } ?? ""
            throw fault("has \(scalar.quoted) within a tag, where it means nothing; remove it")
        }
        switch spelling.symbol {
        case .openBrace, .openBracket, .openParenthesis: brackets.append(spelling.symbol)
        case .closeBrace, .closeBracket, .closeParenthesis:
            let opening: TemplateSymbol =
                switch spelling.symbol {
                case .closeBrace: .openBrace
                case .closeBracket: .openBracket
                default: .openParenthesis
                }
            guard brackets.popLast() == opening else {
                throw fault(
                    "closes a bracket by \(spelling.symbol.rawValue.quoted) that is not open")
            }
        default: break
        }
        add(.symbol(spelling.symbol))
        position += spelling.scalars.count
    }
}

extension UInt32 {
    init(ascii scalar: Unicode.Scalar) {
        self = scalar.value
    }

    var isDigit: Bool { (UInt32(ascii: "0")...UInt32(ascii: "9")).contains(self) }

    /// Whether a name may begin with the scalar.
    fileprivate var startsName: Bool {
        switch self {
        case UInt32(ascii: "a")...UInt32(ascii: "z"), UInt32(ascii: "A")...UInt32(ascii: "Z"),
            UInt32(ascii: "_"):
            true
        default: false
        }
    }
}
