internal import Foundation

/// The table by which SentencePiece normalises: strings of a few characters, and what replaces each.
///
/// The strings form a double-array trie, the replacements one text with NULs between them. The bytes
/// come from a file, so every step of a search is checked against the table's end.
///
/// - Source: the `precompiled_charsmap` of SentencePiece; the layout of a unit is Darts-clone's.
package struct CharacterMap: Hashable, Sendable {
    /// The trie: each unit has a label, an offset to its children, and a mark for those with a leaf.
    private let units: [UInt32]

    /// All replacements, each ended by a NUL.
    private let replacements: [UInt8]

    /// The table as it came.
    private let bytes: [UInt8]

    /// Reads a table.
    ///
    /// - Throws: ``TokenizerError/invalid(_:)`` where the lengths do not fit or the replacements are not
    ///   UTF-8.
    init(_ bytes: [UInt8]) throws(TokenizerError) {
        self.bytes = bytes
        guard bytes.count >= 4 else {
            throw .invalid(
                "The tokenizer's precompiled character map has \(bytes.count) bytes; it needs at least 4 "
                    + "for the length of its trie.")
        }
        let length = Int(Self.word(bytes, at: 0))
        guard length % 4 == 0, length <= bytes.count - 4 else {
            throw .invalid(
                "The tokenizer's precompiled character map names a trie of \(length) bytes; expected a "
                    + "multiple of 4 that is at most the \(bytes.count - 4) bytes that follow.")
        }
        units = stride(from: 4, to: 4 + length, by: 4).map { Self.word(bytes, at: $0) }
        replacements = Array(bytes[(4 + length)...])
        guard UTF8Validation.firstInvalidOffset(in: replacements) == nil else {
            throw .invalid(
                "The tokenizer's precompiled character map has replacements that are not UTF-8.")
        }
    }

    /// The replacement of the shortest string of the table that begins a text; nil where none does.
    ///
    /// The shortest, not the longest: so do the tokenizers that this table is shared with.
    func replacement(of text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let root = units.first else { return nil }
        var node = Self.offset(of: root)
        for byte in text {
            guard byte != 0 else { return nil }
            node ^= Int(byte)
            guard node < units.count, Self.label(of: units[node]) == UInt32(byte) else {
                return nil
            }
            let unit = units[node]
            node ^= Self.offset(of: unit)
            if unit >> 8 & 1 == 1 {
                guard node < units.count else { return nil }
                return replacement(from: Int(units[node] & 0x7FFF_FFFF))
            }
        }
        return nil
    }

    private func replacement(from start: Int) -> ArraySlice<UInt8>? {
        // A place within a character would make text that is not UTF-8.
        guard start < replacements.count, replacements[start] & 0xC0 != 0x80 else { return nil }
        let limit = min(start + Self.longestReplacement + 1, replacements.count)
        let end = replacements[start..<limit].firstIndex(of: 0)
        if end == nil, limit < replacements.count { return nil }
        return replacements[start..<(end ?? limit)]
    }

    /// The most bytes of a replacement; a longer one is not made.
    ///
    /// SentencePiece's longest has 33.
    private static let longestReplacement = 256

    /// The table in the form of `tokenizer.json`.
    var base64: String { Data(bytes).base64EncodedString() }

    private static func word(_ bytes: [UInt8], at offset: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << UInt32(8 * $1) }
    }

    private static func label(of unit: UInt32) -> UInt32 { unit & 0x8000_00FF }

    private static func offset(of unit: UInt32) -> Int {
        Int((unit >> 10) << ((unit & 0x200) >> 6))
    }
}

extension CharacterMap {
    /// Reads the table in the form of `tokenizer.json`.
    init(base64: String) throws(TokenizerError) {
        guard let data = Data(base64Encoded: base64) else {
            throw .invalid(
                "The tokenizer's precompiled character map is not valid base64; copy it again from its "
                    + "source.")
        }
        try self.init(Array(data))
    }
}
