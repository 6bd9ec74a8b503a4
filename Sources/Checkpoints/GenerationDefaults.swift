internal import AttendModels
internal import AttendText

/// How a model is to write, as those who made it chose: the tokens that begin, end and fill up a text, and how the others are drawn.
public struct GenerationDefaults: Hashable, Sendable {
    /// Stands before every text, where the model is used to one.
    public var startToken: Int32?
    /// The tokens after any of which a text is at its end.
    public var endTokens: [Int32]
    /// Fills up shorter sequences.
    public var paddingToken: Int32?
    /// What a decoder begins with.
    public var decoderStartToken: Int32?
    /// The first token that a decoder writes, whatever it would have chosen.
    public var forcedStartToken: Int32?
    /// What other programs put at the end of a text that is cut off at its limit; it is no text, so here it is kept only to
    /// be written again.
    public var forcedEndToken: Int32?
    /// Tokens that are never written; one that also ends texts may still end one.
    public var forbiddenTokens: [Int32] = []
    /// How tokens are to be chosen where nothing else is asked for.
    public var sampling = SuggestedSampling()

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

    /// The tokens that never stand within a text.
    package var unwrittenTokens: Set<Int32> { Set(forbiddenTokens).subtracting(endTokens) }

    /// The tokens that our own training put around the texts of this tokenizer; none where it has no special tokens.
    init(of tokenizer: SavedTokenizer, for kind: DataKind) {
        self.init()
        guard kind != .text, let special = try? SpecialTokens(of: tokenizer) else { return }
        startToken = special.start
        endTokens = [special.end]
        paddingToken = special.padding
        if kind == .pairs { decoderStartToken = special.start }
    }
}
