/// What is put around the tokens of a text: the `post_processor` of a `tokenizer.json`.
package indirect enum PostProcessor: Hashable, Sendable {
    /// One after another.
    case sequence([PostProcessor])
    /// A list of marks and texts.
    case template(TemplateProcessor)
    /// Marks at the ends, in the ways of BERT and RoBERTa.
    case enclosing(EnclosingProcessor)
    /// No marks; the places of tokens leave out the spaces around words.
    case byteLevel(ByteLevelSettings)

    private static let types = [
        "BertProcessing", "ByteLevel", "RobertaProcessing", "Sequence", "TemplateProcessing",
    ]

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
        case "TemplateProcessing": self = .template(try TemplateProcessor(fields))
        case "BertProcessing": self = .enclosing(try EnclosingProcessor(bert: fields))
        case "RobertaProcessing": self = .enclosing(try EnclosingProcessor(roberta: fields))
        case "ByteLevel": self = .byteLevel(try ByteLevelSettings(fields))
        default: throw fields.unknownType(type, known: Self.types)
        }
        try fields.finish()
    }

    /// The component as it stands in `tokenizer.json`.
    package var json: JSONValue {
        switch self {
        case .sequence(let members):
            .fields(["type": .string("Sequence"), "processors": .array(members.map(\.json))])
        case .template(let processor): processor.json
        case .enclosing(let processor): processor.json
        case .byteLevel(let settings): settings.json
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
            return members.reduce(encodings) {
                $1.process($0, addsSpecialTokens: addsSpecialTokens, token: token)
            }
        case .template(let processor):
            return processor.process(encodings, addsSpecialTokens: addsSpecialTokens)
        case .enclosing(let processor):
            return processor.process(
                encodings, addsSpecialTokens: addsSpecialTokens, token: token)
        case .byteLevel(let settings):
            guard settings.trimsOffsets else { return encodings }
            return encodings.map {
                var encoding = $0
                encoding.trimOffsets(addsPrefixSpace: settings.addsPrefixSpace, token: token)
                return encoding
            }
        }
    }
}
