import AttendCheckpoints
import AttendModels
import AttendText
import Testing

@Suite("Tokenizers in GGUF files")
struct GGUFTokenizerTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    /// The tokenizer of a file with these values and no tensors.
    private func read(_ values: [(String, GGUFValue)]) throws -> SavedTokenizer {
        let path = directory.path("x.gguf")
        try GGUFWriter.write(
            metadata: values.map { (key: "tokenizer.ggml.\($0)", value: $1) }, tensors: [], to: path
        )
        return try TokenizerFile.read(at: path)
    }

    private func refusal(_ values: [(String, GGUFValue)]) -> String {
        let error = #expect(throws: CheckpointError.self) { try read(values) }
        return error?.explanation ?? ""
    }

    private func texts(_ texts: [String]) -> GGUFValue {
        .array(.string(ByteStrings(texts.map(\.utf8))))
    }

    /// A vocabulary of byte pairs with one merge and a mark at the end.
    private func bytePairs(
        pre: String = "gpt-2", _ changes: [(String, GGUFValue?)] = []
    ) -> [(String, GGUFValue)] {
        var values: [(String, GGUFValue)] = [
            ("model", .text("gpt2")), ("pre", .text(pre)),
            ("tokens", texts(["a", "b", "Ġ", "1", "ab", "Ġa", "<|end|>", "aba"])),
            ("token_type", .array(.int32([1, 1, 1, 1, 1, 1, 3, 1]))),
            ("merges", texts(["a b", "Ġ a"])), ("eos_token_id", .uint32(6)),
        ]
        for (key, value) in changes {
            values.removeAll { $0.0 == key }
            if let value { values.append((key, value)) }
        }
        return values
    }

    @Test("Byte pairs are joined as the merges say")
    func joins() throws {
        let tokenizer = try read(bytePairs())
        // The first merge wins over the second, though it stands further right; nothing joins Ġ and ab.
        #expect(try tokenizer.encode("ab aba") == [4, 2, 4, 0])
        #expect(tokenizer.decode([4, 2, 4, 0]) == "ab aba")
        #expect(tokenizer.specialTokens == [SpecialToken(id: 6, text: "<|end|>")])
    }

    @Test("User text never gives a mark")
    func marksStayText() throws {
        let tokenizer = try read(bytePairs())
        #expect(try tokenizer.encode("ab<|end|>").contains(6) == false)
        let options = EncodingOptions(parsesSpecialTokens: true)
        #expect(try tokenizer.encoding(of: "ab<|end|>", options: options).ids == [4, 6])
    }

    @Test("A whole piece that is a token is taken as one where the pattern's name says so")
    func wholePieces() throws {
        #expect(try read(bytePairs()).encode("aba") == [4, 0])
        #expect(try read(bytePairs(pre: "llama-bpe")).encode("aba") == [7])
        #expect(try read(bytePairs(pre: "smaug-bpe")).encode("aba") == [4, 0])
    }

    @Test("Marks are put around a text where the file says so")
    func marks() throws {
        let quiet = try read(bytePairs([("bos_token_id", .uint32(6))]))
        #expect(try quiet.encoding(of: "ab").ids == [4])
        let both = try read(
            bytePairs([
                ("bos_token_id", .uint32(6)), ("add_bos_token", .bool(true)),
                ("add_eos_token", .bool(true)),
            ]))
        #expect(try both.encoding(of: "ab").ids == [6, 4, 6])
        #expect(
            try both.encoding(of: "ab", pair: "a", options: EncodingOptions()).ids == [6, 4, 0, 6])
        // This pattern's models begin every text with a mark unless told otherwise.
        let llama = try read(bytePairs(pre: "llama-bpe", [("bos_token_id", .uint32(6))]))
        #expect(try llama.encoding(of: "ab").ids == [6, 4])
    }

    @Test("Patterns are known by their names", arguments: GGUFPattern.all.flatMap(\.names))
    func patterns(name: String) throws {
        #expect(try read(bytePairs(pre: name)).encode("a") == [0])
    }

    @Test("An unknown pattern is named")
    func unknownPattern() {
        #expect(
            refusal(bytePairs(pre: "viking")).contains(
                "tokenizer.ggml.pre in its metadata is “viking”"))
        #expect(
            refusal(bytePairs([("pre", nil)])).contains("has no value for “tokenizer.ggml.pre”"))
    }

    @Test("SAFETY Text: tokens, types and scores of a GGUF file that contradict each other")
    func contradictions() {
        #expect(refusal([("model", .text("rwkv"))]).contains("is “rwkv”; known are gpt2 and llama"))
        #expect(refusal(bytePairs([("tokens", nil)])).contains("tokenizer.ggml.tokens"))
        #expect(refusal(bytePairs([("merges", nil)])).contains("tokenizer.ggml.merges"))
        #expect(refusal(bytePairs([("merges", texts(["ab"]))])).contains("is not two tokens"))
        #expect(refusal(bytePairs([("merges", texts(["a x"]))])).contains("“x”"))
        #expect(
            refusal(bytePairs([("merges", texts(["b b"]))])).contains("“bb”, which is not in its"))
        #expect(
            refusal(bytePairs([("token_type", .array(.int32([1])))])).contains(
                "is a list of 1 where there are 8 tokens"))
        #expect(
            refusal(bytePairs([("token_type", .text("x"))])).contains("a list of whole numbers"))
        #expect(
            refusal(bytePairs([("tokens", texts(["a", "a"])), ("token_type", nil)])).contains(
                "occurs twice"))
        let broken = GGUFValue.array(.string(ByteStrings([[0x61], [0xFF]])))
        #expect(
            refusal(bytePairs([("tokens", broken), ("token_type", nil)])).contains("not UTF-8"))
        #expect(refusal(bytePairs([("add_bos_token", .uint8(1))])).contains("true or false"))
        #expect(refusal(pieces([("scores", nil)])).contains("tokenizer.ggml.scores"))
        #expect(
            refusal(pieces([("scores", .array(.float32(.init(repeating: .nan, count: 264))))]))
                .contains("has the score nan"))
    }

    @Test("An id beyond the vocabulary is none, as −1 is")
    func idsBeyond() throws {
        for value in [GGUFValue.uint32(99), .int32(-1), .uint32(.max)] {
            let tokenizer = try read(
                bytePairs([("eos_token_id", value), ("add_eos_token", .bool(true))]))
            #expect(try tokenizer.encoding(of: "ab").ids == [4])
        }
    }

    @Test("Files without types mark the tokens that other values name")
    func withoutTypes() throws {
        let tokenizer = try read(bytePairs([("token_type", nil)]))
        #expect(tokenizer.specialTokens == [SpecialToken(id: 6, text: "<|end|>")])
    }

    /// SentencePiece's vocabulary: three marks, 256 bytes, and a few pieces.
    private func pieces(_ changes: [(String, GGUFValue?)] = []) -> [(String, GGUFValue)] {
        let bytes = (UInt8.min...UInt8.max).map { byte in
            let digits = String(byte, radix: 16, uppercase: true)
            return "<0x\(digits.count == 1 ? "0" : "")\(digits)>"
        }
        let tokens = ["<unk>", "<s>", "</s>"] + bytes + ["ab", "bc", "a", "b", "c"]
        let types = [2, 3, 3] + [Int32](repeating: 6, count: 256) + [1, 1, 1, 1, 1]
        let scores = [Float](repeating: 0, count: 259) + [-2, -1, -3, -4, -5]
        var values: [(String, GGUFValue)] = [
            ("model", .text("llama")), ("tokens", texts(tokens)),
            ("token_type", .array(.int32(types))), ("scores", .array(.float32(scores))),
        ]
        for (key, value) in changes {
            values.removeAll { $0.0 == key }
            if let value { values.append((key, value)) }
        }
        return values
    }

    @Test("Pieces are joined in the order of their scores, and other characters become bytes")
    func scores() throws {
        let tokenizer = try read(pieces([("add_space_prefix", .bool(false))]))
        // bc before ab, though ab begins first.
        #expect(try tokenizer.encode("abc") == [261, 260])
        #expect(try tokenizer.encode("ab") == [259])
        #expect(try tokenizer.encode("é") == [3 + 0xC3, 3 + 0xA9])
        #expect(tokenizer.decode([3 + 0xC3, 3 + 0xA9, 259]) == "éab")
        // The marks are those that SentencePiece has always had.
        #expect(try tokenizer.encoding(of: "ab").ids == [1, 259])
        let spaced = try read(pieces())
        #expect(try spaced.encode("ab") == [3 + 0xE2, 3 + 0x96, 3 + 0x81, 259])
        // A vocabulary without ▁ spells it in bytes, which no longer stand for a space.
        #expect(try spaced.decode(spaced.encode("ab c")) == "▁ab▁c")
    }

    @Test("The order of merges is that of scores, both ways")
    func mergesAndScores() throws {
        let pieces: [(text: String, score: Float)] = [
            ("a", 0), ("b", 0), ("c", 0), ("ab", -2), ("bc", -1), ("abc", -3),
        ]
        let merges = try ScoredPieces.merges(of: pieces)
        #expect(merges.map { "\($0.0)+\($0.1)" } == ["b+c", "a+b", "a+bc", "ab+c"])
        let texts = pieces.map(\.text)
        let scores = try #require(
            try ScoredPieces.scores(of: merges, texts: texts, isPiece: { _ in true }))
        #expect(scores == [-3, -3, -3, -1, 0, -2])
        // Merges that leave out a way to cut a token say more than scores can.
        #expect(
            try ScoredPieces.scores(
                of: Array(merges.dropLast()), texts: texts, isPiece: { _ in true }) == nil)
    }

    @Test("SAFETY Text: a token that is long is refused before it is cut in all ways")
    func longPieces() {
        let long = String(repeating: "a", count: 300)
        #expect(throws: TokenizerError.self) { try ScoredPieces.merges(of: [(long, 0)]) }
    }

    /// What is written of a tokenizer, read again.
    private func writtenAndRead(
        _ tokenizer: SavedTokenizer, rows: Int? = nil,
        generation: GenerationDefaults = GenerationDefaults()
    ) throws -> SavedTokenizer {
        let values = try GGUFTokenizerValues(
            tokenizer, rows: rows ?? tokenizer.vocabularySize, generation: generation
        ).values
        let path = directory.path("written.gguf")
        try GGUFWriter.write(metadata: values, tensors: [], to: path)
        return try TokenizerFile.read(at: path)
    }

    @Test("Characters come back as they were")
    func characters() throws {
        for special in [[], SpecialTokens.texts] {
            let tokenizer = SavedTokenizer.character(
                try CharacterTokenizer(text: "to be, or not\nβé👩", specialTokens: special))
            #expect(try writtenAndRead(tokenizer) == tokenizer)
        }
        let both = SavedTokenizer.character(try CharacterTokenizer(text: "a \u{2581}"))
        #expect(throws: GGUFTokenizerValues.Misfit.self) { try writtenAndRead(both) }
    }

    @Test("Bytes keep their ids")
    func bytes() throws {
        let tokenizer = try writtenAndRead(.byte(ByteTokenizer()))
        #expect(try tokenizer.encode("aé\n") == [0x61, 0xC3, 0xA9, 0x0A])
        #expect(tokenizer.decode([0x61, 0xC3, 0xA9, 0x0A]) == "aé\n")
    }

    @Test("Pipelines keep their ids, also of rows without a token")
    func pipelines() throws {
        for values in [bytePairs(), bytePairs(pre: "qwen2"), pieces()] {
            let tokenizer = try read(values)
            let again = try writtenAndRead(tokenizer, rows: tokenizer.vocabularySize + 2)
            for text in ["ab aba", " a  b1", "abc é"] {
                #expect(try again.encode(text) == tokenizer.encode(text))
                #expect(try again.encoding(of: text).ids == tokenizer.encoding(of: text).ids)
            }
            #expect(again.vocabularySize == tokenizer.vocabularySize)
        }
    }

    @Test("Numbers without a token are none of the tokenizer's, and are never written")
    func unusedNumbers() throws {
        let characters = SavedTokenizer.character(try CharacterTokenizer(text: "to be"))
        #expect(try writtenAndRead(characters, rows: characters.vocabularySize + 2) == characters)
        let foreign = try ForeignDirectory("llama")
        try foreign.write(
            """
            {"pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false,"use_regex":true},
             "decoder":{"type":"ByteLevel"},
             "model":{"type":"BPE","vocab":{"a":0,"b":1,"ab":2},"merges":["a b"]}}
            """, to: "tokenizer.json")
        let path = directory.path("unused.gguf")
        _ = try foreign.load().export(to: .gguf, at: path)
        let loaded = try LoadedModel.load(path)
        let rows = try loaded.causal().configuration.vocabularySize
        #expect(try loaded.tokenizer.vocabularySize == 3)
        #expect(loaded.generation.forbiddenTokens == (3..<Int32(rows)).map(\.self))
    }

    @Test("What a text ends with is kept, and what is missing is stood for by a harmless token")
    func endTokens() throws {
        func value(_ key: String, _ tokenizer: SavedTokenizer, _ ends: [Int32]) throws -> GGUFValue?
        {
            try GGUFTokenizerValues(
                tokenizer, rows: tokenizer.vocabularySize,
                generation: GenerationDefaults(endTokens: ends)
            ).values.first { $0.key == "tokenizer.ggml.\(key)" }?.value
        }
        let pairs = try read(bytePairs())
        #expect(try value("eos_token_id", pairs, [3]) == .uint32(3))
        #expect(try value("eot_token_id", pairs, [3, 6]) == .uint32(6))
        #expect(try value("eos_token_id", pairs, []) == .uint32(6))
        // No text in UTF-8 has the byte FF.
        #expect(try value("eos_token_id", .byte(ByteTokenizer()), []) == .uint32(255))
        let characters = SavedTokenizer.character(try CharacterTokenizer(text: "abc"))
        #expect(try value("eos_token_id", characters, []) == .uint32(2))
    }

    @Test("A tokenizer that has no place there is refused with its reason")
    func misfits() throws {
        func reason(_ json: String) throws -> String {
            let tokenizer = try SavedTokenizer(json: Array(json.utf8))
            let error = #expect(throws: GGUFTokenizerValues.Misfit.self) {
                try writtenAndRead(tokenizer)
            }
            return error?.reason ?? ""
        }
        #expect(
            try reason(#"{"model":{"type":"WordLevel","vocab":{"a":0},"unk_token":"a"}}"#)
                .contains("not one of byte pairs"))
        #expect(
            try reason(
                #"{"pre_tokenizer":{"type":"Whitespace"},"model":{"type":"BPE","vocab":{"a":0},"merges":[]}}"#
            ).contains("divides texts in a way"))
        #expect(
            try reason(
                #"{"model":{"type":"BPE","vocab":{"a":0},"merges":[],"end_of_word_suffix":"</w>"}}"#
            ).contains("ends of words"))
        let small = try read(bytePairs())
        #expect(throws: GGUFTokenizerValues.Misfit.self) { try writtenAndRead(small, rows: 3) }
    }

    @Test("The chat template is read, and kept in both forms")
    func chatTemplate() throws {
        var copy = try GGUFCopy(of: fixture("GGUF/llama-3.gguf"))
        let text =
            "{% for m in messages %}{{ bos_token }}{{ m.role }}: {{ m.content }}\n{% endfor %}"
        copy["tokenizer.chat_template"] = .text(text)
        let path = directory.path("chat.gguf")
        try copy.write(to: path)
        let format = try ChatFormat(ofModel: path)
        #expect(format.specialTokens["bos_token"] == "<|endoftext|>")
        let loaded = try LoadedModel.load(path)
        _ = try loaded.export(to: .huggingFace, at: directory.path("hf"))
        #expect(try directory.read("hf/chat_template.jinja") == Array(text.utf8))
        _ = try LoadedModel.load(directory.path("hf")).export(
            to: .gguf, at: directory.path("again.gguf"))
        let again = try GGUFFile(path: directory.path("again.gguf"))
        #expect(try again.metadata.text("tokenizer.chat_template") == text)
        let error = #expect(throws: CheckpointError.self) {
            try ChatFormat(ofModel: fixture("GGUF/gpt2.gguf"))
        }
        #expect(error?.kind == .missing)
    }

    @Test("A file of a model without a tokenizer has none")
    func none() throws {
        let values = try GGUFTokenizerValues(nil, rows: 3, generation: GenerationDefaults()).values
        let path = directory.path("none.gguf")
        try GGUFWriter.write(metadata: values, tensors: [], to: path)
        let error = #expect(throws: CheckpointError.self) { try TokenizerFile.read(at: path) }
        #expect(error?.explanation.contains("has no tokenizer") == true)
    }
}
