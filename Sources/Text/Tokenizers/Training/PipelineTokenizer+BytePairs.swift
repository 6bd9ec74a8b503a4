extension PipelineTokenizer {
    /// The most tokens of a vocabulary that is trained here.
    public static let vocabularyLimit = 1 << 20

    /// Learns a vocabulary of common strings of bytes from texts, after the division of GPT-2.
    ///
    /// - Parameters:
    ///   - texts: what to learn from, such as the lines of both languages; no token crosses from one to the
    ///     next.
    ///   - vocabularySize: the most tokens, special ones included.
    ///   - specialTokens: the texts of the special tokens, such as ``SpecialTokens/texts``.
    /// - Throws: ``TokenizerError/invalid(_:)`` where the vocabulary cannot hold the bytes, or is too large.
    public static func bytePairs(
        texts: some Sequence<String>, vocabularySize: Int,
        specialTokens: [String] = SpecialTokens.texts
    ) throws(TokenizerError) -> PipelineTokenizer {
        try bytePairs(
            texts: texts, vocabularySize: vocabularySize, specialTokens: specialTokens,
            minimumCount: 2, pattern: .gpt2)
    }

    /// Learns a vocabulary of common strings of bytes from texts.
    ///
    /// The first ids are the special tokens', then come the 256 bytes in the order of the characters that
    /// stand for them, then a token for each merge that makes a new one. A text in which few pairs occur
    /// often enough gives a smaller vocabulary than asked for. The result is the same as that of Hugging
    /// Face tokenizers with the same settings and the alphabet of bytes as its initial one, except that no
    /// merge makes the text of a special token.
    ///
    /// - Parameters:
    ///   - texts: no token crosses from one to the next.
    ///   - vocabularySize: the most tokens, special ones included.
    ///   - specialTokens: the texts of the special tokens.
    ///   - minimumCount: how often a pair must occur at least to be joined.
    ///   - pattern: what divides a text into words, whose borders no token crosses.
    ///   - progress: is told now and then how many tokens there are.
    /// - Throws: ``TokenizerError/invalid(_:)`` where the vocabulary cannot hold the bytes, or is too large;
    ///   ``TokenizerError/cancelled``.
    package static func bytePairs(
        texts: some Sequence<String>, vocabularySize: Int, specialTokens: [String],
        minimumCount: Int, pattern: WordPattern,
        progress: (Int) -> Void = { _ in }
    ) throws(TokenizerError) -> PipelineTokenizer {
        try validateSpecialTokens(specialTokens)
        let least = specialTokens.count + 256
        guard (least...vocabularyLimit).contains(vocabularySize) else {
            throw .invalid(
                "The vocabulary size is \(vocabularySize); expected a number from \(least) (the 256 "
                    + "bytes and \(specialTokens.count) special tokens) to \(vocabularyLimit).")
        }
        for text in specialTokens {
            if let bytes = ByteAlphabet.bytes(of: text), bytes.count == 1 {
                throw .invalid(
                    "The special token \(text.quoted) is how the vocabulary writes the byte "
                        + "\(bytes[0]); give it another text.")
            }
        }
        let counts = WordCounts.of(texts, mayCut: true) { text in
            var pieces: [Range<Int>] = []
            SplitPattern.expression(pattern).divide(
                text, 0..<text.count, .isolated, isInverted: false, to: &pieces)
            return (text, pieces)
        }
        var trainer = BytePairTrainer(
            counts, reserved: specialTokens.compactMap(ByteAlphabet.bytes))
        try trainer.train(
            tokenCount: vocabularySize - specialTokens.count, minimumCount: minimumCount
        ) { progress($0 + specialTokens.count) }
        return try bytePairs(
            tokens: trainer.tokens, merges: trainer.merges, specialTokens: specialTokens,
            pattern: pattern)
    }

    /// A byte-level tokenizer of these tokens, whose ids come after those of the special tokens.
    static func bytePairs(
        tokens: [[UInt8]], merges: [TokenPair], specialTokens: [String],
        pattern: WordPattern, settings: BytePairModel.Settings = .init()
    ) throws(TokenizerError) -> PipelineTokenizer {
        let offset = Int32(specialTokens.count)
        let texts = specialTokens + tokens.map(ByteAlphabet.text)
        let vocabulary = try Vocabulary(
            texts.enumerated().map { ($1, $0) }, reserved: Set(0..<offset))
        let model = try BytePairModel(
            vocabulary: vocabulary,
            merges: merges.map { TokenPair($0.left + offset, $0.right + offset) },
            settings: settings)
        return try PipelineTokenizer(
            preTokenizer: .byteLevel(dividedBy: pattern), model: .bytePair(model),
            decoder: .byteLevel(ByteLevelSettings(addsPrefixSpace: false)),
            addedTokens: specialTokens.enumerated().map {
                AddedToken(id: Int32($0), content: $1)
            })
    }
}

extension PreTokenizer {
    /// The division of a text by a pattern, and the alphabet of visible characters for bytes.
    static func byteLevel(dividedBy pattern: WordPattern) -> PreTokenizer {
        if pattern == .gpt2 { return .byteLevel(ByteLevelSettings(addsPrefixSpace: false)) }
        return .sequence([
            .split(.expression(pattern), .isolated, isInverted: false),
            .byteLevel(ByteLevelSettings(addsPrefixSpace: false, usesPattern: false)),
        ])
    }
}

extension ByteLevelSettings {
    /// These settings.
    init(addsPrefixSpace: Bool, usesPattern: Bool = true) {
        self.init()
        self.addsPrefixSpace = addsPrefixSpace
        self.usesPattern = usesPattern
    }
}
