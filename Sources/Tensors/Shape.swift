/// The extents of a tensor's axes, outermost first.
///
/// A scalar has no axes. Elements are dense and row-major: the last axis runs fastest.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
    /// The extent of each axis.
    public let dimensions: [Int]

    /// A shape with the given extents; a negative extent traps.
    public init(_ dimensions: [Int]) {
        if dimensions.contains(where: { $0 < 0 }) {
            shapeError("an axis cannot have a negative extent: \(dimensions)")
        }
        self.dimensions = dimensions
    }

    /// A shape written as a list, as in `[batch, tokens, width]`.
    public init(arrayLiteral elements: Int...) {
        self.init(elements)
    }

    /// How many elements a tensor of this shape has.
    public var count: Int { dimensions.reduce(1, *) }

    /// How many axes there are.
    public var rank: Int { dimensions.count }

    /// The extent of the last axis; 1 for a scalar.
    public var width: Int { dimensions.last ?? 1 }

    /// How many rows of `width` elements there are.
    public var rows: Int { dimensions.dropLast().reduce(1, *) }

    /// The extent of an axis; negative indices count from the end.
    public subscript(axis: Int) -> Int {
        let index = axis < 0 ? rank + axis : axis
        if index < 0 || index >= rank {
            shapeError("axis \(axis) does not exist in shape \(self)")
        }
        return dimensions[index]
    }

    /// This shape with another last extent.
    public func replacingLast(with width: Int) -> Shape {
        Shape(dimensions.dropLast() + [width])
    }

    /// Whether these are the last axes of `other`, so that a tensor of this shape can be repeated to fill one of it.
    public func isSuffix(of other: Shape) -> Bool {
        rank <= other.rank && other.dimensions.suffix(rank).elementsEqual(dimensions)
    }

    /// The extents in brackets, as in `[2, 3]`.
    public var description: String {
        "[" + dimensions.map(String.init).joined(separator: ", ") + "]"
    }
}
