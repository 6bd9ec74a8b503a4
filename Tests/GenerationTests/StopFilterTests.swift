import AttendGeneration
import Testing

@Suite("Texts that stop a generation")
struct StopFilterTests {
    /// What comes through when the text arrives in pieces of so many characters.
    private func filtered(
        _ text: String, _ stopTexts: [String], by size: Int
    ) -> (text: String, isStopped: Bool) {
        var filter = StopFilter(stopTexts)
        var result = ""
        var rest = Substring(text)
        while !rest.isEmpty {
            result += filter.append(String(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        return (result + filter.finish(), filter.isStopped)
    }

    @Test(
        "the text ends before the stop text, however it is cut", arguments: [1, 2, 3, 5, 100])
    func cut(size: Int) {
        #expect(filtered("one two three", ["two"], by: size) == ("one ", true))
        #expect(filtered("aabaabaac", ["aabaac"], by: size) == ("aab", true))
        #expect(filtered("ababab", ["abac", "x"], by: size) == ("ababab", false))
        #expect(filtered("Grüße, 🦊!", ["🦊"], by: size) == ("Grüße, ", true))
        #expect(filtered("stop", ["stop"], by: size) == ("", true))
        #expect(filtered("plain", [], by: size) == ("plain", false))
    }

    @Test("the stop text that is complete first counts", arguments: [1, 4, 100])
    func first(size: Int) {
        #expect(filtered("xabcdez", ["abcde", "cd"], by: size) == ("xab", true))
        #expect(filtered("xabcdz", ["cd", "bcd"], by: size) == ("xa", true))
    }

    @Test("nothing that may belong to a stop text is let through")
    func holdsBack() {
        var filter = StopFilter(["\n\n"])
        #expect(filter.append("a\n") == "a")
        #expect(filter.append("b") == "\nb")
        #expect(filter.append("\n") == "")
        #expect(filter.finish() == "\n")
    }

    @Test("characters are compared by code points and come whole")
    func codePoints() {
        #expect(filtered("e\u{301}!", ["\u{E9}"], by: 1) == ("e\u{301}!", false))
        // 🦊 and 🦋 share three bytes.
        var filter = StopFilter(["🦋"])
        #expect(filter.append("🦊") == "🦊")
    }

    @Test("nothing follows a stop")
    func afterwards() {
        var filter = StopFilter(["."])
        #expect(filter.append("a.b") == "a")
        #expect(filter.append("c") == "")
        #expect(filter.finish() == "")
    }
}
