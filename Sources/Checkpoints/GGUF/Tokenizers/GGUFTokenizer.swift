internal import AttendText

/// The tokenizer of a file of llama.cpp.
struct GGUFTokenizer {
    /// Between text and ids.
    let tokenizer: SavedTokenizer
    /// Which tokens begin and end a text.
    let generation: GenerationDefaults

    /// Reads the tokenizer; nil where the file has none.
    ///
    /// - Throws: ``CheckpointError`` where it is of a kind that is not implemented, or its parts contradict each other.
    init?(_ metadata: GGUFMetadata) throws(CheckpointError) {
        let key = "tokenizer.ggml.model"
        guard let model = try metadata.text(key), !["none", "no_vocab"].contains(model) else {
            return nil
        }
        do {
            switch model {
            case "gpt2": self = try Self.bytePairs(metadata)
            case "llama": self = try Self.scoredPieces(metadata)
            default:
                throw metadata.unsupported(key, "is \(model.quoted); known are gpt2 and llama")
            }
        } catch let error as TokenizerError {
            throw metadata.unsupported("tokenizer.ggml", error.sentenceWithoutStop)
        } catch let error as CheckpointError {
            throw error
        } catch {
            throw metadata.unsupported("tokenizer.ggml", "\(error)")
        }
    }

    private init(_ tokenizer: SavedTokenizer, _ generation: GenerationDefaults) {
        self.tokenizer = tokenizer
        self.generation = generation
    }

    /// Byte pairs on bytes, as GPT-2, Llama 3 and Qwen have.
    private static func bytePairs(_ metadata: GGUFMetadata) throws -> GGUFTokenizer {
        let key = "tokenizer.ggml.pre"
        guard let name = try metadata.text(key) else { throw metadata.missing(key) }
        guard let pattern = GGUFPattern.named(name) else {
            let known = GGUFPattern.all.flatMap(\.names).joined(separator: ", ")
            throw metadata.unsupported(key, "is \(name.quoted); known are \(known)")
        }
        let vocabulary = try GGUFVocabulary(metadata)
        let mergesKey = "tokenizer.ggml.merges"
        guard let merges = try metadata.strings(mergesKey) else {
            throw metadata.missing(mergesKey)
        }
        let space = UInt8(ascii: " ")
        let pairs = try merges.enumerated().map { rank, merge -> JSONValue in
            // A merge may begin with a space, but its tokens are written without any.
            guard let border = merge.dropFirst().firstIndex(of: space),
                let left = String(validating: merge[..<border], as: UTF8.self),
                let right = String(validating: merge[(border + 1)...], as: UTF8.self)
            else {
                let shown = String(decoding: merge, as: UTF8.self).quoted
                throw metadata.unsupported(
                    mergesKey, "has the merge \(rank), \(shown), which is not two tokens")
            }
            return .array([.string(left), .string(right)])
        }
        let bytes = JSONValue.fields([
            "type": .string("ByteLevel"), "add_prefix_space": .bool(false),
            "trim_offsets": .bool(true), "use_regex": .bool(true),
        ])
        let model = JSONValue.fields([
            "type": .string("BPE"), "vocab": vocabulary.json, "merges": .array(pairs),
            "ignore_merges": .bool(pattern.ignoresMerges),
        ])
        let marks = try Marks(vocabulary, addsStart: pattern.addsStart)
        let tokenizer = try pipeline(
            normalizer: .null, preTokenizer: pattern.json, model: model, decoder: bytes,
            vocabulary, marks)
        return GGUFTokenizer(tokenizer, marks.generation)
    }

    /// SentencePiece's byte pairs, joined in the order of their scores, as Llama 1 and 2 have.
    private static func scoredPieces(_ metadata: GGUFMetadata) throws -> GGUFTokenizer {
        let vocabulary = try GGUFVocabulary(metadata)
        guard !vocabulary.scores.isEmpty else { throw metadata.missing("tokenizer.ggml.scores") }
        let addsSpace = try vocabulary.flag("add_space_prefix", default: true)
        let marks = try Marks(vocabulary, addsStart: true, start: 1, end: 2, unknown: 0)
        if let characters = try ScoredPieces.characters(of: vocabulary), !addsSpace, !marks.addsAny
        {
            return GGUFTokenizer(.character(characters), marks.generation)
        }
        let merges = try ScoredPieces.merges(of: vocabulary).map { left, right in
            JSONValue.array([.string(left), .string(right)])
        }
        let unknown = marks.unknown.map { JSONValue.string(vocabulary.texts[Int($0)]) }
        let model = JSONValue.fields([
            "type": .string("BPE"), "vocab": vocabulary.json, "merges": .array(merges),
            "unk_token": unknown ?? .null, "fuse_unk": .bool(true), "byte_fallback": .bool(true),
        ])
        let tokenizer = try pipeline(
            normalizer: ScoredPieces.normalizer(addsSpace: addsSpace), preTokenizer: .null,
            model: model, decoder: ScoredPieces.decoder(addsSpace: addsSpace), vocabulary, marks)
        return GGUFTokenizer(tokenizer, marks.generation)
    }

    private static func pipeline(
        normalizer: JSONValue, preTokenizer: JSONValue, model: JSONValue, decoder: JSONValue,
        _ vocabulary: GGUFVocabulary, _ marks: Marks
    ) throws(TokenizerError) -> SavedTokenizer {
        let json = JSONValue.fields([
            "added_tokens": vocabulary.addedTokens, "normalizer": normalizer,
            "pre_tokenizer": preTokenizer, "model": model,
            "post_processor": marks.template(vocabulary), "decoder": decoder,
        ])
        return .pipeline(try PipelineTokenizer(ComponentFields(json, path: "")))
    }
}

extension TokenizerError {
    /// The error within a longer sentence.
    var sentenceWithoutStop: String {
        let sentence = "\(self)"
        return sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence
    }
}

/// The tokens that llama.cpp puts around a text.
private struct Marks {
    let start: Int32?
    let end: Int32?
    let unknown: Int32?
    let generation: GenerationDefaults

    /// Whether any token is put around a text.
    var addsAny: Bool { start != nil || end != nil }

    /// - Parameters:
    ///   - addsStart: whether the start token is put before a text unless the file says otherwise.
    ///   - start: the number of the start token unless the file says otherwise; likewise the others.
    init(
        _ vocabulary: GGUFVocabulary, addsStart: Bool, start: Int32? = nil, end: Int32? = nil,
        unknown: Int32? = nil
    ) throws(CheckpointError) {
        let startToken = try vocabulary.id("bos", default: start)
        let endToken = try vocabulary.id("eos", default: end)
        self.unknown = try vocabulary.id("unknown", default: unknown)
        self.start = try vocabulary.flag("add_bos_token", default: addsStart) ? startToken : nil
        self.end = try vocabulary.flag("add_eos_token", default: false) ? endToken : nil
        var ends = [endToken, try vocabulary.id("eot"), try vocabulary.id("eom")].compactMap { $0 }
        // Files of chat models often name but one of their tokens that end a text.
        ends += vocabulary.texts.indices.filter { Self.endTexts.contains(vocabulary.texts[$0]) }
            .map { Int32($0) }
        var seen: Set<Int32> = []
        // The format cannot say that there is no end: what is ordinary text does not end one.
        ends = ends.filter { vocabulary.isSpecial($0) && seen.insert($0).inserted }
        var generation = GenerationDefaults(
            startToken: self.start, endTokens: ends, paddingToken: try vocabulary.id("padding"))
        generation.forbiddenTokens = vocabulary.unusedTokens
        self.generation = generation
    }

    /// Tokens that end what a model says, by their texts, as llama.cpp has them too.
    private static let endTexts: Set<String> = [
        "<|eot_id|>", "<|im_end|>", "<end_of_turn>", "<|endoftext|>", "<|end_of_text|>",
        "<|eom_id|>", "</s>",
    ]

    /// The post-processor of a `tokenizer.json`; null where nothing is put around a text.
    func template(_ vocabulary: GGUFVocabulary) -> JSONValue {
        guard addsAny else { return .null }
        func mark(_ id: Int32?) -> [JSONValue] {
            id.map { id in
                [
                    .fields([
                        "SpecialToken": .fields([
                            "id": .string(vocabulary.texts[Int(id)]), "type_id": .integer(0),
                        ])
                    ])
                ]
            } ?? []
        }
        func text(_ name: String) -> [JSONValue] {
            [.fields(["Sequence": .fields(["id": .string(name), "type_id": .integer(0)])])]
        }
        var ids: [Int32] = []
        for id in [start, end].compactMap({ $0 }) where !ids.contains(id) { ids.append(id) }
        let marks = ids.map { id in
            let text = vocabulary.texts[Int(id)]
            return (
                name: text,
                value: JSONValue.fields([
                    "id": .string(text), "ids": .array([.integer(Int(id))]),
                    "tokens": .array([.string(text)]),
                ])
            )
        }
        return .fields([
            "type": .string("TemplateProcessing"),
            "single": .array(mark(start) + text("A") + mark(end)),
            "pair": .array(mark(start) + text("A") + text("B") + mark(end)),
            "special_tokens": .object(JSONObject(marks)),
        ])
    }
}
