internal import AttendText

/// What a GGUF file says about its model: values by keys, each read when it is asked for.
public struct GGUFMetadata: Sendable {
    private let file: InputFile
    private let fields: [GGUFHeader.Field]
    private let indices: [String: Int]

    init(_ file: InputFile, _ fields: [GGUFHeader.Field]) {
        self.file = file
        self.fields = fields
        indices = [String: Int](
            uniqueKeysWithValues: fields.enumerated().map { ($1.key, $0) })
    }

    /// The keys in the order of the file.
    public var keys: [String] { fields.map(\.key) }

    /// Whether there is a value for a key.
    public func contains(_ key: String) -> Bool { indices[key] != nil }

    /// The value of a key, nil where there is none.
    ///
    /// - Throws: ``CheckpointError`` where the file cannot be read.
    public func value(_ key: String) throws(CheckpointError) -> GGUFValue? {
        guard let index = indices[key] else { return nil }
        let field = fields[index]
        var cursor = GGUFCursor(file, field.range)
        return try cursor.value(field.type, of: key)
    }

    /// A whole number, of whatever type.
    ///
    /// - Throws: ``CheckpointError`` where the value is none, or not in the range.
    package func integer(
        _ key: String, in range: ClosedRange<Int> = 0...Int(Int32.max)
    ) throws(CheckpointError) -> Int? {
        guard let value = try value(key) else { return nil }
        guard let integer = value.integer, range.contains(integer) else {
            throw mismatch(
                key, value, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return integer
    }

    /// A finite number of single precision.
    package func fraction(_ key: String) throws(CheckpointError) -> Float? {
        guard let value = try value(key) else { return nil }
        guard let fraction = value.fraction, fraction.isFinite else {
            throw mismatch(key, value, "a finite number")
        }
        return fraction
    }

    /// Yes or no.
    package func bool(_ key: String) throws(CheckpointError) -> Bool? {
        guard let value = try value(key) else { return nil }
        guard case .bool(let bool) = value else { throw mismatch(key, value, "true or false") }
        return bool
    }

    /// A text.
    package func text(_ key: String) throws(CheckpointError) -> String? {
        guard let value = try value(key) else { return nil }
        guard case .string(let bytes) = value,
            let text = String(validating: bytes, as: UTF8.self)
        else { throw mismatch(key, value, "a text in UTF-8") }
        return text
    }

    /// A list of strings of bytes.
    package func strings(_ key: String) throws(CheckpointError) -> ByteStrings? {
        try array(key, "a list of texts") { array in
            guard case .string(let strings) = array else { return nil }
            return strings
        }
    }

    /// A list of whole numbers.
    package func integers(_ key: String) throws(CheckpointError) -> [Int]? {
        try array(key, "a list of whole numbers") { $0.integers }
    }

    /// A list of numbers of single precision.
    package func fractions(_ key: String) throws(CheckpointError) -> [Float]? {
        try array(key, "a list of numbers of type float32") { array in
            guard case .float32(let numbers) = array else { return nil }
            return numbers
        }
    }

    private func array<Value>(
        _ key: String, _ needed: String, _ body: (GGUFArray) -> Value?
    ) throws(CheckpointError) -> Value? {
        guard let value = try value(key) else { return nil }
        guard case .array(let array) = value, let result = body(array) else {
            throw mismatch(key, value, needed)
        }
        return result
    }

    /// The error that the file has no value for a key that is needed.
    package func missing(_ key: String) -> CheckpointError {
        let nearest = nearestName(to: key, in: keys)
        return CheckpointError(
            .missing, path: file.path,
            "has no value for \(key.quoted) in its metadata; "
                + (nearest.map { "the nearest key is \($0.quoted)" } ?? "convert the model anew"))
    }

    /// The error that the file asks for something that is not implemented.
    func unsupported(_ key: String, _ explanation: String) -> CheckpointError {
        CheckpointError(
            .unsupported, path: file.path, "the value of \(key) in its metadata \(explanation)")
    }

    private func mismatch(
        _ key: String, _ value: GGUFValue, _ needed: String
    ) -> CheckpointError {
        CheckpointError(
            .malformed, path: file.path,
            "gives \(key.quoted) in its metadata as \(value.summary) of type \(value.type) where \(needed) is "
                + "needed; convert the model anew")
    }
}

extension GGUFCursor {
    /// The value of a key.
    mutating func value(
        _ type: GGUFValueType, of key: String
    ) throws(CheckpointError) -> GGUFValue {
        let what = "the value of \(key.quoted)"
        switch type {
        case .uint8: return .uint8(try word(what))
        case .int8: return .int8(try word(what))
        case .uint16: return .uint16(try word(what))
        case .int16: return .int16(try word(what))
        case .uint32: return .uint32(try word(what))
        case .int32: return .int32(try word(what))
        case .float32: return .float32(Float(bitPattern: try word(what)))
        case .bool: return .bool(try bool(key))
        case .string: return .string(Array(try string(what)))
        case .array: return .array(try array(of: key, depth: 0))
        case .uint64: return .uint64(try word(what))
        case .int64: return .int64(try word(what))
        case .float64: return .float64(Double(bitPattern: try word(what)))
        }
    }

    private mutating func bool(_ key: String) throws(CheckpointError) -> Bool {
        let place = offset
        let byte: UInt8 = try word("the value of \(key.quoted)")
        guard byte <= 1 else {
            throw malformed(
                at: place,
                "gives \(key.quoted) as \(byte) where 0 for false or 1 for true is needed")
        }
        return byte == 1
    }

    private mutating func array(
        of key: String, depth: Int
    ) throws(CheckpointError) -> GGUFArray {
        let (type, count) = try GGUFHeader.readArrayStart(of: key, depth: depth, &self)
        switch type {
        case .uint8: return .uint8(try words(count, key))
        case .int8: return .int8(try words(count, key))
        case .uint16: return .uint16(try words(count, key))
        case .int16: return .int16(try words(count, key))
        case .uint32: return .uint32(try words(count, key))
        case .int32: return .int32(try words(count, key))
        case .float32: return .float32(try words(count, key).map(Float.init(bitPattern:)))
        case .bool:
            var values: [Bool] = []
            values.reserveCapacity(count)
            for _ in 0..<count { values.append(try bool(key)) }
            return .bool(values)
        case .string:
            let what = "the value of \(key.quoted)"
            var strings = ByteStrings()
            // Each has its length before it.
            strings.reserve(count: count, byteCount: depth == 0 ? remaining - 8 * count : 0)
            for _ in 0..<count { strings.append(try string(what)) }
            return .string(strings)
        case .array:
            var values: [GGUFArray] = []
            for _ in 0..<count { values.append(try array(of: key, depth: depth + 1)) }
            return .array(values)
        case .uint64: return .uint64(try words(count, key))
        case .int64: return .int64(try words(count, key))
        case .float64: return .float64(try words(count, key).map(Double.init(bitPattern:)))
        }
    }

    private mutating func words<Word: FixedWidthInteger>(
        _ count: Int, _ key: String
    ) throws(CheckpointError) -> [Word] {
        let what = "the value of \(key.quoted)"
        var words: [Word] = []
        words.reserveCapacity(count)
        for _ in 0..<count { words.append(try word(what)) }
        return words
    }
}
