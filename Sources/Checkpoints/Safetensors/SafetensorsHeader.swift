internal import AttendText

/// The table at the start of a safetensors file: which tensors, of what type and shape, and where.
///
/// - Source: the format's description, <https://github.com/huggingface/safetensors>.
struct SafetensorsHeader {
    /// The largest header that the format permits, in bytes.
    static let largestSize = 100_000_000

    /// The tensors in the order of their bytes.
    private(set) var entries: [SafetensorsFile.Entry] = []
    private(set) var metadata: [String: String] = [:]
    /// The size of the data that the entries cover.
    private(set) var dataSize = 0

    /// Reads the header's text, and checks that the tensors cover the data without hole or overlap.
    ///
    /// - Parameters:
    ///   - dataStart: where the data begins in the file.
    ///   - path: the file, for the errors.
    init(_ text: [UInt8], dataStart: Int, path: String) throws(CheckpointError) {
        guard text.first == UInt8(ascii: "{") else {
            throw CheckpointError(
                .malformed, path: path,
                "the header does not begin with “{”; give a file in safetensors format")
        }
        do {
            var scanner = JSONScanner(text)
            try read(&scanner)
        } catch {
            throw CheckpointError(
                .malformed, path: path,
                "byte \(8 + error.offset), in the header, \(error.message); fetch or write the file again"
            )
        }
        do {
            try arrange(dataStart: dataStart)
        } catch {
            throw CheckpointError(
                .malformed, path: path, "\(error.message); fetch or write the file again")
        }
    }

    private mutating func read(_ scanner: inout JSONScanner) throws(JSONScanner.Fault) {
        var names: Set<String> = []
        try scanner.expect("{")
        if !scanner.skip("}") {
            repeat {
                let offset = scanner.offset
                let name = try scanner.string()
                // Swift holds composed and decomposed spellings equal, so a table cannot tell them
                // apart.
                guard names.insert(name).inserted else {
                    throw JSONScanner.Fault(
                        offset: offset, message: "has the name \(name.quoted) a second time")
                }
                try scanner.expect(":")
                if name == "__metadata__" {
                    metadata = try Self.readMetadata(&scanner)
                } else {
                    entries.append(try Self.readEntry(name, &scanner))
                }
            } while scanner.skip(",")
            try scanner.expect("}")
        }
        try scanner.expectEnd()
    }

    private static func readMetadata(
        _ scanner: inout JSONScanner
    ) throws(JSONScanner.Fault) -> [String: String] {
        var metadata: [String: String] = [:]
        try scanner.expect("{")
        if scanner.skip("}") { return metadata }
        repeat {
            let offset = scanner.offset
            let key = try scanner.string()
            try scanner.expect(":")
            guard metadata.updateValue(try scanner.string(), forKey: key) == nil else {
                throw JSONScanner.Fault(
                    offset: offset, message: "has the key \(key.quoted) a second time")
            }
        } while scanner.skip(",")
        try scanner.expect("}")
        return metadata
    }

    private static func readEntry(
        _ name: String, _ scanner: inout JSONScanner
    ) throws(JSONScanner.Fault) -> SafetensorsFile.Entry {
        var type: ElementType?
        var shape: [Int]?
        var offsets: [Int]?
        let start = scanner.offset
        try scanner.expect("{")
        repeat {
            let offset = scanner.offset
            let key = try scanner.string()
            try scanner.expect(":")
            switch key {
            case "dtype" where type == nil:
                let text = try scanner.string()
                type = ElementType(rawValue: text)
                if type == nil {
                    let known = ElementType.allCases.map(\.rawValue).joined(separator: ", ")
                    throw JSONScanner.Fault(
                        offset: offset,
                        message:
                            "gives the tensor \(name.quoted) the type \(text.quoted) where one of "
                            + "\(known) is needed")
                }
            case "shape" where shape == nil: shape = try readCounts(&scanner)
            case "data_offsets" where offsets == nil: offsets = try readCounts(&scanner)
            default:
                throw JSONScanner.Fault(
                    offset: offset,
                    message:
                        "gives the tensor \(name.quoted) the key \(key.quoted), which is unknown or "
                        + "there a second time")
            }
        } while scanner.skip(",")
        try scanner.expect("}")
        guard let type, let shape, let offsets, offsets.count == 2, offsets[0] <= offsets[1] else {
            throw JSONScanner.Fault(
                offset: start,
                message: "describes the tensor \(name.quoted) without a type, a shape and two "
                    + "ascending offsets")
        }
        return SafetensorsFile.Entry(
            name: name, type: type, shape: shape, byteRange: offsets[0]..<offsets[1])
    }

    private static func readCounts(_ scanner: inout JSONScanner) throws(JSONScanner.Fault) -> [Int]
    {
        var counts: [Int] = []
        try scanner.expect("[")
        if scanner.skip("]") { return counts }
        repeat { counts.append(try scanner.count()) } while scanner.skip(",")
        try scanner.expect("]")
        return counts
    }

    /// Sorts the entries by place, checks that they fit, and makes their places those in the file.
    private mutating func arrange(dataStart: Int) throws(JSONScanner.Fault) {
        entries.sort {
            ($0.byteRange.lowerBound, $0.byteRange.upperBound)
                < ($1.byteRange.lowerBound, $1.byteRange.upperBound)
        }
        for index in entries.indices {
            let entry = entries[index]
            let range = entry.byteRange
            let fault = { (message: String) in
                JSONScanner.Fault(
                    offset: 0, message: "the tensor \(entry.name.quoted) \(message)")
            }
            guard range.lowerBound == dataSize else {
                throw fault(
                    "begins at byte \(range.lowerBound) of the data where the one before it ends at "
                        + "\(dataSize)")
            }
            let size = ElementType.elementCount(of: entry.shape)
                .map { $0.multipliedReportingOverflow(by: entry.type.byteCount) }
            guard let size, !size.overflow, size.partialValue == range.count else {
                let shape = "\(entry.shape)".quoted
                throw fault(
                    "has \(range.count) bytes, which do not fit \(shape) of \(entry.type.rawValue)")
            }
            let end = dataStart.addingReportingOverflow(range.upperBound)
            guard !end.overflow else { throw fault("ends beyond any file") }
            dataSize = range.upperBound
            entries[index].byteRange = dataStart + range.lowerBound..<end.partialValue
        }
    }
}
