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
        var members: [String: JSONValue] = [:]
        var names: [String] = []
        try scanner.expect("{")
        if !scanner.skip("}") {
            repeat {
                let offset = scanner.offset
                let name = try scanner.string()
                try scanner.expect(":")
                guard members.updateValue(try read(&scanner, depth: depth), forKey: name) == nil
                else {
                    throw JSONScanner.Fault(
                        offset: offset, message: "has the field \(name.quoted) a second time")
                }
                names.append(name)
            } while scanner.skip(",")
            try scanner.expect("}")
        }
        return .object(JSONObject(members, names: names))
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

/// A JSON object that remembers which of its fields its reader asked for.
package final class JSONObject {
    package let members: [String: JSONValue]
    /// The fields in the order of the text.
    package let names: [String]
    package private(set) var askedNames: [String] = []
    private var asked: Set<String> = []
    /// Whether a reader took it for an object with fields.
    package var isOpened = false

    package init(_ members: [String: JSONValue], names: [String]) {
        self.members = members
        self.names = names
    }

    /// The value of a field, which from now on counts as known.
    package subscript(name: String) -> JSONValue? {
        if asked.insert(name).inserted { askedNames.append(name) }
        return members[name]
    }

    /// The first field that nobody asked for.
    package var unknownName: String? {
        names.first { !asked.contains($0) }
    }

    /// The field not asked for that may be a misspelling of this one.
    package func misspelling(of name: String) -> String? {
        nearestName(to: name, in: names.filter { !asked.contains($0) })
    }
}
