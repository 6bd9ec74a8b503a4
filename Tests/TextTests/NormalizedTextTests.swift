import AttendText
import Testing

@Suite("Texts that know where they came from")
struct NormalizedTextTests {
    @Test("Kept bytes keep their places, and new ones have those of what they replace")
    func rewriting() {
        var text = NormalizedText(Array("abcdef".utf8), at: 10, keepsAlignment: true)
        #expect(text.originalRange(of: 1..<3) == 11..<13)
        text.rewrite { old, new in
            #expect(old == Array("abcdef".utf8))
            new.keep(0..<1)
            new.replace(1..<3, with: Array("XYZ".utf8))
            // The d is left out.
            new.keep(4..<6)
            new.replace(6..<6, with: Array("!".utf8))
            #expect(new.count == 7 && new.lastByte == UInt8(ascii: "!"))
        }
        #expect(String(decoding: text.bytes, as: UTF8.self) == "aXYZef!")
        #expect(text.originalRange(of: 0..<1) == 10..<11)
        #expect(text.originalRange(of: 2..<3) == 11..<13)
        #expect(text.originalRange(of: 3..<5) == 11..<15)
        #expect(text.originalRange(of: 4..<4) == 14..<14)
        #expect(text.originalRange(of: 6..<7) == 16..<16)
        // Once more: places go back to the first text.
        text.rewrite { _, new in new.replace(0..<7, with: Array("-".utf8)) }
        #expect(text.originalRange(of: 0..<1) == 10..<16)
    }

    @Test("Without alignment there are no places, and the bytes are the same")
    func unaligned() {
        var text = NormalizedText(Array("ab".utf8), keepsAlignment: false)
        text.rewrite { _, new in
            new.replace(0..<1, with: Array("xy".utf8))
            new.keep(1..<2)
        }
        #expect(String(decoding: text.bytes, as: UTF8.self) == "xyb")
        #expect(text.originalRange(of: 0..<2) == 0..<0)
    }
}
