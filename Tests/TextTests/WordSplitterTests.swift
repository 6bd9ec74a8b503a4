import AttendText
import Foundation
import Testing

@Suite("Words before byte pairs")
struct WordSplitterTests {
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

    @Test("Any text is divided as the pattern of GPT-2 says")
    func pattern() throws {
        let pattern = try NSRegularExpression(
            pattern: #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+"#
                + #"| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})"#
                + #"|\p{White_Space}+"#)
        let pieces = [
            " ", " ", "\n", "\t", "\u{85}", "\u{2003}", "a", "é", "ж", "中", "7", "²", "Ⅷ", ".", "'",
            "s", "re", "ll", "'t", "😀", "\u{301}", "\u{200D}", "\u{0}", "_", "\r",
        ]
        for index in 0..<500 {
            var random = CounterRandom(seed: 4, stream: UInt64(index), purpose: .windows)
            let text = (0..<1 + index % 23).map { _ in pieces[random.next(below: pieces.count)] }
                .joined()
            let whole = NSRange(text.startIndex..., in: text)
            let expected = pattern.matches(in: text, range: whole).map {
                (text as NSString).substring(with: $0.range)
            }
            let words = SplitPattern.words(of: text, by: .gpt2)
            #expect(words.map { Array($0.utf8) } == expected.map { Array($0.utf8) })
        }
    }
}
