internal import Synchronization

/// The words that a tokenizer has encoded before, shared by all copies of it.
///
/// Who encodes borrows the words and gives them back, so that no lock is held meanwhile. Whoever comes
/// in between starts with none: slower, with the same result.
final class EncodedWords: Sendable {
    /// Words with their ids.
    struct Words: Sendable {
        /// Longer words are rare, and seldom come twice.
        private static let longestWord = 64
        private static let countLimit = 1 << 17

        private var table = WordTable()
        private var ids: [Int32] = []
        private var ends: [Int] = []

        /// How many words are known.
        var count: Int { ends.count }

        /// Appends the ids of a word where they are known.
        ///
        /// Otherwise it gives false, and ``insert(_:)`` must follow with the ids of this word.
        mutating func append(_ range: Range<Int>, of text: [UInt8], to result: inout [Int32])
            -> Bool
        {
            isExpecting = false
            guard range.count <= Self.longestWord else { return false }
            if table.count == Self.countLimit { self = Words() }
            let (word, isNew) = table.insert(range, of: text)
            isExpecting = isNew
            guard !isNew else { return false }
            result.append(contentsOf: ids[(word == 0 ? 0 : ends[word - 1])..<ends[word]])
            return true
        }

        /// Whether the last word was put in the table and waits for its ids.
        private var isExpecting = false

        /// Keeps the ids of the word that was asked for last, unless it is too long.
        mutating func insert(_ word: [PieceToken]) {
            guard isExpecting else { return }
            for token in word { ids.append(token.id) }
            ends.append(ids.count)
            isExpecting = false
        }
    }

    private let words = Mutex(Words?.none)

    /// Takes the words out.
    func borrow() -> Words {
        words.withLock { held in
            defer { held = nil }
            return held ?? Words()
        }
    }

    /// Puts words in, unless more are there by now.
    func giveBack(_ returned: Words) {
        words.withLock { held in
            if (held?.count ?? 0) <= returned.count { held = returned }
        }
    }
}
