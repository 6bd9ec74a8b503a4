import AttendCheckpoints
import Testing

@Suite struct CRC32Tests {
    @Test func theChecksumsAreTheStandardOnes() {
        let digits = Array("123456789".utf8)
        #expect(CRC32.of(digits) == 0xCBF4_3926)
        #expect(CRC32.of([]) == 0)
        #expect(CRC32.of(digits, polynomial: .castagnoli) == 0xE306_9283)
        // RFC 3720, appendix B.4.
        #expect(CRC32.of([UInt8](repeating: 0, count: 32), polynomial: .castagnoli) == 0x8A91_36AA)
        #expect(CRC32.of(Array(0..<32), polynomial: .castagnoli) == 0x46DD_794E)
    }
}
