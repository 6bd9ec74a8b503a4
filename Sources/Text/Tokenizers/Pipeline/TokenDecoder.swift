/// What makes text of tokens again: the `decoder` of a `tokenizer.json`.
package indirect enum TokenDecoder: Hashable, Sendable {
    /// One after another.
    case sequence([TokenDecoder])

    /// Reads the component's object.
    ///
    /// - Throws: ``TokenizerError/invalid(_:)`` where the type is not known, or a field is wrong.
    package init(_ fields: ComponentFields, depth: Int = 0) throws(TokenizerError) {
        let type = try fields.requiredText("type")
        switch type {
        case "Sequence":
            self = .sequence(
                try fields.members("decoders", depth: depth) {
                    fields, depth throws(TokenizerError) in
                    try TokenDecoder(fields, depth: depth)
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
            .fields(["type": .string("Sequence"), "decoders": .array(members.map(\.json))])
        }
    }

    /// What the tokens become; joined, it is the text (which need not be UTF-8 everywhere).
    ///
    /// - Parameter tokens: the bytes of the tokens as the vocabulary has them, special tokens left out
    ///   by the caller where they are not wanted.
    package func decode(_ tokens: [[UInt8]]) -> [[UInt8]] {
        switch self {
        case .sequence(let members): members.reduce(tokens) { $1.decode($0) }
        }
    }
}
