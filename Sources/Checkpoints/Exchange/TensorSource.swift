/// A file, or several, from which tensors are read by name, whatever its format.
package protocol TensorSource: Sendable {
    /// The file or directory, for errors.
    var path: String { get }

    /// The names of all tensors.
    var tensorNames: [String] { get }

    /// The dimensions of a tensor, slowest first.
    ///
    /// - Throws: ``CheckpointError`` where there is no tensor of this name.
    func shape(of name: String) throws -> [Int]

    /// Reads a slice of a tensor as Float; may be called from several threads at once.
    ///
    /// - Parameters:
    ///   - elements: which of them, counted in row-major order.
    ///   - floats: has room for exactly as many.
    /// - Throws: ``CheckpointError`` where there are no such elements, the file cannot be read, or an element has no Float.
    func readFloats(
        _ name: String, elements: Range<Int>, into floats: UnsafeMutableBufferPointer<Float>
    ) throws
}
