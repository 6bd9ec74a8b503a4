import AttendGeneration
import Testing

@Suite("Reading grammars")
struct GrammarReaderTests {
    /// Whether a text is one of the grammar.
    private func matches(_ grammar: String, _ text: String) throws -> Bool {
        var state = try GrammarState(TextGrammar(grammar))
        for byte in text.utf8 { try state.advance(by: byte) }
        return state.canEnd
    }

    @Test(
        "Each construct matches what it says",
        arguments: [
            (#"root ::= "a\n\"\x41\u00e9\U0001F98A""#, ["a\n\"Aé🦊"], ["a", "a\n\"Aé🦊a"]),
            ("root ::= [a-cx-]+", ["a", "x-cab"], ["", "d", "aX"]),
            ("root ::= [^a-c\\]]", ["d", "é", "🦊", "\n", "[", "\u{0}"], ["a", "]", "dd", ""]),
            ("root ::= . .", ["ab", "🦊é", "\n\n"], ["a", "abc"]),
            ("root ::= \"a\" | \"b\" | ", ["a", "b", ""], ["ab", "c"]),
            ("root ::= (\"a\" | \"b\" \"c\")* \"d\"", ["d", "abcad"], ["", "abd"]),
            ("root ::= \"a\"{2}", ["aa"], ["a", "aaa"]),
            ("root ::= \"ab\"{2,}", ["abab", "ababab"], ["ab", "aba"]),
            ("root ::= ( \"a\" \"b\"? ){ 1 , 3 }", ["a", "ab", "abaab"], ["", "aaaa"]),
            ("root ::= [a-z]{0,2} # up to two\n", ["", "a", "zz"], ["abc"]),
            (
                "# lists\r\nroot ::= item\n  | item \",\" root\nitem-1_b ::= \"b\"\nitem ::= \"a\" item-1_b",
                ["ab", "ab,ab"], ["ab,", "b"]
            ),
            ("root ::= (\"a\"*)* \"b\"", ["b", "aab"], ["a"]),
            ("root ::= (\"a\"? \"b\"?)+", ["", "abba"], ["c"]),
            ("root ::= root | \"x\"", ["x"], ["", "xx"]),
            ("root ::= [\\^\\-a]", ["^", "-", "a"], ["\\", "b"]),
            ("root ::= \"\" \"x\" \"\"", ["x"], [""]),
        ])
    func constructs(grammar: String, accepted: [String], refused: [String]) throws {
        for text in accepted { #expect(try matches(grammar, text), "\(grammar) and \(text)") }
        for text in refused { #expect(try !matches(grammar, text), "\(grammar) and \(text)") }
    }

    @Test(
        "What is wrong is named with its place",
        arguments: [
            (
                "root ::= \"a\"\nroot ::= \"b\"",
                "“root” at line 2, column 1 a second time, after line 1, column 1"
            ),
            ("a ::= \"a\"", "no rule “root”"),
            ("root ::= itme\nitem ::= \"a\"", "“itme” at line 1, column 10"),
            ("root ::= itme\nitem ::= \"a\"", "did you mean “item”?"),
            ("root ::= nowhere", "add nowhere ::="),
            (
                "root ::= \"a",
                "its end at line 1, column 12; expected \" for the text that begins at line 1, column 10"
            ),
            ("root ::= \"a\nb\"", "the end of a text on the line where it begins"),
            ("root ::= [a", "expected ] for the class that begins at line 1, column 10"),
            ("root ::= []", "a class of no characters at line 1, column 10"),
            ("root ::= [z-a]", "a range from “z” to “a” at line 1, column 11"),
            ("root ::=\n  (\"a\" | \"b\"", "expected ) for the ( at line 2, column 3"),
            ("root ::= \"a\" )", "“)” at line 1, column 14"),
            ("root ::= \"\\q\"", "“q\"” at line 1, column 12; expected one of the escapes"),
            ("root ::= \"\\xZ1\"", "2 hexadecimal digits after \\x"),
            ("root ::= \"\\uD800\"", "the escape of D800 at line 1, column 11"),
            ("root ::= \"\\U00110000\"", "up to 10FFFF"),
            ("root ::= \"a\"{", "its end at line 1, column 14; expected a whole number"),
            ("root ::= \"a\"{3,1}", "a repetition from 3 to 1 at line 1, column 13"),
            ("root ::= \"a\"{1", "expected } after the numbers"),
            ("root ::= \"a\"*+", "a second repetition at line 1, column 14"),
            ("root ::= \"a\"{70000}", "line 1, column 14 has more than 65536 repetitions"),
            ("root = \"a\"", "“= \"a\"” at line 1, column 6; expected ::="),
            ("root ::= \"é\" ?x ::= é", "“é” at line 1, column 21"),
            (
                "root ::= root \"a\" | \"a\"",
                "“root” at line 1, column 1 needs itself before any character"
            ),
            ("root ::= a\na ::= b \"x\"\nb ::= \"\"? a | \"y\"", "needs itself"),
            ("root ::= \"a\"? root \"b\" | \"c\"", "needs itself"),
            ("root ::= \"a\" root", "matches no text at all"),
            ("root ::= a\na ::= a", "matches no text at all"),
        ])
    func faults(grammar: String, words: String) {
        let said = sentence { _ = try TextGrammar(grammar) }
        #expect(said.contains(words), "\(grammar): \(said)")
        #expect(said.hasSuffix(".") || said.hasSuffix("?") || said.hasSuffix("…."))
    }

    @Test("Bytes that are no UTF-8 are refused with their place")
    func notUTF8() {
        #expect(throws: GrammarError.notUTF8(offset: 10)) {
            try TextGrammar(Array("root ::= \"".utf8) + [0xFF, 0x22])
        }
    }

    @Test("Two readings of the same text are equal")
    func equality() throws {
        let text = "root ::= [a-z]+ (\" \" root)?"
        #expect(try TextGrammar(text) == TextGrammar(text))
        #expect(try TextGrammar(text).hashValue == TextGrammar(text).hashValue)
        #expect(try TextGrammar(text) != TextGrammar("root ::= [a-z]+"))
    }
}
