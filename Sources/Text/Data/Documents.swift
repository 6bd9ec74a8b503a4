/// Token ids that consist of separate documents, such as stories, each ending with a separator.
public struct Documents: Sendable {
    /// All documents with their separators, end to end.
    public let tokens: any TokenSource

    /// Where each document starts.
    public let starts: [Int]

    /// The token before the first document: the last of the separator, as before every other one.
    public let leadIn: Int32

    /// The documents in `ids`; a new one starts after each separator.
    ///
    /// Where the separator's last token is repeated (an extra blank line), the repetition still
    /// belongs to the document before.
    ///
    /// - Throws: ``DataError/outOfRange(name:value:accepted:)`` where the separator is empty.
    public init(ids: [Int32], separator: [Int32]) throws(DataError) {
        guard let last = separator.last else {
            throw .outOfRange(
                name: "document separator", value: "empty", accepted: "at least one token")
        }
        tokens = ids
        leadIn = last
        var starts = ids.isEmpty ? [] : [0]
        for end in ids.indices.dropFirst(separator.count) where ids[end - 1] == last {
            if ids[end] != last, ids[(end - separator.count)..<end].elementsEqual(separator) {
                starts.append(end)
            }
        }
        self.starts = starts
    }

    /// Documents whose places are known.
    ///
    /// - Parameter starts: ascending from 0, each a place in `tokens`.
    package init(tokens: any TokenSource, starts: [Int], leadIn: Int32) {
        precondition(starts.first ?? 0 == 0 && starts.last ?? -1 < tokens.count)
        (self.tokens, self.starts, self.leadIn) = (tokens, starts, leadIn)
    }

    /// The documents, and the beginning of one, that the first so many tokens hold.
    func prefix(tokens count: Int) -> Documents {
        let first = TokenPrefix(tokens, count: count)
        return Documents(
            tokens: first, starts: Array(starts.prefix { $0 < first.count }), leadIn: leadIn)
    }

    /// The stretch of tokens that holds document `index` and its separator.
    public func range(of index: Int) -> Range<Int> {
        starts[index]..<(index + 1 < starts.count ? starts[index + 1] : tokens.count)
    }

    /// The tokens a model reads in order to predict those of `range`, one place to the left, and these.
    func example(of range: Range<Int>) throws -> (inputs: [Int32], targets: [Int32]) {
        if range.isEmpty { return ([], []) }
        let isFirst = range.lowerBound == 0
        let ids = try tokens.ids(in: max(range.lowerBound - 1, 0)..<range.upperBound)
        let inputs = Array(ids.dropLast())
        return isFirst ? ([leadIn] + inputs, ids) : (inputs, Array(ids.dropFirst()))
    }

    /// The rows of a batch, each filled up to so many places, of which those added are not scored.
    func batch(of rows: [Range<Int>], columns: Int) throws -> TokenBatch {
        var inputs: [Int32] = []
        var targets: [Int32] = []
        inputs.reserveCapacity(rows.count * columns)
        targets.reserveCapacity(rows.count * columns)
        for row in rows {
            let example = try example(of: row)
            inputs += example.inputs
            targets += example.targets
            inputs += repeatElement(0, count: columns - row.count)
            targets += repeatElement(-1, count: columns - row.count)
        }
        return TokenBatch(inputs: inputs, targets: targets, rows: rows.count, columns: columns)
    }
}

/// Where windows may start: at each document, and every `context` tokens in one that is longer.
///
/// Memory is a number for each document, however long they are.
struct DocumentPieces: Sendable {
    let documents: Documents
    let context: Int
    /// How many pieces there are up to and with each document.
    private let ends: [Int]

    init(_ documents: Documents, context: Int) {
        self.documents = documents
        self.context = context
        var ends: [Int] = []
        ends.reserveCapacity(documents.starts.count)
        var sum = 0
        for index in documents.starts.indices {
            sum += ceilingOfQuotient(documents.range(of: index).count, context)
            ends.append(sum)
        }
        self.ends = ends
    }

    var count: Int { ends.last ?? 0 }

    /// The piece with this number, in the order of the documents.
    subscript(number: Int) -> Range<Int> {
        let index = ends.firstPlace { $0 > number }
        let document = documents.range(of: index)
        let start = document.lowerBound + (number - (index == 0 ? 0 : ends[index - 1])) * context
        return start..<min(start + context, document.upperBound)
    }
}

extension Array {
    /// The first place of which something holds that holds of all places after it, too.
    package func firstPlace(where isBehind: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
