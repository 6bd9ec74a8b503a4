import AttendCheckpoints
import Testing

struct ElementConversionTests {
    @Test func everyBfloat16SurvivesTheRoundTrip() {
        for bits in UInt16.min ... .max {
            let value = Float(bfloat16Bits: bits)
            if value.isNaN {
                #expect(Float(bfloat16Bits: value.bfloat16Bits).isNaN)
            } else if value.bfloat16Bits != bits {
                Issue.record("\(bits) became \(value.bfloat16Bits)")
            }
        }
    }

    @Test(
        arguments: [
            (0x3F80_8000, 0x3F80),  // half way: down to even
            (0x3F81_8000, 0x3F82),  // half way: up to even
            (0x3F80_8001, 0x3F81), (0x3F80_7FFF, 0x3F80),
            (0x7F7F_FFFF, 0x7F80),  // the largest Float rounds to infinity
            (0x7F80_0001, 0x7FC0),  // a NaN whose upper half alone would be infinity
            (0xFF80_0000, 0xFF80), (0x8000_0000, 0x8000), (0x0000_8001, 0x0001),
        ] as [(UInt32, UInt16)])
    func bfloat16RoundsToNearestEven(bits: UInt32, expected: UInt16) {
        #expect(Float(bitPattern: bits).bfloat16Bits == expected)
    }
}
