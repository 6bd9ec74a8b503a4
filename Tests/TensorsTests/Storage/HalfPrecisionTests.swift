import AttendTensors
import Testing

struct HalfPrecisionTests {
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

    @Test func everyNumberSurvivesTheRoundTrip() {
        for bits in UInt16.min ... .max {
            let value = Float(float16Bits: bits)
            if value.isNaN {
                if !Float(float16Bits: value.float16Bits).isNaN { Issue.record("\(bits)") }
            } else if value.float16Bits != bits {
                Issue.record("\(bits) became \(value.float16Bits)")
            }
        }
    }

    @Test(
        arguments: [
            (1 + 0x1p-11, 0x3C00),  // half way: down to even
            (1 + 0x3p-11, 0x3C02),  // half way: up to even
            (1 + 0x1.002p-11, 0x3C01), (65519.996, 0x7BFF), (65520, 0x7C00), (1e30, 0x7C00),
            (-.infinity, 0xFC00), (0x1p-25, 0x0000), (0x1.8p-24, 0x0002), (0x1p-14, 0x0400),
            (0x1.ffcp-15, 0x0400), (-1e-30, 0x8000), (.nan, 0x7E00),
        ] as [(Float, UInt16)])
    func roundsToNearestEven(value: Float, expected: UInt16) {
        #expect(value.float16Bits == expected)
    }
}
