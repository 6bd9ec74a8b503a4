/// The tokens that begin, end and fill up what a model writes, as those who made it chose them.
public struct GenerationDefaults: Hashable, Sendable {
    /// Stands before every text, where the model is used to one.
    public var startToken: Int32?
    /// The tokens after any of which a text is at its end.
    public var endTokens: [Int32]
    /// Fills up shorter sequences.
    public var paddingToken: Int32?
    /// What a decoder begins with.
    public var decoderStartToken: Int32?

    /// Tokens; those left out do not exist.
    public init(
        startToken: Int32? = nil, endTokens: [Int32] = [], paddingToken: Int32? = nil,
        decoderStartToken: Int32? = nil
    ) {
        self.startToken = startToken
        self.endTokens = endTokens
        self.paddingToken = paddingToken
        self.decoderStartToken = decoderStartToken
    }
}
