/// The types of element that a safetensors file may hold, in the format's own names.
///
/// The order is the one in which the format's own library lays tensors out: ascending size, so that
/// a file written from the largest to the smallest keeps every tensor aligned.
public enum ElementType: String, Hashable, Sendable, CaseIterable {
    case bool = "BOOL"
    case uint8 = "U8"
    case int8 = "I8"
    case int16 = "I16"
    case uint16 = "U16"
    case float16 = "F16"
    case bfloat16 = "BF16"
    case int32 = "I32"
    case uint32 = "U32"
    case float32 = "F32"
    case float64 = "F64"
    case int64 = "I64"
    case uint64 = "U64"

    /// The size of an element in bytes.
    public var byteCount: Int {
        switch self {
        case .bool, .uint8, .int8: 1
        case .int16, .uint16, .float16, .bfloat16: 2
        case .int32, .uint32, .float32: 4
        case .float64, .int64, .uint64: 8
        }
    }

    /// The product of the dimensions, nil where it is negative or does not fit in an `Int`.
    ///
    /// Zeros are left out until the end, so that no part of an empty tensor's shape overflows later
    /// either.
    static func elementCount(of shape: [Int]) -> Int? {
        var count = 1
        for dimension in shape where dimension != 0 {
            let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
            if overflow || dimension < 0 { return nil }
            count = product
        }
        return shape.contains(0) ? 0 : count
    }
}
