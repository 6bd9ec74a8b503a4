package import AttendTensors

/// What a beam search asks of a model: a batch of sources, each with as many rows of tokens as the others, one after the other.
///
/// At first every source has one row.
package protocol BeamDecoder {
    /// Logits of the token after these, which go on one row each: `[rows, vocabulary]`, or `[rows, 1, vocabulary]`.
    mutating func logits(after tokens: [Int32]) -> Tensor

    /// Keeps these rows, in this order; one may be kept several times.
    mutating func select(_ rows: [Int32])

    /// Lets each row go on from what another one of the same source holds.
    mutating func reorder(_ parents: [Int32])

    /// Keeps what belongs to these sources beside their rows.
    mutating func keep(sources: [Int32])
}
