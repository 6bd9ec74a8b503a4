/// What divides a text into the pieces that a model sees one by one: the `pre_tokenizer` of a
/// `tokenizer.json`.
package indirect enum PreTokenizer: Hashable, Sendable {
    /// One after another.
    case sequence([PreTokenizer])
    /// GPT-2's division, and its alphabet of visible characters for bytes.
    case byteLevel(ByteLevelSettings)
    /// At a text or an expression.
    case split(SplitPattern, SplitBehavior, isInverted: Bool)
    /// Words and runs of signs (`\w+|[^\w\s]+`), without the space between them.
    case whitespace
    /// What stands between white space.
    case whitespaceSplit
    /// BERT's: at white space, and every punctuation mark by itself.
    case bert
    /// SentencePiece's sign for a space, which begins a piece.
    case metaspace(Metaspace)
    /// At punctuation.
    case punctuation(SplitBehavior)
    /// At digits: each by itself, or a whole number.
    case digits(individually: Bool)
    /// At a character, which is left out.
    case delimiter(Unicode.Scalar)

    /// Divides the pieces of a text further.
    ///
    /// - Parameters:
    ///   - text: what they are pieces of; some pre-tokenizers change it.
    ///   - pieces: the places of the pieces, in order.
    ///   - isRaw: whether an alphabet for bytes at the end is to be left out, for a model that reads
    ///     bytes.
    func divide(_ text: inout NormalizedText, _ pieces: [Range<Int>], isRaw: Bool) -> [Range<Int>] {
        var result: [Range<Int>] = []
        switch self {
        case .sequence(let members):
            result = pieces
            for (index, member) in members.enumerated() {
                result = member.divide(&text, result, isRaw: isRaw && index == members.count - 1)
            }
        case .byteLevel(let division):
            return division.divide(&text, pieces, isRaw: isRaw)
        case .metaspace(let metaspace):
            return metaspace.divide(&text, pieces)
        case .split(let pattern, let behavior, let isInverted):
            result.reserveCapacity(pieces.count == 1 ? text.bytes.count / 5 : pieces.count)
            for piece in pieces {
                pattern.divide(text.bytes, piece, behavior, isInverted: isInverted, to: &result)
            }
        case .whitespace:
            for piece in pieces {
                Self.divide(text.bytes, piece, .removed, kinds: [.word, .space], to: &result) {
                    $0.contains(.space) && !$0.contains(.word)
                }
            }
        case .whitespaceSplit:
            for piece in pieces {
                Self.divide(text.bytes, piece, .removed, to: &result) { $0.contains(.space) }
            }
        case .bert:
            for piece in pieces {
                var words: [Range<Int>] = []
                Self.divide(text.bytes, piece, .removed, to: &words) { $0.contains(.space) }
                for word in words {
                    Self.divide(text.bytes, word, .isolated, to: &result) {
                        $0.contains(.punctuation)
                    }
                }
            }
        case .punctuation(let behavior):
            for piece in pieces {
                Self.divide(text.bytes, piece, behavior, to: &result) { $0.contains(.punctuation) }
            }
        case .digits(let individually):
            for piece in pieces {
                Self.divide(
                    text.bytes, piece, individually ? .isolated : .contiguous, to: &result
                ) { $0.contains(.number) }
            }
        case .delimiter(let scalar):
            for piece in pieces {
                SplitPattern.literal(String(scalar)).divide(
                    text.bytes, piece, .removed, isInverted: false, to: &result)
            }
        }
        return result
    }

    /// Divides a piece where single characters are of some class.
    ///
    /// - Parameter kinds: classes whose borders divide what does not match.
    private static func divide(
        _ text: [UInt8], _ piece: Range<Int>, _ behavior: SplitBehavior,
        kinds: ScalarClasses = [], to pieces: inout [Range<Int>],
        where isMatch: (ScalarClasses) -> Bool
    ) {
        var parts: [(range: Range<Int>, isMatch: Bool)] = []
        var start = piece.lowerBound
        var last: ScalarClasses = []
        var place = start
        while place < piece.upperBound {
            let (classes, length) = text.classes(at: place)
            let kind = classes.intersection(kinds)
            if isMatch(classes) {
                if start < place { parts.append((start..<place, false)) }
                parts.append((place..<place + length, true))
                start = place + length
            } else if start < place, kind != last {
                parts.append((start..<place, false))
                start = place
            }
            last = kind
            place += length
        }
        if start < piece.upperBound { parts.append((start..<piece.upperBound, false)) }
        behavior.append(parts, to: &pieces)
    }

    /// Whether what comes out depends on where a piece stood in the original.
    var looksAtOrigin: Bool {
        switch self {
        case .sequence(let members): members.contains(where: \.looksAtOrigin)
        case .metaspace(let metaspace): metaspace.scheme == .first
        default: false
        }
    }

    /// Whether the last thing that happens is the replacement of bytes by visible characters.
    var endsInByteAlphabet: Bool {
        switch self {
        case .sequence(let members): members.last?.endsInByteAlphabet ?? false
        case .byteLevel: true
        default: false
        }
    }

    /// Whether every byte of a text is in one piece, as it is but for the alphabet of bytes at the end.
    var keepsEverything: Bool {
        switch self {
        case .sequence(let members): members.allSatisfy(\.keepsEverything)
        case .byteLevel(let division): !division.addsPrefixSpace
        case .split(_, let behavior, _): behavior != .removed
        case .punctuation(let behavior): behavior != .removed
        case .digits: true
        case .whitespace, .whitespaceSplit, .bert, .metaspace, .delimiter: false
        }
    }
}
