/// A message in the binary form of Protocol Buffers, written field by field.
///
/// Each field is its number and the form of its value in one variable-length integer, and then the value.
///
/// - Source: protobuf.dev, "Encoding".
package struct ProtocolBufferMessage {
    /// What has been written so far.
    package private(set) var bytes: [UInt8] = []

    /// A message without fields.
    package init() {}

    private enum Form: UInt64 {
        case variable = 0
        case eightBytes = 1
        case counted = 2
        case fourBytes = 5
    }

    /// Adds a whole number.
    package mutating func add(_ number: Int64, field: UInt64) {
        begin(field, .variable)
        append(variable: UInt64(bitPattern: number))
    }

    /// Adds a fraction of 64 bits.
    package mutating func add(_ number: Double, field: UInt64) {
        begin(field, .eightBytes)
        append(littleEndian: number.bitPattern)
    }

    /// Adds a fraction of 32 bits.
    package mutating func add(_ number: Float, field: UInt64) {
        begin(field, .fourBytes)
        append(littleEndian: number.bitPattern)
    }

    /// Adds a text.
    package mutating func add(_ text: String, field: UInt64) {
        begin(field, .counted)
        append(counted: Array(text.utf8))
    }

    /// Adds a message within this one.
    package mutating func add(_ message: ProtocolBufferMessage, field: UInt64) {
        begin(field, .counted)
        append(counted: message.bytes)
    }

    private mutating func begin(_ field: UInt64, _ form: Form) {
        append(variable: field << 3 | form.rawValue)
    }

    /// Seven bits a byte, the low ones first; the top bit says that more follow.
    private mutating func append(variable number: UInt64) {
        var rest = number
        while rest > 0x7F {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private mutating func append(counted content: [UInt8]) {
        append(variable: UInt64(content.count))
        bytes += content
    }

    private mutating func append(littleEndian number: some FixedWidthInteger) {
        bytes += number.littleEndianBytes
    }
}

extension FixedWidthInteger {
    /// The bytes of the number, the lowest first.
    var littleEndianBytes: [UInt8] {
        (0..<Self.bitWidth / 8).map { UInt8(truncatingIfNeeded: self >> ($0 * 8)) }
    }

    /// The number whose lowest byte comes first.
    init(littleEndianBytes bytes: some Sequence<UInt8>) {
        self = bytes.reversed().reduce(0) { $0 << 8 | Self(truncatingIfNeeded: $1) }
    }
}
