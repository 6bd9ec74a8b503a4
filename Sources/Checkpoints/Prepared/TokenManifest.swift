internal import AttendText

/// What `manifest.json` of a prepared folder says: what its files hold, and how they came about.
public struct TokenManifest: Codable, Hashable, Sendable {
    /// The version of this format.
    public var formatVersion = Self.newestFormatVersion
    /// How many bytes each id has in the files, the lowest first: 2 or 4.
    public var bytesPerToken: Int
    /// How many ids the tokenizer has.
    public var vocabularySize: Int
    /// SHA-256 of `tokenizer.json`.
    public var tokenizerSHA256: String
    /// The file or folder that was read, as it was named.
    public var source: String
    /// SHA-256 of its documents, with a zero byte after each.
    public var sourceSHA256: String
    /// What stands between documents, as text; nil where the text is one whole.
    public var separator: String?
    /// The ids that end each document; nil where the text is one whole.
    public var separatorTokens: [Int32]?
    /// The share of documents, or of the text, that is kept for validation.
    public var heldOut: Double
    /// What decides which documents these are.
    public var seed: UInt64
    /// How many documents were left out because they occurred before; nil where none was looked for.
    public var duplicateCount: Int?
    /// What is trained on.
    public var training: Part
    /// What is kept for validation.
    public var validation: Part

    /// The format that this version writes and reads.
    public static let newestFormatVersion = 1

    /// One of the two parts.
    public struct Part: Codable, Hashable, Sendable {
        /// How many ids there are.
        public var tokenCount = 0
        /// How many characters (Unicode scalars) they spell, without separators.
        public var characterCount = 0
        /// How many bytes of UTF-8 they spell, separators included.
        public var byteCount = 0
        /// How many documents there are.
        public var documentCount = 0
        /// The files of ids in their order.
        public var shards: [Shard] = []
        /// SHA-256 of the file with the places of documents; nil where the text is one whole.
        public var documentsSHA256: String?
    }

    /// One file of ids.
    public struct Shard: Codable, Hashable, Sendable {
        /// How many ids it holds.
        public var tokenCount: Int
        /// SHA-256 of the file.
        public var sha256: String
    }

    /// The name of the file with the ids of this number.
    static func shardName(_ part: String, _ number: Int) -> String {
        let digits = String(number)
        return
            "\(part)-\(String(repeating: "0", count: max(0, 5 - digits.utf8.count)))\(digits).bin"
    }

    /// The name of the file with the places where documents start.
    static func documentsName(_ part: String) -> String { "\(part)-documents.bin" }

    static let fileName = "manifest.json"
    static let tokenizerName = "tokenizer.json"

    /// The most files that the ids of a part may be divided among; each is open while a model learns.
    static let mostTokenShards = 256

    /// Throws unless the numbers go together.
    func validate(path: String) throws(CheckpointError) {
        func refuse(_ explanation: String) -> CheckpointError {
            CheckpointError(.malformed, path: path, explanation)
        }
        guard formatVersion == Self.newestFormatVersion else {
            throw CheckpointError(
                .unsupported, path: path,
                "has formatVersion \(formatVersion), and this version of Attend reads"
                    + " \(Self.newestFormatVersion); prepare the data again")
        }
        guard bytesPerToken == 2 || bytesPerToken == 4 else {
            throw refuse("has bytesPerToken \(bytesPerToken); expected 2 or 4")
        }
        guard (1...Int(Int32.max)).contains(vocabularySize) else {
            throw refuse("has vocabularySize \(vocabularySize); expected at least 1")
        }
        if let separatorTokens {
            guard !separatorTokens.isEmpty, separatorTokens.allSatisfy(isInVocabulary) else {
                throw refuse("has separatorTokens that are none or not in the vocabulary")
            }
        }
        for (name, part) in [("training", training), ("validation", validation)] {
            guard (1...Self.mostTokenShards).contains(part.shards.count) else {
                throw refuse(
                    "lists \(part.shards.count) files for \(name); expected 1 to"
                        + " \(Self.mostTokenShards); give a greater --shard-tokens")
            }
            guard part.characterCount >= 0, part.byteCount >= 0, part.documentCount >= 0 else {
                throw refuse("has a negative count for \(name)")
            }
            var sum = 0
            for shard in part.shards {
                let (total, overflow) = sum.addingReportingOverflow(shard.tokenCount)
                guard !overflow, shard.tokenCount >= 1 else {
                    throw refuse("has a file of \(shard.tokenCount) tokens for \(name)")
                }
                sum = total
            }
            guard sum == part.tokenCount else {
                throw refuse(
                    "says that \(name) has \(part.tokenCount) tokens, but its files have \(sum)")
            }
            guard (part.documentsSHA256 != nil) == (separatorTokens != nil) else {
                throw refuse("must have separatorTokens and documentsSHA256 together, or neither")
            }
        }
    }

    func isInVocabulary(_ id: Int32) -> Bool { id >= 0 && Int(id) < vocabularySize }
}
