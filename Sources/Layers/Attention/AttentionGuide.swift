public import AttendTensors

/// What an attention layer is told about the sequences beside their vectors: which keys exist, and where they lie.
public struct AttentionGuide: Sendable {
    /// Which keys are tokens rather than padding, `[batch, keys]`: 0 hides.
    ///
    /// A query that sees none yields zeros.
    public var keyMask: Tensor?
    /// The angles of the tokens at hand, for rotary positions.
    public var rotary: RotaryTable?
    /// `[heads, queries, keys]`, added to scores.
    public var bias: Tensor?
    /// For each run of a pass over pages what is added to its scores, `[heads, tokens, all tokens]`; none elsewhere.
    public var runBiases: [Tensor] = []
    /// `[heads]`: how much scores fall with each place of distance.
    public var slopes: Tensor?

    /// A guide that hides nothing and knows no places.
    public init(keyMask: Tensor? = nil) {
        self.keyMask = keyMask
    }
}
