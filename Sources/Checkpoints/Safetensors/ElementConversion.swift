internal import AttendTensors

/// Turns little-endian elements of any type into Float.
///
/// F64 is rounded to the nearest Float. A whole number that Float cannot hold exactly, and an F64
/// beyond Float's range, is an error: such a tensor is not a weight, and a silent change of it
/// would be worse than a refusal.
struct ElementConversion {
    /// An element that has no Float.
    struct Unrepresentable: Error {
        let index: Int
        let value: String
    }

    let type: ElementType

    /// Converts as many elements as `floats` holds.
    func convert(_ bytes: [UInt8], into floats: UnsafeMutableBufferPointer<Float>)
        throws(Unrepresentable)
    {
        switch type {
        case .bool, .uint8: unsafe try whole(UInt8.self, bytes, floats)
        case .int8: unsafe try whole(Int8.self, bytes, floats)
        case .int16: unsafe try whole(Int16.self, bytes, floats)
        case .uint16: unsafe try whole(UInt16.self, bytes, floats)
        case .int32: unsafe try whole(Int32.self, bytes, floats)
        case .uint32: unsafe try whole(UInt32.self, bytes, floats)
        case .int64: unsafe try whole(Int64.self, bytes, floats)
        case .uint64: unsafe try whole(UInt64.self, bytes, floats)
        case .float16:
            for index in floats.indices {
                unsafe floats[index] = Float(float16Bits: Self.word(bytes, index))
            }
        case .bfloat16:
            for index in floats.indices {
                unsafe floats[index] = Float(bfloat16Bits: Self.word(bytes, index))
            }
        case .float32:
            for index in floats.indices {
                unsafe floats[index] = Float(bitPattern: Self.word(bytes, index))
            }
        case .float64:
            for index in floats.indices {
                let value = Double(bitPattern: Self.word(bytes, index))
                let float = Float(value)
                if float.isInfinite, value.isFinite {
                    throw Unrepresentable(index: index, value: "\(value)")
                }
                unsafe floats[index] = float
            }
        }
    }

    private func whole<Word: FixedWidthInteger & BitwiseCopyable>(
        _ type: Word.Type, _ bytes: [UInt8], _ floats: UnsafeMutableBufferPointer<Float>
    ) throws(Unrepresentable) {
        for index in floats.indices {
            let value: Word = Self.word(bytes, index)
            guard let float = Float(exactly: value) else {
                throw Unrepresentable(index: index, value: "\(value)")
            }
            unsafe floats[index] = float
        }
    }

    @inline(__always)
    private static func word<Word: FixedWidthInteger & BitwiseCopyable>(
        _ bytes: [UInt8], _ index: Int
    ) -> Word {
        let size = MemoryLayout<Word>.size
        return unsafe Word(
            littleEndian: bytes.span.bytes.unsafeLoadUnaligned(
                fromByteOffset: index * size, as: Word.self))
    }
}

extension Float {
    /// The value of a bfloat16 number: the upper half of a Float.
    package init(bfloat16Bits bits: UInt16) {
        self.init(bitPattern: UInt32(bits) << 16)
    }

    /// The nearest bfloat16 number, ties to even; NaN stays NaN.
    package var bfloat16Bits: UInt16 {
        let bits = bitPattern
        if isNaN { return UInt16(truncatingIfNeeded: bits >> 16) | 0x40 }
        return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
    }
}
