internal import AttendText

/// Decodes a value from a JSON tree, and lets the tree's objects note which fields were asked for.
struct StrictDecoder: Decoder {
    let value: JSONValue
    var codingPath: [any CodingKey] = []
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard case .object(let object) = value else { throw mismatch("an object") }
        object.isOpened = true
        return KeyedDecodingContainer(Fields<Key>(object: object, codingPath: codingPath))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard case .array(let elements) = value else { throw mismatch("a list") }
        return Elements(elements: elements, codingPath: codingPath)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { self }

    /// A field that is not what its reader needs.
    func mismatch(_ needed: String) -> FieldFault {
        FieldFault(path: codingPath, "holds \(value.summary) where \(needed) is needed")
    }
}

extension StrictDecoder: SingleValueDecodingContainer {
    func decodeNil() -> Bool {
        if case .null = value { true } else { false }
    }

    func decode(_ type: Bool.Type) throws -> Bool {
        guard case .bool(let value) = value else { throw mismatch("true or false") }
        return value
    }

    func decode(_ type: String.Type) throws -> String {
        guard case .string(let text) = value else { throw mismatch("a text") }
        return text
    }

    func decode(_ type: Double.Type) throws -> Double { try fraction() }
    func decode(_ type: Float.Type) throws -> Float { try fraction() }
    func decode(_ type: Int.Type) throws -> Int { try integer() }
    func decode(_ type: Int8.Type) throws -> Int8 { try integer() }
    func decode(_ type: Int16.Type) throws -> Int16 { try integer() }
    func decode(_ type: Int32.Type) throws -> Int32 { try integer() }
    func decode(_ type: Int64.Type) throws -> Int64 { try integer() }
    func decode(_ type: UInt.Type) throws -> UInt { try integer() }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try integer() }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try integer() }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try integer() }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try integer() }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        if type is any RawRepresentable.Type, let choices = type as? any CaseIterable.Type {
            return try decodeChoice(of: choices)
        }
        return try Value(from: self)
    }

    /// Decodes one of a few cases, and lists them where it is none.
    private func decodeChoice<Value: Decodable, Choice: CaseIterable>(
        of choices: Choice.Type
    ) throws -> Value {
        do {
            return try Value(from: self)
        } catch is DecodingError {
            let names = choices.allCases.map { choice in
                (choice as? any RawRepresentable).map { "\($0.rawValue)" } ?? "\(choice)"
            }
            throw mismatch("one of \(names.joined(separator: ", "))")
        }
    }

    private func fraction<Number: BinaryFloatingPoint & LosslessStringConvertible>() throws
        -> Number
    {
        switch value {
        case .number(let text):
            if let number = Number(text), number.isFinite { return number }
            throw mismatch("a number that \(Number.self) can hold")
        case .string("NaN"): return .nan
        case .string("Infinity"): return .infinity
        case .string("-Infinity"): return -.infinity
        default: throw mismatch("a number")
        }
    }

    private func integer<Number: FixedWidthInteger>() throws -> Number {
        guard case .number(let text) = value else { throw mismatch("a whole number") }
        // A whole number may be written as 1e3 or 5.0, up to where Double no longer has every one.
        let double = Double(text).flatMap { abs($0) <= 0x1p53 ? Number(exactly: $0) : nil }
        guard let number = Number(text) ?? double else {
            throw mismatch("a whole number from \(Number.min) to \(Number.max)")
        }
        return number
    }
}

/// The fields of an object.
private struct Fields<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let object: JSONObject
    let codingPath: [any CodingKey]

    var allKeys: [Key] { object.names.compactMap(Key.init(stringValue:)) }

    func contains(_ key: Key) -> Bool { object[key.stringValue] != nil }

    func decodeNil(forKey key: Key) throws -> Bool { try decoder(key).decodeNil() }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        try decoder(key).decode(type)
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        try decoder(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try decoder(key).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder { try decoder(named: "super") }

    func superDecoder(forKey key: Key) throws -> any Decoder { try decoder(key) }

    private func decoder(_ key: Key) throws -> StrictDecoder {
        try decoder(named: key.stringValue)
    }

    private func decoder(named name: String) throws -> StrictDecoder {
        let path = codingPath + [FieldKey(stringValue: name)]
        if let value = object[name] { return StrictDecoder(value: value, codingPath: path) }
        let slip = object.misspelling(of: name).map { "did you mean it by \($0.quoted)?" }
        throw FieldFault(path: path, "is missing; \(slip ?? "add it")")
    }
}

/// The elements of a list.
private struct Elements: UnkeyedDecodingContainer {
    let elements: [JSONValue]
    let codingPath: [any CodingKey]
    var currentIndex = 0

    init(elements: [JSONValue], codingPath: [any CodingKey]) {
        self.elements = elements
        self.codingPath = codingPath
    }

    var count: Int? { elements.count }
    var isAtEnd: Bool { currentIndex == elements.count }

    mutating func decodeNil() throws -> Bool {
        guard try element().decodeNil() else { return false }
        currentIndex += 1
        return true
    }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let value = try element().decode(type)
        currentIndex += 1
        return value
    }

    mutating func nestedContainer<Key: CodingKey>(
        keyedBy type: Key.Type
    ) throws -> KeyedDecodingContainer<Key> {
        let container = try element().container(keyedBy: type)
        currentIndex += 1
        return container
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        let container = try element().unkeyedContainer()
        currentIndex += 1
        return container
    }

    mutating func superDecoder() throws -> any Decoder {
        let decoder = try element()
        currentIndex += 1
        return decoder
    }

    private func element() throws -> StrictDecoder {
        guard !isAtEnd else {
            throw FieldFault(
                path: codingPath, "is a list of \(elements.count) where more elements are needed")
        }
        return StrictDecoder(
            value: elements[currentIndex],
            codingPath: codingPath + [FieldKey(intValue: currentIndex)])
    }
}
