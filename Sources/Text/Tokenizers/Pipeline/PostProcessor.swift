/// What is put around the tokens of a text: the `post_processor` of a `tokenizer.json`.
package indirect enum PostProcessor: Hashable, Sendable {
    /// One after another.
    case sequence([PostProcessor])

    /// Reads the component's object.
    ///
    /// - Throws: ``TokenizerError/invalid(_:)`` where the type is not known, or a field is wrong.
    package init(_ fields: ComponentFields, depth: Int = 0) throws(TokenizerError) {
        let type = try fields.requiredText("type")
        switch type {
        case "Sequence":
            self = .sequence(
                try fields.members("processors", depth: depth) {
                    fields, depth throws(TokenizerError) in
                    try PostProcessor(fields, depth: depth)
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
            .fields(["type": .string("Sequence"), "processors": .array(members.map(\.json))])
        }
    }

    /// The encodings of one text or of a pair (in a list, so that a sequence of processors can pass
    /// them on), with their marks.
    ///
    /// The pipeline appends what comes out of the last processor to one encoding.
    ///
    /// - Parameters:
    ///   - encodings: one, or two for a pair; the second has the type id 1.
    ///   - addsSpecialTokens: whether marks are to be added; offsets are mended in any case.
    ///   - token: the text of a token as the vocabulary has it.
    package func process(
        _ encodings: [Encoding], addsSpecialTokens: Bool, token: (Int32) -> String?
    ) -> [Encoding] {
        switch self {
        case .sequence(let members):
            members.reduce(encodings) {
                $1.process($0, addsSpecialTokens: addsSpecialTokens, token: token)
            }
        }
    }
}
