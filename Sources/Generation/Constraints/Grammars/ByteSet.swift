/// A set of bytes.
struct ByteSet: Hashable, Sendable {
    private var words = SIMD4<UInt64>(repeating: 0)

    /// No bytes.
    init() {}

    /// The bytes of a range.
    init(_ range: ClosedRange<UInt8>) {
        for byte in range { insert(byte) }
    }

    /// All bytes.
    static let all = ByteSet(0...255)

    var isEmpty: Bool { words == SIMD4(repeating: 0) }

    mutating func insert(_ byte: UInt8) { words[Int(byte >> 6)] |= 1 << UInt64(byte & 63) }

    func contains(_ byte: UInt8) -> Bool { words[Int(byte >> 6)] >> UInt64(byte & 63) & 1 == 1 }

    mutating func formUnion(_ other: ByteSet) { words |= other.words }

    func intersection(_ other: ByteSet) -> ByteSet {
        var result = self
        result.words &= other.words
        return result
    }

    /// The bytes in ascending order.
    var bytes: [UInt8] { (UInt8.min...UInt8.max).filter(contains) }
}
