internal import AttendText

/// Reads the elements of arrays.
enum NPYElements {
    /// The elements of a type that lie in a part of a file, as Float.
    static func floats(
        _ file: InputFile, _ range: Range<Int>, type: ElementType, place: String
    ) throws -> [Float] {
        let conversion = ElementConversion(type: type)
        let size = type.byteCount
        let count = range.count / size
        let pieceSize = 1 << 16
        return try unsafe [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            for first in stride(from: 0, to: count, by: pieceSize) {
                let end = min(first + pieceSize, count)
                let bytes = try file.bytes(
                    range.lowerBound + first * size..<range.lowerBound + end * size)
                do {
                    let floats = unsafe UnsafeMutableBufferPointer(rebasing: buffer[first..<end])
                    try unsafe bytes.withUnsafeBytes {
                        bytes throws(ElementConversion.Unrepresentable) in
                        unsafe try conversion.convert(bytes, into: floats)
                    }
                } catch {
                    throw CheckpointError(
                        .unsupported, path: place,
                        "element \(first + error.index) is \(error.value) of \(type.numPyName), which Float "
                            + "cannot hold; convert the array to <f4")
                }
                initialized = end
            }
        }
    }
}
