/// Decodes ids one at a time, for text that is shown while it is generated.
///
/// A character may be spelled by several tokens, and what a token becomes may depend on the next. What
/// can still change is held back, so that an emoji never appears as U+FFFD first. All that is returned,
/// joined, equals `decode` of all the ids.
///
/// - Complexity: each id takes time proportionate to its token, whatever came before.
public struct StreamingDecoder<T: Tokenizer>: Sendable {
    private let tokenizer: T

    /// How a pipeline's decoder goes on; nil where the bytes of the tokens are the text.
    private var stages: DecodingStages?

    /// The special tokens, which are left out.
    private let special: Set<Int32>

    /// The beginning of a character whose end has not come yet; at most three bytes.
    private var pending: [UInt8] = []

    /// A decoder that has seen nothing.
    public init(_ tokenizer: T) {
        self.tokenizer = tokenizer
        stages = tokenizer.decodingStages
        special = stages == nil ? [] : Set(tokenizer.specialTokens.map(\.id))
    }

    /// The text that has become certain by this id; often one character, sometimes none.
    public mutating func append(_ id: Int32) -> String {
        guard stages != nil else {
            pending += tokenizer.bytes(of: id)
            let whole = pending.count - UTF8Validation.incompleteSuffix(of: pending)
            let text = String(decoding: pending[..<whole], as: UTF8.self)
            pending.removeFirst(whole)
            return text
        }
        if special.contains(id) { return "" }
        let token = tokenizer.token(of: id).map { Array($0.utf8) } ?? replacementBytes
        return String(decoding: stages?.append([token]) ?? [], as: UTF8.self)
    }

    /// What was held back; U+FFFD where a character was never completed.
    public mutating func finish() -> String {
        defer {
            pending = []
            stages = tokenizer.decodingStages
        }
        return String(decoding: stages?.finish() ?? pending, as: UTF8.self)
    }

    /// What was held back of a text that was cut off: without the beginning of a character, which is no text.
    public mutating func cutOff() -> String {
        var text = finish()
        while text.last == "\u{FFFD}" { text.removeLast() }
        return text
    }
}
