/// Learns a WordPiece vocabulary: pieces of words, and pieces with a prefix that continue words.
///
/// As in Hugging Face tokenizers, the pieces are those that byte-pair encoding joins, with characters at
/// the beginnings of words told apart from those within. There the order of the latter changes from run
/// to run; here it is that of their code points.
///
/// - Source: Schuster and Nakajima 2012 choose by likelihood; by counts, as here, Sennrich et al. 2016.
enum WordPieceTrainer {
    /// The pieces in the order of their numbers: characters, those with the prefix, then longer ones.
    ///
    /// - Parameters:
    ///   - words: with the number of times that each occurs.
    ///   - pieceCount: the most pieces.
    ///   - minimumCount: how often a pair must occur at least to be joined.
    ///   - prefix: how a piece begins that continues a word.
    ///   - reserved: what no piece may be: the texts of special tokens.
    ///   - progress: is told now and then how many pieces there are.
    /// - Throws: ``TokenizerError/invalid(_:)`` where there are more characters than pieces;
    ///   ``TokenizerError/cancelled``.
    static func pieces(
        of words: WordCounts, pieceCount: Int, minimumCount: Int, prefix: String,
        reserved: [String], progress: (Int) -> Void
    ) throws(TokenizerError) -> [[UInt8]] {
        let all = words.all.map { (scalars: UTF8Scalars.scalars(of: $0.word), count: $0.count) }
        let characters = Set(all.flatMap(\.scalars)).sorted()
        let inner = Set(all.flatMap { $0.scalars.dropFirst() }).sorted()
        guard characters.count + inner.count <= pieceCount else {
            throw .invalid(
                "The texts have \(characters.count) different characters, \(inner.count) of them also "
                    + "within words; with room for \(pieceCount) pieces the vocabulary cannot hold them, "
                    + "so make it larger.")
        }
        let tokens =
            characters.map { Array(String($0).utf8) }
            + inner.map { Array((prefix + String($0)).utf8) }
        var first: [Unicode.Scalar: Int32] = [:]
        for (id, scalar) in characters.enumerated() { first[scalar] = Int32(id) }
        var later: [Unicode.Scalar: Int32] = [:]
        for (id, scalar) in inner.enumerated() { later[scalar] = Int32(characters.count + id) }
        var symbols: [Int32] = []
        var ranges: [Range<Int>] = []
        for word in all {
            let start = symbols.count
            for (place, scalar) in word.scalars.enumerated() {
                symbols.append((place == 0 ? first : later)[scalar] ?? 0)
            }
            ranges.append(start..<symbols.count)
        }
        var trainer = BytePairTrainer(
            symbols: symbols, ranges: ranges, counts: all.map(\.count), tokens: tokens,
            prefix: Array(prefix.utf8), reserved: reserved.map { Array($0.utf8) })
        try trainer.train(
            tokenCount: pieceCount, minimumCount: minimumCount, progress: progress)
        return trainer.tokens
    }
}
