/// Random numbers that depend on nothing but a seed, a stream and a position in that stream.
///
/// Because the generator is a function of a counter, batch 1,000 or story 1,000 can be drawn without
/// drawing those before it: a resumed run sees exactly what an uninterrupted one would have seen.
///
/// - Source: Philox 4×32-10, Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3".
package struct CounterRandom: Sendable {
    private let seed: UInt64
    private let stream: UInt64
    private let purpose: Purpose
    private var block: UInt32 = 0
    private var words: [UInt32] = []

    /// What numbers are drawn for, so that one seed serves several purposes with unrelated numbers.
    package enum Purpose: UInt32, Sendable {
        /// The places of windows in a text.
        case windows = 0x5749_4E44
        /// The choices in a text from a grammar.
        case stories = 0x5441_4C45
        /// The order of batches and of what is in them.
        case shuffles = 0x5348_5546
        /// Which part of the data something belongs to.
        case splits = 0x5350_4C54
        /// The examples of a task.
        case tasks = 0x5441_534B
        /// Which tokens are hidden, and behind what.
        case masks = 0x4D41_534B
        /// Which of several texts a row comes from.
        case mixtures = 0x4D49_5845
    }

    /// The start of stream number `stream` of the given seed, for one purpose.
    package init(seed: UInt64, stream: UInt64, purpose: Purpose) {
        (self.seed, self.stream, self.purpose) = (seed, stream, purpose)
    }

    /// The next 64 random bits.
    package mutating func next() -> UInt64 {
        if words.isEmpty {
            words = Self.philox(
                counter: (block, purpose.rawValue, low(stream), high(stream)),
                key: (low(seed), high(seed)))
            block &+= 1
        }
        let first = words.removeLast()
        return UInt64(first) << 32 | UInt64(words.removeLast())
    }

    /// A number from 0 up to, not including, `bound`, each as likely as another.
    ///
    /// - Source: Lemire 2019, "Fast random integer generation in an interval".
    package mutating func next(below bound: Int) -> Int {
        let bound = UInt64(bound)
        while true {
            let (high, low) = bound.multipliedFullWidth(by: next())
            if low >= bound || low >= (0 &- bound) % bound { return Int(high) }
        }
    }

    /// The numbers from 0 up to, not including, `count`, in any order, each as likely as another.
    package mutating func permutation(of count: Int) -> [Int] {
        var numbers = Array(0..<count)
        for last in stride(from: count - 1, to: 0, by: -1) {
            numbers.swapAt(last, next(below: last + 1))
        }
        return numbers
    }

    /// Ten rounds of Philox: four words of a counter become four random words.
    package static func philox(
        counter: (UInt32, UInt32, UInt32, UInt32), key: (UInt32, UInt32)
    ) -> [UInt32] {
        var (c0, c1, c2, c3) = counter
        var (k0, k1) = key
        for _ in 0..<10 {
            let a = c0.multipliedFullWidth(by: 0xD251_1F53)
            let b = c2.multipliedFullWidth(by: 0xCD9E_8D57)
            (c0, c1, c2, c3) = (b.high ^ c1 ^ k0, b.low, a.high ^ c3 ^ k1, a.low)
            k0 &+= 0x9E37_79B9
            k1 &+= 0xBB67_AE85
        }
        return [c0, c1, c2, c3]
    }
}

private func low(_ value: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: value) }

private func high(_ value: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: value >> 32) }
