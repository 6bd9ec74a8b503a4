internal import AttendCheckpoints
internal import AttendText

/// The tokens that a model goes on from.
///
/// A prompt is read with the marks that the tokenizer's template puts around a text. An empty one begins after the model's
/// start token; where it has none, after a line end, if the tokenizer has one, or else after the token 0.
struct EncodedPrompt: Sendable {
    /// At least one; more than the context holds where the prompt is longer.
    let ids: [Int32]
    /// How many tokens of the prompt the model reads.
    let readCount: Int
    /// A sentence for the user where the prompt is cut.
    let notices: [String]

    /// - Throws: `TokenizerError` for a prompt with a character that the tokenizer does not know.
    init(
        _ prompt: String, tokenizer: SavedTokenizer, defaults: GenerationDefaults, context: Int
    ) throws {
        let ids = try tokenizer.encoding(of: prompt).ids
        readCount = min(ids.count, context)
        self.ids =
            ids.isEmpty ? [defaults.startToken ?? (try? tokenizer.encode("\n"))?.last ?? 0] : ids
        notices =
            ids.count <= context
            ? []
            : [
                "The prompt has \(ids.count) tokens and the model's context holds \(context), so only "
                    + "the last \(context) are read."
            ]
    }
}
