internal import Foundation

/// All ways to divide a word into pieces, for the counting that training needs.
///
/// One lattice serves many words, so that its memory is reused.
package struct PieceLattice {
    /// A piece that stands somewhere in the word.
    private struct Edge {
        let start: Int
        let end: Int
        let piece: Int32
    }

    private var edges: [Edge] = []
    private var forward: [LogSum] = []
    private var backward: [LogSum] = []
    private var best: [Double] = []
    private var arrivals: [Int32] = []

    /// A lattice of no word.
    package init() {}

    /// Adds to each piece how often it is expected in the word.
    ///
    /// The sums over all divisions go forward and backward through the word in the logarithms of
    /// probabilities.
    ///
    /// - Parameters:
    ///   - count: how often the word occurs.
    ///   - scores: the logarithm of each piece's probability; −∞ for one that is not used.
    /// - Returns: the logarithm of the word's probability.
    package mutating func addExpected(
        _ word: ArraySlice<UInt8>, count: Double, trie: PieceTrie, scores: [Double],
        to expected: inout [Double]
    ) -> Double {
        fill(word, trie: trie, scores: scores)
        forward = .init(repeating: LogSum(), count: word.count + 1)
        backward = forward
        forward[0].add(0)
        for edge in edges {
            forward[edge.end].add(forward[edge.start].value + scores[Int(edge.piece)])
        }
        backward[word.count].add(0)
        for edge in edges.reversed() {
            backward[edge.start].add(scores[Int(edge.piece)] + backward[edge.end].value)
        }
        let total = forward[word.count].value
        guard total.isFinite else { return 0 }
        for edge in edges {
            let share =
                forward[edge.start].value + scores[Int(edge.piece)] + backward[edge.end].value
            // Below this, it adds nothing that a sum of doubles would show.
            if share - total > -40 {
                expected[Int(edge.piece)] += count * exp(share - total)
            }
        }
        return total
    }

    /// The pieces of the best division; none where there is no division.
    ///
    /// - Parameter forbidden: a piece that must not be used.
    package mutating func bestPieces(
        _ word: ArraySlice<UInt8>, trie: PieceTrie, scores: [Double], without forbidden: Int32 = -1
    ) -> [Int32] {
        fill(word, trie: trie, scores: scores)
        best = .init(repeating: -.infinity, count: word.count + 1)
        arrivals = .init(repeating: -1, count: word.count + 1)
        best[0] = 0
        for (index, edge) in edges.enumerated() where edge.piece != forbidden {
            let score = best[edge.start] + scores[Int(edge.piece)]
            if score > best[edge.end] {
                best[edge.end] = score
                arrivals[edge.end] = Int32(index)
            }
        }
        var pieces: [Int32] = []
        var place = word.count
        while place > 0 {
            guard arrivals[place] >= 0 else { return [] }
            let edge = edges[Int(arrivals[place])]
            pieces.append(edge.piece)
            place = edge.start
        }
        return pieces.reversed()
    }

    private mutating func fill(_ word: ArraySlice<UInt8>, trie: PieceTrie, scores: [Double]) {
        edges.removeAll(keepingCapacity: true)
        let base = word.startIndex
        var start = 0
        while start < word.count {
            var node = PieceTrie.root
            var end = start
            while end < word.count, let target = trie.next(node, word[base + end]) {
                node = target
                end += 1
                let piece = trie.piece(at: node)
                if piece >= 0, scores[Int(piece)] > -.infinity {
                    edges.append(Edge(start: start, end: end, piece: piece))
                }
            }
            start += UTF8Scalars.length(from: word[base + start])
        }
    }

    /// The logarithm of a sum of exponentials, kept as the largest exponent and the sum relative to it.
    private struct LogSum {
        private var largest = -Double.infinity
        private var sum = 0.0

        mutating func add(_ exponent: Double) {
            guard exponent > -.infinity else { return }
            if exponent <= largest {
                sum += exp(exponent - largest)
            } else {
                sum = sum * exp(largest - exponent) + 1
                largest = exponent
            }
        }

        /// The logarithm; −∞ for no summands.
        var value: Double { sum == 1 ? largest : largest + log(sum) }
    }
}
