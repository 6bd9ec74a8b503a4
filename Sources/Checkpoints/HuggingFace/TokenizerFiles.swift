internal import AttendModels
internal import AttendText
internal import Foundation

/// A tokenizer in the files of Hugging Face: `tokenizer.json` and `tokenizer_config.json`.
struct TokenizerFiles {
    /// The text of `tokenizer.json`.
    let tokenizer: [UInt8]
    /// The contents of `tokenizer_config.json`.
    let settings: JSONValue

    init(_ tokenizer: SavedTokenizer, of model: LoadedModel) throws(TokenizerError) {
        self.tokenizer = try tokenizer.pipeline().json.text
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
        ])
    }
}
