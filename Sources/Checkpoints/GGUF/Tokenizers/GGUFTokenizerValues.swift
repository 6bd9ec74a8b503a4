package import AttendText

/// A tokenizer as values of a GGUF file's metadata, such that llama.cpp gives the same ids.
package struct GGUFTokenizerValues {
    /// The values by their keys.
    package private(set) var values: [(key: String, value: GGUFValue)] = []
    /// What programs that read the values do otherwise, as sentences.
    package private(set) var notices: [String] = []
    private let rows: Int

    /// A tokenizer of this model that the format has no place for.
    package struct Misfit: Error {
        package let reason: String
    }

    /// - Parameters:
    ///   - rows: how many tokens the model has vectors for; llama.cpp wants as many tokens.
    ///   - generation: which tokens begin and end a text.
    /// - Throws: ``Misfit`` where the format has no place for such a tokenizer.
    package init(
        _ tokenizer: SavedTokenizer?, rows: Int, generation: GenerationDefaults
    ) throws {
        self.rows = rows
        guard let tokenizer else {
            add("model", .text("none"))
            return
        }
        guard tokenizer.vocabularySize <= rows else {
            throw Misfit(
                reason: "its tokenizer has \(tokenizer.vocabularySize) tokens where the model has "
                    + "vectors for \(rows)")
        }
        switch tokenizer {
        case .character(let characters): try addCharacters(characters, generation)
        case .byte: addBytes(generation)
        case .pipeline(let pipeline): try addPipeline(pipeline, generation)
        }
    }

    private mutating func add(_ name: String, _ value: GGUFValue) {
        values.append((key: "tokenizer.ggml.\(name)", value: value))
    }

    /// Characters: pieces of one character, of which none is ever joined with another.
    private mutating func addCharacters(
        _ tokenizer: CharacterTokenizer, _ generation: GenerationDefaults
    ) throws(Misfit) {
        let count = tokenizer.specialTokens.count
        var tokens = Tokens(rows: rows)
        for special in tokenizer.specialTokens { tokens.add(special.text, special.id, .control) }
        for (offset, character) in tokenizer.characters.enumerated() {
            let isSpace = character == " "
            if String(character) == ScoredPieces.space, tokenizer.characters.contains(" ") {
                throw Misfit(
                    reason:
                        "its characters are both a space and \(ScoredPieces.space), which are one there"
                )
            }
            tokens.add(
                isSpace ? ScoredPieces.space : String(character), Int32(offset + count), .normal)
        }
        add("model", .text("llama"))
        add("pre", .text("default"))
        try add(tokens)
        add("scores", .array(.float32([Float](repeating: 0, count: rows))))
        addMarks(start: nil, end: nil, generation, stand: tokens.leastHarmful)
        add("add_space_prefix", .bool(false))
    }

    /// Bytes: byte pairs without merges.
    private mutating func addBytes(_ generation: GenerationDefaults) {
        var tokens = Tokens(rows: rows)
        for (byte, character) in ByteAlphabet.scalars.enumerated() {
            tokens.add(String(character), Int32(byte), .normal)
        }
        add("model", .text("gpt2"))
        add("pre", .text("gpt-2"))
        // Texts of bytes are never equal.
        try? add(tokens)
        add("merges", .array(.string(ByteStrings())))
        addMarks(start: nil, end: nil, generation, stand: tokens.leastHarmful)
    }

    private mutating func addPipeline(
        _ pipeline: PipelineTokenizer, _ generation: GenerationDefaults
    ) throws {
        guard case .bytePair(let model) = pipeline.model else {
            throw Misfit(reason: "its tokenizer is not one of byte pairs")
        }
        let settings = model.settings
        guard settings.continuingPrefix == nil, settings.endOfWordSuffix == nil else {
            throw Misfit(reason: "its tokens are marked at the ends of words")
        }
        var tokens = Tokens(rows: rows)
        let unknown = settings.unknownToken.flatMap { model.vocabulary.id(of: $0) }
        let added = pipeline.addedTokens.tokens
        let addedIDs = Set(added.map(\.id))
        for (text, id) in model.vocabulary.tokens where !addedIDs.contains(Int32(id)) {
            tokens.add(text, Int32(id), .normal)
        }
        for token in added {
            guard !token.isSingleWord, !token.stripsLeft, !token.stripsRight else {
                throw Misfit(
                    reason: "its token \(token.content.quoted) looks at what stands around it")
            }
            tokens.add(token.content, token.id, token.isSpecial ? .control : .userDefined)
        }
        let merges = try Self.merges(of: model)
        let (start, end) = try Self.marks(of: pipeline.postProcessor)
        if settings.fallsBackToBytes {
            let addsSpace = try Self.addsSpace(pipeline)
            for byte in UInt8.min...UInt8.max {
                let digits = String(byte, radix: 16, uppercase: true)
                let name = "<0x\(digits.count == 1 ? "0" : "")\(digits)>"
                if let id = model.vocabulary.id(of: name) { tokens.add(name, id, .byte) }
            }
            if let unknown { tokens.setKind(.unknown, of: unknown) }
            guard
                let scores = try ScoredPieces.scores(
                    of: merges, texts: tokens.texts, isPiece: { tokens.kinds[$0] == .normal })
            else { throw Misfit(reason: "the order of its merges is not that of any scores") }
            add("model", .text("llama"))
            add("pre", .text("default"))
            try add(tokens)
            add("scores", .array(.float32(scores)))
            addMarks(start: start, end: end, generation, stand: tokens.leastHarmful)
            add("add_space_prefix", .bool(addsSpace))
        } else {
            let name = try patternName(
                pipeline, ignoresMerges: settings.ignoresMerges, hasMerges: !merges.isEmpty)
            add("model", .text("gpt2"))
            add("pre", .text(name))
            try add(tokens)
            let texts = merges.map { left, right in Array("\(left) \(right)".utf8) }
            add("merges", .array(.string(ByteStrings(texts))))
            addMarks(start: start, end: end, generation, stand: tokens.leastHarmful)
        }
        if let unknown { add("unknown_token_id", .uint32(UInt32(unknown))) }
    }

    /// The two texts of each merge.
    private static func merges(of model: BytePairModel) throws -> [(String, String)] {
        guard case .object(let object) = model.json,
            case .array(let list)? = object.members["merges"]
        else { return [] }
        return list.compactMap { merge in
            switch merge {
            case .string(let text):
                let parts = text.split(separator: " ", maxSplits: 1).map(String.init)
                return parts.count == 2 ? (parts[0], parts[1]) : nil
            case .array(let parts):
                guard parts.count == 2, case .string(let left) = parts[0],
                    case .string(let right) = parts[1]
                else { return nil }
                return (left, right)
            default: return nil
            }
        }
    }

    /// The name of what divides texts before byte pairs are joined.
    private mutating func patternName(
        _ pipeline: PipelineTokenizer, ignoresMerges: Bool, hasMerges: Bool
    ) throws(Misfit) -> String {
        if let pattern = GGUFPattern(pipeline.preTokenizer, ignoresMerges: ignoresMerges) {
            // llama.cpp changes no texts; files of Qwen have this form all the same.
            let composed = Normalizer.form(.composed)
            let isComposed = pipeline.normalizer == composed && pattern.names[0] == "qwen2"
            guard pipeline.normalizer == nil || isComposed else {
                throw Misfit(reason: "its tokenizer changes texts before it divides them")
            }
            if isComposed {
                notices.append(
                    "llama.cpp does not bring texts into the form NFC, as this tokenizer does, so a letter that is "
                        + "written as two characters can become other tokens there.")
            }
            return pattern.names[0]
        }
        // Without merges it does not matter where texts are divided.
        if case .byteLevel(let bytes) = pipeline.preTokenizer, !bytes.addsPrefixSpace, !hasMerges,
            pipeline.normalizer == nil
        {
            return "gpt-2"
        }
        throw Misfit(reason: "its tokenizer divides texts in a way that has no name there")
    }

    /// Whether a space is put before a text whose spaces are made visible.
    private static func addsSpace(_ pipeline: PipelineTokenizer) throws(Misfit) -> Bool {
        if pipeline.preTokenizer == nil {
            for addsSpace in [true, false]
            where pipeline.normalizer?.json.line
                == ScoredPieces.normalizer(addsSpace: addsSpace).line
            {
                return addsSpace
            }
        }
        if case .metaspace(let metaspace) = pipeline.preTokenizer, pipeline.normalizer == nil,
            String(metaspace.replacement) == ScoredPieces.space, !metaspace.divides
        {
            return metaspace.scheme != .never
        }
        throw Misfit(reason: "its tokenizer treats spaces in a way that has no place there")
    }

    /// The tokens before and after a text.
    private static func marks(
        of processor: PostProcessor?
    ) throws(Misfit) -> (start: Int32?, end: Int32?) {
        switch processor {
        case nil, .byteLevel: return (nil, nil)
        case .sequence(let members):
            var found: (start: Int32?, end: Int32?) = (nil, nil)
            for member in members {
                let marks = try marks(of: member)
                if marks.start != nil || marks.end != nil { found = marks }
            }
            return found
        case .template(let template):
            var ids: [[Int32]] = [[], []]
            var place = 0
            for part in template.single {
                switch part {
                case .text: place = 1
                case .mark(let name, _):
                    ids[place] += template.marks.first { $0.name == name }?.ids ?? []
                }
            }
            if ids.allSatisfy({ $0.count <= 1 }) { return (ids[0].first, ids[1].first) }
        default: break
        }
        throw Misfit(
            reason: "its tokenizer puts other tokens around a text than one before and one after")
    }

    /// The lists of tokens.
    private mutating func add(_ tokens: Tokens) throws(Misfit) {
        var seen: Set<[UInt8]> = []
        for text in tokens.texts where !seen.insert(Array(text.utf8)).inserted {
            throw Misfit(reason: "it has the token \(text.quoted) twice")
        }
        add("tokens", .array(.string(ByteStrings(tokens.texts.map(\.utf8)))))
        add("token_type", .array(.int32(tokens.kinds.map { Int32($0.rawValue) })))
    }

    /// The tokens that begin and end a text.
    ///
    /// - Parameter stand: stands for those that do not exist, since llama.cpp would take others instead.
    private mutating func addMarks(
        start: Int32?, end: Int32?, _ generation: GenerationDefaults, stand: Int32
    ) {
        let endToken = end ?? generation.endTokens.first ?? stand
        let startToken = start ?? generation.startToken ?? endToken
        add("bos_token_id", .uint32(UInt32(clamping: startToken)))
        add("eos_token_id", .uint32(UInt32(clamping: endToken)))
        if let second = generation.endTokens.dropFirst().first {
            add("eot_token_id", .uint32(UInt32(clamping: second)))
        }
        if let padding = generation.paddingToken {
            add("padding_token_id", .uint32(UInt32(clamping: padding)))
        }
        add("add_bos_token", .bool(start != nil))
        add("add_eos_token", .bool(end != nil))
    }
}

/// All rows of a model with their texts and kinds.
private struct Tokens {
    private(set) var texts: [String]
    private(set) var kinds: [GGUFVocabulary.Kind]

    /// Rows without a token, which have a text all the same.
    init(rows: Int) {
        texts = (0..<rows).map { "[PAD\($0)]" }
        kinds = [GGUFVocabulary.Kind](repeating: .unused, count: rows)
    }

    mutating func add(_ text: String, _ id: Int32, _ kind: GGUFVocabulary.Kind) {
        texts[Int(id)] = text
        kinds[Int(id)] = kind
    }

    mutating func setKind(_ kind: GGUFVocabulary.Kind, of id: Int32) { kinds[Int(id)] = kind }

    /// The token that is missed least where a text ends with it: one that marks an end or a place, one that nothing
    /// gives, the byte FF, which no text has, or the last.
    var leastHarmful: Int32 {
        let ends = ["</s>", "<|endoftext|>", "<eos>"]
        let byte = String(ByteAlphabet.scalars[0xFF])
        let choice =
            texts.indices.first { kinds[$0] == .control && ends.contains(texts[$0]) }
            ?? kinds.firstIndex(of: .control) ?? kinds.firstIndex(of: .unused)
            ?? texts.firstIndex(of: byte) ?? texts.count - 1
        return Int32(choice)
    }
}
