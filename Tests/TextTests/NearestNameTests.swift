import AttendText
import Testing

@Suite("Nearest name")
struct NearestNameTests {
    private let names = ["tales", "shakespeare", "shakespeare-large", "gpt2-124m", "default"]

    @Test(
        "Slips of the fingers are understood",
        arguments: [
            ("tale", "tales"), ("taels", "tales"), ("TALES", "tales"), ("tals", "tales"),
            ("shakespear", "shakespeare"), ("shakspeer", "shakespeare"),
            ("shakespeare-lagre", "shakespeare-large"), ("gpt2-124", "gpt2-124m"),
            ("defualt", "default"),
        ])
    func close(typed: String, meant: String) {
        #expect(nearestName(to: typed, in: names) == meant)
    }

    @Test(
        "Other words are not",
        arguments: ["", "x", "wikipedia", "novels", String(repeating: "t", count: 10_000)])
    func far(typed: String) {
        #expect(nearestName(to: typed, in: names) == nil)
    }

    @Test("The nearest of several is taken, the first where they are as near")
    func nearest() {
        #expect(nearestName(to: "steps", in: ["step", "stops", "steps"]) == "steps")
        #expect(nearestName(to: "bat", in: ["cat", "hat"]) == "cat")
        #expect(nearestName(to: "a", in: []) == nil)
    }
}
