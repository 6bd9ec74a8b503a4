/// Where a text is divided: at a given text, or by one of the regular expressions that tokenizer files
/// have.
///
/// There is no regular-expression engine here. Each known expression is recognised by its text and run
/// by a hand-written splitter, which takes time in proportion to the text and cannot be made to do
/// otherwise by a file.
package enum SplitPattern: Hashable, Sendable {
    /// This text.
    case literal(String)
    /// A regular expression, as it is written in the file.
    case expression(WordPattern)

    /// Appends the pieces of a stretch of text.
    func divide(
        _ text: [UInt8], _ range: Range<Int>, _ behavior: SplitBehavior, isInverted: Bool,
        to pieces: inout [Range<Int>]
    ) {
        if case .expression(let expression) = self {
            // These expressions match all of a text, so that every piece is a match.
            switch expression {
            case .gpt2:
                return divide(range, behavior, isInverted, to: &pieces) {
                    GPT2Pattern.wordEnd(text, from: $0, to: $1)
                }
            case .llama3:
                return divide(range, behavior, isInverted, to: &pieces) {
                    LinePattern.llama3.wordEnd(text, from: $0, to: $1)
                }
            case .qwen2:
                return divide(range, behavior, isInverted, to: &pieces) {
                    LinePattern.qwen2.wordEnd(text, from: $0, to: $1)
                }
            case .o200k:
                return divide(range, behavior, isInverted, to: &pieces) {
                    LinePattern.o200k.wordEnd(text, from: $0, to: $1)
                }
            case .tekken:
                return divide(range, behavior, isInverted, to: &pieces) {
                    LinePattern.tekken.wordEnd(text, from: $0, to: $1)
                }
            case .run: break
            }
        }
        var parts: [(range: Range<Int>, isMatch: Bool)] = []
        var start = range.lowerBound
        forEachMatch(text, range) { match in
            if match.lowerBound > start {
                parts.append((start..<match.lowerBound, isInverted))
            }
            parts.append((match, !isInverted))
            start = match.upperBound
        }
        if start < range.upperBound { parts.append((start..<range.upperBound, isInverted)) }
        behavior.append(parts, to: &pieces)
    }

    private func forEachMatch(
        _ text: [UInt8], _ range: Range<Int>, _ body: (Range<Int>) -> Void
    ) {
        switch self {
        case .expression(.run(let pattern)):
            pattern.forEachMatch(text, in: range, body)
        case .expression: break
        case .literal(let literal):
            let wanted = Array(literal.utf8)
            guard let first = wanted.first else { return }
            var place = range.lowerBound
            while place + wanted.count <= range.upperBound {
                if text[place] == first, text[place..<place + wanted.count].elementsEqual(wanted) {
                    body(place..<place + wanted.count)
                    place += wanted.count
                } else {
                    place += 1
                }
            }
        }
    }

    /// Divides a stretch of which every part is a match.
    @inline(__always)
    private func divide(
        _ range: Range<Int>, _ behavior: SplitBehavior, _ isInverted: Bool,
        to pieces: inout [Range<Int>], _ wordEnd: (Int, Int) -> Int
    ) {
        var start = range.lowerBound
        if behavior == .isolated || behavior == .removed && isInverted {
            while start < range.upperBound {
                let end = wordEnd(start, range.upperBound)
                pieces.append(start..<end)
                start = end
            }
            return
        }
        var parts: [(range: Range<Int>, isMatch: Bool)] = []
        while start < range.upperBound {
            let end = wordEnd(start, range.upperBound)
            parts.append((start..<end, !isInverted))
            start = end
        }
        behavior.append(parts, to: &pieces)
    }

    /// The words of a text.
    package static func words(of text: String, by expression: WordPattern) -> [String] {
        let bytes = Array(text.utf8)
        var pieces: [Range<Int>] = []
        SplitPattern.expression(expression).divide(
            bytes, 0..<bytes.count, .isolated, isInverted: false, to: &pieces)
        return pieces.map { String(decoding: bytes[$0], as: UTF8.self) }
    }
}
