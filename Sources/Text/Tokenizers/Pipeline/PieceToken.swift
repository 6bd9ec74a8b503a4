/// A token that a model found in a piece of text.
package struct PieceToken: Hashable, Sendable {
    /// The token's number in the vocabulary.
    package let id: Int32

    /// Which bytes of the piece it stands for, counted from the piece's first.
    package let range: Range<Int>

    /// A token that stands for these bytes of a piece.
    package init(id: Int32, range: Range<Int>) { (self.id, self.range) = (id, range) }
}
