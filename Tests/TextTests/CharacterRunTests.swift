import AttendText
import Testing

@Suite("Patterns of replacements")
struct CharacterRunTests {
    private func replaced(_ text: String, _ pattern: String, by content: String) throws -> String {
        let normalizer = try Normalizer(
            PieceFixtures.fields(
                text:
                    #"{"type":"Replace","pattern":{"Regex":"\#(pattern)"},"content":"\#(content)"}"#
            ))
        var normalized = NormalizedText(Array(text.utf8), keepsAlignment: false)
        try normalizer.normalize(&normalized)
        return String(decoding: normalized.bytes, as: UTF8.self)
    }

    @Test("Runs of one kind of characters are replaced")
    func runs() throws {
        #expect(try replaced("a  b c   d", " {2,}", by: "_") == "a_b c_d")
        #expect(
            try replaced("a \\t\\n b", #"\\s+"#, by: " ")
                == "a \\t\\n b".replacing("\\t\\n", with: "\\t\\n"))
        #expect(try replaced("a \t\u{3000}b", #"\\s+"#, by: " ") == "a b")
        #expect(try replaced("aaaaa", "a{2}", by: "b") == "bba")
        #expect(try replaced("aaaaa", "a{2,3}", by: "b") == "bb")
        #expect(try replaced("x\r\ny", #"[\\r\\n]"#, by: ".") == "x..y")
        #expect(try replaced("1.5 ٣", #"\\d"#, by: "#") == "#.# #")
        #expect(try replaced("a.b", #"\\."#, by: "") == "ab")
        #expect(try replaced("", "a+", by: "b") == "")
    }

    @Test(
        "Any other expression is an error that names it",
        arguments: [
            "a*", "a|b", "(a)", "[^a]", "a{0,}", "a{2,1}", "a{", "a{x}", "a{+2}", "[a", "[]",
            "[a-z]", ".",
            "^a",
            "a+?", "ab", #"\\w"#, #"\\"#, "", "a{99999999999999999999}", "(?:x)+",
        ])
    func refused(pattern: String) {
        let error = #expect(throws: TokenizerError.self) { try replaced("a", pattern, by: "") }
        #expect(error?.description.contains("Regex") == true)
    }
}
