import AttendCheckpoints
import AttendText
import Foundation
import Testing

@Suite("Tokenizers in a run directory")
struct TokenizerFileTests {
    @Test("Every kind comes back from tokenizer.json, and an unknown field is refused")
    func roundTrip() throws {
        let tokenizers: [SavedTokenizer] = [
            .byte(ByteTokenizer()),
            .character(try CharacterTokenizer(text: "aé\n")),
            .character(try CharacterTokenizer(text: "aé", specialTokens: SpecialTokens.texts)),
            .pipeline(
                try PipelineTokenizer.bytePairs(
                    texts: ["ein Haus, ein Baum, é é"], vocabularySize: 270)
            ),
        ]
        let directory = try TemporaryDirectory()
        let path = directory.path("tokenizer.json")
        for tokenizer in tokenizers {
            try directory.write([UInt8](tokenizer.json), to: "tokenizer.json")
            #expect(try TokenizerFile.readJSON(at: path) == tokenizer)

            var object = try #require(
                try JSONSerialization.jsonObject(with: tokenizer.json) as? [String: Any])
            object["size"] = 1
            let changed = try JSONSerialization.data(withJSONObject: object)
            try directory.write([UInt8](changed), to: "tokenizer.json")
            #expect(throws: CheckpointError.self) { try TokenizerFile.readJSON(at: path) }
        }
    }

    @Test("A vocabulary with the same token twice is refused")
    func repeatedToken() throws {
        let tokenizer = SavedTokenizer.pipeline(
            try PipelineTokenizer.bytePairs(texts: [], vocabularySize: 260))
        let text = String(decoding: tokenizer.json, as: UTF8.self)
        let entry = try #require(text.firstMatch(of: /"a": \d+/)?.output)
        let directory = try TemporaryDirectory()
        try directory.write(text.replacing(entry, with: "\(entry), \(entry)"), to: "F")
        #expect(throws: CheckpointError.self) {
            try TokenizerFile.readJSON(at: directory.path("F"))
        }
    }
}
