/// A hash of strings of bytes for tables that outside data fill.
///
/// Its start differs from process to process, so that nobody can prepare a file whose entries all
/// collide. No result may depend on it.
struct ByteHash {
    private static let seed = UInt64.random(in: 0...UInt64.max) | 1

    private var state = Self.seed

    /// Takes one more byte.
    mutating func combine(_ byte: UInt8) {
        let (high, low) = (state ^ UInt64(byte)).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        state = low ^ high &+ Self.seed
    }

    /// The hash of all bytes so far.
    var value: UInt64 { state ^ state >> 32 }

    /// The hash of a string of bytes.
    static func value(of bytes: some Sequence<UInt8>) -> UInt64 {
        var hash = ByteHash()
        for byte in bytes { hash.combine(byte) }
        return hash.value
    }
}
