/// A vocabulary of single characters: every Unicode scalar of the training text is one token.
///
/// Scalars rather than grapheme clusters, because a cluster such as an emoji family has no bounded
/// spelling, and because scalars survive the round trip whether the text is composed or decomposed.
public struct CharacterTokenizer: Tokenizer, Hashable {
    /// The character that each id stands for, in ascending order of code points where built from text.
    public let characters: [Unicode.Scalar]

    /// The id of every character, looked up by page and by position in it.
    private let table: ScalarTable

    /// Every character that occurs in `text`, in ascending order of code points.
    ///
    /// - Throws: ``TokenizerError/invalid(_:)`` where the text is empty.
    public init(text: String) throws(TokenizerError) {
        var seen = ScalarTable()
        for scalar in text.unicodeScalars { seen[scalar] = 0 }
        try self.init(characters: seen.scalars)
    }

    /// The given characters; the first has id 0.
    ///
    /// - Throws: ``TokenizerError/invalid(_:)`` where there are none, or one occurs twice.
    public init(characters: [Unicode.Scalar]) throws(TokenizerError) {
        guard !characters.isEmpty else {
            throw .invalid(
                "A character tokenizer needs at least one character, but its list is empty.")
        }
        var table = ScalarTable()
        for (id, scalar) in characters.enumerated() {
            if let earlier = table[scalar] {
                throw .invalid(
                    "The character \(describe(scalar)) occurs twice in the tokenizer's list, as ids "
                        + "\(earlier) and \(id); each may occur once.")
            }
            table[scalar] = Int32(id)
        }
        self.characters = characters
        self.table = table
    }

    /// How many characters there are.
    public var vocabularySize: Int { characters.count }

    /// The id of each Unicode scalar of `text`.
    ///
    /// - Throws: ``TokenizerError/unknownCharacter(_:line:vocabularySize:)`` at the first scalar without an id.
    public func encode(_ text: String) throws(TokenizerError) -> [Int32] {
        var ids: [Int32] = []
        ids.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            guard let id = table[scalar] else {
                let line = 1 + ids.count { characters[Int($0)] == "\n" }
                throw .unknownCharacter(scalar, line: line, vocabularySize: vocabularySize)
            }
            ids.append(id)
        }
        return ids
    }

    /// The characters that `ids` stand for; U+FFFD for an id outside the vocabulary.
    public func decode(_ ids: [Int32]) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(ids.count)
        for id in ids {
            let scalar = scalar(of: id)
            if scalar.isASCII {
                bytes.append(UInt8(truncatingIfNeeded: scalar.value))
            } else {
                bytes.append(contentsOf: UTF8.encode(scalar)!)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The UTF-8 bytes of the character that `id` stands for.
    public func bytes(of id: Int32) -> [UInt8] { Array(UTF8.encode(scalar(of: id))!) }

    private func scalar(of id: Int32) -> Unicode.Scalar {
        characters.indices.contains(Int(id)) ? characters[Int(id)] : "\u{FFFD}"
    }

    /// Whether both give the same ids to the same characters.
    public static func == (left: Self, right: Self) -> Bool { left.characters == right.characters }

    /// Hashes the characters in the order of their ids.
    public func hash(into hasher: inout Hasher) { hasher.combine(characters) }
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
