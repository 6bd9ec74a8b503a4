import AttendText
import Foundation
import Testing

@Suite("vocab.txt")
struct WordPieceFileTests {
    private static let lines = [
        "[PAD]", "[UNK]", "[CLS]", "[SEP]", "", "light", "##house", "Licht", "中", "e", "##\u{301}",
        "é",
    ]

    private func file(_ lines: [String], separator: String = "\n") -> [UInt8] {
        Array((lines.joined(separator: separator) + separator).utf8)
    }

    @Test("Lines are numbers, and texts are prepared as by BERT", arguments: ["\n", "\r\n"])
    func read(separator: String) throws {
        let tokenizer = try WordPieceFile.tokenizer(file(Self.lines, separator: separator))
        let encoding = try tokenizer.encoding(
            of: "Lighthouse中é", pair: "Licht", options: EncodingOptions())
        #expect(encoding.ids == [2, 5, 6, 8, 9, 3, 1, 3])
        #expect(encoding.typeIDs == [0, 0, 0, 0, 0, 0, 1, 1])
        #expect(encoding.offsets[3] == 10..<13)
        #expect(tokenizer.token(of: 4) == nil)
        #expect(tokenizer.vocabularySize == 12)
        #expect(tokenizer.decode([2, 5, 6, 8, 3]) == "lighthouse 中")
    }

    @Test("tokenizer_config.json says how texts are prepared and what the tokens are")
    func settings() throws {
        let text = #"""
            {"do_lower_case":false,"strip_accents":false,"tokenize_chinese_chars":true,"model_max_length":512,
             "cls_token":{"content":"[X]","lstrip":false},"sep_token":"[Y]","tokenizer_class":"BertTokenizer"}
            """#
        let settings = try WordPieceFile.Settings(PieceFixtures.fields(text: text))
        let lines = ["[UNK]", "[X]", "[Y]", "Licht", "é"]
        let tokenizer = try WordPieceFile.tokenizer(file(lines), settings: settings)
        let encoding = try tokenizer.encoding(of: "Licht é", pair: nil, options: EncodingOptions())
        #expect(encoding.ids == [1, 3, 4, 2])
        #expect(throws: TokenizerError.self) {
            try WordPieceFile.Settings(PieceFixtures.fields(text: #"{"do_lower_case":"no"}"#))
        }
        #expect(throws: TokenizerError.self) {
            try WordPieceFile.Settings(PieceFixtures.fields(text: #"{"cls_token":7}"#))
        }
    }

    @Test("A file comes out as it went in")
    func written() throws {
        let bytes = file(Self.lines)
        let tokenizer = try WordPieceFile.tokenizer(bytes)
        #expect(try WordPieceFile.file(of: tokenizer) == bytes)
    }

    @Test("A token that occurs twice, or is not UTF-8, is an error with its line")
    func faults() throws {
        let twice = #expect(throws: TokenizerError.self) {
            try WordPieceFile.tokenizer(file(["[UNK]", "[CLS]", "[SEP]", "a", "b", "a"]))
        }
        #expect(twice?.description.contains("line 4 and again on line 6") == true)
        let broken = #expect(throws: TokenizerError.self) {
            try WordPieceFile.tokenizer(file(["[UNK]"]) + [0xFF, 0x0A])
        }
        #expect(broken?.description.contains("Line 2") == true)
        let missing = #expect(throws: TokenizerError.self) {
            try WordPieceFile.tokenizer(file(["[UNK]", "[CLS]"]))
        }
        #expect(missing?.description.contains("[SEP]") == true)
        #expect(throws: TokenizerError.self) { try WordPieceFile.tokenizer([]) }
        // NFC and NFD are different tokens.
        _ = try WordPieceFile.tokenizer(file(["[UNK]", "[CLS]", "[SEP]", "é", "e\u{301}"]))
    }
}
