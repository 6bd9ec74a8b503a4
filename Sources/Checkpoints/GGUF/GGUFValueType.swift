/// The types that a value of a GGUF file's metadata may have, by the numbers of the format.
public enum GGUFValueType: UInt32, Hashable, Sendable, CaseIterable {
    /// A whole number of 8 bits without sign.
    case uint8
    /// A whole number of 8 bits.
    case int8
    /// A whole number of 16 bits without sign.
    case uint16
    /// A whole number of 16 bits.
    case int16
    /// A whole number of 32 bits without sign.
    case uint32
    /// A whole number of 32 bits.
    case int32
    /// A number in single precision.
    case float32
    /// A byte: 0 for no, 1 for yes.
    case bool
    /// Bytes with their count before them.
    case string
    /// Any number of values of one type.
    case array
    /// A whole number of 64 bits without sign.
    case uint64
    /// A whole number of 64 bits.
    case int64
    /// A number in double precision.
    case float64

    /// The size of a value in bytes; nil where it differs from value to value.
    var byteCount: Int? {
        switch self {
        case .uint8, .int8, .bool: 1
        case .uint16, .int16: 2
        case .uint32, .int32, .float32: 4
        case .uint64, .int64, .float64: 8
        case .string, .array: nil
        }
    }

    /// The fewest bytes that a value takes.
    var smallestByteCount: Int {
        switch self {
        case .string: 8
        case .array: 12
        default: byteCount ?? 1
        }
    }
}
