internal import AttendText

extension JSONValue {
    /// What two values share exactly when JSON Schema calls them equal; nil for numbers beyond the digits that are compared.
    ///
    /// Names of objects are sorted, and numbers are brought to one form, so that 1, 1.0 and 1e0 are the same.
    var canonicalText: String? {
        switch self {
        case .null: return "null"
        case .bool(let value): return value ? "true" : "false"
        case .number(let text): return Decimal(text)?.text
        case .string(let text): return JSONText.string(text)
        case .array(let elements):
            let texts = elements.compactMap(\.canonicalText)
            return texts.count == elements.count ? "[" + texts.joined(separator: ",") + "]" : nil
        case .object(let object):
            let texts = zip(object.members.names, object.members.values).compactMap { name, value in
                value.canonicalText.map { JSONText.string(name) + ":" + $0 }
            }
            guard texts.count == object.members.names.count else { return nil }
            let sorted = texts.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            return "{" + sorted.joined(separator: ",") + "}"
        }
    }

    /// The type of JSON Schema; an integer is a number too.
    var schemaType: SchemaType {
        switch self {
        case .null: .null
        case .bool: .boolean
        case .number(let text): Decimal(text)?.isWhole == true ? .integer : .number
        case .string: .string
        case .array: .array
        case .object: .object
        }
    }
}

/// The types of JSON Schema.
enum SchemaType: String, CaseIterable {
    case null, boolean, integer, number, string, array, object

    /// Whether some value is of both types.
    func overlaps(_ other: SchemaType) -> Bool {
        self == other || self.isNumeric && other.isNumeric
    }

    var isNumeric: Bool { self == .integer || self == .number }

    /// Whether each value of the other type is one of this.
    func includes(_ other: SchemaType) -> Bool {
        self == other || self == .number && other == .integer
    }
}

/// A number of JSON: its digits without zeros at the ends, and the power of ten that they are multiplied by.
private struct Decimal {
    let isNegative: Bool
    let digits: String
    let exponent: Int

    /// - Parameter text: a number as JSON writes it; nil where its exponent has more than nine digits.
    init?(_ text: String) {
        let parts = text.split(omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
        let power = parts.count > 1 ? parts[1] : "0"
        guard power.count <= 9, let power = Int(power.hasPrefix("+") ? power.dropFirst() : power)
        else { return nil }
        let isNegative = text.hasPrefix("-")
        let mantissa = parts[0].dropFirst(isNegative ? 1 : 0).split(separator: ".")
        var digits = mantissa.joined()
        var exponent = power - (mantissa.count > 1 ? mantissa[1].count : 0)
        while digits.hasSuffix("0") {
            digits.removeLast()
            exponent += 1
        }
        digits = String(digits.drop { $0 == "0" })
        self.isNegative = isNegative && !digits.isEmpty
        self.digits = digits
        self.exponent = digits.isEmpty ? 0 : exponent
    }

    var isWhole: Bool { exponent >= 0 }

    var text: String { "\(isNegative ? "-" : "")\(digits)e\(exponent)" }
}
