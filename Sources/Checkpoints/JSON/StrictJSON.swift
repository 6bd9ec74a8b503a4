internal import AttendText
internal import Foundation

/// JSON files that are read without mercy: every field known, present once and of its type, or a
/// sentence.
///
/// Any `Codable` type will do, also one with an `init(from:)` of its own; a field counts as known
/// once the type has asked for it. Fractions that are not finite are the strings `NaN`, `Infinity`
/// and `-Infinity`.
public enum StrictJSON {
    /// The largest file that is read or written, in bytes.
    public static let largestSize = 16 << 20

    /// The value that a JSON text describes.
    ///
    /// - Parameters:
    ///   - type: the type of the value.
    ///   - data: the text in UTF-8.
    ///   - file: the file that it comes from, for the errors.
    /// - Throws: ``CheckpointError`` that names the file and the field by its path, such as
    ///   `model.width`.
    public static func decode<Value: Decodable>(
        _ type: Value.Type, from data: [UInt8], file: String
    ) throws -> Value {
        let tree: JSONValue
        do throws(JSONScanner.Fault) {
            tree = try JSONValue(data)
        } catch {
            let line = data.prefix(error.offset).count { $0 == UInt8(ascii: "\n") } + 1
            throw CheckpointError(
                .malformed, path: file,
                "line \(line) \(error.message); mend the file or write it again")
        }
        return try decode(type, from: tree, file: file)
    }

    /// The value that a tree describes.
    ///
    /// - Parameter line: the line of a field by its path, where that is known.
    static func decode<Value: Decodable>(
        _ type: Value.Type, from tree: JSONValue, file: String,
        line: ([String]) -> Int? = { _ in nil }
    ) throws -> Value {
        func refusal(_ fault: FieldFault) -> CheckpointError {
            let place = line(fault.path.map(\.stringValue)).map { "line \($0): " } ?? ""
            return CheckpointError(.malformed, path: file, place + fault.sentence)
        }
        do {
            let value = try StrictDecoder(value: tree).decode(type)
            try checkUnknownFields(tree, at: [])
            return value
        } catch let fault as FieldFault {
            throw refusal(fault)
        } catch let error as DecodingError {
            throw refusal(FieldFault(error))
        }
    }

    /// The value that a JSON file describes.
    public static func decode<Value: Decodable>(
        _ type: Value.Type, fromFile path: String
    ) throws -> Value {
        let bytes = try InputFile(path: path).bytes(atMost: largestSize)
        return try decode(type, from: bytes, file: path)
    }

    /// The JSON text of a value: indented, fields in alphabetical order, a line end at its end.
    ///
    /// - Parameter file: the file that it is for, for the errors.
    public static func encode(_ value: some Encodable, file: String) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        // The types' own forms, which StrictDecoder then reads back without knowing of them.
        encoder.dateEncodingStrategy = .deferredToDate
        encoder.dataEncodingStrategy = .deferredToData
        let bytes = try [UInt8](encoder.encode(value)) + [UInt8(ascii: "\n")]
        guard bytes.count <= largestSize else {
            throw CheckpointError(
                .refused, path: file,
                "would have \(bytes.count) bytes where at most \(largestSize) are read again")
        }
        return bytes
    }

    private static func checkUnknownFields(
        _ value: JSONValue, at path: [any CodingKey]
    ) throws(FieldFault) {
        switch value {
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                try checkUnknownFields(element, at: path + [FieldKey(intValue: index)])
            }
        case .object(let object) where object.isOpened:
            if let name = object.unknownName {
                let nearest = nearestName(to: name, in: Array(object.askedNames))
                throw FieldFault(
                    path: path + [FieldKey(stringValue: name)],
                    "is unknown; " + (nearest.map { "did you mean \($0)?" } ?? "remove it"))
            }
            for name in object.names {
                if let member = object.members[name] {
                    try checkUnknownFields(member, at: path + [FieldKey(stringValue: name)])
                }
            }
        default: break
        }
    }
}
