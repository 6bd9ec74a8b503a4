internal import AttendText

/// A value of a GGUF file's metadata, in the type that it has there.
public enum GGUFValue: Hashable, Sendable {
    /// Of the type ``GGUFValueType/uint8``.
    case uint8(UInt8)
    /// Of the type ``GGUFValueType/int8``.
    case int8(Int8)
    /// Of the type ``GGUFValueType/uint16``.
    case uint16(UInt16)
    /// Of the type ``GGUFValueType/int16``.
    case int16(Int16)
    /// Of the type ``GGUFValueType/uint32``.
    case uint32(UInt32)
    /// Of the type ``GGUFValueType/int32``.
    case int32(Int32)
    /// Of the type ``GGUFValueType/float32``.
    case float32(Float)
    /// Of the type ``GGUFValueType/bool``.
    case bool(Bool)
    /// Of the type ``GGUFValueType/string``: bytes that should be UTF-8, but need not be.
    case string([UInt8])
    /// Of the type ``GGUFValueType/array``.
    case array(GGUFArray)
    /// Of the type ``GGUFValueType/uint64``.
    case uint64(UInt64)
    /// Of the type ``GGUFValueType/int64``.
    case int64(Int64)
    /// Of the type ``GGUFValueType/float64``.
    case float64(Double)

    /// A text as its UTF-8 bytes.
    public static func text(_ text: String) -> GGUFValue { .string(Array(text.utf8)) }

    /// The type.
    public var type: GGUFValueType {
        switch self {
        case .uint8: .uint8
        case .int8: .int8
        case .uint16: .uint16
        case .int16: .int16
        case .uint32: .uint32
        case .int32: .int32
        case .float32: .float32
        case .bool: .bool
        case .string: .string
        case .array: .array
        case .uint64: .uint64
        case .int64: .int64
        case .float64: .float64
        }
    }

    /// The value as a whole number, nil where it is none or too large for `Int`.
    public var integer: Int? {
        switch self {
        case .uint8(let value): Int(value)
        case .int8(let value): Int(value)
        case .uint16(let value): Int(value)
        case .int16(let value): Int(value)
        case .uint32(let value): Int(value)
        case .int32(let value): Int(value)
        case .uint64(let value): Int(exactly: value)
        case .int64(let value): Int(exactly: value)
        default: nil
        }
    }

    /// The value as a number of single precision, nil where it is of another type than the two fractions.
    public var fraction: Float? {
        switch self {
        case .float32(let value): value
        case .float64(let value): Float(value)
        default: nil
        }
    }

    /// The value in the words of an error.
    var summary: String {
        switch self {
        case .uint8(let value): "\(value)"
        case .int8(let value): "\(value)"
        case .uint16(let value): "\(value)"
        case .int16(let value): "\(value)"
        case .uint32(let value): "\(value)"
        case .int32(let value): "\(value)"
        case .float32(let value): "\(value)"
        case .bool(let value): "\(value)"
        case .string(let bytes): String(decoding: bytes, as: UTF8.self).quoted
        case .array(let array): "a list of \(array.count)"
        case .uint64(let value): "\(value)"
        case .int64(let value): "\(value)"
        case .float64(let value): "\(value)"
        }
    }
}

/// The values of an array in a GGUF file's metadata.
public enum GGUFArray: Hashable, Sendable {
    /// Of the type ``GGUFValueType/uint8``.
    case uint8([UInt8])
    /// Of the type ``GGUFValueType/int8``.
    case int8([Int8])
    /// Of the type ``GGUFValueType/uint16``.
    case uint16([UInt16])
    /// Of the type ``GGUFValueType/int16``.
    case int16([Int16])
    /// Of the type ``GGUFValueType/uint32``.
    case uint32([UInt32])
    /// Of the type ``GGUFValueType/int32``.
    case int32([Int32])
    /// Of the type ``GGUFValueType/float32``.
    case float32([Float])
    /// Of the type ``GGUFValueType/bool``.
    case bool([Bool])
    /// Of the type ``GGUFValueType/string``.
    case string(ByteStrings)
    /// Of the type ``GGUFValueType/array``.
    case array([GGUFArray])
    /// Of the type ``GGUFValueType/uint64``.
    case uint64([UInt64])
    /// Of the type ``GGUFValueType/int64``.
    case int64([Int64])
    /// Of the type ``GGUFValueType/float64``.
    case float64([Double])

    /// The type of each value.
    public var elementType: GGUFValueType {
        switch self {
        case .uint8: .uint8
        case .int8: .int8
        case .uint16: .uint16
        case .int16: .int16
        case .uint32: .uint32
        case .int32: .int32
        case .float32: .float32
        case .bool: .bool
        case .string: .string
        case .array: .array
        case .uint64: .uint64
        case .int64: .int64
        case .float64: .float64
        }
    }

    /// How many values there are.
    public var count: Int {
        switch self {
        case .uint8(let values): values.count
        case .int8(let values): values.count
        case .uint16(let values): values.count
        case .int16(let values): values.count
        case .uint32(let values): values.count
        case .int32(let values): values.count
        case .float32(let values): values.count
        case .bool(let values): values.count
        case .string(let values): values.count
        case .array(let values): values.count
        case .uint64(let values): values.count
        case .int64(let values): values.count
        case .float64(let values): values.count
        }
    }

    /// The values as whole numbers, nil where they are none or one is too large for `Int`.
    public var integers: [Int]? {
        switch self {
        case .uint8(let values): values.map(Int.init)
        case .int8(let values): values.map(Int.init)
        case .uint16(let values): values.map(Int.init)
        case .int16(let values): values.map(Int.init)
        case .uint32(let values): values.map(Int.init)
        case .int32(let values): values.map(Int.init)
        case .uint64(let values): exactly(values)
        case .int64(let values): exactly(values)
        default: nil
        }
    }

    private func exactly(_ values: [some FixedWidthInteger]) -> [Int]? {
        let integers = values.compactMap { Int(exactly: $0) }
        return integers.count == values.count ? integers : nil
    }
}
