/// What is to be replaced wherever it occurs, and by what.
package struct Replacement: Hashable, Sendable {
    /// What is looked for.
    enum Pattern: Hashable, Sendable {
        /// A text as it stands.
        case text(String)
        /// A run of characters of one kind.
        case run(CharacterRun)
    }

    let pattern: Pattern

    /// What stands there afterwards.
    let content: String

    /// How many times as long as the pattern the content is at the most; 1 where it is no longer.
    var growth: Int {
        let shortest =
            switch pattern {
            case .text(let text): text.utf8.count
            case .run(let run): run.minimum
            }
        return max(1, (content.utf8.count + shortest - 1) / max(shortest, 1))
    }

    /// Where the pattern occurs in a text, from left to right and without overlap.
    func ranges(in text: [UInt8]) -> [Range<Int>] {
        switch pattern {
        case .text(let pattern): ByteMatches.ranges(of: Array(pattern.utf8), in: text)
        case .run(let run): run.ranges(in: text)
        }
    }
}

extension Replacement {
    /// Reads the fields `pattern` and `content`.
    init(_ fields: ComponentFields) throws(TokenizerError) {
        guard let kind = try fields.fields("pattern") else {
            throw .invalid(
                "The tokenizer's field \(fields.join("pattern").quoted) is missing; add it, such as "
                    + "{\"String\": \" \"}.")
        }
        if let text = try kind.text("String") {
            guard !text.isEmpty else {
                throw kind.fault("String", .string(text), needed: "a text that is not empty")
            }
            pattern = .text(text)
        } else {
            let expression = try kind.requiredText("Regex")
            guard let run = CharacterRun(expression: expression) else {
                throw kind.fault(
                    "Regex", .string(expression),
                    needed: "a run of characters of one kind, such as \" {2,}\" or \"\\s+\",")
            }
            pattern = .run(run)
        }
        try kind.finish()
        content = try fields.requiredText("content")
    }

    /// The component as it stands in `tokenizer.json`.
    var json: JSONValue {
        let kind: JSONValue =
            switch pattern {
            case .text(let text): .fields(["String": .string(text)])
            case .run(let run): .fields(["Regex": .string(run.expression)])
            }
        return .fields([
            "type": .string("Replace"), "pattern": kind, "content": .string(content),
        ])
    }
}

extension NormalizedText {
    /// Replaces what a pattern matches; the new text stands where the last character of the old stood.
    ///
    /// - Throws: ``TokenizerError/invalid(_:)`` where the text would have more bytes than the limit.
    mutating func replace(_ replacement: Replacement, limit: Int) throws(TokenizerError) {
        let ranges = replacement.ranges(in: bytes)
        if ranges.isEmpty { return }
        let content = Array(replacement.content.utf8)
        guard content.count <= limit / ranges.count else { throw .growth(beyond: limit) }
        rewrite { old, new in
            var kept = 0
            for range in ranges {
                new.keep(kept..<range.lowerBound)
                let length = UTF8Scalars.length(endingAt: range.upperBound, of: old)
                new.replace(range.upperBound - length..<range.upperBound, with: content)
                kept = range.upperBound
            }
            new.keep(kept..<old.count)
        }
    }
}
