internal import AttendText

/// A safetensors file, open for reading.
///
/// Opening reads and checks the header; each tensor's bytes are then read when asked for, straight
/// into their destination, so that a file needs no memory but that of the tensors taken from it.
///
/// - Source: the format's description, <https://github.com/huggingface/safetensors>.
public final class SafetensorsFile: Sendable {
    /// What the file says about one tensor.
    public struct Entry: Hashable, Sendable {
        /// The name, such as `h.0.attn.c_attn.weight`.
        public let name: String
        /// The type of the elements.
        public let type: ElementType
        /// The dimensions, slowest first; empty for a single number.
        public let shape: [Int]
        /// Where the elements lie in the file, in bytes from its start.
        public internal(set) var byteRange: Range<Int>

        /// The number of elements.
        public var elementCount: Int { byteRange.count / type.byteCount }
    }

    /// The tensors in the order in which they lie in the file.
    public let entries: [Entry]
    /// The texts that the writer added, such as `format`.
    public let metadata: [String: String]
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
        let path = file.path
        guard file.size >= 8 else {
            throw CheckpointError(
                .malformed, path: path,
                "has \(file.size) bytes where a safetensors file has at least 8; fetch or write it again"
            )
        }
        let size = try file.bytes(0..<8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard size <= UInt64(SafetensorsHeader.largestSize) else {
            throw CheckpointError(
                .malformed, path: path,
                "announces a header of \(size) bytes where at most \(SafetensorsHeader.largestSize) are "
                    + "permitted; give a file in safetensors format")
        }
        let dataStart = 8 + Int(size)
        guard dataStart <= file.size else {
            throw CheckpointError(
                .malformed, path: path,
                "has \(file.size) bytes, too few for its header of \(size); fetch or write it again"
            )
        }
        let header = try SafetensorsHeader(
            file.bytes(8..<dataStart), dataStart: dataStart, path: path)
        guard dataStart + header.dataSize == file.size else {
            throw CheckpointError(
                .malformed, path: path,
                "has \(file.size) bytes where its header describes \(dataStart + header.dataSize); "
                    + "fetch or write it again")
        }
        self.file = file
        entries = header.entries
        metadata = header.metadata
        indices = [String: Int](
            uniqueKeysWithValues: header.entries.enumerated().map { ($1.name, $0) })
    }

    /// What the file says about a tensor.
    ///
    /// - Throws: ``CheckpointError`` that suggests the nearest name where there is none of this
    ///   one.
    public func entry(_ name: String) throws -> Entry {
        if let index = indices[name] { return entries[index] }
        let nearest = nearestName(to: name, in: entries.map(\.name))
        let suggestion =
            nearest.map { "the nearest name is \($0.quoted)" } ?? "it has \(entries.count) others"
        throw CheckpointError(
            .missing, path: path, "has no tensor \(name.quoted); \(suggestion)")
    }

    /// Whether the file has a tensor of this name.
    public func contains(_ name: String) -> Bool {
        indices[name] != nil
    }

    /// The elements of a tensor in row-major order, converted to Float where they are of another
    /// type.
    ///
    /// - Throws: ``CheckpointError`` where there is no such tensor, the file cannot be read, or an
    ///   element has no Float (a whole number beyond 2²⁴ that would be rounded, an F64 beyond
    ///   Float's range).
    public func floats(_ name: String) throws -> [Float] {
        let count = try entry(name).elementCount
        var failure: (any Error)?
        let floats = unsafe [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            do {
                unsafe try readFloats(
                    name, into: UnsafeMutableBufferPointer(rebasing: buffer.prefix(count)))
                initialized = count
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return floats
    }

    /// Reads the elements of a tensor as ``floats(_:)`` does, into memory that has room for exactly
    /// as many.
    public func readFloats(
        _ name: String, into floats: UnsafeMutableBufferPointer<Float>
    ) throws {
        let entry = try entry(name)
        guard floats.count == entry.elementCount else {
            throw CheckpointError(
                .refused, path: path,
                "the tensor \(name.quoted) has \(entry.elementCount) elements of shape \(entry.shape) "
                    + "where \(floats.count) are asked for")
        }
        let sliceSize = 1 << 17
        for first in stride(from: 0, to: floats.count, by: sliceSize) {
            let range = first..<min(first + sliceSize, floats.count)
            unsafe try readFloats(
                name, elements: range, into: UnsafeMutableBufferPointer(rebasing: floats[range]))
        }
    }
}

extension SafetensorsFile: TensorSource {
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
        let size = entry.type.byteCount
        let start = entry.byteRange.lowerBound + elements.lowerBound * size
        if entry.type == .float32, UInt32(1).littleEndian == 1 {
            return unsafe try file.read(into: UnsafeMutableRawBufferPointer(floats), at: start)
        }
        try unsafe withUnsafeTemporaryAllocation(
            byteCount: elements.count * size, alignment: 8
        ) { bytes in
            unsafe try file.read(into: bytes, at: start)
            do {
                unsafe try ElementConversion(type: entry.type).convert(
                    UnsafeRawBufferPointer(bytes), into: floats)
            } catch let error as ElementConversion.Unrepresentable {
                throw CheckpointError(
                    .unsupported, path: path,
                    "element \(elements.lowerBound + error.index) of the tensor \(name.quoted) is "
                        + "\(error.value) of \(entry.type.rawValue), which Float cannot hold; convert "
                        + "the file to F32")
            }
        }
    }
}
