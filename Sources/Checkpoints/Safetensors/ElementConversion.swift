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
    ///
    /// - Parameter bytes: as many elements of the type, aligned for it.
    func convert(
        _ bytes: UnsafeRawBufferPointer, into floats: UnsafeMutableBufferPointer<Float>
    ) throws(Unrepresentable) {
        switch type {
        case .bool, .uint8: unsafe try whole(UInt8.self, bytes, floats)
        case .int8: unsafe try whole(Int8.self, bytes, floats)
        case .int16: unsafe try whole(Int16.self, bytes, floats)
        case .uint16: unsafe try whole(UInt16.self, bytes, floats)
        case .int32: unsafe try whole(Int32.self, bytes, floats)
        case .uint32: unsafe try whole(UInt32.self, bytes, floats)
        case .int64: unsafe try whole(Int64.self, bytes, floats)
        case .uint64: unsafe try whole(UInt64.self, bytes, floats)
        case .float16: unsafe halves(bytes) { unsafe StoredElements.widenFloat16($0, into: floats) }
        case .bfloat16:
            unsafe halves(bytes) { unsafe StoredElements.widenBFloat16($0, into: floats) }
        case .float32:
            for index in floats.indices {
                unsafe floats[index] = Float(
                    bitPattern: UInt32(littleEndian: Self.word(bytes, index)))
            }
        case .float64:
            for index in floats.indices {
                let value = unsafe Double(
                    bitPattern: UInt64(littleEndian: Self.word(bytes, index)))
                let float = Float(value)
                if float.isInfinite, value.isFinite {
                    throw Unrepresentable(index: index, value: "\(value)")
                }
                unsafe floats[index] = float
            }
        }
    }

    /// Hands 16-bit words in the order of this processor's bytes to a conversion.
    private func halves(
        _ bytes: UnsafeRawBufferPointer, _ body: (UnsafeBufferPointer<UInt16>) -> Void
    ) {
        unsafe bytes.withMemoryRebound(to: UInt16.self) { words in
            if UInt16(1).littleEndian == 1 { return unsafe body(words) }
            unsafe words.map(\.littleEndian).withUnsafeBufferPointer { unsafe body($0) }
        }
    }

    /// Whole numbers: converted in one loop without branches, then looked at for any that were rounded.
    private func whole<Word: FixedWidthInteger & BitwiseCopyable>(
        _ type: Word.Type, _ bytes: UnsafeRawBufferPointer,
        _ floats: UnsafeMutableBufferPointer<Float>
    ) throws(Unrepresentable) {
        /// The bits of all numbers, of negative ones the complement's.
        var bits: Word = 0
        for index in floats.indices {
            let value = unsafe Word(littleEndian: Self.word(bytes, index))
            bits |= Word.isSigned ? value ^ (value >> (Word.bitWidth - 1)) : value
            unsafe floats[index] = Float(value)
        }
        // Float holds all whole numbers of 24 bits.
        if Word.bitWidth - bits.leadingZeroBitCount <= 24 { return }
        for index in floats.indices {
            let value = unsafe Word(littleEndian: Self.word(bytes, index))
            if Float(exactly: value) == nil {
                throw Unrepresentable(index: index, value: "\(value)")
            }
        }
    }

    @inline(__always)
    private static func word<Word: BitwiseCopyable>(
        _ bytes: UnsafeRawBufferPointer, _ index: Int
    ) -> Word {
        unsafe bytes.load(fromByteOffset: index * MemoryLayout<Word>.size, as: Word.self)
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
