import AttendText
import Testing

@Suite("Vocabularies")
struct VocabularyTests {
    @Test("Tokens are told apart by their bytes, and may leave holes")
    func lookUp() throws {
        let vocabulary = try Vocabulary(
            [("a", 5), ("\u{E9}", 0), ("e\u{301}", 2), ("", 1)], reserved: [2])
        #expect(vocabulary.size == 6 && vocabulary.count == 4)
        #expect(vocabulary.id(of: "\u{E9}") == 0 && vocabulary.id(of: "e\u{301}") == 2)
        #expect(vocabulary.id(of: "") == 1 && vocabulary.id(of: "b") == nil)
        #expect(vocabulary.text(of: 5) == "a" && vocabulary.text(of: 1) == "")
        #expect(vocabulary.text(of: 3) == nil && vocabulary.text(of: -1) == nil)
        #expect(vocabulary.text(of: .max) == nil)
        #expect(vocabulary.id(spelling: Array("e\u{301}".utf8)[...]) == nil)
        #expect(vocabulary.tokens.map(\.id) == [0, 1, 2, 5])
    }

    @Test("A thousand tokens are all found again")
    func many() throws {
        let tokens = (0..<1000).map { (text: "t\($0)", id: ($0 * 7) % 1000) }
        let vocabulary = try Vocabulary(tokens)
        #expect(tokens.allSatisfy { vocabulary.id(of: $0.text) == Int32($0.id) })
        #expect(vocabulary == (try Vocabulary(tokens.reversed())))
        #expect(vocabulary != (try Vocabulary(tokens.dropLast())))
    }

    @Test(
        "An id that is negative, used twice or far beyond the others is an error",
        arguments: [-1, Int.min, 0, 70_000, Int.max])
    func ids(id: Int) {
        let error = #expect(throws: TokenizerError.self) {
            try Vocabulary([("a", 0), ("b", id)])
        }
        #expect(error?.description.contains("“b”") == true)
    }

    @Test("A token that occurs twice, or is endless, is an error")
    func tokens() {
        let twice = #expect(throws: TokenizerError.self) { try Vocabulary([("a", 0), ("a", 1)]) }
        #expect(twice?.description.contains("“a” occurs twice, as ids 0 and 1") == true)
        let long = #expect(throws: TokenizerError.self) {
            try Vocabulary([(String(repeating: "a", count: 70_000), 0)])
        }
        #expect(long?.description.contains("70000 bytes") == true)
    }
}
