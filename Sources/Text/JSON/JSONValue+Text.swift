extension JSONValue {
    /// An object with these fields.
    package static func fields(_ fields: KeyValuePairs<String, JSONValue>) -> JSONValue {
        .object(JSONObject(fields.map { (name: $0.key, value: $0.value) }))
    }

    /// A whole number.
    package static func integer(_ value: Int) -> JSONValue { .number("\(value)") }

    /// The value as UTF-8 text, each field and element on a line of its own.
    package var text: [UInt8] {
        var text: [UInt8] = []
        write(to: &text, indentation: 0)
        text.append(UInt8(ascii: "\n"))
        return text
    }

    /// The value as UTF-8 text on one line.
    package var line: [UInt8] {
        var text: [UInt8] = []
        write(to: &text, indentation: nil)
        text.append(UInt8(ascii: "\n"))
        return text
    }

    private func write(to text: inout [UInt8], indentation: Int?) {
        switch self {
        case .null: text.append(contentsOf: "null".utf8)
        case .bool(let value): text.append(contentsOf: (value ? "true" : "false").utf8)
        case .number(let number): text.append(contentsOf: number.utf8)
        case .string(let string): Self.write(string, to: &text)
        case .array(let elements):
            Self.writeList(elements, "[", "]", to: &text, indentation: indentation) {
                $0.write(to: &$1, indentation: indentation.map { $0 + 1 })
            }
        case .object(let object):
            let members = Array(zip(object.members.names, object.members.values))
            Self.writeList(members, "{", "}", to: &text, indentation: indentation) {
                Self.write($0.0, to: &$1)
                $1.append(contentsOf: (indentation == nil ? ":" : ": ").utf8)
                $0.1.write(to: &$1, indentation: indentation.map { $0 + 1 })
            }
        }
    }

    private static func writeList<Element>(
        _ elements: [Element], _ opening: String, _ closing: String, to text: inout [UInt8],
        indentation: Int?, _ body: (Element, inout [UInt8]) -> Void
    ) {
        text.append(contentsOf: opening.utf8)
        for (index, element) in elements.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            breakLine(indentation.map { 2 * $0 + 2 }, to: &text)
            body(element, &text)
        }
        if !elements.isEmpty { breakLine(indentation.map { 2 * $0 }, to: &text) }
        text.append(contentsOf: closing.utf8)
    }

    private static func breakLine(_ spaces: Int?, to text: inout [UInt8]) {
        guard let spaces else { return }
        text.append(UInt8(ascii: "\n"))
        text.append(contentsOf: repeatElement(UInt8(ascii: " "), count: spaces))
    }

    private static func write(_ string: String, to text: inout [UInt8]) {
        text.append(UInt8(ascii: "\""))
        for byte in string.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                text.append(UInt8(ascii: "\\"))
                text.append(byte)
            case 0x0A: text.append(contentsOf: "\\n".utf8)
            case 0x0D: text.append(contentsOf: "\\r".utf8)
            case 0x09: text.append(contentsOf: "\\t".utf8)
            case 0..<0x20:
                let digits = Array("0123456789abcdef".utf8)
                text.append(contentsOf: "\\u00".utf8)
                text.append(digits[Int(byte >> 4)])
                text.append(digits[Int(byte & 15)])
            default: text.append(byte)
            }
        }
        text.append(UInt8(ascii: "\""))
    }
}
