public import AttendCheckpoints
internal import AttendModels
public import AttendText
internal import Foundation

/// Data made ready for training: a tokenizer, ids in two parts, and a description of where they came from.
public struct TrainingData: Sendable {
    /// How many bytes the validation split has, where that is a text.
    private var validationByteCount = 0
    /// Between text and ids.
    public let tokenizer: SavedTokenizer
    /// The ids.
    public let content: Content
    /// What `config.json` says about the data.
    public let description: DataDescription
    /// Sentences for the user, such as how many examples are too long.
    public let notices: [String]

    /// The ids, by what the examples are.
    public enum Content: Sendable {
        /// A text, and others that are mixed with it.
        case text([TextShare])
        /// Pairs, as text and as ids.
        case pairs(ParallelCorpus, PairDataset)
        /// Texts in which tokens are masked.
        case masked(MaskedDataset)
        /// Texts with labels, as text and as ids.
        case labelled(LabelledTexts, LabelledDataset)
        /// Equations, of which only the results are learnt.
        case equations(ModularAddition)
    }

    /// How text becomes ids.
    public enum TokenizerKind: String, CaseIterable, Sendable {
        /// A token for each character that occurs.
        case character
        /// A token for each byte of UTF-8.
        case byte
        /// A token for each common piece of words (byte-pair encoding).
        case bytePair = "bpe"
        /// A tokenizer that exists already.
        case file
    }

    /// What data to make ready, and how.
    public struct Request: Sendable {
        /// The name of built-in data, or a path.
        public var source: String
        /// What the examples are.
        public var kind: DataKind
        /// What built-in data are made from.
        public var seed: UInt64
        /// How text becomes ids.
        public var tokenizer: TokenizerKind
        /// How many tokens a vocabulary of pieces has.
        public var vocabularySize: Int
        /// A tokenizer that exists already, such as that of an encoder to build on; it comes before the above.
        public var savedTokenizer: SavedTokenizer?
        /// The most tokens of an example; longer ones are left out.
        public var lengthLimit: Int
        /// The ending of the source's files, where a directory holds several.
        public var sourceName: String?
        /// The same for the target.
        public var targetName: String?
        /// Texts that are learnt from beside the source.
        public var mixture: [MixedSource] = []
        /// The share of all equations that is to train on; the usual where nil.
        public var trainingShare: Double?

        /// A request for text, unless changed.
        public init(
            source: String, kind: DataKind = .text, seed: UInt64, tokenizer: TokenizerKind,
            vocabularySize: Int = 8000, lengthLimit: Int = 5000, sourceName: String? = nil,
            targetName: String? = nil
        ) {
            self.source = source
            self.kind = kind
            self.seed = seed
            self.tokenizer = tokenizer
            self.vocabularySize = vocabularySize
            self.lengthLimit = lengthLimit
            self.sourceName = sourceName
            self.targetName = targetName
        }
    }

    /// Reads files, or makes built-in data.
    ///
    /// - Throws: `DataError` for a file that is of no use, and for a name that is neither built-in data nor a file;
    ///   `CheckpointError` for documents in JSON, of which only `attend prepare` makes a text.
    public init(_ request: Request) throws {
        try Self.checkIsText(request)
        try self.init(request, tokenizer: request.savedTokenizer)
    }

    init(_ request: Request, tokenizer: SavedTokenizer?) throws {
        if request.kind == .text, request.mixture.isEmpty,
            let modulus = ModularAddition.modulus(named: request.source)
        {
            try self.init(equations: modulus, request, tokenizer: tokenizer)
            return
        }
        switch request.kind {
        case .pairs: try self.init(pairs: request, tokenizer: tokenizer)
        case .labelled: try self.init(labelled: request, tokenizer: tokenizer)
        case .masked: try self.init(masked: request, tokenizer: tokenizer)
        case .text where !request.mixture.isEmpty:
            try self.init(mixture: request, tokenizer: tokenizer)
        case .text where PreparedText.isPrepared(request.source):
            try self.init(prepared: PreparedText(at: request.source))
        case .text: try self.init(text: request, tokenizer: tokenizer)
        }
    }

    /// A folder that `attend prepare` wrote.
    private init(prepared: PreparedText) throws {
        try prepared.verifyFew()
        tokenizer = prepared.tokenizer
        content = .text([TextShare(name: prepared.path, text: prepared.text)])
        validationByteCount = prepared.manifest.validation.byteCount
        notices = []
        description = DataDescription(
            source: Self.place(of: prepared.path), sha256: prepared.sha256,
            trainingCharacterCount: prepared.manifest.training.characterCount,
            validationCharacterCount: prepared.manifest.validation.characterCount,
            tokenizer: tokenizer.kind.rawValue, documentSeparator: prepared.manifest.separator,
            floor: nil)
    }

    private init(text request: Request, tokenizer known: SavedTokenizer?) throws {
        let corpus = try Corpus.named(request.source, seed: request.seed)
        let tokenizer =
            switch request.tokenizer {
            case _ where known != nil: known!
            case .character: SavedTokenizer.character(try corpus.characterTokenizer())
            case .byte: SavedTokenizer.byte(ByteTokenizer())
            case .bytePair:
                SavedTokenizer.pipeline(
                    try PipelineTokenizer.bytePairs(
                        texts: [corpus.training], vocabularySize: request.vocabularySize))
            case .file: throw Self.needsFile
            }
        self.tokenizer = tokenizer
        let text = try corpus.dataset(tokenizer: tokenizer).tokenText
        content = .text([TextShare(name: corpus.name, text: text)])
        validationByteCount = corpus.validation.utf8.count
        notices = []
        // The rate is per character; every character of a built-in corpus is one byte, and one token unless they are pieces.
        description = DataDescription(
            source: Self.place(of: corpus.name),
            sha256: Self.hash([corpus.training, corpus.validation]),
            trainingCharacterCount: corpus.training.unicodeScalars.count,
            validationCharacterCount: corpus.validation.unicodeScalars.count,
            tokenizer: tokenizer.kind.rawValue, documentSeparator: corpus.documentSeparator,
            floor: tokenizer.kind == .character || tokenizer.kind == .byte
                ? corpus.entropyRate : nil)
    }

    /// What the texts are called where their losses are reported: by their last names where these differ.
    static func names(of sources: [String]) -> [String] {
        let short = sources.map { URL(fileURLWithPath: $0).lastPathComponent }
        return Set(short).count == short.count ? short : sources
    }

    private init(masked request: Request, tokenizer known: SavedTokenizer?) throws {
        let corpus = try Corpus.named(request.source, seed: request.seed)
        let tokenizer =
            switch request.tokenizer {
            case _ where known != nil: known!
            case .character:
                SavedTokenizer.character(
                    try CharacterTokenizer(
                        text: corpus.training + corpus.validation,
                        specialTokens: SpecialTokens.texts))
            case .bytePair:
                SavedTokenizer.pipeline(
                    try PipelineTokenizer.bytePairs(
                        texts: [corpus.training], vocabularySize: request.vocabularySize))
            case .byte: throw Self.needsSpecialTokens("masked tokens")
            case .file: throw Self.needsFile
            }
        self.tokenizer = tokenizer
        content = .masked(
            try MaskedDataset(corpus, tokenizer: tokenizer, contextLength: request.lengthLimit))
        notices = []
        description = DataDescription(
            source: Self.place(of: corpus.name),
            sha256: Self.hash([corpus.training, corpus.validation]),
            trainingCharacterCount: corpus.training.unicodeScalars.count,
            validationCharacterCount: corpus.validation.unicodeScalars.count,
            tokenizer: tokenizer.kind.rawValue, kind: .masked,
            documentSeparator: corpus.documentSeparator, floor: nil)
    }

    private init(labelled request: Request, tokenizer known: SavedTokenizer?) throws {
        let texts = try LabelledTexts.named(request.source, seed: request.seed)
        let tokenizer =
            switch request.tokenizer {
            case _ where known != nil: known!
            case .character: SavedTokenizer.character(try texts.characterTokenizer())
            case .bytePair:
                SavedTokenizer.pipeline(
                    try texts.bytePairTokenizer(vocabularySize: request.vocabularySize))
            case .byte: throw Self.needsSpecialTokens("labelled texts")
            case .file: throw Self.needsFile
            }
        let dataset = try LabelledDataset(texts, tokenizer: tokenizer, limit: request.lengthLimit)
        self.tokenizer = tokenizer
        content = .labelled(texts, dataset)
        notices = dataset.notices
        let parts = [texts.training, texts.validation]
        let counts = parts.map { $0.reduce(0) { $0 + $1.text.unicodeScalars.count } }
        var description = DataDescription(
            source: Self.place(of: texts.name),
            sha256: Self.hash(
                parts.joined().flatMap { [texts.labels[$0.label], "\t", $0.text, "\n"] }),
            trainingCharacterCount: counts[0], validationCharacterCount: counts[1],
            tokenizer: tokenizer.kind.rawValue, kind: .labelled, documentSeparator: nil, floor: nil)
        description.trainingExampleCount = dataset.training.count
        description.validationExampleCount = dataset.validation.count
        self.description = description
    }

    /// A configuration names no file: its tokenizer stands beside it, in tokenizer.json.
    static let needsFile = ConfigurationError(problems: [
        "the run's tokenizer was read from a file; give it again by --tokenizer FILE, such as its "
            + "tokenizer.json"
    ])

    static func needsSpecialTokens(_ examples: String) -> ConfigurationError {
        ConfigurationError(problems: [
            "\(examples) need a tokenizer with special tokens: character or bpe, not byte"
        ])
    }

    private init(pairs request: Request, tokenizer known: SavedTokenizer?) throws {
        let corpus = try ParallelCorpus.named(
            request.source, seed: request.seed, testCount: 1000, sourceName: request.sourceName,
            targetName: request.targetName)
        let tokenizer =
            switch request.tokenizer {
            case _ where known != nil: known!
            case .character: SavedTokenizer.character(try corpus.characterTokenizer())
            case .bytePair:
                SavedTokenizer.pipeline(
                    try corpus.bytePairTokenizer(vocabularySize: request.vocabularySize))
            case .byte: throw Self.needsSpecialTokens("pairs")
            case .file: throw Self.needsFile
            }
        let dataset = try PairDataset(
            corpus, tokenizer: tokenizer, sourceLimit: request.lengthLimit,
            targetLimit: request.lengthLimit)
        self.tokenizer = tokenizer
        content = .pairs(corpus, dataset)
        notices = dataset.notices
        let parts = [corpus.training, corpus.validation]
        let counts = parts.map { part in
            part.reduce(0) { $0 + $1.source.unicodeScalars.count + $1.target.unicodeScalars.count }
        }
        var description = DataDescription(
            source: Self.place(of: corpus.name),
            sha256: Self.hash(parts.joined().flatMap { [$0.source, "\t", $0.target, "\n"] }),
            trainingCharacterCount: counts[0], validationCharacterCount: counts[1],
            tokenizer: tokenizer.kind.rawValue, kind: .pairs, documentSeparator: nil, floor: nil)
        description.sourceName = corpus.sourceName
        description.targetName = corpus.targetName
        description.trainingExampleCount = dataset.training.count
        description.validationExampleCount = dataset.validation.count
        self.description = description
    }

    /// A loss in nats per token of the validation split as bits per byte of it; nil for anything but text.
    func bitsPerByte(loss: Double) -> Double? {
        guard case .text(let texts) = content, texts.count == 1, loss.isFinite,
            validationByteCount > 0
        else { return nil }
        return loss * Double(texts[0].text.validation.tokens.count) / log(2)
            / Double(validationByteCount)
    }

    static func hash(_ texts: [String]) -> String {
        var hash = SHA256()
        for text in texts { hash.update(Array(text.utf8)) }
        return hash.finalize().hexadecimal
    }

    /// A name that leads to the same data from any working directory.
    static func place(of name: String) -> String {
        isBuiltIn(name) ? name : URL(fileURLWithPath: name).standardizedFileURL.path
    }

    /// Whether a name is that of data which come with the program.
    static func isBuiltIn(_ name: String) -> Bool {
        (Corpus.builtInNames + ParallelCorpus.builtInNames + LabelledTexts.builtInNames)
            .contains(name)
    }
}

extension SavedTokenizer {
    var kind: TrainingData.TokenizerKind {
        switch self {
        case .character: .character
        case .byte: .byte
        case .pipeline(let tokenizer): tokenizer.isBytePairs ? .bytePair : .file
        }
    }
}
