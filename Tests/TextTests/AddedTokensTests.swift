import AttendText
import Foundation
import Testing

@Suite("Added tokens")
struct AddedTokensTests {
    /// A tokenizer of single characters with these added tokens, whose ids count from 100.
    private func tokenizer(_ tokens: [AddedToken], normalizer: Normalizer? = nil) throws
        -> PipelineTokenizer
    {
        let characters = "abcdefghijklmnopqrstuvwxyz <>_é".unicodeScalars
        let vocabulary = try Vocabulary(characters.enumerated().map { (String($1), $0) })
        return try PipelineTokenizer(
            normalizer: normalizer,
            model: .bytePair(BytePairModel(vocabulary: vocabulary, merges: [])), addedTokens: tokens
        )
    }

    private func token(_ id: Int32, _ text: String, _ change: (inout AddedToken) -> Void = { _ in })
        -> AddedToken
    {
        var token = AddedToken(id: id, content: text)
        token.isSpecial = false
        change(&token)
        return token
    }

    private func texts(_ tokenizer: PipelineTokenizer, _ text: String) throws -> [String] {
        let encoding = try tokenizer.encoding(of: text, pair: nil, options: EncodingOptions())
        return encoding.ids.enumerated().map { index, id in
            id < 100 ? tokenizer.token(of: id) ?? "?" : "{\(slice(text, encoding.offsets[index]))}"
        }
    }

    private func slice(_ text: String, _ range: Range<Int>) -> String {
        String(decoding: Array(text.utf8)[range], as: UTF8.self)
    }

    @Test("The longest is taken, from left to right")
    func longest() throws {
        let tokenizer = try tokenizer([token(100, "ab"), token(101, "abc"), token(102, "cd")])
        #expect(try texts(tokenizer, "abcdab") == ["{abc}", "d", "{ab}"])
        #expect(try tokenizer.encode("abcd") == [101, 3])
        #expect(try texts(tokenizer, "aab") == ["a", "{ab}"])
    }

    @Test("A single word is found only between what are not parts of words")
    func singleWord() throws {
        let tokenizer = try tokenizer([token(100, "be") { $0.isSingleWord = true }])
        #expect(
            try texts(tokenizer, "be <be> abe bee be_ ébe") == [
                "{be}", " ", "<", "{be}", ">", " ", "a", "b", "e", " ", "b", "e", "e", " ", "b",
                "e", "_", " ",
                "é", "b", "e",
            ])
    }

    @Test("White space beside a token goes with it where it says so")
    func stripping() throws {
        let left = try tokenizer([token(100, "!") { $0.stripsLeft = true }])
        #expect(try texts(left, "a  ! !") == ["a", "{  !}", "{ !}"])
        let right = try tokenizer([token(100, "!") { $0.stripsRight = true }])
        #expect(try texts(right, "a !  ! b") == ["a", " ", "{!  }", "{! }", "b"])
        let both = try tokenizer([
            token(100, "!") { $0.stripsRight = true }, token(101, "?") { $0.stripsLeft = true },
        ])
        #expect(try texts(both, "!  ?") == ["{!  }", "{?}"])
    }

    @Test("One that is normalized is found in the normalized text, with its place in the original")
    func normalized() throws {
        let tokenizer = try tokenizer(
            [token(100, "Ab") { $0.isNormalized = true }, token(101, "CD")],
            normalizer: .lowercase)
        #expect(try texts(tokenizer, "xABcdCDaB") == ["x", "{AB}", "c", "d", "{CD}", "{aB}"])
    }

    @Test("Two with one id or one text are an error")
    func contradictions() {
        let sameID = #expect(throws: TokenizerError.self) {
            try tokenizer([token(100, "x!"), token(100, "y!")])
        }
        #expect(sameID?.description.contains("both have the id 100") == true)
        let sameText = #expect(throws: TokenizerError.self) {
            try tokenizer([token(100, "x!"), token(101, "x!")])
        }
        #expect(sameText?.description.contains("“x!” occurs twice") == true)
    }
}
