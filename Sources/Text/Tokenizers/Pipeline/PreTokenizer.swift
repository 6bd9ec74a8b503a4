/// What divides a text into the pieces that a model sees one by one: the `pre_tokenizer` of a
/// `tokenizer.json`.
package indirect enum PreTokenizer: Hashable, Sendable {
    /// One after another.
    case sequence([PreTokenizer])

    /// Reads the component's object.
    ///
    /// - Throws: ``TokenizerError/invalid(_:)`` where the type is not known, or a field is wrong.
    package init(_ fields: ComponentFields, depth: Int = 0) throws(TokenizerError) {
        let type = try fields.requiredText("type")
        switch type {
        case "Sequence":
            self = .sequence(
                try fields.members("pretokenizers", depth: depth) {
                    fields, depth throws(TokenizerError) in
                    try PreTokenizer(fields, depth: depth)
                })
        default:
            throw fields.unknownType(type, known: ["Sequence"])
        }
        try fields.finish()
    }

    /// The component as it stands in `tokenizer.json`.
    package var json: JSONValue {
        switch self {
        case .sequence(let members):
            .fields(["type": .string("Sequence"), "pretokenizers": .array(members.map(\.json))])
        }
    }
}
