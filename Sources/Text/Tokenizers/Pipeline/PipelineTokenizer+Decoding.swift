extension PipelineTokenizer {
    /// The text that `ids` spell; an id outside the vocabulary is shown as U+FFFD.
    public func decode(_ ids: [Int32], keepsSpecialTokens: Bool) -> String {
        var tokens: [[UInt8]] = []
        tokens.reserveCapacity(ids.count)
        for id in ids {
            if !keepsSpecialTokens, addedTokens.token(id)?.isSpecial == true { continue }
            tokens.append(token(of: id).map { Array($0.utf8) } ?? replacementBytes)
        }
        var stages = DecodingStages(decoder)
        return String(decoding: stages.append(tokens) + stages.finish(), as: UTF8.self)
    }

    /// How the decoder goes on from token to token.
    public var decodingStages: DecodingStages? { DecodingStages(decoder) }

    /// The bytes that one id stands for within a text; none for a special token.
    public func bytes(of id: Int32) -> [UInt8] {
        if let token = addedTokens.token(id) {
            return token.isSpecial ? [] : Array(token.content.utf8)
        }
        guard let token = model.vocabulary.text(of: id) else { return replacementBytes }
        if readsBytes, let bytes = ByteAlphabet.bytes(of: token) { return bytes }
        return Array(token.utf8)
    }
}
