/// Many short strings of bytes in one piece of memory, such as the tokens of a vocabulary.
public struct ByteStrings: Hashable, Sendable {
    /// All strings, one after the other.
    private var bytes: [UInt8] = []
    /// Where each string ends in `bytes`.
    private var ends: [Int] = []

    /// No strings.
    public init() {}

    /// These strings.
    public init(_ strings: some Sequence<some Sequence<UInt8>>) {
        for string in strings { append(string) }
    }

    /// Adds a string at the end.
    public mutating func append(_ string: some Sequence<UInt8>) {
        bytes.append(contentsOf: string)
        ends.append(bytes.count)
    }

    /// Makes room for as many strings, and their bytes together, without more allocations.
    mutating func reserve(count: Int, byteCount: Int) {
        ends.reserveCapacity(count)
        bytes.reserveCapacity(byteCount)
    }
}

extension ByteStrings: RandomAccessCollection {
    /// The first string's index, 0.
    public var startIndex: Int { 0 }
    /// How many strings there are.
    public var endIndex: Int { ends.count }

    /// The bytes of a string.
    public subscript(index: Int) -> ArraySlice<UInt8> {
        bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
    }
}
