/// What becomes of the places where a text is divided.
package enum SplitBehavior: String, Hashable, Sendable, CaseIterable {
    /// They are left out.
    case removed = "Removed"
    /// Each is a piece of its own.
    case isolated = "Isolated"
    /// Each belongs to the piece before it.
    case mergedWithPrevious = "MergedWithPrevious"
    /// Each belongs to the piece after it.
    case mergedWithNext = "MergedWithNext"
    /// Those that touch are one piece.
    case contiguous = "Contiguous"

    /// Reads a behaviour from a field that may be missing.
    init(
        _ fields: ComponentFields, _ name: String, default other: SplitBehavior? = nil
    ) throws(TokenizerError) {
        let text: String
        if let other {
            text = try fields.text(name) ?? other.rawValue
        } else {
            text = try fields.requiredText(name)
        }
        guard let behavior = SplitBehavior(rawValue: text) else {
            throw fields.fault(
                name, .string(text),
                needed: "one of \(Self.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        self = behavior
    }

    /// Appends the pieces of a stretch of text that consists of matches and what lies between them.
    ///
    /// - Parameters:
    ///   - parts: matches and others, in order, without gaps; empty ones are passed over.
    ///   - pieces: what the pieces are added to.
    func append(_ parts: [(range: Range<Int>, isMatch: Bool)], to pieces: inout [Range<Int>]) {
        switch self {
        case .removed:
            for part in parts where !part.isMatch && !part.range.isEmpty {
                pieces.append(part.range)
            }
        case .isolated:
            for part in parts where !part.range.isEmpty { pieces.append(part.range) }
        case .contiguous:
            var last: Bool?
            for part in parts where !part.range.isEmpty {
                if last == part.isMatch {
                    pieces.append(pieces.removeLast().lowerBound..<part.range.upperBound)
                } else {
                    pieces.append(part.range)
                }
                last = part.isMatch
            }
        case .mergedWithPrevious:
            var isFirst = true
            var followsMatch = false
            for part in parts where !part.range.isEmpty {
                if part.isMatch, !followsMatch, !isFirst {
                    pieces.append(pieces.removeLast().lowerBound..<part.range.upperBound)
                } else {
                    pieces.append(part.range)
                }
                (isFirst, followsMatch) = (false, part.isMatch)
            }
        case .mergedWithNext:
            let filled = parts.filter { !$0.range.isEmpty }
            for (index, part) in filled.enumerated() {
                if index > 0, filled[index - 1].isMatch, !part.isMatch {
                    pieces.append(pieces.removeLast().lowerBound..<part.range.upperBound)
                } else {
                    pieces.append(part.range)
                }
            }
        }
    }
}
