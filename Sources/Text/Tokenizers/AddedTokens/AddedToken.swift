/// A token that is found in a text before the model sees it: an entry of `added_tokens`.
package struct AddedToken: Hashable, Sendable {
    /// Its number.
    package var id: Int32
    /// How it is written.
    package var content: String
    /// Whether it must stand between what are not parts of words.
    package var isSingleWord = false
    /// Whether it takes the white space before it.
    package var stripsLeft = false
    /// Whether it takes the white space after it.
    package var stripsRight = false
    /// Whether it is looked for in the normalized text.
    package var isNormalized = false
    /// Whether it marks a place, and is no text.
    package var isSpecial = true

    /// A special token.
    package init(id: Int32, content: String) { (self.id, self.content) = (id, content) }

    /// The most bytes of a token: each place of a text may be compared with it.
    private static let longestContent = 256

    /// Reads an element of the list.
    package init(_ fields: ComponentFields) throws(TokenizerError) {
        guard let number = try fields.integer("id"), let id = Int32(exactly: number), id >= 0 else {
            throw fields.fault(
                "id", try fields.required("id"), needed: "a whole number from 0 to \(Int32.max)")
        }
        self.id = id
        content = try fields.requiredText("content")
        guard content.utf8.count <= Self.longestContent else {
            throw fields.fault(
                "content", .string(content),
                needed: "a text of at most \(Self.longestContent) bytes")
        }
        isSingleWord = try fields.flag("single_word", default: false)
        stripsLeft = try fields.flag("lstrip", default: false)
        stripsRight = try fields.flag("rstrip", default: false)
        isSpecial = try fields.flag("special", default: false)
        isNormalized = try fields.flag("normalized", default: !isSpecial)
        try fields.finish()
    }

    /// The token as it stands in the list.
    package var json: JSONValue {
        .fields([
            "id": .integer(Int(id)), "content": .string(content),
            "single_word": .bool(isSingleWord),
            "lstrip": .bool(stripsLeft), "rstrip": .bool(stripsRight),
            "normalized": .bool(isNormalized), "special": .bool(isSpecial),
        ])
    }
}
