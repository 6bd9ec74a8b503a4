internal import AttendText

/// The text that generated tokens spell, piece by piece, up to a stop text, an end token or the most tokens.
struct TextAssembly: Sendable {
    /// How many tokens there were, with those of a stop text.
    private(set) var tokenCount = 0
    /// Why the text ended; nil before it has.
    private(set) var finishReason: FinishReason?

    private let maxTokens: Int
    private let endTokens: Set<Int32>
    private var decoder: StreamingDecoder<SavedTokenizer>
    private var filter: StopFilter

    /// A text without tokens.
    init(_ settings: GenerationSettings, tokenizer: SavedTokenizer, endTokens: [Int32]) {
        maxTokens = settings.maxTokens
        self.endTokens = Set(endTokens)
        decoder = StreamingDecoder(tokenizer)
        filter = StopFilter(settings.stopTexts)
    }

    /// The text that a token makes certain.
    mutating func append(_ token: Int32) -> String {
        tokenCount += 1
        if endTokens.contains(token) { return end(.stop) }
        let text = filter.append(decoder.append(token))
        if filter.isStopped { finishReason = .stop }
        return text
    }

    /// Ends the text after a token where nothing may follow: what was held back then.
    ///
    /// - Parameters:
    ///   - isComplete: whether a constraint leaves nothing to add.
    ///   - isFull: whether the context has no room for more.
    mutating func conclude(isComplete: Bool, isFull: Bool) -> String {
        if isComplete { return end(.stop) }
        return isFull || tokenCount == maxTokens ? end(.length) : ""
    }

    /// Ends the text, if it has not ended: what was held back because more might have followed.
    mutating func end(_ reason: FinishReason) -> String {
        if finishReason != nil { return "" }
        let last = reason == .length ? decoder.cutOff() : decoder.finish()
        let text = filter.append(last) + filter.finish()
        finishReason = filter.isStopped ? .stop : reason
        return text
    }
}
