import AttendText
import Testing

@Suite("Streaming decoder")
struct StreamingDecoderTests {
    @Test("A character appears when it is whole")
    func heldBack() {
        var decoder = StreamingDecoder(ByteTokenizer())
        let pieces = ByteTokenizer().encode("a😀é").map { decoder.append($0) }
        #expect(pieces == ["a", "", "", "", "😀", "", "é"])
        #expect(decoder.finish() == "")
    }

    @Test("An unfinished character is shown as U+FFFD at the end, once")
    func unfinished() {
        var decoder = StreamingDecoder(ByteTokenizer())
        #expect(decoder.append(0xF0) == "")
        #expect(decoder.append(0x9F) == "")
        #expect(decoder.finish() == "\u{FFFD}")
        #expect(decoder.finish() == "")
    }

    @Test("Characters stream one by one")
    func characters() throws {
        var decoder = StreamingDecoder(try CharacterTokenizer(text: "aé😀"))
        #expect([2, 0, 1].map { decoder.append($0) } == ["😀", "a", "é"])
    }

    @Test("All that is streamed equals what is decoded at once, whatever the bytes")
    func anyBytes() {
        var random = CounterRandom(seed: 7, stream: 0, purpose: .stories)
        // Bytes near the borders of what is well-formed are drawn often.
        let borders: [Int32] = [
            0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0,
            0xE1,
            0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF, 256, -1,
        ]
        for _ in 0..<3000 {
            let ids = (0..<random.next(below: 12)).map { _ in
                borders[random.next(below: borders.count)]
            }
            var decoder = StreamingDecoder(ByteTokenizer())
            let streamed = ids.map { decoder.append($0) }.joined() + decoder.finish()
            #expect(Array(streamed.utf8) == Array(ByteTokenizer().decode(ids).utf8), "\(ids)")
        }
    }
}
