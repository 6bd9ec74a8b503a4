internal import AttendTensors
internal import AttendText

/// Writes safetensors files: the same tensors give the same bytes, whatever the order they are
/// given in.
///
/// The layout is that of the format's own library, so that the two write identical files:
/// descending size of element, then ascending name; a header without spaces, padded to a multiple
/// of eight.
public enum SafetensorsWriter {
    /// The types that are written.
    public enum Precision: String, Sendable, CaseIterable {
        /// Every bit of every element.
        case float32
        /// Half the size, rounded to the nearest with ties to even; what is beyond 65,504 becomes infinite.
        case float16
        /// Half the size, rounded to the nearest with ties to even.
        case bfloat16

        package var type: ElementType {
            switch self {
            case .float32: .float32
            case .float16: .float16
            case .bfloat16: .bfloat16
            }
        }
    }

    /// One tensor to write.
    @safe public struct Item: Sendable {
        /// The name under which it is found again.
        public let name: String
        /// The dimensions, slowest first.
        public let shape: [Int]
        /// The type in the file.
        public let precision: Precision
        let withElements:
            @Sendable (_ body: (UnsafeBufferPointer<Float>) throws -> Void) throws -> Void

        /// A tensor whose elements are lent for the time of the writing.
        ///
        /// - Parameter withElements: calls the function that it is given once, with all elements in
        ///   row-major order.
        public init(
            name: String, shape: [Int], precision: Precision = .float32,
            withElements:
                @escaping @Sendable (
                    _ body: (UnsafeBufferPointer<Float>) throws -> Void
                ) throws -> Void
        ) {
            self.name = name
            self.shape = shape
            self.precision = precision
            unsafe self.withElements = withElements
        }

        /// A tensor of these elements.
        public init(
            name: String, shape: [Int], precision: Precision = .float32, elements: [Float]
        ) {
            unsafe self.init(name: name, shape: shape, precision: precision) { body in
                unsafe try elements.withUnsafeBufferPointer { elements in unsafe try body(elements)
                }
            }
        }
    }

    /// Writes the tensors to a file, which is replaced whole or not at all.
    ///
    /// - Parameters:
    ///   - items: the tensors, each with a name of its own.
    ///   - metadata: texts for whoever reads the file, such as `["format": "pt"]`.
    ///   - path: the file.
    /// - Returns: the size and hash of the file.
    /// - Throws: ``CheckpointError`` where the disk refuses, names repeat, or a shape does not fit
    ///   its elements.
    @discardableResult
    public static func write(
        _ items: [Item], metadata: [String: String] = [:], to path: String
    ) throws -> FileFingerprint {
        try AtomicFile.write(to: path, in: DiskFileSystem()) { file in
            try write(items, metadata: metadata, to: file)
        }
    }

    package static func write(
        _ items: [Item], metadata: [String: String], to file: OutputFile
    ) throws {
        let items = items.sorted { first, second in
            let types = (
                ElementType.allCases.firstIndex(of: first.precision.type) ?? 0,
                ElementType.allCases.firstIndex(of: second.precision.type) ?? 0
            )
            if types.0 != types.1 { return types.0 > types.1 }
            return first.name.utf8.lexicographicallyPrecedes(second.name.utf8)
        }
        try file.append(header(of: items, metadata: metadata, path: file.path))
        for item in items {
            var isWritten = false
            unsafe try item.withElements { elements in
                guard ElementType.elementCount(of: item.shape) == elements.count, !isWritten else {
                    throw CheckpointError(
                        .refused, path: file.path,
                        "the tensor \(item.name.quoted) of shape \(item.shape) comes with "
                            + "\(elements.count) elements")
                }
                unsafe try append(elements, as: item.precision, to: file)
                isWritten = true
            }
            guard isWritten else {
                throw CheckpointError(
                    .refused, path: file.path,
                    "the tensor \(item.name.quoted) comes without elements")
            }
        }
    }

    private static func append(
        _ elements: UnsafeBufferPointer<Float>, as precision: Precision, to file: OutputFile
    ) throws {
        if precision == .float32, UInt32(1).littleEndian == 1 {
            return unsafe try file.append(UnsafeRawBufferPointer(elements))
        }
        let pieceSize = 1 << 14
        for first in stride(from: 0, to: elements.count, by: pieceSize) {
            let piece = unsafe elements[first..<min(first + pieceSize, elements.count)]
            if precision == .float32 {
                let words = unsafe piece.map(\.bitPattern.littleEndian)
                unsafe try words.withUnsafeBytes { bytes in unsafe try file.append(bytes) }
                continue
            }
            var words = unsafe [UInt16](repeating: 0, count: piece.count)
            unsafe words.withUnsafeMutableBufferPointer { words in
                let piece = unsafe UnsafeBufferPointer(rebasing: piece)
                if precision == .float16 {
                    unsafe StoredElements.roundToFloat16(piece, into: words)
                } else {
                    unsafe StoredElements.roundToBFloat16(piece, into: words)
                }
            }
            if UInt16(1).littleEndian != 1 { words = words.map(\.littleEndian) }
            unsafe try words.withUnsafeBytes { bytes in unsafe try file.append(bytes) }
        }
    }

    /// The header with its length before it.
    private static func header(
        of items: [Item], metadata: [String: String], path: String
    ) throws -> [UInt8] {
        var fields: [String] = []
        if !metadata.isEmpty {
            let pairs = metadata.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
                .map { "\($0.key.jsonQuoted):\($0.value.jsonQuoted)" }
            fields.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
        }
        var names: Set<String> = ["__metadata__"]
        var offset = 0
        for item in items {
            guard names.insert(item.name).inserted else {
                throw CheckpointError(
                    .refused, path: path,
                    "the tensor name \(item.name.quoted) is reserved or given twice; give each its own"
                )
            }
            let size = ElementType.elementCount(of: item.shape)?
                .multipliedReportingOverflow(by: item.precision.type.byteCount)
            let end = size.map { offset.addingReportingOverflow($0.partialValue) }
            guard let size, let end, !size.overflow, !end.overflow else {
                throw CheckpointError(
                    .refused, path: path,
                    "the tensor \(item.name.quoted) has the shape \(item.shape), whose size is negative or "
                        + "beyond any file")
            }
            let shape = item.shape.map(String.init).joined(separator: ",")
            fields.append(
                "\(item.name.jsonQuoted):{\"dtype\":\"\(item.precision.type.rawValue)\","
                    + "\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end.partialValue)]}")
            offset = end.partialValue
        }
        var text = Array("{\(fields.joined(separator: ","))}".utf8)
        text += [UInt8](repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
        guard text.count <= SafetensorsHeader.largestSize else {
            throw CheckpointError(
                .refused, path: path,
                "the header would have \(text.count) bytes where at most "
                    + "\(SafetensorsHeader.largestSize) are permitted; write fewer tensors")
        }
        let length = UInt64(text.count)
        return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + text
    }
}

extension String {
    /// The text as a JSON string.
    fileprivate var jsonQuoted: String {
        var result = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\u{8}": result += "\\b"
            case "\u{C}": result += "\\f"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\0"..<" ":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
