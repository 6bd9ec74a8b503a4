/// The form in which a fraction is written.
enum Decimal {
    case missing
    case float(Float)
    /// A number beyond the range of Float keeps its own digits.
    case double(Double)

    init(_ value: Double) {
        let float = Float(value)
        self =
            !value.isFinite
            ? .missing
            : float.isFinite && (float != 0 || value == 0) ? .float(float) : .double(value)
    }
}

extension Decimal: Encodable {
    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .missing: try container.encodeNil()
        case .float(let float): try container.encode(float)
        case .double(let double): try container.encode(double)
        }
    }
}

/// Writes a flat JSON object in the order its members are added; Foundation's encoder can only
/// sort them by name, which would put `loss` before `step` and hide `event` in the middle.
struct JSONObjectText {
    private var members: [String] = []

    var text: String { "{" + members.joined(separator: ",") + "}" }

    mutating func add(_ name: String, _ value: Int) {
        members.append("\"\(name)\":\(value)")
    }

    mutating func add(_ name: String, _ value: Double) {
        members.append("\"\(name)\":\(Self.number(value))")
    }

    /// Adds nothing where there is no value.
    mutating func add(_ name: String, _ value: Double?) {
        if let value { add(name, value) }
    }

    /// Adds numbers by name in the order of the names; nothing where there are none.
    mutating func add(_ name: String, _ values: [String: Double]?) {
        guard let values else { return }
        let fields = values.sorted { $0.key < $1.key }.map {
            "\(Self.quoted($0.key)):\(Self.number($0.value))"
        }
        members.append("\"\(name)\":{\(fields.joined(separator: ","))}")
    }

    mutating func add(_ name: String, _ value: String) {
        members.append("\"\(name)\":\(Self.quoted(value))")
    }

    mutating func add(_ name: String, _ values: [JSONObjectText]) {
        members.append("\"\(name)\":[\(values.map(\.text).joined(separator: ","))]")
    }

    private static func number(_ value: Double) -> String {
        let text =
            switch Decimal(value) {
            case .missing: "null"
            case .float(let float): "\(float)"
            case .double(let double): "\(double)"
            }
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        result.reserveCapacity(text.utf8.count + 2)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            // Beside what JSON demands, all that some reader of lines takes for a line's end.
            case "\u{0}"..<" ", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
