/// Decodes ids one at a time, for text that is shown while it is generated.
///
/// A character may be spelled by several tokens. Its bytes are held back until it is whole, so that an
/// emoji never appears as U+FFFD first. All that is returned, joined, equals `decode` of all the ids.
public struct StreamingDecoder<T: Tokenizer>: Sendable {
    private let tokenizer: T

    /// The beginning of a character whose end has not come yet; at most three bytes.
    private var pending: [UInt8] = []

    /// A decoder that has seen nothing.
    public init(_ tokenizer: T) { self.tokenizer = tokenizer }

    /// The text that has become certain by this id; often one character, sometimes none.
    public mutating func append(_ id: Int32) -> String {
        pending += tokenizer.bytes(of: id)
        let whole = pending.count - incompleteSuffix(of: pending)
        let text = String(decoding: pending[..<whole], as: UTF8.self)
        pending.removeFirst(whole)
        return text
    }

    /// What was held back; U+FFFD where a character was never completed.
    public mutating func finish() -> String {
        defer { pending = [] }
        return String(decoding: pending, as: UTF8.self)
    }
}

/// How many of the last bytes begin a UTF-8 sequence that further bytes might complete.
private func incompleteSuffix(of bytes: [UInt8]) -> Int {
    for count in 1...3 where count <= bytes.count {
        let suffix = bytes[(bytes.count - count)...]
        if suffix.first! & 0xC0 == 0x80 { continue }
        return UTF8Validation.isIncompleteSequence(suffix) ? count : 0
    }
    return 0
}
