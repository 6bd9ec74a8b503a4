internal import AttendCheckpoints
internal import AttendText

/// The tokens of a prompt as a model reads them.
struct PromptTokens: Sendable {
    /// At least one token; perhaps more than the context holds.
    let ids: [Int32]
    /// How many tokens of the prompt the model reads; 0 for an empty one, which begins after another token.
    let readCount: Int
    /// A sentence for the user where some are not read.
    let notices: [String]

    /// - Parameters:
    ///   - ids: of the prompt, with the marks that the tokenizer puts around a text; perhaps none.
    ///   - context: the longest sequence of the model.
    ///   - overflow: what becomes of those that it does not hold.
    /// - Throws: ``GenerationError/promptTooLong(count:limit:)`` where none may be left out.
    init(
        _ ids: [Int32], tokenizer: SavedTokenizer, defaults: GenerationDefaults, context: Int,
        overflow: ContextOverflow
    ) throws(GenerationError) {
        if overflow == .refuse, ids.count > context {
            throw .promptTooLong(count: ids.count, limit: context)
        }
        self.ids = ids.isEmpty ? [defaults.startToken ?? Self.firstToken(of: tokenizer)] : ids
        readCount = min(ids.count, context)
        let first = overflow.firstCount(in: context)
        notices =
            ids.count <= context
            ? []
            : [
                "The prompt has \(ids.count) tokens and the model's context holds \(context), so only "
                    + (first > 0 ? "the first \(first) and " : "")
                    + "the last \(context - first) are read."
            ]
    }

    private static func firstToken(of tokenizer: SavedTokenizer) -> Int32 {
        (try? tokenizer.encode("\n"))?.last ?? 0
    }
}
