internal import AttendTensors
internal import AttendText

/// A GGUF file, open for reading.
///
/// Opening walks through the header once and checks it; values and tensors are read when they are asked for.
///
/// - Source: the format's description, <https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>.
public final class GGUFFile: Sendable {
    /// What the file says about one tensor.
    public struct Entry: Hashable, Sendable {
        /// The name, such as `blk.0.attn_q.weight`.
        public let name: String
        /// How the elements are stored.
        public let type: GGUFTensorType
        /// The dimensions, slowest first; the file has them in the other order.
        public let shape: [Int]
        /// Where the elements lie in the file, in bytes from its start.
        public internal(set) var byteRange: Range<Int>

        /// The number of elements.
        public var elementCount: Int {
            byteRange.count / type.blockByteCount * type.blockWidth
        }
    }

    /// The version of the format.
    public let version: Int
    /// What tensors begin at multiples of, in bytes.
    public let alignment: Int
    /// The tensors in the order in which they lie in the file.
    public let entries: [Entry]
    /// What the file says about its model.
    public let metadata: GGUFMetadata
    /// The file's path, as it was given.
    public var path: String { file.path }

    private let file: InputFile
    private let indices: [String: Int]

    /// Opens a file and checks its header and size.
    ///
    /// - Throws: ``CheckpointError`` where the file cannot be read or breaks a rule of the format.
    public convenience init(path: String) throws {
        try self.init(InputFile(path: path))
    }

    package init(_ file: InputFile) throws(CheckpointError) {
        let header = try GGUFHeader(file)
        self.file = file
        version = Int(header.version)
        alignment = header.alignment
        entries = header.entries
        metadata = GGUFMetadata(file, header.fields)
        indices = [String: Int](
            uniqueKeysWithValues: header.entries.enumerated().map { ($1.name, $0) })
    }

    /// What the file says about a tensor.
    ///
    /// - Throws: ``CheckpointError`` that suggests the nearest name where there is none of this one.
    public func entry(_ name: String) throws -> Entry {
        if let index = indices[name] { return entries[index] }
        let nearest = nearestName(to: name, in: entries.map(\.name))
        let suggestion =
            nearest.map { "the nearest name is \($0.quoted)" } ?? "it has \(entries.count) others"
        throw CheckpointError(
            .missing, path: path, "has no tensor \(name.quoted); \(suggestion)")
    }

    /// Whether the file has a tensor of this name.
    public func contains(_ name: String) -> Bool { indices[name] != nil }

    /// The elements of a tensor in row-major order.
    ///
    /// - Throws: ``CheckpointError`` where there is no such tensor, it is of a type that is not read, or the file
    ///   cannot be read.
    public func floats(_ name: String) throws -> [Float] {
        let count = try entry(name).elementCount
        var failure: (any Error)?
        let floats = unsafe [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            do {
                unsafe try readFloats(
                    name, elements: 0..<count,
                    into: UnsafeMutableBufferPointer(rebasing: buffer.prefix(count)))
                initialized = count
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return floats
    }
}

extension GGUFFile {
    /// Whether two tensors hold the same bytes.
    func haveEqualBytes(_ first: String, _ second: String) throws -> Bool {
        let ranges = try [entry(first).byteRange, entry(second).byteRange]
        guard ranges[0].count == ranges[1].count else { return false }
        let pieceSize = 1 << 20
        for start in stride(from: 0, to: ranges[0].count, by: pieceSize) {
            let size = min(pieceSize, ranges[0].count - start)
            let pieces = try ranges.map { range in
                let begin = range.lowerBound + start
                return try file.bytes(begin..<begin + size)
            }
            if pieces[0] != pieces[1] { return false }
        }
        return true
    }
}

extension GGUFFile: TensorSource {
    package var tensorNames: [String] { entries.map(\.name) }

    package func shape(of name: String) throws -> [Int] { try entry(name).shape }

    package func readFloats(
        _ name: String, elements: Range<Int>, into floats: UnsafeMutableBufferPointer<Float>
    ) throws {
        let entry = try entry(name)
        guard elements.lowerBound >= 0, elements.upperBound <= entry.elementCount,
            floats.count == elements.count
        else {
            throw CheckpointError(
                .refused, path: path,
                "the tensor \(name.quoted) has \(entry.elementCount) elements where the elements "
                    + "\(elements) are asked for")
        }
        guard GGUFTensorType.readable.contains(entry.type) else {
            let names = GGUFTensorType.readable.map(\.name).joined(separator: ", ")
            throw CheckpointError(
                .unsupported, path: path,
                "the tensor \(name.quoted) is of type \(entry.type.name) where \(names) are read; "
                    + "give a file of one of these types")
        }
        if elements.isEmpty { return }
        let (width, size) = (entry.type.blockWidth, entry.type.blockByteCount)
        let start = entry.byteRange.lowerBound
        if entry.type == .float32, UInt32(1).littleEndian == 1 {
            return unsafe try file.read(
                into: UnsafeMutableRawBufferPointer(floats), at: start + elements.lowerBound * size)
        }
        // In pieces that end with a block, of which the first and the last may be wanted in part.
        let pieceWidth = 1 << 16
        var first = elements.lowerBound
        while first < elements.upperBound {
            let firstBlock = first / width
            let end = min(firstBlock * width + pieceWidth, elements.upperBound)
            let blocks = firstBlock..<(end + width - 1) / width
            let target = unsafe UnsafeMutableBufferPointer(
                rebasing: floats[first - elements.lowerBound..<end - elements.lowerBound])
            let skipped = first - firstBlock * width
            try unsafe withUnsafeTemporaryAllocation(
                byteCount: blocks.count * size, alignment: 8
            ) { bytes in
                unsafe try file.read(into: bytes, at: start + blocks.lowerBound * size)
                let bytes = UnsafeRawBufferPointer(bytes)
                if skipped == 0, end % width == 0 || width == 1 {
                    return unsafe decode(bytes, entry.type, into: target)
                }
                unsafe withUnsafeTemporaryAllocation(
                    of: Float.self, capacity: blocks.count * width
                ) { whole in
                    unsafe decode(bytes, entry.type, into: whole)
                    _ = unsafe target.update(
                        fromContentsOf: whole[skipped..<skipped + target.count])
                }
            }
            first = end
        }
    }

    private func decode(
        _ bytes: UnsafeRawBufferPointer, _ type: GGUFTensorType,
        into floats: UnsafeMutableBufferPointer<Float>
    ) {
        switch type {
        case .q8: unsafe QuantisedBlocks.eightBits.decode(bytes, into: floats)
        case .q4: unsafe QuantisedBlocks.fourBits.decode(bytes, into: floats)
        case .float16:
            unsafe halves(bytes) { unsafe StoredElements.widenFloat16($0, into: floats) }
        case .bfloat16:
            unsafe halves(bytes) { unsafe StoredElements.widenBFloat16($0, into: floats) }
        default:
            for index in floats.indices {
                let bits = unsafe bytes.load(fromByteOffset: 4 * index, as: UInt32.self)
                unsafe floats[index] = Float(bitPattern: UInt32(littleEndian: bits))
            }
        }
    }
    /// Hands 16-bit words in the order of this processor's bytes to a conversion.
    private func halves(
        _ bytes: UnsafeRawBufferPointer, _ body: (UnsafeBufferPointer<UInt16>) -> Void
    ) {
        unsafe bytes.withMemoryRebound(to: UInt16.self) { words in
            if UInt16(1).littleEndian == 1 { return unsafe body(words) }
            unsafe words.map(\.littleEndian).withUnsafeBufferPointer { unsafe body($0) }
        }
    }
}
