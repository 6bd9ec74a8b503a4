public import AttendCheckpoints
internal import AttendModels
internal import AttendText

/// Translates sentences with an encoder–decoder from a run.
public struct TextTranslator: Sendable {
    /// A sentence and what became of it.
    public struct Translation: Hashable, Codable, Sendable {
        /// What was read.
        public let source: String
        /// What was written.
        public let target: String
        /// The log-probability of the target, divided by the length penalty.
        public let score: Float?
    }

    /// What sentences from there are called in errors.
    public static let standardInput = "Standard input"

    private let translator: Translator
    private let tokenizer: SavedTokenizer
    private let end: Int32

    /// A translator with checked settings.
    ///
    /// - Parameters:
    ///   - loaded: an encoder–decoder.
    ///   - beamCount: how many hypotheses are pursued side by side.
    ///   - lengthPenalty: the exponent of the length penalty.
    /// - Throws: `FamilyError` for another model, ``GenerationError`` for settings, `TokenizerError` where the tokenizer has
    ///   no special tokens.
    public init(_ loaded: LoadedModel, beamCount: Int = 4, lengthPenalty: Float = 0.6) throws {
        let model = try loaded.encoderDecoder()
        let special = try SpecialTokens(of: loaded.tokenizer)
        translator = try Translator(
            model,
            settings: TranslationSettings(
                beamCount: beamCount, lengthPenalty: lengthPenalty, padding: special.padding,
                start: special.start, end: special.end))
        tokenizer = try loaded.tokenizer
        end = special.end
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
        let limit = translator.model.configuration.contextLength
        let ids = try lines.enumerated().map { index, line in
            let ids: [Int32]
            do {
                ids = try tokenizer.encode(line)
            } catch TokenizerError.unknownCharacter(let scalar, _, let size) {
                throw DataError.encoding(
                    source: source,
                    .unknownCharacter(scalar, line: firstLine + index, vocabularySize: size))
            }
            if ids.count >= limit {
                throw DataError.lineTooLong(
                    source: source, line: firstLine + index, tokens: ids.count + 1, limit: limit)
            }
            return ids + [end]
        }
        let found = try translator.translate(ids, progress: progress, shouldStop: shouldStop)
        return zip(lines, found).map { line, hypothesis in
            Translation(
                source: line, target: tokenizer.decode(hypothesis.tokens),
                score: hypothesis.score.isFinite ? hypothesis.score : nil)
        }
    }
}
