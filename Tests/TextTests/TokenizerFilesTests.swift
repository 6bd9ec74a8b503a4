import AttendText
import Foundation
import Testing

@Suite("Vocabularies in other files")
struct TokenizerFilesTests {
    @Test(
        "Ids of a .tiktoken file are tiktoken's", arguments: ["gpt2", "llama3", "qwen2", "o200k"])
    func tiktoken(name: String) throws {
        let object = try PieceFixtures.object("tiktoken")
        let file = Array(try #require(object["file"] as? String).utf8)
        let pattern = try #require(WordPattern.choices.first { $0.name == name }).expression
        let tokenizer = try TiktokenFile.read(file, pattern: pattern)
        let texts = try #require(object["texts"] as? [String])
        let outputs = try #require((object["outputs"] as? [String: [[Int]]])?[name])
        for (text, ids) in zip(texts, outputs) {
            #expect(try tokenizer.encode(text).map(Int.init) == ids, "\(text.debugDescription)")
            #expect(tokenizer.decode(ids.map(Int32.init)) == text)
        }
        // Its tokenizer.json is one that the library would make of it, too.
        let saved = SavedTokenizer.pipeline(tokenizer)
        let read = try SavedTokenizer(json: saved.json)
        for text in texts { #expect(try read.encode(text) == saved.encode(text)) }
    }

    @Test("GPT-2's published file gives its ids; skipped where it is not there")
    func gpt2() throws {
        let path = "../shared/data/gpt2.tiktoken"
        guard FileManager.default.fileExists(atPath: path) else {
            print("no \(path): skipped")
            return
        }
        let file = try Data(contentsOf: URL(fileURLWithPath: path))
        let tokenizer = try TiktokenFile.read(Array(file), pattern: nil)
        #expect(try tokenizer.encode("Hello world") == [15496, 995])
        #expect(tokenizer.id(ofSpecial: "<|endoftext|>") == 50256)
        #expect(tokenizer.vocabularySize == 50257)
    }

    @Test("A line that is no token is an error that names it")
    func tiktokenFaults() throws {
        func sentence(_ lines: [String]) -> String {
            let error = #expect(throws: TokenizerError.self) {
                try TiktokenFile.read(
                    Array(lines.joined(separator: "\n").utf8), pattern: .gpt2)
            }
            return error?.description ?? ""
        }
        #expect(sentence(["YQ== 0", "Y 1"]).contains("Line 2 is “Y 1”"))
        #expect(sentence(["YQ=="]).contains("Line 1 is “YQ==”"))
        #expect(sentence(["YQ== -1"]).contains("Line 1"))
        #expect(sentence(["YQ== 0", "YQ== 1"]).contains("“a” occurs twice"))
        #expect(sentence(["YQ== 0"]).contains("no token for the byte 0"))
        #expect(sentence(["YQ== 99999999999999999999"]).contains("Line 1"))
        #expect(sentence([" 0"]).contains("Line 1"))
        let error = #expect(throws: TokenizerError.self) {
            try TiktokenFile.read(Array("YQ== 0".utf8), pattern: nil)
        }
        #expect(error?.description.contains("--pattern") == true)
    }

    @Test("Base64 is read as RFC 4648 has it")
    func base64() {
        for count in 0..<40 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 37 + 11) }
            let text = Data(bytes).base64EncodedString()
            #expect(Base64.bytes(Array(text.utf8)) == bytes)
        }
        for text in ["Y", "YQ", "YQ=", "Y===", "YQ!=", "YQ==YQ==", "=", "====", "YQ= "] {
            #expect(Base64.bytes(Array(text.utf8)) == nil, "\(text)")
        }
    }

    @Test("vocab.json and merges.txt give the tokenizer that they came from")
    func merges() throws {
        let trained = try PipelineTokenizer.bytePairs(
            texts: [BytePairTrainingTests.rhyme], vocabularySize: 330,
            specialTokens: ["<|endoftext|>"])
        guard case .bytePair(let model) = trained.model else {
            Issue.record("no byte pairs")
            return
        }
        var lines = "#version: 0.2\n"
        for pair in model.merges {
            lines +=
                "\(trained.token(of: pair.left) ?? "") \(trained.token(of: pair.right) ?? "")\r\n"
        }
        let vocabulary = model.vocabulary.json.text
        let read = try MergesFile.read(vocabulary: vocabulary, merges: Array(lines.utf8))
        #expect(read == trained)
        #expect(read.specialTokens == [SpecialToken(id: 0, text: "<|endoftext|>")])

        func sentence(_ vocabulary: [UInt8], _ merges: String) -> String {
            let error = #expect(throws: TokenizerError.self) {
                try MergesFile.read(vocabulary: vocabulary, merges: Array(merges.utf8))
            }
            return error?.description ?? ""
        }
        #expect(sentence(Array("{".utf8), "").contains("not valid JSON"))
        #expect(sentence(Array(#"{"a":0}"#.utf8), "").contains("“Ā” for the byte 0"))
        #expect(sentence(vocabulary, "a").contains("merge 0, “a”, is not two tokens"))
        #expect(sentence(vocabulary, "a b c").contains("is not two tokens"))
        #expect(sentence(vocabulary, "a 中").contains("joins “中”"))
        let broken = #expect(throws: TokenizerError.self) {
            try MergesFile.read(vocabulary: vocabulary, merges: [0x61, 0x20, 0xFF])
        }
        #expect(broken?.description.contains("Line 1 of the merges is not valid UTF-8") == true)
    }

    @Test("Tokenizers of characters and of bytes have the same ids as pipelines")
    func pipelines() throws {
        let text = "The cat – e\u{301}, \u{E9}, 👍\n\u{0}"
        let tokenizers: [SavedTokenizer] = [
            .byte(ByteTokenizer()), .character(try CharacterTokenizer(text: text)),
            .character(try CharacterTokenizer(text: text, specialTokens: SpecialTokens.texts)),
        ]
        for tokenizer in tokenizers {
            let pipeline = try tokenizer.pipeline()
            let ids = try tokenizer.encode(text)
            #expect(try pipeline.encode(text) == ids)
            #expect(Array(pipeline.decode(ids).utf8) == Array(text.utf8))
            #expect(pipeline.specialTokens == tokenizer.specialTokens)
            #expect(pipeline.vocabularySize == tokenizer.vocabularySize)
            let read = try SavedTokenizer(json: Data(pipeline.json.text))
            #expect(read == .pipeline(pipeline))
            let plain = try tokenizer.encoding(of: text)
            #expect(try pipeline.encoding(of: text).offsets == plain.offsets)
        }
        #expect(throws: TokenizerError.self) {
            try SavedTokenizer.character(CharacterTokenizer(text: "ab", specialTokens: ["a"]))
                .pipeline()
        }
    }
}
