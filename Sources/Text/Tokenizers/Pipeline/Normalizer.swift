/// What changes a text before it is divided: the `normalizer` of a `tokenizer.json`.
package indirect enum Normalizer: Hashable, Sendable {
    /// One after another.
    case sequence([Normalizer])

    /// Reads the component's object.
    ///
    /// - Throws: ``TokenizerError/invalid(_:)`` where the type is not known, or a field is wrong.
    package init(_ fields: ComponentFields, depth: Int = 0) throws(TokenizerError) {
        let type = try fields.requiredText("type")
        switch type {
        case "Sequence":
            self = .sequence(
                try fields.members("normalizers", depth: depth) {
                    fields, depth throws(TokenizerError) in
                    try Normalizer(fields, depth: depth)
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
            .fields(["type": .string("Sequence"), "normalizers": .array(members.map(\.json))])
        }
    }

    /// Changes the text.
    package func normalize(_ text: inout NormalizedText) {
        switch self {
        case .sequence(let members):
            for member in members { member.normalize(&text) }
        }
    }
}
