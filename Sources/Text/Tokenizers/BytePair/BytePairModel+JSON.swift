extension BytePairModel {
    /// Reads the `BPE` model of a `tokenizer.json`.
    ///
    /// - Throws: ``TokenizerError/invalid(_:)`` where a field is wrong, a merge joins or makes a token that the
    ///   vocabulary lacks, or joins are to be left out by chance (`dropout`).
    package init(_ fields: ComponentFields, reserved: Set<Int32>) throws(TokenizerError) {
        _ = try fields.text("type")
        if let dropout = try fields.number("dropout"), dropout != 0 {
            throw fields.fault(
                "dropout", .number("\(dropout)"), needed: "null, so that a text has one encoding,")
        }
        var settings = Settings()
        settings.unknownToken = try fields.text("unk_token")
        settings.continuingPrefix = try fields.filledText("continuing_subword_prefix")
        settings.endOfWordSuffix = try fields.filledText("end_of_word_suffix")
        settings.fusesUnknown = try fields.flag("fuse_unk", default: false)
        settings.fallsBackToBytes = try fields.flag("byte_fallback", default: false)
        settings.ignoresMerges = try fields.flag("ignore_merges", default: false)
        let vocabulary = try fields.vocabulary(reserved: reserved)
        var pairs: [TokenPair] = []
        let list = try fields.list("merges") ?? []
        pairs.reserveCapacity(list.count)
        for (rank, value) in list.enumerated() {
            switch value {
            case .string(let text): pairs.append(try vocabulary.pair(text, rank: rank))
            case .array(let parts):
                guard parts.count == 2, case .string(let left) = parts[0],
                    case .string(let right) = parts[1]
                else { fallthrough }
                pairs.append(try vocabulary.pair(left.utf8, right.utf8, rank: rank))
            default:
                throw fields.fault(
                    "merges[\(rank)]", value, needed: #"two tokens, "a b" or ["a", "b"],"#)
            }
        }
        try fields.finish()
        try self.init(vocabulary: vocabulary, merges: pairs, settings: settings)
    }

    /// The model as it stands in `tokenizer.json`.
    package var json: JSONValue {
        func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
        return .fields([
            "type": .string("BPE"), "dropout": .null, "unk_token": text(settings.unknownToken),
            "continuing_subword_prefix": text(settings.continuingPrefix),
            "end_of_word_suffix": text(settings.endOfWordSuffix),
            "fuse_unk": .bool(settings.fusesUnknown),
            "byte_fallback": .bool(settings.fallsBackToBytes),
            "ignore_merges": .bool(settings.ignoresMerges), "vocab": vocabulary.json,
            "merges": .array(mergesJSON),
        ])
    }

    /// The merges: as one text with a space, which older readers know, or where a token holds a space as
    /// two.
    private var mergesJSON: [JSONValue] {
        let texts = merges.map { pair in
            (vocabulary.text(of: pair.left) ?? "", vocabulary.text(of: pair.right) ?? "")
        }
        let space = UInt8(ascii: " ")
        if texts.contains(where: { $0.0.utf8.contains(space) || $0.1.utf8.contains(space) }) {
            return texts.map { .array([.string($0.0), .string($0.1)]) }
        }
        return texts.map { .string("\($0.0) \($0.1)") }
    }
}

extension Vocabulary {
    /// The two tokens of a merge that is written with a space between them.
    func pair(_ text: String, rank: Int) throws(TokenizerError) -> TokenPair {
        let space = UInt8(ascii: " ")
        let bytes = text.utf8
        guard let border = bytes.firstIndex(of: space),
            !bytes[bytes.index(after: border)...].contains(space)
        else {
            throw .invalid(
                "The tokenizer's merge \(rank), \(text.quoted), is not two tokens with a space between "
                    + "them.")
        }
        return try pair(bytes[..<border], bytes[bytes.index(after: border)...], rank: rank)
    }

    /// The two tokens of a merge.
    func pair(
        _ left: some Collection<UInt8>, _ right: some Collection<UInt8>, rank: Int
    ) throws(TokenizerError) -> TokenPair {
        func id(_ token: some Collection<UInt8>) throws(TokenizerError) -> Int32 {
            guard let id = self.id(of: Array(token)[...]) else {
                let names = [Array(left), Array(right), Array(token)].map {
                    String(decoding: $0, as: UTF8.self)
                }
                throw .invalid(
                    "The tokenizer's merge \(rank), \("\(names[0]) \(names[1])".quoted), joins "
                        + "\(names[2].quoted), which is not in its vocabulary; add it, or remove the "
                        + "merge.")
            }
            return id
        }
        return TokenPair(try id(left), try id(right))
    }
}

extension ComponentFields {
    /// A text; nil where it is missing, null or empty.
    fileprivate func filledText(_ name: String) throws(TokenizerError) -> String? {
        try text(name).flatMap { $0.isEmpty ? nil : $0 }
    }
}
