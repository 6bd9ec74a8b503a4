internal import AttendTensors
internal import AttendText

/// Writes GGUF files: a header, then one tensor after the other as it is lent.
///
/// The layout is that of the format's own library, so that the two write identical files: keys and tensors in the order
/// in which they are given, and zeros after each tensor up to a multiple of 32 bytes.
///
/// - Source: the format's description, <https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>.
public enum GGUFWriter {
    /// What tensors begin at multiples of, in bytes.
    static let alignment = 32

    /// One tensor to write.
    @safe public struct Item: Sendable {
        /// The name under which it is found again.
        public let name: String
        /// The dimensions, slowest first.
        public let shape: [Int]
        /// How the elements are stored.
        public let type: GGUFTensorType
        let withElements:
            @Sendable (_ body: (UnsafeBufferPointer<Float>) throws -> Void) throws -> Void

        /// A tensor whose elements are lent for the time of the writing.
        ///
        /// - Parameter withElements: calls the function that it is given once, with all elements in row-major order.
        public init(
            name: String, shape: [Int], type: GGUFTensorType,
            withElements:
                @escaping @Sendable (
                    _ body: (UnsafeBufferPointer<Float>) throws -> Void
                ) throws -> Void
        ) {
            self.name = name
            self.shape = shape
            self.type = type
            unsafe self.withElements = withElements
        }

        /// A tensor of these elements.
        public init(name: String, shape: [Int], type: GGUFTensorType, elements: [Float]) {
            unsafe self.init(name: name, shape: shape, type: type) { body in
                unsafe try elements.withUnsafeBufferPointer { unsafe try body($0) }
            }
        }
    }

    /// Writes values and tensors to a file, which is replaced whole or not at all.
    ///
    /// - Parameters:
    ///   - metadata: values by keys, in the order of the file; `general.alignment` need not be among them.
    ///   - items: the tensors, each with a name of its own.
    ///   - path: the file.
    /// - Returns: the size and hash of the file.
    /// - Throws: ``CheckpointError`` where the disk refuses, names or keys repeat or break the format's rules, or a shape
    ///   does not fit its elements or its type.
    @discardableResult
    public static func write(
        metadata: [(key: String, value: GGUFValue)], tensors items: [Item], to path: String
    ) throws -> FileFingerprint {
        try write(metadata: metadata, tensors: items, to: path, in: DiskFileSystem())
    }

    static func write(
        metadata: [(key: String, value: GGUFValue)], tensors items: [Item], to path: String,
        in fileSystem: any FileSystem
    ) throws -> FileFingerprint {
        try AtomicFile.write(to: path, in: fileSystem) { file in
            let header = try GGUFHeaderText(metadata: metadata, items: items, path: path)
            try file.append(header.bytes)
            for (item, size) in zip(items, header.sizes) {
                try append(item, to: file)
                let padding = (alignment - size % alignment) % alignment
                try file.append([UInt8](repeating: 0, count: padding))
            }
        }
    }

    private static func append(_ item: Item, to file: OutputFile) throws {
        var isWritten = false
        unsafe try item.withElements { elements in
            guard ElementType.elementCount(of: item.shape) == elements.count, !isWritten else {
                throw CheckpointError(
                    .refused, path: file.path,
                    "the tensor \(item.name.quoted) of shape \(item.shape) comes with \(elements.count) elements"
                )
            }
            isWritten = true
            if item.type == .float32, UInt32(1).littleEndian == 1 {
                return unsafe try file.append(UnsafeRawBufferPointer(elements))
            }
            // Large enough for every worker to have its pieces, small enough to be no second copy of a tensor.
            let roundWidth = 1 << 20
            for first in stride(from: 0, to: elements.count, by: roundWidth) {
                let round = unsafe UnsafeBufferPointer(
                    rebasing: elements[first..<min(first + roundWidth, elements.count)])
                let size = round.count / item.type.blockWidth * item.type.blockByteCount
                try unsafe withUnsafeTemporaryAllocation(byteCount: size, alignment: 16) { bytes in
                    unsafe encode(round, as: item.type, into: bytes)
                    unsafe try file.append(UnsafeRawBufferPointer(bytes))
                }
            }
        }
        guard isWritten else {
            throw CheckpointError(
                .refused, path: file.path, "the tensor \(item.name.quoted) comes without elements")
        }
    }

    /// Encodes on all cores.
    private static func encode(
        _ elements: UnsafeBufferPointer<Float>, as type: GGUFTensorType,
        into bytes: UnsafeMutableRawBufferPointer
    ) {
        let pieceWidth = 1 << 15
        let pieces = (elements.count + pieceWidth - 1) / pieceWidth
        WorkerPool.shared.run(pieces) { piece in
            let range = piece * pieceWidth..<min((piece + 1) * pieceWidth, elements.count)
            let start = range.lowerBound / type.blockWidth * type.blockByteCount
            let end = range.upperBound / type.blockWidth * type.blockByteCount
            unsafe encodePiece(
                UnsafeBufferPointer(rebasing: elements[range]), as: type,
                into: UnsafeMutableRawBufferPointer(rebasing: bytes[start..<end]))
        }
    }

    private static func encodePiece(
        _ elements: UnsafeBufferPointer<Float>, as type: GGUFTensorType,
        into bytes: UnsafeMutableRawBufferPointer
    ) {
        switch type {
        case .q8: unsafe QuantisedBlocks.eightBits.encode(elements, into: bytes)
        case .q4: unsafe QuantisedBlocks.fourBits.encode(elements, into: bytes)
        case .float16:
            unsafe halves(bytes) { unsafe StoredElements.roundToFloat16(elements, into: $0) }
        case .bfloat16:
            unsafe halves(bytes) { unsafe StoredElements.roundToBFloat16(elements, into: $0) }
        default:
            for index in elements.indices {
                unsafe bytes.storeBytes(
                    of: elements[index].bitPattern.littleEndian, toByteOffset: 4 * index,
                    as: UInt32.self)
            }
        }
    }
    /// Lets a conversion write 16-bit words in the order of this processor's bytes, and turns them around where files have
    /// the other one.
    private static func halves(
        _ bytes: UnsafeMutableRawBufferPointer, _ body: (UnsafeMutableBufferPointer<UInt16>) -> Void
    ) {
        unsafe bytes.withMemoryRebound(to: UInt16.self) { words in
            unsafe body(words)
            if UInt16(1).littleEndian == 1 { return }
            for index in words.indices { unsafe words[index] = words[index].littleEndian }
        }
    }
}
