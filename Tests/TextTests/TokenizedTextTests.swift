import AttendText
import Testing

@Suite("Texts as tokens to look at")
struct TokenizedTextTests {
    @Test("Ids, tokens and places")
    func content() throws {
        let tokenizer = try CharacterTokenizer(text: "aé\n\u{7}", specialTokens: ["<s>"])
        let text = try TokenizedText("aé\n", by: tokenizer, givesOffsets: true)
        #expect(text.tokens == ["a", "é", "\n"] && text.count == 3)
        #expect(try text.ids == tokenizer.encode("aé\n"))
        #expect(text.offsets == [[0, 1], [1, 3], [3, 4]])
        #expect(try TokenizedText("a", by: tokenizer).offsets == nil)
        let special = try TokenizedText(
            "a<s>a", by: tokenizer, options: EncodingOptions(parsesSpecialTokens: true))
        #expect(special.tokens == ["a", "<s>", "a"])
        #expect(throws: TokenizerError.self) { try TokenizedText("x", by: tokenizer) }
    }

    @Test("Tokens stand in brackets, or in colours; nothing moves the cursor")
    func legible() throws {
        let tokenizer = try CharacterTokenizer(text: "a\u{1B}\n")
        let text = try TokenizedText("a\u{1B}\n", by: tokenizer)
        #expect(text.legible(isColored: false) == "[a 2] [\\u{1b} 1] [\\u{a} 0]")
        #expect(text.legible(isColored: true).hasPrefix("\u{1B}[31ma\u{1B}[0m\u{1B}[2m 2"))
    }

    @Test("Only a line feed ends a line")
    func lines() {
        #expect(
            TokenizedText.lines(of: Array("a\r\n\nb\u{2028}c".utf8)) == ["a\r", "", "b\u{2028}c"])
        #expect(TokenizedText.lines(of: Array("a\n".utf8)) == ["a"])
        #expect(TokenizedText.lines(of: []) == [])
        #expect(
            TokenizedText.lines(of: [0x61, 0xFF, 0x0A, 0xE2, 0x82]) == ["a\u{FFFD}", "\u{FFFD}"])
    }
}
