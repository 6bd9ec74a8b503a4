/// Weights in blocks of 32 that share a scale in half precision: what `llama.cpp` calls Q8_0 and Q4_0.
///
/// An element is its whole number times the scale. With 8 bits, whole numbers run from −127 to 127 and follow the scale one
/// by one. With 4 bits, they run from −8 to 7 and are stored plus 8: each byte holds one of the block's first half in its
/// lower four bits and one of the second half in its upper four.
///
/// - Source: `quantize_row_q8_0_ref` and `quantize_row_q4_0_ref` of <https://github.com/ggml-org/ggml>, and the module
///   `gguf.quants`, whose bits these are.
package enum QuantisedBlocks: Sendable, CaseIterable {
    /// Q8_0: 34 bytes for 32 elements.
    case eightBits
    /// Q4_0: 18 bytes for 32 elements.
    case fourBits

    /// How many elements a block has.
    package static let width = 32

    /// The size of a block in bytes.
    package var byteCount: Int { self == .eightBits ? 34 : 18 }

    /// The elements of whole blocks.
    ///
    /// - Parameter elements: has room for exactly as many.
    package func decode(
        _ bytes: UnsafeRawBufferPointer, into elements: UnsafeMutableBufferPointer<Float>
    ) {
        let count = checkedCount(bytes: bytes.count, elements: elements.count)
        guard let source = bytes.baseAddress, let target = elements.baseAddress else { return }
        for block in 0..<count {
            let start = unsafe source + block * byteCount
            let scale = unsafe Float(
                float16Bits: UInt16(littleEndian: start.loadUnaligned(as: UInt16.self)))
            let out = unsafe target + block * Self.width
            switch self {
            case .eightBits:
                let numbers = unsafe (start + 2).assumingMemoryBound(to: Int8.self)
                for index in 0..<32 { unsafe out[index] = Float(numbers[index]) * scale }
            case .fourBits:
                let pairs = unsafe (start + 2).assumingMemoryBound(to: UInt8.self)
                for index in 0..<16 {
                    let pair = Int32(unsafe pairs[index])
                    unsafe out[index] = Float(pair & 0xF &- 8) * scale
                    unsafe out[index + 16] = Float(pair &>> 4 &- 8) * scale
                }
            }
        }
    }

    /// The blocks of as many elements.
    ///
    /// A block with an infinite element or one that is no number becomes one of NaNs, so that it is found again.
    ///
    /// - Parameter bytes: has room for exactly as many blocks.
    package func encode(
        _ elements: UnsafeBufferPointer<Float>, into bytes: UnsafeMutableRawBufferPointer
    ) {
        let count = checkedCount(bytes: bytes.count, elements: elements.count)
        guard let source = elements.baseAddress, let target = bytes.baseAddress else { return }
        for block in 0..<count {
            let start = unsafe target + block * byteCount
            let block = unsafe source + block * Self.width
            let extreme = unsafe Self.extreme(block)
            let scale = self == .eightBits ? abs(extreme) / 127 : extreme / -8
            unsafe start.storeBytes(of: scale.float16Bits.littleEndian, as: UInt16.self)
            // A scale too small to be turned around belongs to a block of zeros in half precision.
            let inverse = scale == 0 || !(1 / scale).isFinite ? 0 : 1 / scale
            let numbers = unsafe (start + 2).assumingMemoryBound(to: UInt8.self)
            switch self {
            case .eightBits:
                for index in 0..<32 {
                    unsafe numbers[index] = Self.eightBitNumber(block[index] * inverse)
                }
            case .fourBits:
                for index in 0..<16 {
                    let low = unsafe Self.fourBitNumber(block[index] * inverse)
                    let high = unsafe Self.fourBitNumber(block[index + 16] * inverse)
                    unsafe numbers[index] = low | high &<< 4
                }
            }
        }
    }

    /// The first element of the greatest magnitude; NaN where one is infinite or no number.
    private static func extreme(_ block: UnsafePointer<Float>) -> Float {
        var extreme: Float = 0
        var sum: Float = 0
        for index in 0..<width {
            let element = unsafe block[index]
            // Zero, unless the element is not finite.
            sum += element * 0
            if abs(element) > abs(extreme) { extreme = element }
        }
        return sum == 0 ? extreme : .nan
    }

    /// The nearest whole number, halves away from zero, as a byte in two's complement.
    private static func eightBitNumber(_ value: Float) -> UInt8 {
        let magnitude = abs(value)
        guard magnitude < 128 else { return 0 }
        let whole = Int32(magnitude)
        let rounded = whole &+ (magnitude - Float(whole) >= 0.5 ? 1 : 0)
        return UInt8(truncatingIfNeeded: value < 0 ? 0 &- rounded : rounded)
    }

    /// The nearest whole number plus 8, halves up.
    private static func fourBitNumber(_ value: Float) -> UInt8 {
        let shifted = value + 8.5
        guard shifted >= 0, shifted < 17 else { return 0 }
        return min(UInt8(shifted), 15)
    }

    private func checkedCount(bytes: Int, elements: Int) -> Int {
        if elements % Self.width != 0 || bytes != elements / Self.width * byteCount {
            shapeError("\(bytes) bytes are not the blocks of \(elements) elements")
        }
        return elements / Self.width
    }
}
