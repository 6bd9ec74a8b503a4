internal import AttendText

/// Reads the elements of arrays.
enum NPYElements {
    /// The elements of a type that lie in a part of a file, as Float.
    static func floats(
        _ file: InputFile, _ range: Range<Int>, type: ElementType, place: String
    ) throws -> [Float] {
        let size = type.byteCount
        let pieceSize = 1 << 16
        var floats: [Float] = []
        floats.reserveCapacity(range.count / size)
        for start in stride(from: range.lowerBound, to: range.upperBound, by: pieceSize * size) {
            let bytes = try file.bytes(start..<min(start + pieceSize * size, range.upperBound))
            try append(bytes, as: type, to: &floats, place: place)
        }
        return floats
    }

    private static func append(
        _ bytes: [UInt8], as type: ElementType, to floats: inout [Float], place: String
    ) throws {
        let conversion = ElementConversion(type: type)
        var failure: ElementConversion.Unrepresentable?
        let piece = unsafe [Float](unsafeUninitializedCapacity: bytes.count / type.byteCount) {
            buffer, count in
            count = bytes.count / type.byteCount
            let floats = unsafe UnsafeMutableBufferPointer(rebasing: buffer[..<count])
            unsafe bytes.withUnsafeBytes { bytes in
                do throws(ElementConversion.Unrepresentable) {
                    unsafe try conversion.convert(bytes, into: floats)
                } catch {
                    failure = error
                    unsafe floats.update(repeating: 0)
                }
            }
        }
        if let failure {
            throw CheckpointError(
                .unsupported, path: place,
                "element \(floats.count + failure.index) is \(failure.value) of \(type.numPyName), which Float "
                    + "cannot hold; convert the array to <f4")
        }
        floats += piece
    }
}
