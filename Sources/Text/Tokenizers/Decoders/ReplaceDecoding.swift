/// Replaces a text within each token by another.
struct TextReplaceDecoding: DecodingStage {
    private let pattern: [UInt8]
    private let content: [UInt8]

    /// The beginning of what may become the pattern: fewer bytes than it has.
    private var pending: [UInt8] = []

    init(pattern: String, content: String) {
        self.pattern = Array(pattern.utf8)
        self.content = Array(content.utf8)
    }

    mutating func process(_ parts: [TokenPart], isLast: Bool) -> [TokenPart] {
        parts.map { part in
            let text = pending + part.bytes
            let lastEnd = ByteMatches.ranges(of: pattern, in: text).last?.upperBound ?? 0
            let held = part.isEnd ? 0 : startOfPattern(endingIn: text[lastEnd...])
            pending = Array(text.suffix(held))
            return TokenPart(
                bytes: ByteMatches.replacing(pattern, in: text.dropLast(held), with: content),
                isEnd: part.isEnd)
        }
    }

    /// How many of the last bytes begin the pattern without being all of it.
    private func startOfPattern(endingIn text: ArraySlice<UInt8>) -> Int {
        let longest = min(text.count, pattern.count - 1)
        return (0...longest).reversed().first { text.suffix($0).elementsEqual(pattern.prefix($0)) }
            ?? 0
    }
}

/// Replaces runs of characters of one kind within each token by a text.
struct RunReplaceDecoding: DecodingStage {
    private let run: CharacterRun
    private let content: String.UnicodeScalarView

    /// The run's characters while they are too few.
    private var held = String.UnicodeScalarView()
    private var count = 0

    init(run: CharacterRun, content: String) {
        self.run = run
        self.content = content.unicodeScalars
    }

    mutating func process(_ parts: [TokenPart], isLast: Bool) -> [TokenPart] {
        parts.map { part in
            var result = String.UnicodeScalarView()
            for scalar in String(decoding: part.bytes, as: UTF8.self).unicodeScalars {
                if run.contains(scalar) {
                    count += 1
                    if count < run.minimum {
                        held.append(scalar)
                    } else if count == run.minimum {
                        held = .init()
                        result.append(contentsOf: content)
                    }
                    if count == run.maximum { count = 0 }
                } else {
                    release(into: &result)
                    result.append(scalar)
                }
            }
            if part.isEnd { release(into: &result) }
            return TokenPart(bytes: Array(String(result).utf8), isEnd: part.isEnd)
        }
    }

    private mutating func release(into result: inout String.UnicodeScalarView) {
        result.append(contentsOf: held)
        held = .init()
        count = 0
    }
}
