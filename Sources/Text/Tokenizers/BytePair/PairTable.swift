/// A pair of token ids that stand next to each other.
package struct TokenPair: Hashable, Sendable {
    package let left: Int32
    package let right: Int32

    package init(_ left: Int32, _ right: Int32) { (self.left, self.right) = (left, right) }

    /// Both ids in one number: pairs compare like their keys.
    ///
    /// Ids are never negative.
    var key: UInt64 {
        UInt64(UInt32(truncatingIfNeeded: left)) << 32 | UInt64(UInt32(truncatingIfNeeded: right))
    }

    init(key: UInt64) {
        left = Int32(truncatingIfNeeded: key >> 32)
        right = Int32(truncatingIfNeeded: key)
    }
}

/// A map from pairs of ids to whole numbers, for the innermost loops of byte-pair encoding.
///
/// Open addressing with a multiplicative hash: several times as fast as a dictionary. The factor differs
/// from process to process, so that no file can be made whose pairs all collide; no result depends on it.
struct PairTable: Sendable {
    private static let free = UInt64.max
    private static let factor = UInt64.random(in: 0...UInt64.max) | 1

    private var keys: [UInt64]
    private var values: [Int32]
    private var shift: UInt64

    /// How many pairs have a value.
    private(set) var count = 0

    /// An empty table, with room for so many pairs before it must grow.
    init(capacity: Int = 8) {
        var bits = 4
        while 1 << bits < 2 * capacity { bits += 1 }
        keys = [UInt64](repeating: Self.free, count: 1 << bits)
        values = [Int32](repeating: 0, count: 1 << bits)
        shift = UInt64(64 - bits)
    }

    /// The value of a pair, by its key; nil where it has none.
    subscript(key: UInt64) -> Int32? {
        let slot = slot(of: key)
        return keys[slot] == key ? values[slot] : nil
    }

    /// Gives a value to a pair that has none yet.
    mutating func insert(_ value: Int32, for key: UInt64) {
        if 2 * (count + 1) > keys.count { grow() }
        let slot = slot(of: key)
        keys[slot] = key
        values[slot] = value
        count += 1
    }

    /// Gives another value to a pair that has one.
    mutating func replace(_ value: Int32, for key: UInt64) { values[slot(of: key)] = value }

    /// Where a key stands, or would stand.
    private func slot(of key: UInt64) -> Int {
        var slot = Int(truncatingIfNeeded: (key &* Self.factor) >> shift)
        while keys[slot] != key, keys[slot] != Self.free { slot = (slot + 1) & (keys.count - 1) }
        return slot
    }

    private mutating func grow() {
        var larger = PairTable(capacity: keys.count)
        for (key, value) in zip(keys, values) where key != Self.free {
            larger.insert(value, for: key)
        }
        self = larger
    }
}
