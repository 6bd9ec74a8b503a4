/// A vocabulary of pieces, each with a score: a text becomes the pieces whose scores add up to most.
///
/// The score of a piece is the logarithm of its probability. A character that no piece covers counts
/// as the unknown token, with a score a fixed amount below the lowest; neighbours of that kind become
/// one token, or with byte fallback the tokens of their bytes.
///
/// - Complexity: encoding takes time and memory proportionate to the bytes of the text times the
///   number of pieces that begin at a place, which no text can raise above the longest piece's length.
/// - Source: Kudo 2018, Subword Regularization; the choice among equal sums is that of Hugging Face
///   tokenizers.
package struct UnigramModel: Sendable {
    /// The pieces; a piece's number is its place in ``scores``.
    package let vocabulary: Vocabulary

    /// The logarithm of each piece's probability.
    package let scores: [Double]

    /// The token for what no piece covers; without it such text cannot be encoded.
    package let unknownID: Int32?

    /// Whether what no piece covers is spelled by tokens such as `<0xE2>`, one for each byte.
    package let usesByteFallback: Bool

    private let trie: PieceTrie

    /// How many bytes each piece has.
    private let lengths: [Int32]

    private let longest: Int

    /// The score of a character that no piece covers.
    private let unknownScore: Double

    /// The token of each byte; −1 where there is none.
    private let byteIDs: [Int32]

    /// How much lower than the lowest score an unknown character's is.
    package static let unknownPenalty = 10.0

    /// A model of these pieces.
    ///
    /// - Parameters:
    ///   - pieces: with their scores; the place is the number.
    ///   - unknownID: the place of the piece for what is unknown.
    ///   - usesByteFallback: see ``usesByteFallback``.
    ///   - reserved: numbers of special tokens, which no text spells.
    /// - Throws: ``TokenizerError/invalid(_:)`` for a score that is not finite, a piece that occurs
    ///   twice, and an unknown token outside the pieces.
    package init(
        pieces: [(text: String, score: Double)], unknownID: Int?, usesByteFallback: Bool,
        reserved: Set<Int32> = []
    ) throws(TokenizerError) {
        if let unknownID, !pieces.indices.contains(unknownID) {
            throw .invalid(
                "The tokenizer's field \"model.unk_id\" is \(unknownID); with \(pieces.count) pieces in "
                    + "the vocabulary it must be from 0 to \(pieces.count - 1).")
        }
        for (place, piece) in pieces.enumerated() where !piece.score.isFinite {
            throw .invalid(
                "The tokenizer's piece \(piece.text.quoted) (number \(place)) has the score "
                    + "\(piece.score); scores must be finite.")
        }
        let vocabulary = try Vocabulary(
            pieces.enumerated().map { ($1.text, $0) }, reserved: reserved)
        self.vocabulary = vocabulary
        scores = pieces.map(\.score)
        self.unknownID = unknownID.map { Int32($0) }
        self.usesByteFallback = usesByteFallback
        lengths = pieces.map { Int32($0.text.utf8.count) }
        longest = Int(lengths.max() ?? 0)
        unknownScore = (scores.min() ?? 0) - Self.unknownPenalty
        trie = PieceTrie(
            pieces.indices.lazy.map { place in
                let id = Int32(place)
                return vocabulary.isReserved(id) ? [] : vocabulary.bytes(of: id) ?? []
            })
        byteIDs = (0...UInt8.max).map { vocabulary.id(of: ByteTokens.text(of: $0)) ?? -1 }
    }

    /// Appends the tokens of a piece of text.
    ///
    /// - Throws: ``TokenizerError/invalid(_:)`` at a character that no piece covers where there is no
    ///   unknown token; ``TokenizerError/cancelled``.
    package func encode(
        _ piece: ArraySlice<UInt8>, into tokens: inout [PieceToken]
    ) throws(TokenizerError) {
        guard !piece.isEmpty else { return }
        let lastPieces = try bestPath(piece)
        var segments: [(range: Range<Int>, id: Int32)] = []
        var end = piece.count
        while end > 0 {
            let id = lastPieces[end]
            let isCharacter = id < Self.nothing
            let start = end - Int(isCharacter ? Self.nothing - id : lengths[Int(id)])
            if isCharacter || id == unknownID {
                if let last = segments.last, last.id == Self.nothing {
                    segments[segments.count - 1].range = start..<last.range.upperBound
                } else {
                    segments.append((start..<end, Self.nothing))
                }
            } else {
                segments.append((start..<end, id))
            }
            end = start
        }
        for segment in segments.reversed() {
            if segment.id == Self.nothing {
                try appendUnknown(segment.range, of: piece, into: &tokens)
            } else {
                tokens.append(PieceToken(id: segment.id, range: segment.range))
            }
        }
    }

    /// The piece that ends at each place on the best way there: Viterbi's algorithm.
    ///
    /// Scores are kept only as far back as a piece may reach.
    private func bestPath(_ piece: ArraySlice<UInt8>) throws(TokenizerError) -> [Int32] {
        let base = piece.startIndex
        var lastPieces = [Int32](repeating: Self.nothing, count: piece.count + 1)
        var window = 8
        while window <= min(max(longest, 4), piece.count) { window *= 2 }
        var best = [Double](repeating: 0, count: window)
        let mask = window - 1
        var start = 0
        var count = 0
        while start < piece.count {
            count += 1
            if count & 0xFFFF == 0, Cancellation.isRequested { throw .cancelled }
            let here = best[start & mask]
            let length = UTF8Scalars.length(from: piece[base + start])
            let next = min(start + length, piece.count)
            var isCovered = false
            var node = PieceTrie.root
            var end = start
            while end < piece.count, let target = trie.next(node, piece[base + end]) {
                node = target
                end += 1
                let id = trie.piece(at: node)
                guard id >= 0 else { continue }
                let score = here + scores[Int(id)]
                if lastPieces[end] == Self.nothing || score > best[end & mask] {
                    best[end & mask] = score
                    lastPieces[end] = id
                }
                if end == next { isCovered = true }
            }
            if !isCovered {
                let score = here + unknownScore
                if lastPieces[next] == Self.nothing || score > best[next & mask] {
                    best[next & mask] = score
                    lastPieces[next] = Self.nothing - Int32(next - start)
                }
            }
            start = next
        }
        return lastPieces
    }

    /// Stands for no piece; what is less, for a character that no piece covers: by its bytes.
    private static let nothing: Int32 = -1

    private func appendUnknown(
        _ range: Range<Int>, of piece: ArraySlice<UInt8>, into tokens: inout [PieceToken]
    ) throws(TokenizerError) {
        let start = piece.startIndex
        let bytes = piece[start + range.lowerBound..<start + range.upperBound]
        if bytes.count <= longest, let id = vocabulary.id(spelling: bytes) {
            tokens.append(PieceToken(id: id, range: range))
        } else if usesByteFallback, bytes.allSatisfy({ byteIDs[Int($0)] >= 0 }) {
            for byte in bytes { tokens.append(PieceToken(id: byteIDs[Int(byte)], range: range)) }
        } else if let unknownID {
            tokens.append(PieceToken(id: unknownID, range: range))
        } else {
            throw .invalid(
                "The text \(String(decoding: bytes, as: UTF8.self).quoted) is not in the vocabulary, which "
                    + "has no token for what is unknown; use a tokenizer with an \"unk_id\".")
        }
    }
}

extension UnigramModel: Hashable {
    /// Whether both have the same pieces, scores and settings.
    package static func == (left: Self, right: Self) -> Bool {
        left.scores == right.scores && left.unknownID == right.unknownID
            && left.usesByteFallback == right.usesByteFallback
            && left.vocabulary == right.vocabulary
    }

    /// Hashes the pieces and their scores.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(scores)
        hasher.combine(vocabulary)
    }
}

extension UnigramModel {
    /// Reads the `Unigram` model of a `tokenizer.json`.
    package init(_ fields: ComponentFields, reserved: Set<Int32>) throws(TokenizerError) {
        _ = try fields.text("type")
        let unknownID = try fields.integer("unk_id")
        let usesByteFallback = try fields.flag("byte_fallback", default: false)
        guard let list = try fields.list("vocab") else {
            throw .invalid(
                "The tokenizer's field \"model.vocab\" is missing; add the list of pieces.")
        }
        var pieces: [(text: String, score: Double)] = []
        pieces.reserveCapacity(list.count)
        for (place, entry) in list.enumerated() {
            guard case .array(let pair) = entry, pair.count == 2, case .string(let text) = pair[0],
                case .number(let digits) = pair[1], let score = Double(digits)
            else {
                throw .invalid(
                    "The tokenizer's field \"model.vocab[\(place)]\" is \(entry.summary); expected a list "
                        + "of a text and its score, such as [\"a\", -2.5].")
            }
            pieces.append((text, score))
        }
        try fields.finish()
        try self.init(
            pieces: pieces, unknownID: unknownID, usesByteFallback: usesByteFallback,
            reserved: reserved)
    }

    /// The model as it stands in `tokenizer.json`.
    package var json: JSONValue {
        .fields([
            "type": .string("Unigram"),
            "unk_id": unknownID.map { .number("\($0)") } ?? .null,
            "vocab": .array(
                scores.enumerated().map { place, score in
                    .array([.string(vocabulary.text(of: Int32(place)) ?? ""), .number("\(score)")])
                }),
            "byte_fallback": .bool(usesByteFallback),
        ])
    }
}
