import AttendText
import Foundation
import Testing

@Suite("Division into words")
struct WordPatternTests {
    static let examples: [(text: String, words: [String])] = [
        ("", []),
        (" ", [" "]),
        ("Hello world", ["Hello", " world"]),
        ("  a  b ", [" ", " a", " ", " b", " "]),
        ("a\n\n b\r\n", ["a", "\n\n", " b", "\r\n"]),
        ("a\nb", ["a", "\n", "b"]),
        ("don't we'll I've 'tis", ["don", "'t", " we", "'ll", " I", "'ve", " '", "tis"]),
        ("I'VE 're 'x", ["I", "'", "VE", " '", "re", " '", "x"]),
        ("!'s", ["!'", "s"]),
        ("x = 12abc!?", ["x", " =", " 12", "abc", "!?"]),
        ("Straße ½٣", ["Straße", " ½٣"]),
        ("\u{3000}\u{3000}x\u{A0}", ["\u{3000}", "\u{3000}", "x", "\u{A0}"]),
        ("e\u{301} 👩‍👩", ["e", "\u{301}", " 👩‍👩"]),
    ]

    @Test("Words are as GPT-2 divides them", arguments: examples)
    func words(example: (text: String, words: [String])) {
        #expect(SplitPattern.words(of: example.text, by: .gpt2) == example.words)
    }

    static let laterExamples: [(text: String, pattern: String, words: [String])] = [
        ("I'LL say 1234", "llama3", ["I", "'LL", " say", " ", "123", "4"]),
        ("I'LL say 1234", "qwen2", ["I", "'LL", " say", " ", "1", "2", "3", "4"]),
        ("I'LL say 1234", "o200k", ["I'LL", " say", " ", "123", "4"]),
        ("a/b//\n\nc", "o200k", ["a", "/b", "//\n\n", "c"]),
        ("a/b//\n/c", "llama3", ["a", "/b", "//\n", "/c"]),
        ("HTTPServer iPhone", "o200k", ["HTTPServer", " i", "Phone"]),
        ("ABCdef中Abc", "tekken", ["ABCdef中", "Abc"]),
        ("中A B", "o200k", ["中", "A", " B"]),
        ("don'ſ", "llama3", ["don", "'ſ"]),
    ]

    @Test("Words are as the later vocabularies divide them", arguments: laterExamples)
    func laterWords(example: (text: String, pattern: String, words: [String])) throws {
        let pattern = try #require(WordPattern.choices.first { $0.name == example.pattern })
        #expect(SplitPattern.words(of: example.text, by: pattern.expression) == example.words)
    }

    @Test("Any text is divided as the pattern says", arguments: WordPattern.choices.map(\.name))
    func pattern(name: String) throws {
        let choice = try #require(WordPattern.choices.first { $0.name == name }).expression
        // There, \s is something else.
        let expression = choice.text.replacing(#"(?!\S)"#, with: #"(?!\P{White_Space})"#)
            .replacing(#"\s"#, with: #"\p{White_Space}"#)
        let pattern = try NSRegularExpression(pattern: expression)
        let pieces = [
            " ", " ", "\n", "\t", "\u{85}", "\u{2003}", "a", "é", "ж", "中", "7", "²", "Ⅷ", ".", "'",
            "s", "re", "ll", "'t", "😀", "\u{301}", "\u{200D}", "\u{0}", "_", "\r", "A", "Ж", "ǅ",
            "ʰ", "/",
            "'LL", "12", "\u{345}",
        ]
        for index in 0..<700 {
            var random = CounterRandom(seed: 4, stream: UInt64(index), purpose: .windows)
            let text = (0..<1 + index % 23).map { _ in pieces[random.next(below: pieces.count)] }
                .joined()
            let whole = NSRange(text.startIndex..., in: text)
            let expected = pattern.matches(in: text, range: whole).map {
                (text as NSString).substring(with: $0.range)
            }
            let words = SplitPattern.words(of: text, by: choice)
            #expect(words.map { Array($0.utf8) } == expected.map { Array($0.utf8) })
        }
    }

    @Test("Runs of one kind of character are patterns, and nothing else is")
    func runs() throws {
        func parts(_ pattern: String, _ text: String, _ behavior: SplitBehavior = .isolated) throws
            -> [String]
        {
            let expression = try #require(WordPattern(pattern))
            #expect(expression.text == pattern)
            let model = try PipelineTokenizer(
                preTokenizer: .split(.expression(expression), behavior, isInverted: false),
                model: .word(
                    WordModel(vocabulary: try Vocabulary([("?", 0)]), unknownToken: "?")))
            let encoding = try model.encoding(of: text, pair: nil, options: EncodingOptions())
            return encoding.offsets.map { String(decoding: Array(text.utf8)[$0], as: UTF8.self) }
        }
        #expect(try parts(#"\s+"#, "a  b c") == ["a", "  ", "b", " ", "c"])
        #expect(try parts(#" {2,}"#, "a  b c   ") == ["a", "  ", "b c", "   "])
        #expect(try parts(#"\p{N}{1,3}"#, "x12345½") == ["x", "123", "45½"])
        #expect(try parts("[0-9]", "x12½") == ["x", "1", "2", "½"])
        #expect(try parts(#"\d{2}"#, "12345") == ["12", "34", "5"])
        #expect(try parts(#"\S+"#, " ab  c", .removed) == [" ", "  "])
        #expect(try parts("e", "eel", .mergedWithNext) == ["e", "el"])
        #expect(try parts("e", "heel", .mergedWithPrevious) == ["he", "e", "l"])
        #expect(try parts("e", "heel", .contiguous) == ["h", "ee", "l"])
        for text in [
            "", "a*", "a{0}", "a{3,2}", "(a)", "[^a]", #"\x41"#, "a|b", "ab", "a{99999}", ".", "a?",
        ] {
            #expect(WordPattern(text) == nil, "\(text)")
        }
    }
}
