import AttendText
import Testing

@Suite("Byte tokenizer")
struct ByteTokenizerTests {
    @Test("Ids are the bytes of UTF-8")
    func bytes() {
        #expect(ByteTokenizer().encode("aé\u{0}") == [97, 0xC3, 0xA9, 0])
        #expect(ByteTokenizer().vocabularySize == 256)
        #expect(ByteTokenizer().bytes(of: 255) == [255])
    }

    @Test(
        "Text comes back byte for byte", arguments: ["", "caf\u{E9}", "cafe\u{301}", "👩‍👩‍👧‍👦\r\n\u{0}"])
    func roundTrip(text: String) {
        let tokenizer = ByteTokenizer()
        #expect(Array(tokenizer.decode(tokenizer.encode(text)).utf8) == Array(text.utf8))
    }

    @Test("What is not UTF-8, and ids that are no bytes, become U+FFFD")
    func repair() {
        #expect(ByteTokenizer().decode([97, 0xFF, 98, 0xE2, 0x82]) == "a\u{FFFD}b\u{FFFD}")
        #expect(ByteTokenizer().decode([256, -1, 97]) == "\u{FFFD}\u{FFFD}a")
        #expect(ByteTokenizer().bytes(of: -1) == [0xEF, 0xBF, 0xBD])
    }
}
