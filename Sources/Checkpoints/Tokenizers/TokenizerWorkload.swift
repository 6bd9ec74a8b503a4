public import AttendText

/// The time that a tokenizer takes for a text, on one thread.
public struct TokenizerWorkload: Hashable, Sendable, Encodable {
    /// The size of the text in UTF-8.
    public let bytes: Int
    /// How many tokens it has.
    public let tokens: Int
    /// How long it took to read the tokenizer's file.
    public let readSeconds: Double
    /// How long the first encoding took, with nothing kept from before.
    public let encodeSeconds: Double
    /// How long the second took, which finds the words of the first.
    public let encodeAgainSeconds: Double
    /// Millions of bytes in a second, the first time.
    public let megabytesPerSecond: Double
    /// Millions of bytes in a second, the second time.
    public let megabytesPerSecondAgain: Double

    /// Reads a tokenizer, and encodes a text twice.
    ///
    /// - Throws: ``CheckpointError`` where the tokenizer cannot be read, `TokenizerError` where the text
    ///   cannot be encoded.
    public static func run(tokenizerAt path: String, text: String) throws -> TokenizerWorkload {
        func seconds(_ body: () throws -> Void) rethrows -> Double {
            let begin = ContinuousClock.now
            try body()
            return (ContinuousClock.now - begin) / .seconds(1)
        }
        var tokenizer: SavedTokenizer?
        let read = try seconds { tokenizer = try TokenizerFile.read(at: path) }
        var ids: [Int32] = []
        let first = try seconds { ids = try tokenizer?.encode(text) ?? [] }
        let second = try seconds { ids = try tokenizer?.encode(text) ?? [] }
        let megabytes = Double(text.utf8.count) / 1e6
        return TokenizerWorkload(
            bytes: text.utf8.count, tokens: ids.count, readSeconds: read, encodeSeconds: first,
            encodeAgainSeconds: second, megabytesPerSecond: megabytes / max(first, 1e-9),
            megabytesPerSecondAgain: megabytes / max(second, 1e-9))
    }
}
