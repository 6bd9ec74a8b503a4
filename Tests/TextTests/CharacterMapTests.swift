import AttendText
import Foundation
import Testing

@Suite("SentencePiece's character map")
struct CharacterMapTests {
    private func normalizer(_ bytes: [UInt8]) throws -> Normalizer {
        let table = Data(bytes).base64EncodedString()
        return try Normalizer(
            PieceFixtures.fields(
                text: #"{"type":"Precompiled","precompiled_charsmap":"\#(table)"}"#))
    }

    private func normalized(_ text: String, by normalizer: Normalizer) throws -> String {
        var normalized = NormalizedText(Array(text.utf8), keepsAlignment: true)
        try normalizer.normalize(&normalized)
        return String(decoding: normalized.bytes, as: UTF8.self)
    }

    @Test("SentencePiece's own table works on ligatures, widths and control characters")
    func table() throws {
        let normalizer = try normalizer(Array(PieceFixtures.characterMap()))
        #expect(try normalized("ﬁ①Ａ\u{3000}ｱ\u{7}e\u{301}", by: normalizer) == "fi1A アé")
        #expect(normalizer.json.text.count > 300_000)
    }

    @Test(
        "A map whose lengths do not fit is an error",
        arguments: [
            [], [1], [4, 0, 0, 0], [3, 0, 0, 0, 1, 2, 3], [255, 255, 255, 255, 0],
            [0, 0, 0, 0, 0xFF],
        ])
    func lengths(bytes: [UInt8]) {
        // An empty map is how files say that there is none.
        if bytes.isEmpty { return }
        #expect(throws: TokenizerError.self) { try normalizer(bytes) }
    }

    @Test("Text that is not base64 is an error, an empty one changes nothing")
    func base64() throws {
        #expect(throws: TokenizerError.self) {
            try Normalizer(
                PieceFixtures.fields(text: #"{"type":"Precompiled","precompiled_charsmap":"?"}"#))
        }
        for form in [#"null"#, #""""#] {
            let empty = try Normalizer(
                PieceFixtures.fields(
                    text: #"{"type":"Precompiled","precompiled_charsmap":\#(form)}"#))
            #expect(try normalized("ﬁ", by: empty) == "ﬁ")
        }
    }

    @Test("A map of hostile bytes never traps or loops, and what comes out is UTF-8")
    func hostile() throws {
        var random = CounterRandom(seed: 9, stream: 0, purpose: .stories)
        let table = Array(try PieceFixtures.characterMap())
        let text = "aﬁ①Ａ\u{3000}ｱ\u{7}e\u{301}\r\n漢字🙂\u{0}x\u{200D}"
        for round in 0..<400 {
            var bytes: [UInt8]
            if round % 2 == 0 {
                // Random units; the length fits, and the replacements are ASCII.
                let units = random.next(below: 64)
                bytes = [UInt8(4 * units), 0, 0, 0]
                for _ in 0..<4 * units { bytes.append(UInt8(random.next(below: 256))) }
                for _ in 0..<random.next(below: 8) { bytes.append(UInt8(random.next(below: 128))) }
            } else {
                bytes = table
                for _ in 0..<1 + random.next(below: 2000) {
                    bytes[4 + random.next(below: 8000)] = UInt8(random.next(below: 256))
                }
                if round % 4 == 1 { bytes.removeLast(random.next(below: 4000)) }
            }
            guard let normalizer = try? normalizer(bytes) else { continue }
            var normalized = NormalizedText(Array(text.utf8), keepsAlignment: true)
            do { try normalizer.normalize(&normalized) } catch TokenizerError.invalid { continue }
            #expect(String(validating: normalized.bytes, as: UTF8.self) != nil)
            for place in normalized.bytes.indices {
                let range = normalized.originalRange(of: place..<place + 1)
                #expect(range.upperBound <= text.utf8.count)
            }
        }
    }
}
