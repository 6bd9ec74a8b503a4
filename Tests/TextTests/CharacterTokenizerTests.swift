import AttendText
import Testing

@Suite("Character tokenizer")
struct CharacterTokenizerTests {
    @Test("The vocabulary is every scalar once, in ascending order")
    func vocabulary() throws {
        let tokenizer = try CharacterTokenizer(text: "banana\n😀")
        #expect(tokenizer.characters == ["\n", "a", "b", "n", "😀"])
        #expect(tokenizer.vocabularySize == 5)
        #expect(try tokenizer.encode("nab😀") == [3, 1, 2, 4])
    }

    @Test(
        "Text comes back scalar for scalar",
        arguments: [
            "", "a", "ab\r\ncd\n", "caf\u{E9}", "cafe\u{301}", "👩‍👩‍👧‍👦 🇫🇷", "\u{0}\u{FEFF}\u{10FFFF}",
            "한국어", "<|im_start|>",
        ])
    func roundTrip(text: String) throws {
        let tokenizer = try CharacterTokenizer(text: text + "x")
        let ids = try tokenizer.encode(text)
        #expect(ids.count == text.unicodeScalars.count)
        #expect(Array(tokenizer.decode(ids).utf8) == Array(text.utf8))
        #expect(ids.flatMap(tokenizer.bytes) == Array(text.utf8))
    }

    @Test("Composed and decomposed letters are different tokens")
    func normalisation() throws {
        let tokenizer = try CharacterTokenizer(text: "e\u{301}\u{E9}")
        #expect(tokenizer.vocabularySize == 3)
        #expect(try tokenizer.encode("\u{E9}") != tokenizer.encode("e\u{301}"))
    }

    @Test("An unknown character is named, with its line")
    func unknown() throws {
        let tokenizer = try CharacterTokenizer(text: "abc\n")
        #expect(throws: TokenizerError.unknownCharacter("é", line: 3, vocabularySize: 4)) {
            try tokenizer.encode("a\nb\ncé")
        }
        #expect(
            "\(TokenizerError.unknownCharacter("é", line: 3, vocabularySize: 4))"
                == "Line 3 holds the character \"é\" (U+00E9 LATIN SMALL LETTER E WITH ACUTE), which is not "
                + "among the 4 characters this tokenizer knows; remove it, or train on text that contains "
                + "it.")
        let tab = TokenizerError.unknownCharacter("\t", line: 1, vocabularySize: 1)
        #expect(tab.description.hasPrefix("Line 1 holds the character U+0009"))
        #expect(tab.description.contains("among the one character this"))
    }

    @Test("An id outside the vocabulary is shown as U+FFFD")
    func foreignIds() throws {
        let tokenizer = try CharacterTokenizer(text: "ab")
        #expect(
            tokenizer.decode([0, -1, 2, .max, .min, 1]) == "a\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}b")
        #expect(tokenizer.bytes(of: 2) == [0xEF, 0xBF, 0xBD])
    }

    @Test("Special tokens come first, are never found in text, and are left out of it")
    func specialTokens() throws {
        let tokenizer = try CharacterTokenizer(
            texts: ["<s>", "pad\n"], specialTokens: SpecialTokens.texts)
        #expect(tokenizer.characters == ["\n", "<", ">", "a", "d", "p", "s"])
        #expect(tokenizer.vocabularySize == 11)
        #expect(try tokenizer.encode("<s>") == [5, 10, 6])
        #expect(tokenizer.decode([1, 9, 0, 7, 3, 8, 2, -1, 11]) == "pad\u{FFFD}\u{FFFD}")
        #expect(tokenizer.bytes(of: 3) == [] && tokenizer.bytes(of: 4) == [10])
        #expect(throws: TokenizerError.unknownCharacter("x", line: 3, vocabularySize: 7)) {
            try tokenizer.encode("a\n\nx")
        }
        #expect(try tokenizer != CharacterTokenizer(characters: tokenizer.characters))
    }

    @Test("A tokenizer without the special tokens is refused where they are needed")
    func missingSpecialTokens() throws {
        let tokenizer = try CharacterTokenizer(text: "a", specialTokens: ["<pad>", "<s>"])
        #expect(
            throws: TokenizerError.invalid(
                "The tokenizer has no special token </s>; expected one with the special tokens <pad> <s> "
                    + "</s> <mask>.")
        ) { try SpecialTokens(of: tokenizer) }
    }

    @Test("No characters, and the same one twice, are errors")
    func invalid() {
        #expect(
            throws: TokenizerError.invalid(
                "A character tokenizer needs at least one character, but its list is empty.")
        ) { try CharacterTokenizer(text: "") }
        #expect(
            throws: TokenizerError.invalid(
                "The character \"a\" (U+0061 LATIN SMALL LETTER A) occurs twice in the tokenizer's list, as "
                    + "ids 0 and 2; each may occur once.")
        ) { try CharacterTokenizer(characters: ["a", "b", "a"]) }
    }

    @Test("Equality and hashes follow the characters")
    func equality() throws {
        let (first, second) = try (CharacterTokenizer(text: "ab"), CharacterTokenizer(text: "bab"))
        #expect(first == second)
        #expect(Set([first, second]).count == 1)
        #expect(try first != CharacterTokenizer(characters: ["b", "a"]))
    }
}
