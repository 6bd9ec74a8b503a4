internal import AttendText

/// A decoder whose every token adds the same bytes wherever it stands, except perhaps as the first.
struct SpelledDecoding {
    /// What happens to each token by itself.
    private let perToken: TokenDecoder?
    private let hasByteTokens: Bool
    /// Whether a token spells the same wherever it stands, since its characters stand for bytes.
    let isByteLevel: Bool
    /// What one of is left out at the beginning of the text.
    private let stripped: UInt8?
    private let afterAnother: DecodingStages

    /// A token that no decoder holds back or changes.
    private static let neutral: [UInt8] = Array("a".utf8)

    /// - Throws: ``ConstraintError/unsupportedDecoder(_:)`` where a token's bytes depend on what follows.
    init(_ decoder: TokenDecoder?) throws(ConstraintError) {
        var members: [TokenDecoder] = []
        var (hasByteTokens, isByteLevel, isFused) = (false, false, false)
        var stripped: UInt8?
        for member in decoder.map(Self.leaves) ?? [] {
            let isWhole = !hasByteTokens && !isByteLevel && !isFused && stripped == nil
            switch member {
            case .fuse: isFused = true
            case .byteLevel where isWhole: isByteLevel = true
            case .byteFallback where isWhole: hasByteTokens = true
            case .replace where isWhole, .metaspace where isWhole, .wordPiece where isWhole:
                members.append(member)
            case .strip where isWhole: members.append(member)
            // Two would need a count of how many are left, over several tokens.
            case .strip(let content, 0...1, 0) where isFused && !isByteLevel && content.isASCII:
                if case .strip(_, 1, _) = member {
                    guard stripped == nil else { throw .unsupportedDecoder(Self.name(member)) }
                    stripped = UInt8(ascii: content)
                }
            default: throw .unsupportedDecoder(Self.name(member))
            }
        }
        perToken = decoder == nil ? nil : .sequence(members)
        self.hasByteTokens = hasByteTokens
        self.isByteLevel = isByteLevel
        self.stripped = stripped
        var stages = DecodingStages(perToken)
        _ = stages.append([Self.neutral])
        afterAnother = stages
    }

    private static func leaves(_ decoder: TokenDecoder) -> [TokenDecoder] {
        guard case .sequence(let members) = decoder else { return [decoder] }
        return members.flatMap(leaves)
    }

    private static func name(_ decoder: TokenDecoder) -> String {
        guard case .object(let object) = decoder.json, case .string(let name)? = object["type"]
        else { return "" }
        return name
    }

    /// The bytes that a token adds.
    ///
    /// - Parameter token: the token as the vocabulary has it.
    func spelling(of token: [UInt8], isFirst: Bool) -> [UInt8] {
        if isByteLevel {
            return ByteAlphabet.bytes(of: String(decoding: token, as: UTF8.self)) ?? token
        }
        var stages = isFirst ? DecodingStages(perToken) : afterAnother
        var bytes = stages.append([token]) + stages.finish()
        if hasByteTokens, let byte = ByteTokens.byte(of: bytes) { bytes = [byte] }
        if isFirst, let stripped, bytes.first == stripped { bytes.removeFirst() }
        return bytes
    }
}
