internal import AttendText

/// An array of NumPy, open for reading.
///
/// Opening reads and checks the header; the elements are read when asked for.
public struct NPYFile: Sendable {
    private let file: InputFile
    private let header: NPYHeader
    private let dataRange: Range<Int>
    /// What the errors name: the file, and perhaps the array within it.
    private let place: String

    /// The type of the elements.
    public var type: ElementType { header.type }
    /// The dimensions, slowest first; empty for a single number.
    public var shape: [Int] { header.shape }

    /// Opens a `.npy` file.
    ///
    /// - Throws: ``CheckpointError`` where the file cannot be read, breaks a rule of the format, or holds elements
    ///   that are not numbers of the machine: Python objects, records, or numbers with the largest byte first.
    public init(path: String) throws {
        let file = try InputFile(path: path)
        try self.init(file, range: 0..<file.size, place: path)
    }

    /// - Parameter range: where in the file the array lies, its header included.
    init(_ file: InputFile, range: Range<Int>, place: String) throws(CheckpointError) {
        let prefix = try file.bytes(
            range.lowerBound..<range.lowerBound + min(range.count, NPYHeader.prefixSize))
        let text = try NPYHeader.textRange(prefix, path: place)
        guard text.upperBound <= range.count else {
            throw CheckpointError(
                .malformed, path: place, "ends within its header; fetch or write it again")
        }
        header = try NPYHeader(
            text: file.bytes(
                range.lowerBound + text.lowerBound..<range.lowerBound + text.upperBound),
            path: place)
        guard header.byteCount == range.count - text.upperBound else {
            throw CheckpointError(
                .malformed, path: place,
                "has \(range.count - text.upperBound) bytes of elements, which do not fit "
                    + "\(header.shape) of \(header.type.numPyName); fetch or write it again")
        }
        self.file = file
        self.place = place
        dataRange = range.lowerBound + text.upperBound..<range.upperBound
    }

    /// The elements in row-major order, converted to Float where they are of another type.
    ///
    /// - Throws: ``CheckpointError`` where the file cannot be read, or an element has no Float (a whole number beyond
    ///   2²⁴ that would be rounded, an F64 beyond Float's range).
    public func floats() throws -> [Float] {
        let stored = try NPYElements.floats(
            file, dataRange, type: header.type, place: place)
        return header.isFortranOrder ? Self.rowMajor(stored, shape: header.shape) : stored
    }

    /// Elements that came with the first dimension the fastest, with the last one the fastest.
    private static func rowMajor(_ stored: [Float], shape: [Int]) -> [Float] {
        // What has one dimension, or none that counts, is the same in both orders.
        guard shape.count(where: { $0 > 1 }) > 1, !stored.isEmpty else { return stored }
        var steps: [Int] = []
        var step = 1
        for dimension in shape {
            steps.append(step)
            step *= dimension
        }
        var indices = [Int](repeating: 0, count: shape.count)
        var place = 0
        var result: [Float] = []
        result.reserveCapacity(stored.count)
        for _ in stored.indices {
            result.append(stored[place])
            var axis = shape.count - 1
            while axis >= 0 {
                indices[axis] += 1
                place += steps[axis]
                if indices[axis] < shape[axis] { break }
                place -= indices[axis] * steps[axis]
                indices[axis] = 0
                axis -= 1
            }
        }
        return result
    }
}
