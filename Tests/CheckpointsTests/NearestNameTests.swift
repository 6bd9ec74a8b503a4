import AttendCheckpoints
import Testing

struct NearestNameTests {
    private let names = ["width", "layerCount", "headCount", "dropout"]

    @Test(
        arguments: [
            ("widht", "width"), ("Width", "width"), ("wdth", "width"), ("layercount", "layerCount"),
            ("headCounts", "headCount"), ("drop", nil), ("banana", nil), ("", nil),
        ] as [(String, String?)])
    func slipsOfTheFingers(typed: String, expected: String?) {
        #expect(NearestName.of(typed, among: names) == expected)
    }

    @Test func aNameOfAnyLengthIsNoTrouble() {
        let long = String(repeating: "x", count: 1_000_000)
        #expect(NearestName.of(long, among: names) == nil)
    }
}
