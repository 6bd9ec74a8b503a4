import AttendCheckpoints
import Testing

struct ElementConversionTests {
    @Test(
        arguments: [
            (0x0000, 0.0), (0x0001, 0x1p-24), (0x03FF, 0x1.ff8p-15), (0x0400, 0x1p-14),
            (0x3C00, 1), (0x3555, 0x1.554p-2), (0x7BFF, 65504), (0xC500, -5), (0x8001, -0x1p-24),
        ] as [(UInt16, Float)])
    func halfPrecision(bits: UInt16, value: Float) {
        #expect(Float(float16Bits: bits) == value)
    }

    @Test func halfPrecisionKeepsZerosInfinitiesAndNaNs() {
        #expect(Float(float16Bits: 0x8000).bitPattern == 0x8000_0000)
        #expect(Float(float16Bits: 0x7C00) == .infinity)
        #expect(Float(float16Bits: 0xFC00) == -.infinity)
        #expect(Float(float16Bits: 0x7E01).isNaN)
    }

    #if !(os(macOS) && arch(x86_64))
        @Test func halfPrecisionAgreesWithTheLanguageEverywhere() {
            for bits in UInt16.min ... .max {
                let expected = Float(Float16(bitPattern: bits))
                let value = Float(float16Bits: bits)
                let isEqual =
                    value.bitPattern == expected.bitPattern || value.isNaN && expected.isNaN
                if !isEqual { Issue.record("\(bits): \(value) instead of \(expected)") }
            }
        }
    #endif

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
