internal import AttendTensors
internal import AttendText

/// Turns the elements of tensors into the bytes of arrays, piece by piece.
enum NPYOutput {
    /// Lends the bytes of a tensor's elements in row-major order.
    static func pieces(
        of tensor: OutgoingTensor, as precision: SafetensorsWriter.Precision, path: String,
        _ body: ([UInt8]) throws -> Void
    ) throws {
        let pieceSize = 1 << 16
        unsafe try tensor.withElements { elements in
            guard elements.count == tensor.elementCount else {
                throw CheckpointError(
                    .refused, path: path,
                    "the tensor \(tensor.name.quoted) of shape \(tensor.shape) comes with "
                        + "\(elements.count) elements")
            }
            for first in stride(from: 0, to: elements.count, by: pieceSize) {
                let piece = unsafe UnsafeBufferPointer(
                    rebasing: elements[first..<min(first + pieceSize, elements.count)])
                var bytes: [UInt8] = []
                bytes.reserveCapacity(piece.count * precision.type.byteCount)
                if precision == .float32 {
                    for index in piece.indices {
                        let bits = unsafe piece[index].bitPattern
                        bytes.append(UInt8(truncatingIfNeeded: bits))
                        bytes.append(UInt8(truncatingIfNeeded: bits >> 8))
                        bytes.append(UInt8(truncatingIfNeeded: bits >> 16))
                        bytes.append(UInt8(truncatingIfNeeded: bits >> 24))
                    }
                } else {
                    var words = [UInt16](repeating: 0, count: piece.count)
                    unsafe words.withUnsafeMutableBufferPointer { words in
                        unsafe StoredElements.roundToFloat16(piece, into: words)
                    }
                    for word in words {
                        bytes.append(UInt8(truncatingIfNeeded: word))
                        bytes.append(UInt8(truncatingIfNeeded: word >> 8))
                    }
                }
                try body(bytes)
            }
        }
    }
}
