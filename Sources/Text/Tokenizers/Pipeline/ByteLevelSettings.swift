/// The settings that pre-tokenizers, decoders and post-processors of the type `ByteLevel` share.
package struct ByteLevelSettings: Hashable, Sendable {
    /// Whether a space was put before a text that had none.
    package var addsPrefixSpace = true

    /// Whether the places of tokens leave out the white space around words.
    package var trimsOffsets = true

    /// Whether a text is divided by GPT-2's pattern first.
    package var usesPattern = true

    /// The settings of a file that gives none.
    package init() {}

    /// Reads the component's fields.
    package init(_ fields: ComponentFields) throws(TokenizerError) {
        addsPrefixSpace = try fields.flag("add_prefix_space", default: true)
        trimsOffsets = try fields.flag("trim_offsets", default: true)
        usesPattern = try fields.flag("use_regex", default: true)
    }

    /// The component as it stands in `tokenizer.json`.
    package var json: JSONValue {
        .fields([
            "type": .string("ByteLevel"), "add_prefix_space": .bool(addsPrefixSpace),
            "trim_offsets": .bool(trimsOffsets), "use_regex": .bool(usesPattern),
        ])
    }
}
