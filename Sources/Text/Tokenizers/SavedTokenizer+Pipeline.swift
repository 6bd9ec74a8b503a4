extension SavedTokenizer {
    /// The same vocabulary with the same ids as a pipeline, which other programs can read.
    ///
    /// Single characters, or bytes, are byte-pair encoding without merges. One thing differs: a character
    /// outside the vocabulary is passed over, as Hugging Face tokenizers does it, where a
    /// ``CharacterTokenizer`` throws.
    ///
    /// - Throws: ``TokenizerError/invalid(_:)`` where a special token is written like a character.
    public func pipeline() throws(TokenizerError) -> PipelineTokenizer {
        switch self {
        case .pipeline(let tokenizer): return tokenizer
        case .byte:
            let model = try BytePairModel(
                vocabulary: Vocabulary(
                    (UInt8.min...UInt8.max).map { (ByteAlphabet.text(of: [$0]), Int($0)) }),
                merges: [])
            return try PipelineTokenizer(
                preTokenizer: .byteLevel(
                    ByteLevelSettings(addsPrefixSpace: false, usesPattern: false)),
                model: .bytePair(model),
                decoder: .byteLevel(ByteLevelSettings(addsPrefixSpace: false)))
        case .character(let tokenizer):
            let special = Int32(tokenizer.specialTexts.count)
            var tokens: [(text: String, id: Int)] = []
            for (id, text) in tokenizer.specialTexts.enumerated() { tokens.append((text, id)) }
            for (place, scalar) in tokenizer.characters.enumerated() {
                tokens.append((String(scalar), place + tokenizer.specialTexts.count))
            }
            let model = try BytePairModel(
                vocabulary: Vocabulary(tokens, reserved: Set(0..<special)), merges: [])
            return try PipelineTokenizer(
                model: .bytePair(model), decoder: .fuse,
                addedTokens: tokenizer.specialTokens.map {
                    AddedToken(id: $0.id, content: $0.text)
                })
        }
    }
}
