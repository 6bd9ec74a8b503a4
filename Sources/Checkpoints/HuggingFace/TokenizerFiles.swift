internal import AttendModels
internal import AttendText

/// A tokenizer in the files of Hugging Face: `tokenizer.json` and `tokenizer_config.json`.
struct TokenizerFiles {
    /// The contents of `tokenizer.json`.
    let tokenizer: JSONValue
    /// The contents of `tokenizer_config.json`.
    let settings: JSONValue

    init(_ tokenizer: SavedTokenizer, of model: LoadedModel) throws(TokenizerError) {
        let contents = try tokenizer.pipeline().json
        let template = TrainingTemplate(of: model)
        self.tokenizer = template?.added(to: contents) ?? contents
        func text(_ id: Int32?) -> JSONValue {
            id.flatMap { tokenizer.token(of: $0) }.map { .string($0) } ?? .null
        }
        settings = .fields([
            "tokenizer_class": .string("PreTrainedTokenizerFast"),
            "model_max_length": .integer(model.configuration.sizes.contextLength),
            "clean_up_tokenization_spaces": .bool(false),
            "bos_token": text(model.generation.startToken),
            "eos_token": text(model.generation.endTokens.first),
            "pad_token": text(model.generation.paddingToken),
            "mask_token": template == nil
                ? .null : text(tokenizer.id(ofSpecial: SpecialTokens.texts[3])),
        ])
    }
}
