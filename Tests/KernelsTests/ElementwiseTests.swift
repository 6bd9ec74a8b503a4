import AttendKernels
import Foundation
import Testing

@Suite struct ElementwiseTests {
    @Test(arguments: Table.all, counts) func arithmetic(table: Table, count: Int) {
        let kernels = unsafe table.kernels
        let x = numbers(count, seed: 1)
        let y = numbers(count, seed: 2)
        let z = numbers(count, seed: 3)
        let n = Int64(count)
        let combined = unsafe writing(count: count) { out in
            unsafe reading(x) { x in
                unsafe reading(y) { unsafe kernels.combine(n, 0.5, x, -2, $0, out) }
            }
        }
        expectClose(combined, zip(x.doubles, y.doubles).map { 0.5 * $0 - 2 * $1 })
        let product = unsafe writing(count: count) { out in
            unsafe reading(x) { x in unsafe reading(y) { unsafe kernels.multiply(n, x, $0, out) } }
        }
        expectClose(product, zip(x.doubles, y.doubles).map { $0 * $1 })
        let added = unsafe writing(z) { out in
            unsafe reading(x) { x in unsafe reading(y) { unsafe kernels.multiplyAdd(n, x, $0, out) }
            }
        }
        expectClose(added, x.indices.map { Double(x[$0]) * Double(y[$0]) + Double(z[$0]) })
        let moved = unsafe writing(count: count) { out in
            unsafe reading(x) { unsafe kernels.affine(n, 3, $0, -0.25, out) }
        }
        expectClose(moved, x.doubles.map { 3 * $0 - 0.25 })
        let filled = unsafe writing(count: count) { unsafe kernels.fill(n, -7.5, $0) }
        #expect(filled.allSatisfy { $0 == -7.5 })

        let combinedInPlace = unsafe writing(x) { x in
            unsafe reading(y) { unsafe kernels.combine(n, 0.5, x, -2, $0, x) }
        }
        #expect(areIdentical(combined, combinedInPlace))
        let movedInPlace = unsafe writing(x) { unsafe kernels.affine(n, 3, $0, -0.25, $0) }
        #expect(areIdentical(moved, movedInPlace))
        let productInPlace = unsafe writing(y) { y in
            unsafe reading(x) { unsafe kernels.multiply(n, $0, y, y) }
        }
        #expect(areIdentical(product, productInPlace))
    }

    @Test(arguments: Table.all, counts) func trailingAxes(table: Table, width: Int) {
        let kernels = unsafe table.kernels
        for rows in [0, 1, 5] {
            let x = numbers(rows * width, seed: 4)
            let y = numbers(width, seed: 5)
            let sum = unsafe writing(count: rows * width) { z in
                unsafe reading(x) { x in
                    unsafe reading(y) {
                        unsafe kernels.addTrailing(Int64(rows), Int64(width), x, $0, z)
                    }
                }
            }
            expectClose(sum, x.indices.map { Double(x[$0]) + Double(y[$0 % width]) })
            let product = unsafe writing(x) { z in
                unsafe reading(y) {
                    unsafe kernels.multiplyTrailing(Int64(rows), Int64(width), z, $0, z)
                }
            }
            expectClose(product, x.indices.map { Double(x[$0]) * Double(y[$0 % width]) })
        }
    }

    @Test(arguments: Table.all, counts) func scaledRows(table: Table, width: Int) {
        for rows in [0, 1, 5] {
            let (x, scales) = (numbers(rows * width, seed: 4), numbers(rows, seed: 5))
            let scaled = unsafe writing(count: rows * width) { z in
                unsafe reading([x, scales]) {
                    unsafe table.kernels.scaleRows(Int64(rows), Int64(width), $0[0], $0[1], z)
                }
            }
            #expect(scaled == x.indices.map { x[$0] * scales[$0 / width] })
        }
    }

    /// Round to nearest, ties to even, by the definition.
    private func bfloat16(_ x: Float) -> UInt16 {
        if x.isNaN { return UInt16(x.bitPattern >> 16) | 0x40 }
        let lower = x.bitPattern & 0xffff
        let upper = x.bitPattern >> 16
        let roundsUp = lower > 0x8000 || (lower == 0x8000 && upper & 1 == 1)
        return UInt16(upper + (roundsUp ? 1 : 0))
    }

    @Test(arguments: Table.all, counts) func brainFloats(table: Table, count: Int) {
        let kernels = unsafe table.kernels
        let special: [UInt32] = [
            0, 0x8000_0000, 0x7f80_0000, 0xff80_0000, 0x7f80_0001, 0xffff_ffff, 0x7fc0_0000,
            0x3f80_8000, 0x3f81_8000,
            0x3f80_7fff, 0x3f80_8001, 0x7f7f_ffff, 0x0000_0001, 0x0000_8000, 0x0000_8001,
            0x007f_ffff,
        ]
        let x = (numbers(count, seed: 6) + special.map(Float.init(bitPattern:))).suffix(count)
        var words = [UInt16](repeating: 0xabcd, count: count + 32)
        unsafe reading(Array(x)) { x in
            unsafe words.withUnsafeMutableBufferPointer {
                unsafe kernels.toBFloat16(Int64(count), x, $0.baseAddress!)
            }
        }
        #expect(Array(words.prefix(count)) == x.map(bfloat16))
        #expect(words.suffix(32).allSatisfy { $0 == 0xabcd })
        let back = unsafe writing(count: count) { y in
            unsafe words.withUnsafeBufferPointer {
                unsafe kernels.fromBFloat16(Int64(count), $0.baseAddress!, y)
            }
        }
        #expect(back.map(\.bitPattern) == words.prefix(count).map { UInt32($0) << 16 })
    }

    /// The value of a half-precision number, by the definition.
    private func value(ofFloat16 bits: UInt16) -> Double {
        let (exponent, fraction) = (Int(bits >> 10 & 31), Double(bits & 1023))
        let size =
            switch exponent {
            case 31: fraction == 0 ? Double.infinity : .nan
            case 0: fraction * 0x1p-24
            default: scalbn(1024 + fraction, exponent - 25)
            }
        return bits & 0x8000 == 0 ? size : -size
    }

    @Test(arguments: Table.all, counts) func halfPrecision(table: Table, count: Int) {
        let kernels = unsafe table.kernels
        let special: [Float] = [
            0, -0.0, .infinity, -.infinity, .nan, 65504, 65519.996, 65520, -1e30, 0x1p-14, 0x1p-24,
            0x1p-25, 0x1.8p-24, 1 + 0x1p-11, 1 + 0x3p-11, 0x1.ffcp-15,
        ]
        let x = Array((numbers(count, seed: 7, range: 40000) + special).suffix(count))
        var words = [UInt16](repeating: 0xabcd, count: count + 32)
        unsafe reading(x) { x in
            unsafe words.withUnsafeMutableBufferPointer {
                unsafe kernels.toFloat16(Int64(count), x, $0.baseAddress!)
            }
        }
        #expect(words.suffix(32).allSatisfy { $0 == 0xabcd })
        for (x, bits) in zip(x, words) {
            let rounded = value(ofFloat16: bits)
            #expect(bits & 0x8000 == UInt16(x.bitPattern >> 31) << 15)
            if x.isNaN || x.magnitude >= 65520 {
                #expect(x.isNaN ? rounded.isNaN : rounded.isInfinite)
                continue
            }
            // No neighbour is nearer, and of two that are as near the even one was taken.
            let error = abs(rounded - Double(x))
            for neighbour in [bits &- 1, bits &+ 1] where neighbour & 0x7fff < 0x7c00 {
                let other = abs(value(ofFloat16: neighbour) - Double(x))
                #expect(error < other || error == other && bits & 1 == 0, "\(x): \(bits)")
            }
        }
        let back = unsafe writing(count: count) { y in
            unsafe words.withUnsafeBufferPointer {
                unsafe kernels.fromFloat16(Int64(count), $0.baseAddress!, y)
            }
        }
        for (back, bits) in zip(back, words) {
            let wanted = value(ofFloat16: bits)
            #expect(back.isNaN ? wanted.isNaN : Double(back) == wanted)
        }
    }
}
