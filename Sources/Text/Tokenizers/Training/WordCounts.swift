internal import Dispatch
internal import Synchronization

/// How often each piece of some texts occurs, which is all that a trainer needs to know of them.
package struct WordCounts: Sendable {
    /// The different pieces.
    var words = WordTable()

    /// How often each occurs.
    package private(set) var counts: [Int] = []

    /// No words.
    package init() {}

    /// The bytes of every piece with its count, in the order of their first occurrence.
    package var all: [(word: [UInt8], count: Int)] {
        counts.indices.map { (Array(words.allBytes[words.range(of: $0)]), counts[$0]) }
    }

    /// Counts one more occurrence of a stretch of text, or several.
    mutating func add(_ range: Range<Int>, of text: [UInt8], count: Int = 1) {
        guard !range.isEmpty else { return }
        let (word, isNew) = words.insert(range, of: text)
        if isNew { counts.append(count) } else { counts[word] += count }
    }

    /// Counts all that another one has counted.
    mutating func add(_ other: WordCounts) {
        for (word, count) in other.counts.enumerated() {
            add(other.words.range(of: word), of: other.words.allBytes, count: count)
        }
    }

    /// Counts the pieces of texts on all cores.
    ///
    /// A long text is worked on in parts, cut before a space between two letters of ASCII, where every
    /// pre-tokenizer that divides at spaces would cut it, too.
    ///
    /// - Parameters:
    ///   - texts: no piece crosses from one to the next.
    ///   - mayCut: whether long texts may be cut in this way.
    ///   - divide: gives the text as the model is to see it, and the places of its pieces.
    package static func of(
        _ texts: some Sequence<String>, mayCut: Bool,
        by divide: @escaping @Sendable ([UInt8]) -> (text: [UInt8], pieces: [Range<Int>])
    ) -> WordCounts {
        var total = WordCounts()
        var batch: [[UInt8]] = []
        var size = 0
        for text in texts {
            for part in mayCut ? parts(of: Array(text.utf8)) : [Array(text.utf8)] {
                size += part.count
                batch.append(part)
            }
            if size > batchSize {
                total.add(counts(of: batch, by: divide))
                (batch, size) = ([], 0)
            }
        }
        total.add(counts(of: batch, by: divide))
        return total
    }

    private static let partSize = 1 << 18
    private static let batchSize = 1 << 26

    /// A text cut into parts of about the same size.
    private static func parts(of text: [UInt8]) -> [[UInt8]] {
        guard text.count > 2 * partSize else { return [text] }
        var parts: [[UInt8]] = []
        var start = 0
        var place = partSize
        while place + 1 < text.count {
            if text[place] == UInt8(ascii: " "), isLetter(text[place - 1]),
                isLetter(text[place + 1])
            {
                parts.append(Array(text[start..<place]))
                start = place
                place += partSize
            } else {
                place += 1
            }
        }
        parts.append(Array(text[start...]))
        return parts
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte | 0x20)
    }

    private static func counts(
        of texts: [[UInt8]],
        by divide: @escaping @Sendable ([UInt8]) -> (text: [UInt8], pieces: [Range<Int>])
    ) -> WordCounts {
        // Neighbouring texts are counted together: a table for each line would cost more than it counts.
        var groups: [Range<Int>] = []
        var (start, size) = (0, 0)
        for (index, text) in texts.enumerated() {
            size += text.count
            if size >= partSize || index == texts.count - 1 {
                groups.append(start..<index + 1)
                (start, size) = (index + 1, 0)
            }
        }
        let jobs = groups
        let results = Mutex([WordCounts?](repeating: nil, count: jobs.count))
        DispatchQueue.concurrentPerform(iterations: jobs.count) { job in
            var counts = WordCounts()
            for index in jobs[job] {
                let (text, pieces) = divide(texts[index])
                for piece in pieces { counts.add(piece, of: text) }
            }
            let counted = counts
            results.withLock { $0[job] = counted }
        }
        // In the order of the texts, so that the numbers of words do not depend on who was first.
        var total = WordCounts()
        for counts in results.withLock({ $0 }) {
            if let counts { total.add(counts) }
        }
        return total
    }
}
