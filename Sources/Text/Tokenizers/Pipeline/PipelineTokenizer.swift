/// A tokenizer in five steps, as the `tokenizer.json` of Hugging Face describes it.
///
/// A normalizer changes the text, a pre-tokenizer divides it into pieces, a model finds tokens in each
/// piece, a post-processor puts marks around them; and a decoder makes text of tokens again. Each step but
/// the model may be missing. Tokens that were added to the vocabulary by hand are found before all that.
///
/// Two fields of the file are read and kept out of it: `truncation` and `padding`. To cut a text in silence
/// changes what a model sees, so whoever encodes decides about length and says so; and a batch is filled up
/// by the code that makes it.
///
/// - Source: the file format of Hugging Face tokenizers.
public struct PipelineTokenizer: Sendable {
    /// What changes the text before all else.
    package let normalizer: Normalizer?

    /// What divides the text.
    package let preTokenizer: PreTokenizer?

    /// What finds the tokens.
    package let model: TokenModel

    /// What puts marks around them.
    package let postProcessor: PostProcessor?

    /// What makes text of tokens.
    package let decoder: TokenDecoder?

    /// The tokens found before the model sees a text.
    package let addedTokens: AddedTokens

    /// The model as it is run: where possible on bytes rather than on the characters that stand for them.
    let runningModel: TokenModel

    /// Whether ``runningModel`` reads bytes.
    let readsBytes: Bool

    /// Whether what comes out depends on the places of pieces in the original.
    let needsOrigins: Bool

    /// Pieces that were encoded before.
    let cache = EncodedWords()

    /// The highest id and one.
    public let vocabularySize: Int

    /// The special tokens, in ascending order of their ids.
    public let specialTokens: [SpecialToken]

    /// Whether its model is byte-pair encoding.
    public var isBytePairs: Bool {
        if case .bytePair = model { true } else { false }
    }

    /// A tokenizer of these parts.
    ///
    /// - Throws: ``TokenizerError/invalid(_:)`` where an added token's id or text contradicts the model's
    ///   vocabulary.
    package init(
        normalizer: Normalizer? = nil, preTokenizer: PreTokenizer? = nil, model: TokenModel,
        postProcessor: PostProcessor? = nil, decoder: TokenDecoder? = nil,
        addedTokens: [AddedToken] = []
    ) throws(TokenizerError) {
        self.normalizer = normalizer
        self.preTokenizer = preTokenizer
        self.model = model
        self.postProcessor = postProcessor
        self.decoder = decoder
        let added = try AddedTokens(addedTokens, normalizer: normalizer)
        self.addedTokens = added
        let vocabulary = model.vocabulary
        let limit = 2 * (vocabulary.size + added.tokens.count) + (1 << 16)
        for token in added.tokens {
            let text = vocabulary.text(of: token.id)
            let id = vocabulary.id(of: token.content)
            guard id ?? token.id == token.id,
                text.map({ $0.utf8.elementsEqual(token.content.utf8) }) ?? true
            else {
                throw .invalid(
                    "The tokenizer's added token \(token.content.quoted) has the id \(token.id), but its "
                        + "vocabulary has "
                        + (id.map { "the same text as \($0)" } ?? "\((text ?? "").quoted) there")
                        + "; make them agree.")
            }
            guard Int(token.id) < limit else {
                throw .invalid(
                    "The tokenizer's added token \(token.content.quoted) has the id \(token.id); with "
                        + "\(vocabulary.size) ids of the vocabulary it must be below \(limit).")
            }
        }
        vocabularySize = max(vocabulary.size, added.tokens.last.map { Int($0.id) + 1 } ?? 0)
        specialTokens = added.tokens.filter(\.isSpecial).map {
            SpecialToken(id: $0.id, text: $0.content)
        }
        let raw = preTokenizer?.endsInByteAlphabet == true ? model.readingBytes() : nil
        runningModel = raw ?? model
        readsBytes = raw != nil
        needsOrigins = preTokenizer?.looksAtOrigin ?? false
    }
}

extension PipelineTokenizer: Hashable {
    /// Whether both have the same parts.
    public static func == (left: Self, right: Self) -> Bool {
        left.normalizer == right.normalizer && left.preTokenizer == right.preTokenizer
            && left.model == right.model && left.postProcessor == right.postProcessor
            && left.decoder == right.decoder && left.addedTokens == right.addedTokens
    }

    /// Hashes the model and the added tokens.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(model)
        hasher.combine(addedTokens)
    }
}
