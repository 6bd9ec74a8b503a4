internal import AttendCheckpoints
public import AttendText

/// The bytes that each token of a vocabulary adds to a generated text.
///
/// Making it looks at the whole vocabulary; one is enough for all generations with a tokenizer.
public struct TokenSpellings: Sendable {
    /// The tokens by their bytes as the first of a text, where a decoder may leave out a space.
    let first: SpellingTrie
    /// The tokens by their bytes after others.
    let later: SpellingTrie
    /// Every byte that some token spells.
    let bytes: ByteSet
    /// The highest id and one.
    let vocabularySize: Int

    /// The spellings of a tokenizer's tokens.
    ///
    /// Special tokens spell nothing, and neither do ids without a token.
    ///
    /// - Throws: ``ConstraintError/unsupportedDecoder(_:)``.
    public init(_ tokenizer: SavedTokenizer) throws(ConstraintError) {
        let special = Set(tokenizer.specialTokens.map(\.id))
        vocabularySize = tokenizer.vocabularySize
        let ids = (0..<Int32(clamping: vocabularySize)).filter {
            !special.contains($0) && tokenizer.token(of: $0) != nil
        }
        guard case .pipeline(let pipeline) = tokenizer else {
            later = SpellingTrie(ids.map { (id: $0, bytes: tokenizer.bytes(of: $0)) })
            first = later
            bytes = later.bytes
            return
        }
        let decoding = try SpelledDecoding(pipeline.decoder)
        let words = ids.map { (id: $0, bytes: Array((tokenizer.token(of: $0) ?? "").utf8)) }
        func trie(isFirst: Bool) -> SpellingTrie {
            SpellingTrie(words.map { ($0.id, decoding.spelling(of: $0.bytes, isFirst: isFirst)) })
        }
        later = trie(isFirst: false)
        first = decoding.isByteLevel ? later : trie(isFirst: true)
        var bytes = later.bytes
        bytes.formUnion(first.bytes)
        self.bytes = bytes
    }

    /// The bytes that a token adds; nil where it spells nothing.
    func bytes(of token: Int32, isFirst: Bool) -> [UInt8]? {
        (isFirst ? first : later).bytes(of: token)
    }
}
