import AttendText
import Testing

@Suite("Kinds of characters")
struct ScalarClassesTests {
    private static let classes: [(name: String, classes: ScalarClasses)] = [
        ("letter", .letter), ("number", .number), ("space", .space), ("mark", .mark),
        ("leading", .leading), ("following", .following), ("decimal", .decimal),
        ("properPunctuation", .properPunctuation), ("symbol", .symbol),
        ("patternWord", .patternWord), ("punctuation", .punctuation), ("word", .word),
    ]

    @Test("Every scalar is of the kinds that Hugging Face tokenizers counts it among")
    func recorded() throws {
        let file = try PieceFixtures.object("character-classes")
        #expect(Set(file.keys) == Set(Self.classes.map(\.name)))
        for (name, classes) in Self.classes {
            let ends = try #require(file[name] as? [Int])
            var expected: [UInt32] = []
            for first in stride(from: 0, to: ends.count, by: 2) {
                expected += UInt32(ends[first])...UInt32(ends[first + 1])
            }
            let found = (0..<0x11_0000 as Range<UInt32>).filter {
                ScalarClasses.of($0).contains(classes)
            }
            let differing = Set(found).symmetricDifference(expected).sorted().prefix(8)
            #expect(differing.isEmpty, "\(name): \(differing.map { String($0, radix: 16) })")
        }
    }
}
