extension NPYFile {
    /// Writes elements as a `.npy` file of float32, which is replaced whole or not at all.
    ///
    /// - Parameters:
    ///   - elements: the elements in row-major order.
    ///   - shape: the dimensions, slowest first; empty for a single number.
    ///   - path: the file.
    /// - Throws: ``CheckpointError`` where the disk refuses, or the shape does not fit the elements.
    public static func write(_ elements: [Float], shape: [Int], to path: String) throws {
        guard ElementType.elementCount(of: shape) == elements.count else {
            throw CheckpointError(
                .refused, path: path,
                "comes with \(elements.count) elements, which do not fit the shape \(shape)")
        }
        let header = NPYHeader(type: .float32, shape: shape)
        _ = try AtomicFile.write(to: path, in: DiskFileSystem()) { file in
            try file.append(header.bytes)
            for start in stride(from: 0, to: elements.count, by: 1 << 16) {
                var bytes: [UInt8] = []
                for element in elements[start..<min(start + 1 << 16, elements.count)] {
                    let bits = element.bitPattern
                    for shift in [0, 8, 16, 24] {
                        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(shift)))
                    }
                }
                try file.append(bytes)
            }
        }
    }
}
