/// Words, as strings of bytes, each with a number: the first one put in is 0.
///
/// Words are looked up by a stretch of a longer text, without a copy of it.
struct WordTable: Sendable {
    /// All words end to end.
    private var bytes: [UInt8] = []

    /// Where each word ends in `bytes`.
    private var ends: [Int] = []

    /// The hash of each word.
    private var hashes: [UInt64] = []

    /// The words by hash; −1 where there is none.
    private var slots = [Int32](repeating: -1, count: 1024)

    /// How many words there are.
    var count: Int { ends.count }

    /// Where the bytes of a word stand in ``allBytes``.
    func range(of index: Int) -> Range<Int> { (index == 0 ? 0 : ends[index - 1])..<ends[index] }

    /// The bytes of all words, end to end.
    var allBytes: [UInt8] { bytes }

    /// The number of a word, and whether it was put in just now.
    mutating func insert(_ range: Range<Int>, of text: [UInt8]) -> (index: Int, isNew: Bool) {
        if 2 * (count + 1) > slots.count { grow() }
        var hasher = ByteHash()
        for index in range { hasher.combine(text[index]) }
        let hash = hasher.value
        var slot = slot(of: hash)
        while slots[slot] >= 0 {
            let word = Int(slots[slot])
            if hashes[word] == hash, equal(self.range(of: word), range, text) {
                return (word, false)
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        slots[slot] = Int32(count)
        bytes.append(contentsOf: text[range])
        ends.append(bytes.count)
        hashes.append(hash)
        return (count - 1, true)
    }

    private func slot(of hash: UInt64) -> Int {
        Int(truncatingIfNeeded: hash) & (slots.count - 1)
    }

    private func equal(_ own: Range<Int>, _ other: Range<Int>, _ text: [UInt8]) -> Bool {
        own.count == other.count && bytes[own].elementsEqual(text[other])
    }

    private mutating func grow() {
        slots = [Int32](repeating: -1, count: 2 * slots.count)
        for (word, hash) in hashes.enumerated() {
            var slot = slot(of: hash)
            while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(word)
        }
    }
}
