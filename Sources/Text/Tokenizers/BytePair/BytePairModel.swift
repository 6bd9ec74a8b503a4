/// Byte-pair encoding: a piece starts as single characters (or bytes), and neighbours are joined in the
/// order in which the training joined them.
///
/// - Source: Sennrich et al. 2016, "Neural machine translation of rare words with subword units", §3.2; on
///   bytes, Radford et al. 2019 (GPT-2), §2.2; the settings are those of Hugging Face tokenizers.
package struct BytePairModel: Sendable {
    /// What beside the merges says how a piece is read.
    package struct Settings: Hashable, Sendable {
        /// How the token for unknown characters is written; without one they are passed over.
        package var unknownToken: String?
        /// What is put before each character of a piece but the first.
        package var continuingPrefix: String?
        /// What is put behind the last character of a piece.
        package var endOfWordSuffix: String?
        /// Whether unknown characters that touch become one token.
        package var fusesUnknown = false
        /// Whether an unknown character becomes the tokens `<0x…>` of its bytes, where there are all.
        package var fallsBackToBytes = false
        /// Whether a piece that is a token is that token, whatever the merges make.
        package var ignoresMerges = false

        /// The settings of GPT-2: none of all these.
        package init() {}
    }

    /// The tokens.
    package let vocabulary: Vocabulary

    /// Which neighbours are joined, the most important first.
    package let merges: [TokenPair]

    /// How a piece is read.
    package let settings: Settings

    /// The rank of each merge where several may have the same; nil where it is the merge's place.
    private let sharedRanks: [Int32]?

    /// The rank of each pair; of one that occurs twice, the last.
    private let ranks: PairTable

    /// The token that the merges of each rank make; −1 where it is one that text may not give.
    private let results: [Int32]

    /// The token of each byte; −1 where there is none.
    private let byteIDs: [Int32]

    /// The token of each byte by its name, `<0x00>` to `<0xFF>`; empty where one is missing.
    private let namedByteIDs: [Int32]

    private let unknownID: Int32?

    /// Whether pieces are bytes, and the vocabulary writes them in the alphabet of visible characters.
    private(set) var readsBytes = false

    /// A model of these parts.
    ///
    /// - Parameters:
    ///   - vocabulary: the tokens.
    ///   - merges: which neighbours are joined, the most important first.
    ///   - ranks: for each merge its rank, in ascending order, where merges that make the same token are to
    ///     count alike; nil where each merge counts for itself.
    ///   - settings: how a piece is read.
    /// - Throws: ``TokenizerError/invalid(_:)`` where a merge makes no token of the vocabulary, or the token
    ///   for what is unknown is not in it.
    package init(
        vocabulary: Vocabulary, merges: [TokenPair], ranks sharedRanks: [Int32]? = nil,
        settings: Settings = Settings()
    ) throws(TokenizerError) {
        self.sharedRanks = sharedRanks
        self.vocabulary = vocabulary
        self.merges = merges
        self.settings = settings
        (ranks, results) = try Self.table(of: merges, sharedRanks, vocabulary, settings)
        byteIDs = (UInt8.min...UInt8.max).map { byte in
            vocabulary.id(spelling: Array(ByteAlphabet.text(of: [byte]).utf8)[...]) ?? -1
        }
        let named = (UInt8.min...UInt8.max).compactMap { byte in
            vocabulary.id(of: Self.name(of: byte))
        }
        namedByteIDs = named.count == 256 ? named : []
        unknownID = settings.unknownToken.flatMap { vocabulary.id(of: $0) }
        if let token = settings.unknownToken, unknownID == nil {
            throw .invalid(
                "The tokenizer's token for what is unknown, \(token.quoted), is not in its vocabulary; "
                    + "add it.")
        }
    }

    /// How a byte is written where it has a token of its own: `<0x0A>`.
    private static func name(of byte: UInt8) -> String {
        let digits = String(byte, radix: 16, uppercase: true)
        return "<0x\(digits.count == 1 ? "0" : "")\(digits)>"
    }

    private static func table(
        of merges: [TokenPair], _ sharedRanks: [Int32]?, _ vocabulary: Vocabulary,
        _ settings: Settings
    ) throws(TokenizerError) -> (PairTable, [Int32]) {
        let prefix = Array((settings.continuingPrefix ?? "").utf8)
        var ranks = PairTable(capacity: merges.count)
        var results: [Int32] = []
        results.reserveCapacity(merges.count)
        for (place, pair) in merges.enumerated() {
            let rank = sharedRanks.map { Int($0[place]) } ?? place
            guard let left = vocabulary.bytes(of: pair.left),
                let right = vocabulary.bytes(of: pair.right)
            else { throw .invalid("The tokenizer's merge \(place) joins tokens it does not have.") }
            let joined = left + right.dropFirst(min(prefix.count, right.count))
            guard let id = vocabulary.id(of: joined) else {
                let names = [left, right, joined].map { String(decoding: $0, as: UTF8.self) }
                throw .invalid(
                    "The tokenizer's merge \(place), \("\(names[0]) \(names[1])".quoted), makes "
                        + "\(names[2].quoted), which is not in its vocabulary; add it, or remove the "
                        + "merge.")
            }
            if ranks[pair.key] == nil {
                ranks.insert(Int32(rank), for: pair.key)
            } else {
                ranks.replace(Int32(rank), for: pair.key)
            }
            while results.count <= rank { results.append(-1) }
            if !vocabulary.isReserved(id) { results[rank] = id }
        }
        return (ranks, results)
    }

    /// The same model for pieces that are bytes rather than their visible characters; nil where its
    /// settings speak of characters.
    func readingBytes() -> BytePairModel? {
        guard !settings.fallsBackToBytes, settings.continuingPrefix == nil,
            settings.endOfWordSuffix == nil
        else { return nil }
        var model = self
        model.readsBytes = true
        return model
    }

    /// Appends the tokens of a piece.
    ///
    /// - Complexity: O(n log n) for n bytes.
    /// - Throws: ``TokenizerError/cancelled`` where the task was cancelled meanwhile.
    package func encode(
        _ piece: ArraySlice<UInt8>, into tokens: inout [PieceToken]
    ) throws(TokenizerError) {
        guard !piece.isEmpty else { return }
        if settings.ignoresMerges, let id = token(of: piece) {
            tokens.append(PieceToken(id: id, range: 0..<piece.count))
            return
        }
        var symbols = readsBytes ? byteSymbols(piece) : characterSymbols(piece)
        try symbols.join(by: ranks, results)
        symbols.append(to: &tokens)
    }

    /// The token that a piece is as a whole.
    private func token(of piece: ArraySlice<UInt8>) -> Int32? {
        guard readsBytes else { return vocabulary.id(spelling: piece) }
        return vocabulary.id(spelling: Array(ByteAlphabet.text(of: Array(piece)).utf8)[...])
    }

    private func byteSymbols(_ piece: ArraySlice<UInt8>) -> SymbolChain {
        var chain = SymbolChain(capacity: piece.count)
        var unknown: Range<Int>?
        for (place, byte) in piece.enumerated() {
            let id = byteIDs[Int(byte)]
            if id >= 0 {
                flush(&unknown, to: &chain)
                chain.append(id, place..<place + 1)
            } else {
                addUnknown(place..<place + 1, &unknown, to: &chain)
            }
        }
        flush(&unknown, to: &chain)
        return chain
    }

    private func characterSymbols(_ piece: ArraySlice<UInt8>) -> SymbolChain {
        var chain = SymbolChain(capacity: piece.count)
        let prefix = Array((settings.continuingPrefix ?? "").utf8)
        let suffix = Array((settings.endOfWordSuffix ?? "").utf8)
        var unknown: Range<Int>?
        var start = piece.startIndex
        while start < piece.endIndex {
            let first = piece[start]
            let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
            let end = min(start + length, piece.endIndex)
            let range = start - piece.startIndex..<end - piece.startIndex
            var character = piece[start..<end]
            if start > piece.startIndex, !prefix.isEmpty { character = prefix + character }
            if end == piece.endIndex, !suffix.isEmpty { character += suffix }
            if let id = vocabulary.id(spelling: character) {
                flush(&unknown, to: &chain)
                chain.append(id, range)
            } else if settings.fallsBackToBytes, !namedByteIDs.isEmpty {
                for (offset, byte) in character.enumerated() {
                    let place = min(range.lowerBound + offset, range.upperBound - 1)
                    chain.append(namedByteIDs[Int(byte)], place..<place + 1)
                }
            } else {
                addUnknown(range, &unknown, to: &chain)
            }
            start = end
        }
        flush(&unknown, to: &chain)
        return chain
    }

    private func addUnknown(
        _ range: Range<Int>, _ unknown: inout Range<Int>?, to chain: inout SymbolChain
    ) {
        if settings.fusesUnknown, let earlier = unknown {
            unknown = earlier.lowerBound..<range.upperBound
        } else {
            flush(&unknown, to: &chain)
            unknown = range
        }
    }

    private func flush(_ unknown: inout Range<Int>?, to chain: inout SymbolChain) {
        if let range = unknown, let unknownID { chain.append(unknownID, range) }
        unknown = nil
    }
}

extension BytePairModel: Hashable {
    /// Whether both give the same tokens to the same pieces.
    package static func == (left: Self, right: Self) -> Bool {
        left.settings == right.settings && left.merges == right.merges
            && left.sharedRanks == right.sharedRanks
            && left.vocabulary == right.vocabulary && left.readsBytes == right.readsBytes
    }

    /// Hashes the merges and the vocabulary.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(merges)
        hasher.combine(vocabulary)
    }
}
