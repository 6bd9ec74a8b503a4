extension BytePairTokenizer: Codable {
    /// Reads the `tokenizer.json` of Hugging Face tokenizers: model BPE, words and bytes by ByteLevel.
    ///
    /// The special tokens must have the first ids, the vocabulary all ids once, and each token a merge
    /// that makes it.
    ///
    /// - Throws: ``TokenizerError/invalid(_:)`` for a wrong value, the decoder's own error for a wrong type.
    public init(from decoder: any Decoder) throws {
        let file = try decoder.container(keyedBy: TokenizerField.self)
        try file.requireOnly(
            [
                "version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer",
                "post_processor", "decoder", "model",
            ], in: "tokenizer")
        if file.contains("version") { _ = try file.decode(String.self, forKey: "version") }
        try file.requireNothing(
            ["truncation", "padding", "normalizer", "post_processor"], in: "tokenizer")
        for part: TokenizerField in ["pre_tokenizer", "decoder"] {
            try Self.checkByteLevel(file, part)
        }
        let model = try file.nestedContainer(keyedBy: TokenizerField.self, forKey: "model")
        try Self.checkSettings(of: model)
        let added =
            try file.decodeIfPresent([AddedToken].self, forKey: "added_tokens")?.sorted {
                $0.id < $1.id
            } ?? []
        var ids = try model.decode([String: Int].self, forKey: "vocab")
        for (index, token) in added.enumerated() {
            guard token.id == index, ids[token.content] ?? index == index else {
                throw TokenizerError.invalid(
                    "The tokenizer's special token \"\(token.content)\" has the id "
                        + "\(ids[token.content] ?? token.id); special tokens must have the first ids, "
                        + "so this one \(index).")
            }
            ids[token.content] = nil
        }
        let special = added.map(\.content)
        let tokens = try Self.tokens(ids, after: special.count)
        let merges = try model.decode([StoredMerge].self, forKey: "merges")
        try self.init(
            specialTokens: special, tokens: tokens,
            merges: Self.pairs(merges, ids: ids))
    }

    private static func checkByteLevel(
        _ file: KeyedDecodingContainer<TokenizerField>, _ name: TokenizerField
    ) throws {
        let place = "tokenizer's field \"\(name.stringValue)\""
        let part = try file.nestedContainer(keyedBy: TokenizerField.self, forKey: name)
        let type = try part.decode(String.self, forKey: "type")
        guard type == "ByteLevel" else {
            throw TokenizerError.invalid(
                "The \(place) has the type \"\(type)\"; only \"ByteLevel\" can be read.")
        }
        try part.requireOnly(
            ["type", "add_prefix_space", "trim_offsets", "use_regex"], in: place)
        // Offsets are not given, and a decoder adds nothing: those of its settings have no effect.
        let settings: [TokenizerField] = ["add_prefix_space", "trim_offsets", "use_regex"]
        for setting in settings where part.contains(setting) {
            _ = try part.decode(Bool.self, forKey: setting)
        }
        if name == "pre_tokenizer" {
            try part.require(["add_prefix_space": false, "use_regex": true], in: place)
        }
    }

    private static func checkSettings(of model: KeyedDecodingContainer<TokenizerField>) throws {
        let place = "tokenizer's model"
        let type = try model.decode(String.self, forKey: "type")
        guard type == "BPE" else {
            throw TokenizerError.invalid(
                "The tokenizer's model has the type \"\(type)\"; only \"BPE\" can be read.")
        }
        try model.requireOnly(
            [
                "type", "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix",
                "fuse_unk", "byte_fallback", "ignore_merges", "vocab", "merges",
            ], in: place)
        try model.requireNothing(
            ["dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix"], in: place)
        try model.require(
            ["fuse_unk": false, "byte_fallback": false, "ignore_merges": false], in: place)
    }

    /// The bytes of the tokens by id, from the id after the special ones.
    private static func tokens(_ ids: [String: Int], after specialCount: Int)
        throws(TokenizerError) -> [[UInt8]]
    {
        var texts = [String?](repeating: nil, count: ids.count)
        // In the order of their ids, so that the same file always gives the same message.
        for (text, id) in ids.sorted(by: { ($0.value, $0.key) < ($1.value, $1.key) }) {
            let index = id.subtractingReportingOverflow(specialCount)
            guard !index.overflow, texts.indices.contains(index.partialValue) else {
                throw .invalid(
                    "The tokenizer's token \"\(text)\" has the id \(id); expected ids from "
                        + "\(specialCount) to \(specialCount + ids.count - 1), each once.")
            }
            if let other = texts[index.partialValue] {
                throw .invalid(
                    "The tokenizer's tokens \"\(other)\" and \"\(text)\" have the same id \(id); each "
                        + "needs its own.")
            }
            texts[index.partialValue] = text
        }
        var tokens: [[UInt8]] = []
        for text in texts.compactMap({ $0 }) {
            guard let bytes = ByteAlphabet.bytes(of: text), !bytes.isEmpty else {
                throw .invalid(
                    "The tokenizer's token \"\(text)\" is not written in the 256 characters that stand "
                        + "for bytes.")
            }
            tokens.append(bytes)
        }
        return tokens
    }

    private static func pairs(_ merges: [StoredMerge], ids: [String: Int]) throws(TokenizerError)
        -> [TokenPair]
    {
        var pairs: [TokenPair] = []
        pairs.reserveCapacity(merges.count)
        for (rank, merge) in merges.enumerated() {
            func id(_ text: String) throws(TokenizerError) -> Int32 {
                guard let id = ids[text] else {
                    throw .invalid(
                        "The tokenizer's merge \(rank) joins \"\(text)\", which is not in its "
                            + "vocabulary; add it, or remove the merge.")
                }
                return Int32(id)
            }
            pairs.append(TokenPair(try id(merge.left), try id(merge.right)))
        }
        return pairs
    }

    /// Writes the form that is read, which Hugging Face tokenizers reads too.
    public func encode(to encoder: any Encoder) throws {
        var file = encoder.container(keyedBy: TokenizerField.self)
        try file.encode("1.0", forKey: "version")
        for name: TokenizerField in ["truncation", "padding", "normalizer", "post_processor"] {
            try file.encodeNil(forKey: name)
        }
        try file.encode(
            specialTexts.enumerated().map { AddedToken(id: $0, content: $1) },
            forKey: "added_tokens")
        for name: TokenizerField in ["pre_tokenizer", "decoder"] {
            var part = file.nestedContainer(keyedBy: TokenizerField.self, forKey: name)
            try part.encode("ByteLevel", forKey: "type")
            try part.encode(false, forKey: "add_prefix_space")
            try part.encode(true, forKey: "trim_offsets")
            try part.encode(true, forKey: "use_regex")
        }
        var model = file.nestedContainer(keyedBy: TokenizerField.self, forKey: "model")
        try model.encode("BPE", forKey: "type")
        for name: TokenizerField in [
            "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix",
        ] {
            try model.encodeNil(forKey: name)
        }
        for name: TokenizerField in ["fuse_unk", "byte_fallback", "ignore_merges"] {
            try model.encode(false, forKey: name)
        }
        let texts = specialTexts + tokens.map(ByteAlphabet.text)
        let ids = texts.enumerated().map { ($1, $0) }
        try model.encode([String: Int](uniqueKeysWithValues: ids), forKey: "vocab")
        try model.encode(
            merges.map { StoredMerge(left: texts[Int($0.left)], right: texts[Int($0.right)]) },
            forKey: "merges")
    }
}

/// A token that is no part of the text, as it stands in `added_tokens`.
private struct AddedToken: Codable {
    let id: Int
    let content: String

    init(id: Int, content: String) { (self.id, self.content) = (id, content) }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: TokenizerField.self)
        id = try fields.decode(Int.self, forKey: "id")
        content = try fields.decode(String.self, forKey: "content")
        let place = "tokenizer's added token \"\(content)\""
        try fields.requireOnly(
            ["id", "content", "single_word", "lstrip", "rstrip", "normalized", "special"], in: place
        )
        // Text never gives these tokens, so how they would be found in it has no effect.
        let settings: [TokenizerField] = ["single_word", "lstrip", "rstrip", "normalized"]
        for setting in settings where fields.contains(setting) {
            _ = try fields.decode(Bool.self, forKey: setting)
        }
        try fields.require(["special": true], in: place)
    }

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: TokenizerField.self)
        try fields.encode(id, forKey: "id")
        try fields.encode(content, forKey: "content")
        for name: TokenizerField in ["single_word", "lstrip", "rstrip", "normalized"] {
            try fields.encode(false, forKey: name)
        }
        try fields.encode(true, forKey: "special")
    }
}

/// Two tokens that are joined: `"a b"`, or in newer files `["a","b"]`; neither holds a space.
private struct StoredMerge: Codable {
    let left: String
    let right: String

    init(left: String, right: String) { (self.left, self.right) = (left, right) }

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        let text = try? value.decode(String.self)
        let parts =
            try text.map {
                $0.unicodeScalars.split(separator: " ", omittingEmptySubsequences: false)
            }?
            .map { String($0) } ?? value.decode([String].self)
        guard parts.count == 2 else {
            throw TokenizerError.invalid(
                "The tokenizer's merge \"\(parts.joined(separator: " "))\" has \(parts.count) parts; "
                    + "expected two with a space between them.")
        }
        (left, right) = (parts[0], parts[1])
    }

    func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        try value.encode("\(left) \(right)")
    }
}
