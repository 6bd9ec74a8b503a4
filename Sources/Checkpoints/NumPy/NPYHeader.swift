internal import AttendText

/// What stands before the elements of an array of NumPy's `.npy` format.
///
/// - Source: NumPy Enhancement Proposal 1, "A Simple File Format for NumPy Arrays".
package struct NPYHeader: Hashable, Sendable {
    /// The type of the elements.
    package let type: ElementType
    /// Whether the first dimension is the fastest, unlike in C.
    package let isFortranOrder: Bool
    /// The dimensions.
    package let shape: [Int]

    /// The longest header that is read, in bytes; NumPy's own limit.
    package static let largestSize = 10_000

    /// What every array begins with.
    static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

    /// How many bytes of an array hold its header's length, and all before it.
    static let prefixSize = 12

    /// Where the text of a header lies, given the first bytes of an array.
    ///
    /// - Parameter prefix: the first ``prefixSize`` bytes, or fewer where there are not as many.
    static func textRange(_ prefix: [UInt8], path: String) throws(CheckpointError) -> Range<Int> {
        guard prefix.starts(with: magic), prefix.count >= 10 else {
            throw CheckpointError(
                .malformed, path: path,
                "does not begin as a .npy array does; give an array that NumPy saved")
        }
        let (major, minor) = (prefix[6], prefix[7])
        guard (1...3).contains(major), minor == 0 else {
            throw CheckpointError(
                .unsupported, path: path,
                "is an array of format \(major).\(minor), where 1.0, 2.0 and 3.0 are read; save it with "
                    + "another version of NumPy")
        }
        let start = major == 1 ? 10 : 12
        guard prefix.count >= start else {
            throw CheckpointError(
                .malformed, path: path, "ends within its header; fetch or write it again")
        }
        let size = prefix[8..<start].reversed().reduce(0) { $0 << 8 | Int($1) }
        guard size <= largestSize else {
            throw CheckpointError(
                .malformed, path: path,
                "announces a header of \(size) bytes where at most \(largestSize) are read; give an array "
                    + "that NumPy saved")
        }
        return start..<start + size
    }

    /// Reads the text of a header: a Python dictionary with three keys.
    init(text: [UInt8], path: String) throws(CheckpointError) {
        var scanner = NPYHeaderScanner(text)
        do {
            self = try scanner.header()
        } catch {
            throw CheckpointError(
                error.isUnsupported ? .unsupported : .malformed, path: path, error.sentence)
        }
    }

    init(type: ElementType, isFortranOrder: Bool = false, shape: [Int]) {
        self.type = type
        self.isFortranOrder = isFortranOrder
        self.shape = shape
    }

    /// The number of elements; nil where it does not fit in an `Int`.
    package var elementCount: Int? { ElementType.elementCount(of: shape) }

    /// The size of the elements in bytes; nil where it does not fit in an `Int`.
    var byteCount: Int? {
        let size = elementCount?.multipliedReportingOverflow(by: type.byteCount)
        return size.flatMap { $0.overflow ? nil : $0.partialValue }
    }

    /// The header as it stands in a file, all before the elements, padded so that they are aligned.
    var bytes: [UInt8] {
        let dimensions = shape.map(String.init).joined(separator: ", ")
        let tuple = shape.count == 1 ? "(\(dimensions),)" : "(\(dimensions))"
        var text = Array(
            "{'descr': '\(type.numPyName)', 'fortran_order': False, 'shape': \(tuple), }".utf8)
        let length = Self.magic.count + 4 + text.count + 1
        text += [UInt8](repeating: UInt8(ascii: " "), count: (64 - length % 64) % 64)
        text.append(UInt8(ascii: "\n"))
        let size = UInt16(text.count)
        return Self.magic + [1, 0, UInt8(size & 0xFF), UInt8(size >> 8)] + text
    }
}

extension ElementType {
    /// The type in NumPy's words.
    var numPyName: String {
        switch self {
        case .bool: "|b1"
        case .uint8: "|u1"
        case .int8: "|i1"
        case .int16: "<i2"
        case .uint16: "<u2"
        case .float16: "<f2"
        // NumPy has no such type; nothing is written with it.
        case .bfloat16: "<V2"
        case .int32: "<i4"
        case .uint32: "<u4"
        case .float32: "<f4"
        case .float64: "<f8"
        case .int64: "<i8"
        case .uint64: "<u8"
        }
    }

    /// The type that NumPy calls so.
    init?(numPyName name: String) {
        let types = Self.allCases.filter { $0 != .bfloat16 }
        // One byte has no order, so both marks for it are in use.
        let found = types.first { type in
            type.numPyName == name
                || type.byteCount == 1 && type.numPyName.dropFirst() == name.dropFirst()
                    && "<|=".contains(name.prefix(1))
        }
        guard let found else { return nil }
        self = found
    }
}
