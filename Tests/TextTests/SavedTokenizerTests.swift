import AttendText
import Foundation
import Testing

@Suite("Saved tokenizer")
struct SavedTokenizerTests {
    @Test("The stored form is as documented, and comes back")
    func form() throws {
        let tokenizer = SavedTokenizer.character(try CharacterTokenizer(text: "\n /\"a"))
        let json = String(decoding: tokenizer.json, as: UTF8.self)
        #expect(json == #"{"characters":["\n"," ","\"","/","a"],"type":"character"}"# + "\n")
        #expect(try SavedTokenizer(json: tokenizer.json) == tokenizer)

        let bytes = SavedTokenizer.byte(ByteTokenizer())
        #expect(String(decoding: bytes.json, as: UTF8.self) == "{\"type\":\"byte\"}\n")
        #expect(try SavedTokenizer(json: bytes.json) == bytes)
    }

    @Test("Every kind of character survives storage")
    func unusualCharacters() throws {
        let tokenizer = SavedTokenizer.character(
            try CharacterTokenizer(
                text: "\u{0}\u{1F}\u{7F}\u{301}\u{E9}e\u{200D}\u{2028}\u{FEFF}\u{FFFF}😀\u{10FFFF}"))
        #expect(try SavedTokenizer(json: tokenizer.json) == tokenizer)
    }

    @Test("Special tokens are stored where there are any")
    func specialTokens() throws {
        let tokenizer = SavedTokenizer.character(
            try CharacterTokenizer(text: "ab", specialTokens: SpecialTokens.texts))
        #expect(
            String(decoding: tokenizer.json, as: UTF8.self)
                == #"{"characters":["a","b"],"specialTokens":["<pad>","<s>","</s>","<mask>"],"#
                + #""type":"character"}"# + "\n")
        let read = try SavedTokenizer(json: tokenizer.json)
        #expect(read == tokenizer)
        #expect(read.specialTokens.map(\.text) == SpecialTokens.texts)
        #expect(try SpecialTokens(of: read) == SpecialTokens())
    }

    @Test("It encodes and decodes as the tokenizer it holds")
    func passesOn() throws {
        let character = try CharacterTokenizer(text: "abc")
        let pairs = try PipelineTokenizer.bytePairs(texts: ["caca"], vocabularySize: 300)
        for (saved, plain) in [
            (SavedTokenizer.character(character), character as any Tokenizer),
            (SavedTokenizer.byte(ByteTokenizer()), ByteTokenizer()),
            (SavedTokenizer.pipeline(pairs), pairs),
        ] {
            #expect(saved.specialTokens == plain.specialTokens)
            #expect(saved.vocabularySize == plain.vocabularySize)
            #expect(try saved.encode("cab") == plain.encode("cab"))
            #expect(saved.decode([1, 2, 97, 300]) == plain.decode([1, 2, 97, 300]))
            #expect(saved.bytes(of: 1) == plain.bytes(of: 1))
        }
        #expect(throws: TokenizerError.unknownCharacter("d", line: 1, vocabularySize: 3)) {
            try SavedTokenizer.character(character).encode("d")
        }
    }

    static let faults: [(json: String, sentence: String)] = [
        (
            #"{"type":"word"}"#,
            "The tokenizer's file has the type “word”, which is not known here; expected one of character, "
                + "byte."
        ),
        (
            #"{"type":"byte","characters":["a"]}"#,
            "The tokenizer's file has an unknown field “characters”; expected only “type”."
        ),
        (
            #"{"type":"character","characters":["a"],"size":1}"#,
            "The tokenizer's file has an unknown field “size”; expected only “type”, “characters”, "
                + "“specialTokens”."
        ),
        (
            #"{"type":"character","characters":["a"],"specialTokens":["<s>","<s>"]}"#,
            #"The special token "<s>" occurs twice in the tokenizer, as ids 0 and 1; each may occur once."#
        ),
        (
            #"{"type":"character","characters":["a"],"specialTokens":[""]}"#,
            "The tokenizer's special token 0 has no text; each needs one."
        ),
        (
            #"{"type":"character","characters":[]}"#,
            "A character tokenizer needs at least one character, but its list is empty."
        ),
        (
            #"{"type":"character","characters":["a",""]}"#,
            "The tokenizer's character 1 consists of 0 Unicode scalars; each must be exactly one."
        ),
        (
            #"{"type":"character","characters":["ab"]}"#,
            "The tokenizer's character 0 consists of 2 Unicode scalars; each must be exactly one."
        ),
        (
            #"{"type":"character","characters":["a","a"]}"#,
            "The character \"a\" (U+0061 LATIN SMALL LETTER A) occurs twice in the tokenizer's list, as ids "
                + "0 and 1; each may occur once."
        ),
        (
            #"{"type":"character"}"#,
            "The tokenizer's file has no field “characters”; add it."
        ),
        (
            #"{"characters":["a"]}"#,
            "The tokenizer has neither a field “model” nor a field “type”; expected an object such as "
                + example
        ),
        (
            #"{"type":"character","characters":[1]}"#,
            "The tokenizer's field “characters[0]” holds 1 where a text is needed."
        ),
        (
            #"{"type":7}"#,
            "The tokenizer's field “type” holds 7 where a text is needed."
        ),
        ("[]", "The tokenizer is a list of 0; expected an object such as " + example),
        (
            "", "The tokenizer is not valid JSON (byte 0): the text ends where a value is needed."
        ),
        (
            #"{"type":"byte""#,
            "The tokenizer is not valid JSON (byte 14): the text ends where “}” is needed."
        ),
        (
            String(repeating: "[", count: 100_000),
            "The tokenizer is not valid JSON (byte 64): has “[[[[[[[[[[[[” where a value nested at most 64 "
                + "deep is needed."
        ),
    ]

    static let example = #"{"type":"character","characters":["a","b"]}."#

    @Test("Every fault is an error with its own sentence", arguments: faults)
    func invalid(fault: (json: String, sentence: String)) {
        #expect(throws: TokenizerError.invalid(fault.sentence)) {
            try SavedTokenizer(json: Data(fault.json.utf8))
        }
    }

    @Test("Cut off anywhere, it is an error, never a trap")
    func truncated() throws {
        let json = SavedTokenizer.character(try CharacterTokenizer(text: "aé\n")).json
        for count in 0..<json.count - 1 {
            #expect(throws: TokenizerError.self) { try SavedTokenizer(json: json.prefix(count)) }
        }
    }
}
