/// Text to learn from: where it comes from, its two parts, and what is known of it.
public struct Corpus: Hashable, Sendable {
    /// The name of a built-in corpus, or the path of a file.
    public let name: String

    /// The text to train on.
    public let training: String

    /// The text to validate on.
    public let validation: String

    /// What ends every document; nil where the text is one whole.
    public let documentSeparator: String?

    /// The least loss that any model can reach, in nats per character, where it is known.
    public let entropyRate: Double?

    /// Every character that can occur, in ascending order, where that is known beforehand.
    private let characters: [Unicode.Scalar]?

    /// The names that ``named(_:seed:trainingCharacters:validationCharacters:trainingFraction:)``
    /// knows, beside those of files.
    public static let builtInNames = ["tales"]

    /// The built-in corpus of this name or, where there is none, the text file at this path.
    ///
    /// A file that is called like a built-in corpus is reached as `./NAME`.
    ///
    /// - Parameters:
    ///   - seed: what a generated corpus is drawn from; the two parts never share a story number.
    ///   - trainingCharacters: how much of a generated corpus to make for training, at least.
    ///   - validationCharacters: how much to make for validation, at least.
    ///   - trainingFraction: the part of a file that is for training.
    /// - Throws: ``DataError``, with the nearest known name where there is neither.
    public static func named(
        _ name: String, seed: UInt64 = 0, trainingCharacters: Int = 4_000_000,
        validationCharacters: Int = 100_000, trainingFraction: Double = 0.9
    ) throws(DataError) -> Corpus {
        if name == "tales" {
            return try tales(
                seed: seed, trainingCharacters: trainingCharacters,
                validationCharacters: validationCharacters)
        }
        do {
            return try file(name, trainingFraction: trainingFraction)
        } catch .missing where !name.contains("/") {
            throw .unknownName(
                name, suggestion: nearestName(to: name, in: builtInNames), known: builtInNames)
        }
    }

    /// A text file, its first part for training.
    ///
    /// - Throws: ``DataError`` where it cannot be read, or cannot be divided.
    public static func file(_ path: String, trainingFraction: Double = 0.9) throws(DataError)
        -> Corpus
    {
        let (training, validation) = try splitText(
            TextFile.read(path), trainingFraction: trainingFraction, source: path)
        return Corpus(
            name: path, training: training, validation: validation, documentSeparator: nil,
            entropyRate: nil, characters: nil)
    }

    /// Stories from the grammar; see ``Tales``.
    private static func tales(seed: UInt64, trainingCharacters: Int, validationCharacters: Int)
        throws(DataError) -> Corpus
    {
        for (name, count) in [
            ("number of training characters", trainingCharacters),
            ("number of validation characters", validationCharacters),
        ] where !(1...TextFile.byteLimit).contains(count) {
            throw .outOfRange(
                name: name, value: "\(count)", accepted: "a number from 1 to \(TextFile.byteLimit)")
        }
        // No training text is so long that it reaches the numbers of the validation stories.
        let validation = Tales(seed: seed, startingAt: 1 << 40)
        return Corpus(
            name: "tales",
            training: Tales(seed: seed).stories(characterCount: trainingCharacters),
            validation: validation.stories(characterCount: validationCharacters),
            documentSeparator: Tales.separator, entropyRate: Tales.entropyRate,
            characters: Tales.characters)
    }

    /// A tokenizer with one token for each character of this corpus.
    ///
    /// - Throws: ``TokenizerError/invalid(_:)`` where there is no character.
    public func characterTokenizer() throws(TokenizerError) -> CharacterTokenizer {
        if let characters { return try CharacterTokenizer(characters: characters) }
        return try CharacterTokenizer(text: training + validation)
    }

    /// Both parts in the ids of a tokenizer.
    ///
    /// - Throws: ``DataError/encoding(source:_:)`` where the tokenizer lacks a character.
    public func dataset(tokenizer: some Tokenizer) throws(DataError) -> TokenDataset {
        try TokenDataset(
            training: training, validation: validation, documentSeparator: documentSeparator,
            tokenizer: tokenizer, source: "The data \"\(name)\"")
    }
}
