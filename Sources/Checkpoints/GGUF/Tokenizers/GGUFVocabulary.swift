internal import AttendText

/// The tokens of a file of llama.cpp, with all that its metadata says about them.
struct GGUFVocabulary {
    /// What a token is, by the numbers of the format.
    enum Kind: Int, Sendable {
        /// Ordinary text.
        case normal = 1
        /// Stands for what has no token.
        case unknown = 2
        /// Marks a place, and is no text.
        case control = 3
        /// Text that was added to the vocabulary, and is found before all else.
        case userDefined = 4
        /// Fills up the numbers.
        case unused = 5
        /// A single byte, named like `<0x0A>`.
        case byte = 6
    }

    /// The most tokens that are read.
    static let mostTokens = 1 << 21

    /// How each token is written, by its number.
    let texts: [String]
    /// What each token is.
    let kinds: [Kind]
    /// How likely each token is; empty where the file does not say.
    let scores: [Float]
    private let metadata: GGUFMetadata

    init(_ metadata: GGUFMetadata) throws(CheckpointError) {
        self.metadata = metadata
        let key = "tokenizer.ggml.tokens"
        guard let tokens = try metadata.strings(key) else { throw metadata.missing(key) }
        guard tokens.count <= Self.mostTokens else {
            throw metadata.unsupported(
                key, "is a list of \(tokens.count) tokens where at most \(Self.mostTokens) are read"
            )
        }
        var texts: [String] = []
        texts.reserveCapacity(tokens.count)
        for (id, bytes) in tokens.enumerated() {
            guard let text = String(validating: bytes, as: UTF8.self) else {
                let shown = String(decoding: bytes, as: UTF8.self).quoted
                throw metadata.unsupported(key, "has the token \(id), \(shown), which is not UTF-8")
            }
            texts.append(text.isEmpty ? "[EMPTY_\(id)]" : text)
        }
        self.texts = texts
        let scoresKey = "tokenizer.ggml.scores", typesKey = "tokenizer.ggml.token_type"
        scores =
            try Self.checked(
                metadata.fractions(scoresKey), scoresKey, count: texts.count, metadata) ?? []
        if let id = scores.firstIndex(where: { !$0.isFinite }) {
            throw metadata.unsupported(
                scoresKey, "has the score \(scores[id]) for token \(id)")
        }
        let types = try Self.checked(
            metadata.integers(typesKey), typesKey, count: texts.count, metadata)
        var kinds = types?.map { Kind(rawValue: $0) ?? .normal } ?? []
        if types == nil {
            kinds = [Kind](repeating: .normal, count: texts.count)
            // Old files have no types: the tokens that others name are no text.
            for name in Self.specialNames {
                if let id = try metadata.integer(
                    "tokenizer.ggml.\(name)_token_id", in: 0...Int(UInt32.max)),
                    kinds.indices.contains(id)
                {
                    kinds[id] = name == "unknown" ? .unknown : .control
                }
            }
        }
        self.kinds = kinds
    }

    private static let specialNames = [
        "bos", "eos", "eot", "eom", "unknown", "seperator", "padding", "mask",
    ]

    /// The number of a special token: what the file says, or the default; nil where the vocabulary has no such number.
    func id(_ name: String, default fallback: Int32? = nil) throws(CheckpointError) -> Int32? {
        let key = "tokenizer.ggml.\(name)_token_id"
        // Some files say −1 for none, of whatever type.
        let range = -1...Int(UInt32.max)
        let id = try metadata.integer(key, in: range) ?? fallback.map(Int.init)
        return id.flatMap { texts.indices.contains($0) ? Int32($0) : nil }
    }

    /// A truth value about the tokenizer.
    func flag(_ name: String, default fallback: Bool) throws(CheckpointError) -> Bool {
        try metadata.bool("tokenizer.ggml.\(name)") ?? fallback
    }

    /// Whether a token is no text.
    func isSpecial(_ id: Int32) -> Bool { [.control, .unknown].contains(kinds[Int(id)]) }

    /// The tokens of `added_tokens` in a `tokenizer.json`.
    var addedTokens: JSONValue {
        .array(
            kinds.indices.filter { [.control, .unknown, .userDefined].contains(kinds[$0]) }
                .map { id in
                    .fields([
                        "id": .integer(id), "content": .string(texts[id]),
                        "single_word": .bool(false), "lstrip": .bool(false),
                        "rstrip": .bool(false), "normalized": .bool(false),
                        "special": .bool(kinds[id] != .userDefined),
                    ])
                })
    }

    /// The numbers that are tokens of no text and mark no place.
    var unusedTokens: [Int32] {
        kinds.indices.filter { kinds[$0] == .unused }.map { Int32($0) }
    }

    /// The object `vocab` of a `tokenizer.json`, without what only fills up the numbers.
    var json: JSONValue {
        let used = texts.enumerated().filter { kinds[$0.offset] != .unused }
        return .object(JSONObject(used.map { (name: $0.element, value: .integer($0.offset)) }))
    }

    /// A list that must have an element for each token.
    private static func checked<Element>(
        _ list: [Element]?, _ key: String, count: Int, _ metadata: GGUFMetadata
    ) throws(CheckpointError) -> [Element]? {
        guard let list, list.count != count else { return list }
        throw metadata.unsupported(
            key, "is a list of \(list.count) where there are \(count) tokens")
    }
}
