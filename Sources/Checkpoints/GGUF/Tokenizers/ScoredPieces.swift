package import AttendText

/// SentencePiece's byte pairs, which have scores where others have an order of merges.
///
/// Of all neighbours whose text together is a token, those with the highest score are joined first. The same tokens
/// come of merges in the order of the scores, where every way to cut a token into two others is a merge of its own.
package enum ScoredPieces {
    /// What stands for a space.
    static let space = "\u{2581}"

    /// The longest token that is cut, in bytes: the work grows with the square of the length.
    private static let longestPiece = 256

    /// All merges, the most important first.
    ///
    /// - Throws: ``TokenizerError`` where a token is too long.
    static func merges(of vocabulary: GGUFVocabulary) throws(TokenizerError) -> [(String, String)] {
        var pieces: [(text: String, score: Float)] = []
        for (id, text) in vocabulary.texts.enumerated() where vocabulary.kinds[id] == .normal {
            pieces.append((text, vocabulary.scores[id]))
        }
        return try merges(of: pieces)
    }

    /// All merges of pieces with these scores, the most important first.
    package static func merges(
        of pieces: [(text: String, score: Float)]
    ) throws(TokenizerError) -> [(String, String)] {
        let lookup = try Vocabulary(pieces.enumerated().map { (text: $1.text, id: $0) })
        var merges: [(left: Int32, right: Int32, score: Float)] = []
        for piece in pieces {
            let bytes = Array(piece.text.utf8)
            guard bytes.count <= longestPiece else {
                throw .invalid(
                    "has the token \(piece.text.quoted) of \(bytes.count) bytes where at most \(longestPiece) are read"
                )
            }
            for border in bytes.indices.dropFirst() where bytes[border] & 0xC0 != 0x80 {
                guard let left = lookup.id(of: bytes[..<border]),
                    let right = lookup.id(of: bytes[border...])
                else { continue }
                merges.append((left, right, piece.score))
            }
        }
        // A stable order: where scores are equal, that of the vocabulary.
        let order = merges.indices.sorted {
            merges[$0].score > merges[$1].score || (merges[$0].score == merges[$1].score && $0 < $1)
        }
        return order.map { index in
            (pieces[Int(merges[index].left)].text, pieces[Int(merges[index].right)].text)
        }
    }

    /// Scores whose order is that of merges; nil where the merges say more than scores can.
    ///
    /// - Parameters:
    ///   - texts: how each token is written, by its number.
    ///   - isPiece: whether a token is ordinary text.
    package static func scores(
        of merges: [(String, String)], texts: [String], isPiece: (Int) -> Bool
    ) throws(TokenizerError) -> [Float]? {
        var ranks: [[UInt8]: Int] = [:]
        for (left, right) in merges {
            let joined = Array(left.utf8) + Array(right.utf8)
            if ranks[joined] == nil { ranks[joined] = ranks.count }
        }
        // Whole numbers up to 2²⁴ have a Float each.
        guard ranks.count < 1 << 24 else { return nil }
        let scores = texts.map { -Float(ranks[Array($0.utf8)] ?? ranks.count) }
        let pieces = texts.indices.filter(isPiece).map { (text: texts[$0], score: scores[$0]) }
        let made = try Self.merges(of: pieces)
        guard made.count == merges.count else { return nil }
        // Merges that make the same token may stand in any order: no two of them fit the same place.
        func key(_ pair: (String, String)) -> [UInt8] { Array(pair.0.utf8) + Array(pair.1.utf8) }
        for (first, second) in zip(made, merges) where key(first) != key(second) { return nil }
        let known = Set(merges.map { Array($0.0.utf8) + [0] + Array($0.1.utf8) })
        return made.allSatisfy { known.contains(Array($0.0.utf8) + [0] + Array($0.1.utf8)) }
            ? scores : nil
    }

    /// The tokenizer of single characters that a vocabulary is, but for what fills up its end; nil where it has longer pieces,
    /// or bytes.
    ///
    /// - Throws: ``TokenizerError`` where a character occurs twice.
    static func characters(
        of vocabulary: GGUFVocabulary
    ) throws(TokenizerError) -> CharacterTokenizer? {
        let count = vocabulary.kinds.prefix { $0 == .control }.count
        var scalars: [Unicode.Scalar] = []
        let end = vocabulary.kinds.lastIndex { $0 != .unused } ?? -1
        for (id, text) in vocabulary.texts[...end].enumerated().dropFirst(count) {
            let text = text == space ? " " : text
            guard vocabulary.kinds[id] == .normal, text.unicodeScalars.count == 1,
                let scalar = text.unicodeScalars.first
            else { return nil }
            scalars.append(scalar)
        }
        if scalars.isEmpty { return nil }
        return try CharacterTokenizer(
            characters: scalars, specialTokens: Array(vocabulary.texts[..<count]))
    }

    /// The normalizer of a `tokenizer.json`: spaces become visible, and one stands before a text.
    static func normalizer(addsSpace: Bool) -> JSONValue {
        let replace = JSONValue.fields([
            "type": .string("Replace"), "pattern": .fields(["String": .string(" ")]),
            "content": .string(space),
        ])
        guard addsSpace else { return replace }
        return .fields([
            "type": .string("Sequence"),
            "normalizers": .array([
                .fields(["type": .string("Prepend"), "prepend": .string(space)]), replace,
            ]),
        ])
    }

    /// The decoder of a `tokenizer.json` that undoes it.
    static func decoder(addsSpace: Bool) -> JSONValue {
        let strip = JSONValue.fields([
            "type": .string("Strip"), "content": .string(" "), "start": .integer(1),
            "stop": .integer(0),
        ])
        return .fields([
            "type": .string("Sequence"),
            "decoders": .array(
                [
                    .fields([
                        "type": .string("Replace"),
                        "pattern": .fields(["String": .string(space)]), "content": .string(" "),
                    ]),
                    .fields(["type": .string("ByteFallback")]),
                    .fields(["type": .string("Fuse")]),
                ] + (addsSpace ? [strip] : [])),
        ])
    }
}
