/// A vocabulary of single characters: every Unicode scalar of the training text is one token.
///
/// Scalars rather than grapheme clusters, because a cluster such as an emoji family has no bounded
/// spelling, and because scalars survive the round trip whether the text is composed or decomposed.
public struct CharacterTokenizer: Tokenizer, Hashable {
    /// The texts of the special tokens; the first has id 0.
    let specialTexts: [String]

    /// The character that each id after the special ones stands for, in ascending order of code points
    /// where built from text.
    public let characters: [Unicode.Scalar]

    /// The id of every character, looked up by page and by position in it.
    private let table: ScalarTable

    /// Every character that occurs in `text`, in ascending order of code points.
    ///
    /// - Throws: ``TokenizerError/invalid(_:)`` where the text is empty.
    public init(text: String, specialTokens: [String] = []) throws(TokenizerError) {
        try self.init(texts: CollectionOfOne(text), specialTokens: specialTokens)
    }

    /// Every character that occurs in `texts`, in ascending order of code points.
    ///
    /// - Throws: ``TokenizerError/invalid(_:)`` where all texts are empty.
    public init(texts: some Sequence<String>, specialTokens: [String] = []) throws(TokenizerError) {
        var seen = ScalarTable()
        for text in texts {
            for scalar in text.unicodeScalars { seen[scalar] = 0 }
        }
        try self.init(characters: seen.scalars, specialTokens: specialTokens)
    }

    /// The given characters; the first has the id after those of the special tokens.
    ///
    /// - Throws: ``TokenizerError/invalid(_:)`` where there are none, or one occurs twice, or a special token does.
    public init(characters: [Unicode.Scalar], specialTokens: [String] = []) throws(TokenizerError) {
        try validateSpecialTokens(specialTokens)
        guard !characters.isEmpty else {
            throw .invalid(
                "A character tokenizer needs at least one character, but its list is empty.")
        }
        var table = ScalarTable()
        for (id, scalar) in characters.enumerated() {
            if let earlier = table[scalar] {
                throw .invalid(
                    "The character \(describe(scalar)) occurs twice in the tokenizer's list, as ids "
                        + "\(earlier) and \(id + specialTokens.count); each may occur once.")
            }
            table[scalar] = Int32(id + specialTokens.count)
        }
        specialTexts = specialTokens
        self.characters = characters
        self.table = table
    }

    /// How many characters and special tokens there are.
    public var vocabularySize: Int { specialTexts.count + characters.count }

    /// The special tokens, which have the first ids.
    public var specialTokens: [SpecialToken] {
        specialTexts.enumerated().map { SpecialToken(id: Int32($0), text: $1) }
    }

    /// The id of each Unicode scalar of `text`.
    ///
    /// - Throws: ``TokenizerError/unknownCharacter(_:line:vocabularySize:)`` at the first scalar without an id.
    public func encode(_ text: String) throws(TokenizerError) -> [Int32] {
        var ids: [Int32] = []
        ids.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            guard let id = table[scalar] else {
                let feed = table["\n"]
                throw .unknownCharacter(
                    scalar, line: 1 + ids.count { $0 == feed }, vocabularySize: characters.count)
            }
            ids.append(id)
        }
        return ids
    }

    /// The tokens of a text, or of a pair of texts, with their places; there is no template.
    ///
    /// - Throws: ``TokenizerError/unknownCharacter(_:line:vocabularySize:)`` at the first scalar without an id.
    public func encoding(
        of text: String, pair: String?, options: EncodingOptions
    ) throws(TokenizerError) -> Encoding {
        try plainEncoding(of: text, pair: pair, options: options)
    }

    /// The character, or the special token's text; nil for an id outside the vocabulary.
    public func token(of id: Int32) -> String? {
        guard id >= 0, id < vocabularySize else { return nil }
        return isSpecial(id) ? specialTexts[Int(id)] : String(scalar(of: id))
    }

    /// The characters that `ids` stand for; U+FFFD for an id outside the vocabulary.
    public func decode(_ ids: [Int32], keepsSpecialTokens: Bool) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(ids.count)
        for id in ids {
            if isSpecial(id) {
                if keepsSpecialTokens { bytes.append(contentsOf: specialTexts[Int(id)].utf8) }
                continue
            }
            let scalar = scalar(of: id)
            if scalar.isASCII {
                bytes.append(UInt8(truncatingIfNeeded: scalar.value))
            } else {
                bytes.append(contentsOf: UTF8.encode(scalar)!)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The UTF-8 bytes of the character that `id` stands for; none for a special token.
    public func bytes(of id: Int32) -> [UInt8] {
        isSpecial(id) ? [] : Array(UTF8.encode(scalar(of: id))!)
    }

    private func isSpecial(_ id: Int32) -> Bool { id >= 0 && id < specialTexts.count }

    private func scalar(of id: Int32) -> Unicode.Scalar {
        let index = Int(id) - specialTexts.count
        return characters.indices.contains(index) ? characters[index] : "\u{FFFD}"
    }

    /// Whether both give the same ids to the same characters.
    public static func == (left: Self, right: Self) -> Bool {
        left.characters == right.characters && left.specialTexts == right.specialTexts
    }

    /// Hashes the characters and the special tokens in the order of their ids.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(characters)
        hasher.combine(specialTexts)
    }
}

/// A map from scalars to ids in two steps, page and place in the page: much faster than hashing, and
/// small because few pages of 256 scalars are ever in use.
private struct ScalarTable: Sendable {
    private static let pageSize = 256

    /// Where each page starts in `places`; −1 where it does not exist.
    private var pages = [Int32](repeating: -1, count: 0x110000 / pageSize)

    /// The ids, page after page; −1 where a scalar has none.
    private var places: [Int32] = []

    subscript(scalar: Unicode.Scalar) -> Int32? {
        get {
            let start = pages[Int(scalar.value) / Self.pageSize]
            guard start >= 0 else { return nil }
            let id = places[Int(start) + Int(scalar.value) % Self.pageSize]
            return id >= 0 ? id : nil
        }
        set {
            let page = Int(scalar.value) / Self.pageSize
            if pages[page] < 0 {
                pages[page] = Int32(places.count)
                places.append(contentsOf: repeatElement(-1, count: Self.pageSize))
            }
            places[Int(pages[page]) + Int(scalar.value) % Self.pageSize] = newValue ?? -1
        }
    }

    /// Every scalar that has an id, in ascending order.
    var scalars: [Unicode.Scalar] {
        pages.indices.filter { pages[$0] >= 0 }.flatMap { page in
            (0..<Self.pageSize).compactMap { place in
                places[Int(pages[page]) + place] >= 0
                    ? Unicode.Scalar(UInt32(page * Self.pageSize + place)) : nil
            }
        }
    }
}
