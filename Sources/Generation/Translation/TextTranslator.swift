public import AttendCheckpoints
internal import AttendModels
internal import AttendText

/// Translates sentences with an encoder–decoder, from a run or made by another program.
///
/// Padding and start tokens are never written within a translation; transformers permits them unless told otherwise. The
/// search is transformers' own, with other settings where none are given: those of ``BeamSettings/translation(_:minimumLength:)``.
public struct TextTranslator: Sendable {
    /// A sentence and what became of it.
    public struct Translation: Hashable, Codable, Sendable {
        /// What was read.
        public let source: String
        /// What was written.
        public let target: String
        /// What the target was compared by; see ``Hypothesis/score``.
        public let score: Float?
    }

    /// What sentences from there are called in errors.
    public static let standardInput = "Standard input"

    private let translator: Translator
    private let tokenizer: SavedTokenizer
    /// What follows a source where its tokenizer has no template: as in our own training.
    private let end: Int32

    /// A translator with checked settings.
    ///
    /// - Parameters:
    ///   - loaded: an encoder–decoder.
    ///   - beams: how translations are searched for.
    ///   - maximumLength: the most tokens of a translation, the end token included; nil for 50 more than the source has.
    ///   - grammar: what every translation is held to; that of an empty line stays empty.
    /// - Throws: `FamilyError` for another model, ``GenerationError`` for settings and for a grammar that the tokenizer cannot
    ///   spell, `TokenizerError` where the tokenizer has no special tokens.
    public init(
        _ loaded: LoadedModel, beams: BeamSettings = .translation(), maximumLength: Int? = nil,
        grammar: TextGrammar? = nil
    ) throws {
        let model = try loaded.encoderDecoder()
        let tokenizer = try loaded.tokenizer
        self.tokenizer = tokenizer
        var settings = try Self.tokens(of: loaded)
        settings.beams = beams
        if let maximumLength {
            settings.maximumLength = maximumLength
            settings.extraLength = maximumLength
        }
        let end = settings.end
        self.end = end
        let constraint = try grammar.map {
            try TokenConstraint($0, nil, tokenizer, endTokens: [end])
        }
        translator = try Translator(model, settings: settings, constraint: constraint)
    }

    /// The tokens that the model's makers chose, or else those of our own vocabularies.
    private static func tokens(of loaded: LoadedModel) throws -> TranslationSettings {
        let own = loaded.generation
        guard let end = own.endTokens.first else {
            let special = try SpecialTokens(of: loaded.tokenizer)
            return TranslationSettings(
                padding: special.padding, start: special.start, end: special.end)
        }
        guard let start = own.decoderStartToken ?? own.startToken ?? own.paddingToken,
            let padding = own.paddingToken ?? own.startToken
        else {
            throw loaded.familyError(
                "and no file says what its decoder begins with; give decoder_start_token_id and pad_token_id in its"
                    + " generation_config.json")
        }
        var settings = TranslationSettings(padding: padding, start: start, end: end)
        settings.forcedFirst = own.forcedStartToken
        // One token ends a translation here; a second one that would is at least not written.
        settings.forbidden = Set(own.forbiddenTokens + own.endTokens.dropFirst()).subtracting([end])
        return settings
    }

    /// A line as the model reads it: with what its tokenizer's template adds, or with the end token.
    private func read(_ line: String) throws(TokenizerError) -> [Int32] {
        // Nothing is made of nothing, whatever a template would put around it.
        if line.isEmpty { return [] }
        let encoding = try tokenizer.encoding(
            of: line, pair: nil, options: EncodingOptions(addsSpecialTokens: true))
        return encoding.specialMask.contains(true) ? encoding.ids : encoding.ids + [end]
    }

    /// The translation of each line, in order; of an empty line, an empty one.
    ///
    /// - Parameters:
    ///   - source: where the lines come from, for errors.
    ///   - firstLine: the number of the first line there, for errors.
    ///   - progress: told how many lines are translated.
    ///   - shouldStop: asked after each token.
    /// - Throws: `DataError` for a character that the tokenizer does not know and for a line that is longer than the model reads,
    ///   with the number of the line; `CancellationError` where it was told to stop.
    public func translate(
        _ lines: [String], source: String, firstLine: Int = 1, progress: ((Int) -> Void)? = nil,
        shouldStop: (() -> Bool)? = nil
    ) throws -> [Translation] {
        try translate(
            lines, best: 1, source: source, firstLine: firstLine, progress: progress,
            shouldStop: shouldStop
        ).map { $0[0] }
    }

    /// The best translations of each line, the best first: fewer where there are not that many.
    ///
    /// - Parameters:
    ///   - count: how many are wanted, at most one for each beam.
    ///   - source: where the lines come from, for errors.
    ///   - firstLine: the number of the first line there, for errors.
    ///   - progress: told how many lines are translated.
    ///   - shouldStop: asked after each token.
    /// - Throws: as for one of each.
    public func translate(
        _ lines: [String], best count: Int, source: String, firstLine: Int = 1,
        progress: ((Int) -> Void)? = nil, shouldStop: (() -> Bool)? = nil
    ) throws -> [[Translation]] {
        let limit = translator.model.configuration.contextLength
        let ids = try lines.enumerated().map { index, line in
            let ids: [Int32]
            do {
                ids = try read(line)
            } catch TokenizerError.unknownCharacter(let scalar, _, let size) {
                throw DataError.encoding(
                    source: source,
                    .unknownCharacter(scalar, line: firstLine + index, vocabularySize: size))
            }
            if ids.count > limit {
                throw DataError.lineTooLong(
                    source: source, line: firstLine + index, tokens: ids.count, limit: limit)
            }
            return ids
        }
        let found = try translator.translate(
            ids, best: count, progress: progress, shouldStop: shouldStop)
        return zip(lines, found).map { line, hypotheses in
            hypotheses.map { hypothesis in
                Translation(
                    source: line, target: tokenizer.decode(hypothesis.tokens),
                    score: hypothesis.score.isFinite ? hypothesis.score : nil)
            }
        }
    }
}
