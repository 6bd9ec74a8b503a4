/// A JSON text as a tree.
package enum JSONValue {
    case null
    case bool(Bool)
    /// A number as it is written, since only the reader knows whether it is to be an integer or a
    /// fraction.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    /// How deep arrays and objects may stand in one another.
    package static let deepestNesting = 64

    /// Reads a whole text.
    package init(_ bytes: [UInt8]) throws(JSONScanner.Fault) {
        var scanner = JSONScanner(bytes)
        self = try Self.read(&scanner, depth: 0)
        try scanner.expectEnd()
    }

    private static func read(
        _ scanner: inout JSONScanner, depth: Int
    ) throws(JSONScanner.Fault) -> JSONValue {
        switch scanner.peek() {
        case UInt8(ascii: "\""): return .string(try scanner.string())
        case UInt8(ascii: "t") where scanner.skip(word: "true"): return .bool(true)
        case UInt8(ascii: "f") where scanner.skip(word: "false"): return .bool(false)
        case UInt8(ascii: "n") where scanner.skip(word: "null"): return .null
        case UInt8(ascii: "["), UInt8(ascii: "{"):
            guard depth < deepestNesting else {
                throw scanner.found(insteadOf: "a value nested at most \(deepestNesting) deep")
            }
            return scanner.skip("[")
                ? try readArray(&scanner, depth: depth + 1)
                : try readObject(&scanner, depth: depth + 1)
        default: return .number(try scanner.number())
        }
    }

    private static func readArray(
        _ scanner: inout JSONScanner, depth: Int
    ) throws(JSONScanner.Fault) -> JSONValue {
        var elements: [JSONValue] = []
        if scanner.skip("]") { return .array(elements) }
        repeat { elements.append(try read(&scanner, depth: depth)) } while scanner.skip(",")
        try scanner.expect("]")
        return .array(elements)
    }

    private static func readObject(
        _ scanner: inout JSONScanner, depth: Int
    ) throws(JSONScanner.Fault) -> JSONValue {
        var members = JSONMembers()
        try scanner.expect("{")
        if !scanner.skip("}") {
            repeat {
                let offset = scanner.offset
                let name = try scanner.string()
                try scanner.expect(":")
                guard members.insert(try read(&scanner, depth: depth), for: name) else {
                    throw JSONScanner.Fault(
                        offset: offset, message: "has the field \(name.quoted) a second time")
                }
            } while scanner.skip(",")
            try scanner.expect("}")
        }
        return .object(JSONObject(members))
    }

    /// The value in the words of an error.
    package var summary: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .number(let text): text.legible
        case .string(let text): text.quoted
        case .array(let elements): "a list of \(elements.count)"
        case .object: "an object"
        }
    }
}
