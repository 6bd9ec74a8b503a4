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
    case expression(KnownExpression)

    /// The expressions that are known.
    package enum KnownExpression: Hashable, Sendable {
        case gpt2
        case llama3
        case qwen2
        case o200k
        case tekken
        /// One kind of character, so many times.
        case run(RunPattern)

        /// The regular expression; nil where it is not known.
        package init?(_ text: String) {
            if let known = Self.named.first(where: { $0.text.utf8.elementsEqual(text.utf8) }) {
                self = known
            } else if Self.cl100kVariants.contains(where: { $0.utf8.elementsEqual(text.utf8) }) {
                self = .llama3
            } else if let pattern = RunPattern(text) {
                self = .run(pattern)
            } else {
                return nil
            }
        }

        private static let named: [KnownExpression] = [.gpt2, .llama3, .qwen2, .o200k, .tekken]

        /// Other ways to write cl100k_base that divide every text alike.
        private static let cl100kVariants = [
            #"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+"#,
            #"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+"#,
        ]

        /// The expression as files have it.
        package var text: String {
            switch self {
            case .gpt2: GPT2Pattern.text
            case .llama3: LinePattern.llama3.text
            case .qwen2: LinePattern.qwen2.text
            case .o200k: LinePattern.o200k.text
            case .tekken: LinePattern.tekken.text
            case .run(let pattern): pattern.text
            }
        }

        /// The names by which a person can choose one of those made for a vocabulary.
        package static let choices: [(name: String, expression: KnownExpression)] = [
            ("gpt2", .gpt2), ("llama3", .llama3), ("qwen2", .qwen2), ("o200k", .o200k),
            ("tekken", .tekken),
        ]
    }

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
    package static func words(of text: String, by expression: KnownExpression) -> [String] {
        let bytes = Array(text.utf8)
        var pieces: [Range<Int>] = []
        SplitPattern.expression(expression).divide(
            bytes, 0..<bytes.count, .isolated, isInverted: false, to: &pieces)
        return pieces.map { String(decoding: bytes[$0], as: UTF8.self) }
    }
}
