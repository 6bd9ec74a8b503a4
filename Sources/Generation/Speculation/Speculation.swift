public import AttendCheckpoints
public import AttendModels
internal import AttendText

/// Proposals for the next tokens, all of which the model reads in one pass, so that tokens come faster and are the same.
///
/// ```swift
/// let speculation = try Speculation(.model(small), tokenCount: 4)
/// var generator = try Generator(loaded, prompt: "Once", settings: settings, speculation: speculation)
/// ```
///
/// Each proposal is kept with such a probability, and another token is drawn in its stead in such a way, that texts are
/// exactly as likely as without proposals, whatever the draft and the steps of sampling. Where nothing is left to chance, and
/// with ``Draft/lookUp``, even the same seed gives the same text, up to the rounding of logits: a pass of several tokens may
/// add up numbers in another order than several passes.
///
/// It goes together with grammars: a model that proposes keeps to the grammar too, and of what the text itself proposes only
/// what the grammar permits is kept.
///
/// - Source: Leviathan, Kalman & Matias 2023, "Fast inference from Transformers via speculative decoding", §2; Chen et al.
///   2023, "Accelerating large language model decoding with speculative sampling".
public struct Speculation: Sendable {
    /// Who proposes.
    public let draft: Draft
    /// The most tokens that are proposed at once.
    public let tokenCount: Int

    /// The numbers of tokens that are accepted.
    public static let tokenCounts = 1...64
    /// How many tokens are proposed at once unless something else is said.
    public static let usualTokenCount = 4

    /// Proposals of at most so many tokens at once.
    ///
    /// - Throws: ``GenerationError/outOfRange(name:value:accepted:)``.
    public init(
        _ draft: Draft, tokenCount: Int = Speculation.usualTokenCount
    ) throws(GenerationError) {
        try GenerationError.check("number of draft tokens", tokenCount, Self.tokenCounts)
        self.draft = draft
        self.tokenCount = tokenCount
    }

    /// Proposals of a model from a file or directory to another one, all of whose tokens must be spelled alike.
    ///
    /// - Throws: ``GenerationError/draft(_:)`` where they are not, `FamilyError` for a draft that continues no texts, and
    ///   `CheckpointError` where one of them has no tokenizer.
    public init(
        draft: LoadedModel, for model: LoadedModel,
        tokenCount: Int = Speculation.usualTokenCount
    ) throws {
        try self.init(.model(try draft.causal()), tokenCount: tokenCount)
        let size = try model.causal().configuration.vocabularySize
        try validate(vocabularySize: size)
        let (own, other) = (try draft.tokenizer, try model.tokenizer)
        if own == other { return }
        let spellings = [own, other].compactMap { try? TokenSpellings($0) }
        for id in 0..<Int32(clamping: size) {
            let names = (own.token(of: id), other.token(of: id))
            if names.0 == names.1 { continue }
            // Files of different kinds write one token differently, and may have none for a number that is never written.
            let isAlike = [true, false].allSatisfy { isFirst in
                let bytes = spellings.map { $0.bytes(of: id, isFirst: isFirst) }
                guard bytes.count == 2, bytes[0] == bytes[1] else { return false }
                return bytes[0] != nil || names.0 == nil || names.1 == nil
            }
            if isAlike { continue }
            throw GenerationError.draft(.token(id: id, draft: names.0, model: names.1))
        }
    }

    /// Checks that the draft has as many tokens as a model.
    ///
    /// - Throws: ``GenerationError/draft(_:)``.
    public func validate(vocabularySize: Int) throws(GenerationError) {
        guard case .model(let model) = draft else { return }
        let own = model.configuration.vocabularySize
        if own != vocabularySize { throw .draft(.vocabularySize(own, model: vocabularySize)) }
    }
}

/// Who proposes tokens.
public enum Draft: Sendable {
    /// A smaller model with the same vocabulary, whose tokens are chosen by the same steps of sampling.
    case model(any CausalLanguageModel)
    /// The text itself: what followed its last tokens where they, or the last few of them, stood before.
    ///
    /// - Source: Saxena 2023, "Prompt lookup decoding"; Yang et al. 2023, "Inference with reference".
    case lookUp
}

/// What came of the proposals of a ``Speculation``.
public struct ProposalCounts: Hashable, Sendable {
    /// How many tokens were proposed.
    public internal(set) var proposed = 0
    /// How many of them are in the text.
    public internal(set) var kept = 0
}
