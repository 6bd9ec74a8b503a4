/// A set of Unicode scalars: ranges in ascending order that neither touch nor hold surrogates.
struct ScalarSet: Hashable, Sendable {
    let ranges: [ClosedRange<UInt32>]

    private static let surrogates: ClosedRange<UInt32> = 0xD800...0xDFFF
    private static let last: UInt32 = 0x10FFFF

    /// Every scalar.
    static let all = ScalarSet([0...last])

    /// The scalars of some ranges, in any order.
    init(_ ranges: [ClosedRange<UInt32>]) {
        var parts: [ClosedRange<UInt32>] = []
        for range in ranges where range.lowerBound <= Self.last {
            let range = range.clamped(to: 0...Self.last)
            let (low, high) = (range.lowerBound, range.upperBound)
            guard range.overlaps(Self.surrogates) else {
                parts.append(range)
                continue
            }
            if low < Self.surrogates.lowerBound { parts.append(low...0xD7FF) }
            if high > Self.surrogates.upperBound { parts.append(0xE000...high) }
        }
        parts.sort { $0.lowerBound < $1.lowerBound }
        var merged: [ClosedRange<UInt32>] = []
        for part in parts {
            if let before = merged.last, part.lowerBound <= before.upperBound + 1 {
                merged[merged.count - 1] =
                    before.lowerBound...max(before.upperBound, part.upperBound)
            } else {
                merged.append(part)
            }
        }
        self.ranges = merged
    }

    /// Some scalars.
    init(_ scalars: some Sequence<Unicode.Scalar>) {
        self.init(scalars.map { $0.value...$0.value })
    }

    var isEmpty: Bool { ranges.isEmpty }

    /// All scalars but these.
    var complement: ScalarSet {
        var gaps: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges {
            if range.lowerBound > next { gaps.append(next...range.lowerBound - 1) }
            next = range.upperBound + 1
        }
        if next <= Self.last { gaps.append(next...Self.last) }
        return ScalarSet(gaps)
    }

    func union(_ other: ScalarSet) -> ScalarSet { ScalarSet(ranges + other.ranges) }

    func subtracting(_ other: ScalarSet) -> ScalarSet {
        complement.union(other).complement
    }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        ranges.contains { $0.contains(scalar.value) }
    }

    /// The UTF-8 forms: sequences of sets of bytes, of which each member of the set matches exactly one.
    ///
    /// - Source: the division of ranges is that of R. Cox, "Regular Expression Matching in the Wild", 2010.
    var byteSequences: [[ByteSet]] {
        var sequences: [[ByteSet]] = []
        var short = ByteSet()
        for range in ranges {
            var pending = [range]
            while let range = pending.popLast() {
                let (low, high) = (range.lowerBound, range.upperBound)
                if let place = Self.division(low, high) {
                    pending += [place...high, low...place - 1]
                } else {
                    let (first, last) = (Self.bytes(of: low), Self.bytes(of: high))
                    let sets = zip(first, last).map { ByteSet(min($0, $1)...max($0, $1)) }
                    if sets.count == 1 { short.formUnion(sets[0]) } else { sequences.append(sets) }
                }
            }
        }
        return short.isEmpty ? sequences : [[short]] + sequences
    }

    /// Where a range must be divided so that the bytes of its parts vary independently; nil where they do.
    private static func division(_ low: UInt32, _ high: UInt32) -> UInt32? {
        for limit: UInt32 in [0x80, 0x800, 0x10000] where low < limit && high >= limit {
            return limit
        }
        let count = bytes(of: low).count
        for level in 1..<max(count, 1) {
            let mask: UInt32 = 1 << UInt32(6 * level) - 1
            if low & ~mask == high & ~mask { continue }
            if low & mask != 0 { return (low | mask) + 1 }
            if high & mask != mask { return high & ~mask }
        }
        return nil
    }

    private static func bytes(of value: UInt32) -> [UInt8] {
        Unicode.Scalar(value).map { Array(String($0).utf8) } ?? []
    }
}
