extension PipelineTokenizer {
    /// Reads a whole `tokenizer.json`.
    ///
    /// - Throws: ``TokenizerError/invalid(_:)`` where a component is not known or a field is wrong.
    package init(_ fields: ComponentFields) throws(TokenizerError) {
        _ = try fields.text("version")
        // Accepted and left out; see the type's description.
        for name in ["truncation", "padding"] { _ = try fields.fields(name) }
        var added: [AddedToken] = []
        if fields.value("added_tokens") != nil {
            for token in try fields.requiredObjects("added_tokens") {
                added.append(try AddedToken(token))
            }
        }
        let model = try ComponentFields(fields.required("model"), path: "model")
        let reserved = Set(added.filter(\.isSpecial).map(\.id))
        try self.init(
            normalizer: fields.component("normalizer") {
                fields throws(TokenizerError) in try Normalizer(fields)
            },
            preTokenizer: fields.component("pre_tokenizer") {
                fields throws(TokenizerError) in try PreTokenizer(fields)
            },
            model: TokenModel(model, reserved: reserved),
            postProcessor: fields.component("post_processor") {
                fields throws(TokenizerError) in try PostProcessor(fields)
            },
            decoder: fields.component("decoder") {
                fields throws(TokenizerError) in try TokenDecoder(fields)
            },
            addedTokens: added)
        try fields.finish()
    }

    /// The tokenizer as a whole `tokenizer.json`.
    package var json: JSONValue {
        .fields([
            "version": .string("1.0"), "truncation": .null, "padding": .null,
            "added_tokens": .array(addedTokens.tokens.map(\.json)),
            "normalizer": normalizer?.json ?? .null, "pre_tokenizer": preTokenizer?.json ?? .null,
            "post_processor": postProcessor?.json ?? .null, "decoder": decoder?.json ?? .null,
            "model": model.json,
        ])
    }
}

extension ComponentFields {
    /// A component; nil where it is missing or null.
    fileprivate func component<Component>(
        _ name: String, _ read: (ComponentFields) throws(TokenizerError) -> Component
    ) throws(TokenizerError) -> Component? {
        guard let fields = try fields(name) else { return nil }
        return try read(fields)
    }
}
