/// The tokens of a model by number, and the numbers by token.
///
/// Tokens are told apart by their bytes, never by what Unicode holds for equal: `é` as one scalar
/// and as two are different tokens. Numbers may have holes, but not many more than there are tokens.
package struct Vocabulary: Sendable {
    /// The bytes of all tokens end to end.
    private var bytes: [UInt8] = []

    /// Where the token of each number stands in ``bytes``; −1 as start where there is none.
    private var places: [(start: Int32, end: Int32)] = []

    /// The numbers by hash of the token; −1 where a slot is free.
    private var slots: [Int32] = []

    /// Numbers that no text may give; see ``id(spelling:)``.
    private let reserved: Set<Int32>

    /// How many tokens there are.
    package private(set) var count = 0

    /// The most that numbers may exceed the count of tokens.
    private static let holeLimit = 1 << 16

    /// The most bytes of a single token.
    package static let longestToken = 1 << 16

    /// A vocabulary of these tokens.
    ///
    /// - Parameters:
    ///   - tokens: each with its number.
    ///   - reserved: numbers of special tokens, which ``id(spelling:)`` never gives.
    /// - Throws: ``TokenizerError/invalid(_:)`` for a number that is negative, too large or used
    ///   twice, and for a token that occurs twice.
    package init(
        _ tokens: [(text: String, id: Int)], reserved: Set<Int32> = []
    ) throws(TokenizerError) {
        self.reserved = reserved
        let limit = min(2 * tokens.count + Self.holeLimit, Int(Int32.max))
        var highest = -1
        var bits = 4
        while 1 << bits < 2 * tokens.count { bits += 1 }
        slots = [Int32](repeating: -1, count: 1 << bits)
        for token in tokens {
            guard (0..<limit).contains(token.id) else {
                throw .invalid(
                    "The tokenizer's token \(token.text.quoted) has the id \(token.id); with "
                        + "\(tokens.count) tokens an id must be from 0 to \(limit - 1).")
            }
            highest = max(highest, token.id)
        }
        places = [(start: Int32, end: Int32)](repeating: (-1, -1), count: highest + 1)
        for token in tokens { try insert(token.text, id: token.id) }
    }

    private mutating func insert(_ text: String, id: Int) throws(TokenizerError) {
        guard text.utf8.count <= Self.longestToken,
            bytes.count <= Int(Int32.max) - Self.longestToken
        else {
            throw .invalid(
                "The tokenizer's token \(text.quoted) has \(text.utf8.count) bytes; a token may have "
                    + "\(Self.longestToken), and all together 2 GB.")
        }
        guard places[id].start < 0 else {
            throw .invalid(
                "The tokenizer's tokens \((self.text(of: Int32(id)) ?? "").quoted) and \(text.quoted) "
                    + "both have the id \(id); each needs one of its own.")
        }
        let start = bytes.count
        bytes.append(contentsOf: text.utf8)
        let slot = slot(of: bytes[start...])
        guard slots[slot] < 0 else {
            throw .invalid(
                "The tokenizer's token \(text.quoted) occurs twice, as ids \(slots[slot]) and \(id); "
                    + "each may occur once.")
        }
        slots[slot] = Int32(id)
        places[id] = (Int32(start), Int32(bytes.count))
        count += 1
    }

    /// The highest number and one.
    package var size: Int { places.count }

    /// The number of a token; nil where there is no such token.
    package func id(of token: ArraySlice<UInt8>) -> Int32? {
        let id = slots[slot(of: token)]
        return id >= 0 ? id : nil
    }

    /// The number of a token, given as text.
    package func id(of text: String) -> Int32? { id(of: Array(text.utf8)[...]) }

    /// The number of a token that a user's text may give: nil for special tokens, too.
    package func id(spelling token: ArraySlice<UInt8>) -> Int32? {
        guard let id = id(of: token), !isReserved(id) else { return nil }
        return id
    }

    /// Whether a number belongs to a special token, which no text spells.
    package func isReserved(_ id: Int32) -> Bool { reserved.contains(id) }

    /// The bytes of a token; nil where a number has none.
    package func bytes(of id: Int32) -> ArraySlice<UInt8>? {
        guard id >= 0, id < places.count, places[Int(id)].start >= 0 else { return nil }
        return bytes[Int(places[Int(id)].start)..<Int(places[Int(id)].end)]
    }

    /// The text of a token; nil where a number has none.
    package func text(of id: Int32) -> String? {
        bytes(of: id).map { String(decoding: $0, as: UTF8.self) }
    }

    /// All tokens with their numbers, in ascending order.
    package var tokens: [(text: String, id: Int)] {
        places.indices.compactMap { id in text(of: Int32(id)).map { ($0, id) } }
    }

    /// The tokens as an object of `tokenizer.json`: text to number, in ascending order of the numbers.
    package var json: JSONValue {
        .object(JSONObject(tokens.map { ($0.text, .number("\($0.id)")) }))
    }

    /// The slot where a token's number stands, or would stand.
    private func slot(of token: ArraySlice<UInt8>) -> Int {
        var slot = Int(truncatingIfNeeded: ByteHash.value(of: token)) & (slots.count - 1)
        while slots[slot] >= 0 {
            let place = places[Int(slots[slot])]
            if Int(place.end - place.start) == token.count,
                bytes[Int(place.start)..<Int(place.end)].elementsEqual(token)
            {
                break
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        return slot
    }
}

extension Vocabulary: Hashable {
    /// Whether both give the same numbers to the same tokens.
    package static func == (left: Self, right: Self) -> Bool {
        left.size == right.size && left.count == right.count
            && left.places.indices.allSatisfy {
                left.bytes(of: Int32($0)) == right.bytes(of: Int32($0))
            }
    }

    /// Hashes the tokens in the order of their numbers.
    package func hash(into hasher: inout Hasher) {
        for id in places.indices { hasher.combine(bytes(of: Int32(id))) }
    }
}
