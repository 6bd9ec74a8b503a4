internal import AttendLayers
internal import AttendModels
internal import AttendTensors

/// The tokens that a model has in sight, and what it keeps of those that it has read.
///
/// The last token is always one that it has not read, unless logits were just asked for.
struct TokenWindow: Sendable {
    /// The model.
    let model: any CausalLanguageModel
    /// What becomes of a text that outgrows the context.
    let overflow: ContextOverflow
    /// The tokens in sight.
    private(set) var tokens: [Int32]

    private var caches: [KeyValueCache]
    /// How many of the tokens the caches hold.
    private var readCount = 0

    /// The window at the end of a text; of one longer than the context, what an overflow leaves of it.
    ///
    /// - Parameters:
    ///   - text: at least one id, each inside of the vocabulary.
    ///   - expectedCount: how many tokens will follow; more may, up to the context's length they are paid for by memory
    ///     now.
    init(
        _ model: any CausalLanguageModel, text: [Int32], overflow: ContextOverflow,
        expectedCount: Int
    ) {
        if text.isEmpty { shapeError("a model needs at least one token to continue") }
        let context = model.configuration.contextLength
        self.model = model
        self.overflow = overflow
        tokens = overflow.cut(text, to: context)
        let (needed, isTooMuch) = tokens.count.addingReportingOverflow(max(expectedCount, 1))
        caches = model.makeCaches(batch: 1, capacity: isTooMuch ? context : min(needed, context))
    }

    /// How many more tokens the model could read; −1 where it cannot read the last one.
    var room: Int { model.configuration.contextLength - tokens.count }

    /// Forgets tokens where the model could not read so many more.
    mutating func makeRoom(for count: Int = 0) {
        if room >= count { return }
        let context = model.configuration.contextLength
        tokens = overflow.remainder(of: tokens, in: context)
        keep(overflow.firstCount(in: context))
    }

    /// Adds a token that follows.
    mutating func append(_ token: Int32) {
        tokens.append(token)
    }

    /// Reads what was not read: the logits of the last places, `[count, vocabulary]`.
    ///
    /// - Parameter count: at most as many as were not read.
    mutating func logits(count: Int = 1) -> Tensor {
        // After a failure the last token may have been read, and its logits are gone.
        if readCount == tokens.count { keep(readCount - 1) }
        let unread = Array(tokens[readCount...])
        let context = model.configuration.contextLength
        for layer in caches.indices where caches[layer].capacity < tokens.count {
            caches[layer].reserve(min(max(2 * caches[layer].capacity, tokens.count), context))
        }
        readCount = tokens.count
        if count == 1 { return model.nextLogits(unread, caches: &caches) }
        let logits = model.lastLogits(unread, count: count, caches: &caches)
        return logits.reshaped([count, logits.shape.width])
    }

    /// Exchanges the last tokens for others; what was read of those that agree is kept, except for the last token.
    mutating func replaceLast(_ count: Int, by replacement: [Int32]) {
        let base = tokens.count - count
        let agreeing = zip(tokens[base...], replacement).prefix { $0 == $1 }.count
        tokens.replaceSubrange(base..., with: replacement)
        keep(base + min(agreeing, replacement.count - 1))
    }

    /// Forgets what was made of all but the first tokens.
    private mutating func keep(_ count: Int) {
        readCount = min(readCount, count)
        for layer in caches.indices { caches[layer].truncate(to: readCount) }
    }
}
