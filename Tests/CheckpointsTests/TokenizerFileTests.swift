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
                try PipelineTokenizer.bytePairs(texts: ["ein Haus, ein Baum, é é"], vocabularySize: 270)
            ),
        ]
        for tokenizer in tokenizers {
            let bytes = try StrictJSON.encode(tokenizer, file: "tokenizer.json")
            let read = try StrictJSON.decode(
                SavedTokenizer.self, from: bytes, file: "tokenizer.json")
            #expect(read == tokenizer)

            var object = try #require(
                try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
            object["size"] = 1
            let changed = try JSONSerialization.data(withJSONObject: object)
            #expect(throws: (any Error).self) {
                try StrictJSON.decode(
                    SavedTokenizer.self, from: [UInt8](changed), file: "tokenizer.json")
            }
        }
    }

    @Test("A vocabulary with the same token twice is refused")
    func repeatedToken() throws {
        let tokenizer = SavedTokenizer.pipeline(
            try PipelineTokenizer.bytePairs(texts: [], vocabularySize: 260))
        let text = String(decoding: try StrictJSON.encode(tokenizer, file: "F"), as: UTF8.self)
        let repeated = text.replacing("\"a\" : 101,", with: "\"a\" : 101, \"a\" : 101,")
        #expect(repeated != text)
        #expect(throws: CheckpointError.self) {
            try StrictJSON.decode(SavedTokenizer.self, from: Array(repeated.utf8), file: "F")
        }
    }
}
