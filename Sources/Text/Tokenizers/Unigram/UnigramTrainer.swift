internal import Dispatch
internal import Foundation
internal import Synchronization

/// Learns the pieces of a unigram vocabulary and their scores from how often words occur.
///
/// From many pieces, those are kept whose loss would make the words least likely: expectation and
/// maximisation find the probabilities of the present pieces, then a part of the pieces goes, until few
/// enough are left. Every character stays, so that the words can always be divided.
///
/// - Complexity: each round takes time proportionate to the bytes of different words times the pieces
///   that begin at a place; the number of rounds is the logarithm of seeds over pieces.
/// - Source: Kudo 2018, Subword Regularization, §3.2; the prior by the digamma function after Liang and
///   Klein 2007, as in SentencePiece.
package struct UnigramTrainer {
    /// The settings of a training.
    package struct Settings: Hashable, Sendable {
        /// The most pieces, without special tokens.
        package var pieceCount: Int
        /// The most characters of a piece.
        package var longestPiece = 16
        /// The most pieces to begin with.
        package var seedCount = 1_000_000
        /// Which part of the pieces stays in a round.
        package var shrinkingFactor = 0.75
        /// How often probabilities are found anew before pieces go.
        package var iterations = 2

        /// Settings for so many pieces.
        package init(pieceCount: Int) { self.pieceCount = pieceCount }
    }

    private let words: WordCounts
    private let settings: Settings

    /// The pieces; the first ones are the characters, which always stay.
    private var pieces: [[UInt8]]
    private var scores: [Double]
    private let characterCount: Int

    /// A trainer for these words.
    ///
    /// - Throws: ``TokenizerError/invalid(_:)`` where there are more characters than pieces.
    package init(_ words: WordCounts, settings: Settings) throws(TokenizerError) {
        let seeds = SeedPieces(words, longest: settings.longestPiece, limit: settings.seedCount)
        guard seeds.characterCount <= settings.pieceCount else {
            throw .invalid(
                "The texts have \(seeds.characterCount) different characters, each of which needs a piece, "
                    + "but the vocabulary has room for \(settings.pieceCount); make it larger.")
        }
        self.words = words
        self.settings = settings
        characterCount = seeds.characterCount
        pieces = seeds.pieces.map(\.text)
        let total = seeds.pieces.reduce(0) { $0 + $1.weight }
        scores = seeds.pieces.map { log($0.weight) - log(total) }
    }

    /// Finds the pieces.
    ///
    /// - Parameter progress: is told after each round how many pieces are left.
    /// - Returns: the pieces with their scores, the most probable first.
    /// - Throws: ``TokenizerError/cancelled`` where the task was cancelled.
    package mutating func train(
        progress: (Int) -> Void = { _ in }
    ) throws(TokenizerError) -> [(text: [UInt8], score: Double)] {
        // The last pieces go at the end, by their probabilities alone.
        let target = max(settings.pieceCount * 11 / 10, characterCount)
        while true {
            let trie = PieceTrie(pieces.map { $0[...] })
            for _ in 0..<settings.iterations {
                if Cancellation.isRequested { throw .cancelled }
                improve(trie)
            }
            progress(scores.count { $0 > -.infinity })
            let count = pieces.count
            removeUnused()
            if pieces.count <= target { break }
            prune(to: max(target, Int(Double(count) * settings.shrinkingFactor)))
        }
        return chosen()
    }

    // MARK: Probabilities

    /// Finds the probabilities that fit the words best, given how the present ones divide these.
    private mutating func improve(_ trie: PieceTrie) {
        let scores = scores
        let parts = onAllCores { words, range in
            var lattice = PieceLattice()
            var expected = [Double](repeating: 0, count: scores.count)
            for word in range {
                _ = lattice.addExpected(
                    words.words.allBytes[words.words.range(of: word)],
                    count: Double(words.counts[word]), trie: trie, scores: scores, to: &expected)
            }
            return expected
        }
        var expected = [Double](repeating: 0, count: scores.count)
        for part in parts {
            for index in expected.indices { expected[index] += part[index] }
        }
        // A piece that is hardly ever expected goes; characters are needed whatever happens.
        for index in expected.indices where expected[index] < 0.5 {
            expected[index] = index < characterCount ? 0.5 : 0
        }
        let total = digamma(expected.reduce(0, +))
        self.scores = expected.map { $0 > 0 ? digamma($0) - total : -.infinity }
    }

    private mutating func removeUnused() {
        let kept = scores.indices.filter { scores[$0] > -.infinity }
        pieces = kept.map { pieces[$0] }
        scores = kept.map { scores[$0] }
    }

    // MARK: Choice

    /// Keeps the pieces whose loss would cost the most, and all without which something cannot be said.
    private mutating func prune(to count: Int) {
        let trie = PieceTrie(pieces.map { $0[...] })
        let scores = scores
        let parts = onAllCores { words, range in
            var lattice = PieceLattice()
            var frequencies = [Double](repeating: 0, count: scores.count)
            for word in range {
                let bytes = words.words.allBytes[words.words.range(of: word)]
                for piece in lattice.bestPieces(bytes, trie: trie, scores: scores) {
                    frequencies[Int(piece)] += Double(words.counts[word])
                }
            }
            return frequencies
        }
        var frequencies = [Double](repeating: 0, count: scores.count)
        for part in parts {
            for index in frequencies.indices { frequencies[index] += part[index] }
        }
        let total = frequencies.reduce(0, +)
        var lattice = PieceLattice()
        var kept = Array(0..<characterCount)
        var candidates: [(piece: Int, loss: Double)] = []
        for piece in pieces.indices.dropFirst(characterCount) where frequencies[piece] > 0 {
            let others = lattice.bestPieces(
                pieces[piece][...], trie: trie, scores: scores, without: Int32(piece))
            // Without the piece, its occurrences are made of the others.
            let frequency = frequencies[piece]
            let newTotal = log(total + frequency * Double(others.count - 1))
            let alternative = others.reduce(0) {
                $0 + log(frequencies[Int($1)] + frequency) - newTotal
            }
            let loss = frequency * (log(frequency) - log(total) - alternative)
            candidates.append((piece, loss))
        }
        candidates.sort { ($1.loss, $0.piece) < ($0.loss, $1.piece) }
        kept += candidates.prefix(max(0, count - kept.count)).map(\.piece)
        kept.sort()
        pieces = kept.map { pieces[$0] }
        self.scores = kept.map { scores[$0] }
    }

    /// All characters and the most probable of the other pieces.
    private func chosen() -> [(text: [UInt8], score: Double)] {
        let others = pieces.indices.dropFirst(characterCount)
            .sorted { (scores[$1], $0) < (scores[$0], $1) }
            .prefix(settings.pieceCount - characterCount)
        return (Array(0..<characterCount) + others)
            .sorted { (scores[$1], $0) < (scores[$0], $1) }
            .map { (pieces[$0], scores[$0]) }
    }

    // MARK: Work

    /// Divides the words into parts that do not depend on the number of cores, so that neither do the
    /// sums of what they give.
    private func onAllCores(
        _ work: @escaping @Sendable (WordCounts, Range<Int>) -> [Double]
    ) -> [[Double]] {
        let words = words
        let count = words.counts.count
        let jobs = min(max(count / 512, 1), 16)
        let results = Mutex([[Double]](repeating: [], count: jobs))
        DispatchQueue.concurrentPerform(iterations: jobs) { job in
            let result = work(words, count * job / jobs..<count * (job + 1) / jobs)
            results.withLock { $0[job] = result }
        }
        return results.withLock { $0 }
    }
}

/// The derivative of the logarithm of the gamma function, for numbers above 0.
///
/// - Source: the recurrence ψ(x) = ψ(x + 1) − 1/x up to 7, then the asymptotic series in x − ½.
package func digamma(_ argument: Double) -> Double {
    var result = 0.0
    var x = argument
    while x < 7 {
        result -= 1 / x
        x += 1
    }
    x -= 0.5
    let square = 1 / (x * x)
    let series = 1.0 / 24 - square * (7.0 / 960 - square * (31.0 / 8064 - square * 127.0 / 30720))
    return result + log(x) + square * series
}
