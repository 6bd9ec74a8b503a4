internal import AttendText

/// What stands before the tensors of a GGUF file: which values there are and where, and the tensors' names, types,
/// shapes and places.
///
/// - Source: the format's description, <https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>.
struct GGUFHeader {
    /// The longest key, in bytes.
    static let longestKey = 65_535
    /// The longest name of a tensor, in bytes.
    static let longestName = 63
    /// The most dimensions of a tensor.
    static let mostDimensions = 4
    /// How deep arrays may stand in one another.
    static let deepestNesting = 4
    /// The most keys and the most tensors, so that no file makes tables many times its size.
    static let mostKeys = 1 << 16, mostTensors = 1 << 18

    /// Where a value stands.
    struct Field {
        let key: String
        let type: GGUFValueType
        /// The value without its type, in bytes from the file's start.
        let range: Range<Int>
    }

    let version: UInt32
    private(set) var fields: [Field] = []
    private(set) var entries: [GGUFFile.Entry] = []
    private(set) var alignment = 32

    init(_ file: InputFile) throws(CheckpointError) {
        var cursor = GGUFCursor(file, 0..<file.size)
        let magic = file.size < 4 ? [] : try cursor.bytes(4, "the mark of the format")
        guard magic.elementsEqual("GGUF".utf8) else {
            throw CheckpointError(
                .malformed, path: file.path,
                "does not begin with “GGUF”; give a file in GGUF format")
        }
        version = try cursor.word("the version")
        guard version == 2 || version == 3 else {
            let isSwapped = version != 0 && version & 0xFFFF == 0
            throw CheckpointError(
                .unsupported, path: file.path,
                isSwapped
                    ? "is written for processors with the other order of bytes; convert it to little-endian"
                    : "has version \(version) of the format where 2 and 3 are read; convert it")
        }
        // A tensor takes at least an empty name, no dimension, a type and an offset; a key one letter and a byte.
        let tensorCount = try cursor.count(
            of: "tensors", ofAtLeast: 24, limit: Self.mostTensors)
        let keyCount = try cursor.count(of: "keys", ofAtLeast: 14, limit: Self.mostKeys)
        try readFields(keyCount, &cursor)
        try readEntries(tensorCount, &cursor)
        try place(file, after: cursor.offset)
    }

    private mutating func readFields(
        _ count: Int, _ cursor: inout GGUFCursor
    ) throws(CheckpointError) {
        var keys: Set<String> = []
        for _ in 0..<count {
            let place = cursor.offset
            let bytes = try cursor.string("a key", limit: Self.longestKey)
            guard !bytes.isEmpty, bytes.allSatisfy({ (0x20..<0x7F).contains($0) }) else {
                let key = String(decoding: bytes, as: UTF8.self).quoted
                throw cursor.malformed(
                    at: place, "has the key \(key) where one of ASCII letters is needed")
            }
            let key = String(decoding: bytes, as: UTF8.self)
            guard keys.insert(key).inserted else {
                throw cursor.malformed(at: place, "has the key \(key.quoted) a second time")
            }
            let type = try Self.readType(of: key, &cursor)
            let start = cursor.offset
            if key == "general.alignment" {
                try readAlignment(type, &cursor)
            } else {
                try Self.skipValue(type, of: key, depth: 0, &cursor)
            }
            fields.append(Field(key: key, type: type, range: start..<cursor.offset))
        }
    }

    private mutating func readAlignment(
        _ type: GGUFValueType, _ cursor: inout GGUFCursor
    ) throws(CheckpointError) {
        let place = cursor.offset
        guard type == .uint32 else {
            throw cursor.malformed(
                at: place, "gives general.alignment the type \(type) where uint32 is needed")
        }
        let value: UInt32 = try cursor.word("general.alignment")
        guard value.nonzeroBitCount == 1 else {
            throw cursor.malformed(
                at: place, "gives general.alignment as \(value) where a power of two is needed")
        }
        alignment = Int(value)
    }

    static func readType(
        of key: String, _ cursor: inout GGUFCursor
    ) throws(CheckpointError) -> GGUFValueType {
        let place = cursor.offset
        let number: UInt32 = try cursor.word("the type of a value")
        guard let type = GGUFValueType(rawValue: number) else {
            throw cursor.malformed(
                at: place,
                "gives the key \(key.quoted) the type \(number) where one from 0 to 12 is needed")
        }
        return type
    }

    private static func skipValue(
        _ type: GGUFValueType, of key: String, depth: Int, _ cursor: inout GGUFCursor
    ) throws(CheckpointError) {
        if let size = type.byteCount {
            return try cursor.skip(size, "the value of \(key.quoted)")
        }
        if type == .string {
            let count = try cursor.count(
                of: "bytes of the value of \(key.quoted)", ofAtLeast: 1)
            return try cursor.skip(count, "the value of \(key.quoted)")
        }
        let (element, count) = try readArrayStart(of: key, depth: depth, &cursor)
        if let size = element.byteCount {
            return try cursor.skip(count * size, "the value of \(key.quoted)")
        }
        for _ in 0..<count { try skipValue(element, of: key, depth: depth + 1, &cursor) }
    }

    /// The type and the count of an array's values.
    static func readArrayStart(
        of key: String, depth: Int, _ cursor: inout GGUFCursor
    ) throws(CheckpointError) -> (GGUFValueType, Int) {
        guard depth < deepestNesting else {
            throw cursor.malformed(
                "has arrays nested more than \(deepestNesting) deep in \(key.quoted)")
        }
        let element = try readType(of: key, &cursor)
        let count = try cursor.count(
            of: "values of \(key.quoted)", ofAtLeast: element.smallestByteCount)
        return (element, count)
    }

    private mutating func readEntries(
        _ count: Int, _ cursor: inout GGUFCursor
    ) throws(CheckpointError) {
        var names: Set<String> = []
        for _ in 0..<count {
            let place = cursor.offset
            let bytes = try cursor.string("the name of a tensor", limit: Self.longestName)
            guard let name = String(validating: bytes, as: UTF8.self) else {
                throw cursor.malformed(at: place, "has a tensor's name that is not valid UTF-8")
            }
            guard names.insert(name).inserted else {
                throw cursor.malformed(at: place, "has the tensor \(name.quoted) a second time")
            }
            entries.append(try Self.readEntry(name, &cursor))
        }
    }

    private static func readEntry(
        _ name: String, _ cursor: inout GGUFCursor
    ) throws(CheckpointError) -> GGUFFile.Entry {
        let place = cursor.offset
        func what() -> String { "the description of the tensor \(name.quoted)" }
        let rank: UInt32 = try cursor.word(what())
        guard rank <= mostDimensions else {
            throw cursor.malformed(
                at: place,
                "gives the tensor \(name.quoted) \(rank) dimensions where at most \(mostDimensions) are permitted"
            )
        }
        var shape: [Int] = []
        for _ in 0..<rank {
            let dimension: UInt64 = try cursor.word(what())
            shape.insert(Int(truncatingIfNeeded: dimension), at: 0)
        }
        let number: UInt32 = try cursor.word(what())
        guard let type = GGUFTensorType(number: number) else {
            throw cursor.malformed(
                at: place, "gives the tensor \(name.quoted) the type \(number), which is unknown")
        }
        let elements = ElementType.elementCount(of: shape)
        let fillsBlocks = (shape.last ?? 1) % type.blockWidth == 0
        guard let elements, fillsBlocks, let size = type.byteCount(of: elements) else {
            throw cursor.malformed(
                at: place,
                "gives the tensor \(name.quoted) of type \(type.name) the shape \("\(shape)".quoted), which is "
                    + "negative, beyond any file, or not in whole blocks of \(type.blockWidth)")
        }
        let offset: UInt64 = try cursor.word(what())
        guard let start = Int(exactly: offset), let end = start.adding(size) else {
            throw cursor.malformed(
                at: place, "places the tensor \(name.quoted) at \(offset), beyond any file")
        }
        return GGUFFile.Entry(name: name, type: type, shape: shape, byteRange: start..<end)
    }

    /// Checks that each tensor begins where the one before it and its padding end, and makes their places those in
    /// the file.
    private mutating func place(_ file: InputFile, after header: Int) throws(CheckpointError) {
        func malformed(_ explanation: String) -> CheckpointError {
            CheckpointError(
                .malformed, path: file.path, "\(explanation); fetch or write the file again")
        }
        guard let dataStart = header.padded(to: alignment) else {
            throw malformed("has an alignment of \(alignment), beyond any file")
        }
        var expected = 0
        for index in entries.indices {
            let entry = entries[index]
            let range = entry.byteRange
            guard range.lowerBound == expected else {
                throw malformed(
                    "the tensor \(entry.name.quoted) begins at byte \(range.lowerBound) of the data where the one "
                        + "before it and its padding end at \(expected)")
            }
            guard let start = dataStart.adding(range.lowerBound),
                let end = start.adding(range.count),
                end <= file.size
            else {
                throw malformed(
                    "has \(file.size) bytes, too few for the tensor \(entry.name.quoted), which has \(range.count) "
                        + "from byte \(range.lowerBound) of the data on")
            }
            entries[index].byteRange = start..<end
            // No overflow: the end is within the file, and a file's size leaves room for an alignment of 32 bits.
            guard let next = range.upperBound.padded(to: alignment) else {
                throw malformed("the tensor \(entry.name.quoted) ends beyond any file")
            }
            expected = next
        }
        let end = dataStart.adding(expected) ?? .max
        guard file.size <= end else {
            throw malformed("has \(file.size) bytes where its header describes \(end)")
        }
    }
}

extension Int {
    /// The sum, nil where it is beyond `Int`.
    func adding(_ other: Int) -> Int? {
        let sum = addingReportingOverflow(other)
        return sum.overflow ? nil : sum.partialValue
    }

    /// The least multiple of a power of two that is not less, nil where it is beyond `Int`.
    func padded(to alignment: Int) -> Int? {
        adding(alignment - 1).map { $0 & ~(alignment - 1) }
    }
}
