internal import AttendText

/// The fields of a `config.json` that another program wrote, read with all that is wrong collected.
///
/// A field that changes what a model computes has to be understood or refused, so every family asks for all it knows;
/// what nobody asks for, and is not known to be without effect, is told to the user.
struct ConfigurationFields {
    /// The file, for errors.
    let path: String
    /// The names of all tensors, for what only they tell.
    let tensorNames: Set<String>
    /// What is wrong so far, one sentence each.
    private(set) var problems: [String] = []
    private let object: JSONObject
    /// Where the fields lie, such as `rope_parameters.`; empty for those of the file itself.
    private let prefix: String

    init(
        _ object: JSONObject, path: String, prefix: String = "", tensorNames: Set<String> = []
    ) {
        self.object = object
        self.tensorNames = tensorNames
        self.path = path
        self.prefix = prefix
    }

    /// Whether a field is there with a value.
    func contains(_ name: String) -> Bool {
        switch object.members[name] {
        case nil, .null: false
        default: true
        }
    }

    /// Notes a problem.
    mutating func add(_ problem: String) {
        problems.append(problem)
    }

    /// A whole number; where there is none, or null, the default, or a problem where there is no default either.
    mutating func integer(_ name: String, default fallback: Int? = nil) -> Int {
        switch object[name] {
        case nil, .null: return missing(name, fallback) ?? 0
        case .number(let text):
            // Larger ones are no sizes, and could not be multiplied with one another.
            if let number = Int(text), (0...1 << 31).contains(number) { return number }
            fallthrough
        default: return wrong(name, "a whole number from 0 to \(1 << 31)") ?? 0
        }
    }

    /// A whole number that may be null.
    ///
    /// - Parameter fallback: what it is where the file does not have the field at all.
    mutating func optionalInteger(_ name: String, absent fallback: Int? = nil) -> Int? {
        switch object[name] {
        case nil: fallback
        case .null: nil
        default: integer(name)
        }
    }

    /// A fraction.
    mutating func number(_ name: String, default fallback: Float? = nil) -> Float {
        switch object[name] {
        case nil, .null: return missing(name, fallback) ?? 0
        case .number(let text):
            if let number = Float(text), number.isFinite { return number }
            fallthrough
        default: return wrong(name, "a finite number") ?? 0
        }
    }

    /// A fraction that may be missing.
    mutating func optionalNumber(_ name: String) -> Float? {
        pass(over: [name])
        return contains(name) ? number(name) : nil
    }

    /// A fraction that may be missing, in double precision.
    mutating func optionalDouble(_ name: String) -> Double? {
        switch object[name] {
        case nil, .null: return nil
        case .number(let text):
            if let number = Double(text), number.isFinite { return number }
            fallthrough
        default: return wrong(name, "a finite number")
        }
    }

    /// A truth value.
    mutating func flag(_ name: String, default fallback: Bool? = nil) -> Bool {
        switch object[name] {
        case nil, .null: return missing(name, fallback) ?? false
        case .bool(let value): return value
        default: return wrong(name, "true or false") ?? false
        }
    }

    /// A text.
    mutating func text(_ name: String, default fallback: String? = nil) -> String {
        switch object[name] {
        case nil, .null: return missing(name, fallback) ?? ""
        case .string(let value): return value
        default: return wrong(name, "a text") ?? ""
        }
    }

    /// A list of texts; nil where there is none.
    mutating func texts(_ name: String) -> [String]? {
        switch object[name] {
        case nil, .null: return nil
        case .array(let elements):
            let texts = elements.compactMap { if case .string(let text) = $0 { text } else { nil } }
            if texts.count == elements.count { return texts }
            fallthrough
        default: return wrong(name, "a list of texts")
        }
    }

    /// One of a few words, by what they mean.
    mutating func choice<Value>(
        _ name: String, default fallback: String? = nil, among choices: [(String, Value)]
    ) -> Value? {
        let word = text(name, default: fallback)
        if let found = choices.first(where: { $0.0 == word }) { return found.1 }
        if !word.isEmpty {
            let known = choices.map(\.0).joined(separator: ", ")
            problems.append(
                "\(prefix)\(name) is \(word.quoted), which is not implemented; known are \(known)")
        }
        return nil
    }

    /// An object with fields of its own; nil where there is none.
    ///
    /// Its problems are its own: hand them to ``add(_:)``.
    mutating func fields(_ name: String) -> ConfigurationFields? {
        switch object[name] {
        case nil, .null: return nil
        case .object(let inner):
            return ConfigurationFields(inner, path: path, prefix: "\(prefix)\(name).")
        default: return wrong(name, "an object")
        }
    }

    /// Notes a problem unless a truth value, which may be missing, is this one.
    mutating func require(_ name: String, _ value: Bool, otherwise explanation: String) {
        if flag(name, default: value) != value {
            problems.append(
                "\(prefix)\(name) is \(!value), which is not implemented: \(explanation)")
        }
    }

    /// Tokens of one field: a number, a list of numbers, or nothing.
    ///
    /// A list of lists, as words of several tokens are written, gives those that are one token.
    mutating func tokens(_ name: String) -> [Int32] {
        switch object[name] {
        case nil, .null: return []
        case .some(let value):
            var elements = if case .array(let elements) = value { elements } else { [value] }
            elements = elements.flatMap { element -> [JSONValue] in
                guard case .array(let word) = element else { return [element] }
                return word.count == 1 ? word : []
            }
            let ids = elements.compactMap { element -> Int32? in
                if case .number(let text) = element { Int32(text) } else { nil }
            }
            if ids.count == elements.count { return ids.filter { $0 >= 0 } }
            return wrong(name, "a token id or a list of them") ?? []
        }
    }

    /// How many elements of a list are lists of several tokens, which ``tokens(_:)`` leaves out.
    func sequenceCount(_ name: String) -> Int {
        guard case .array(let elements)? = object[name] else { return 0 }
        return elements.count { if case .array(let word) = $0 { word.count > 1 } else { false } }
    }

    /// Counts fields as known that do not change what a model computes.
    func pass(over names: [String]) {
        for name in names { _ = object[name] }
    }

    /// The fields that nobody has asked for.
    var unknownNames: [String] {
        let asked = Set(object.askedNames)
        return object.names.filter { !asked.contains($0) }.map { prefix + $0 }
    }

    private mutating func missing<Value>(_ name: String, _ fallback: Value?) -> Value? {
        if fallback == nil { problems.append("\(prefix)\(name) is missing") }
        return fallback
    }

    private mutating func wrong<Value>(_ name: String, _ expected: String) -> Value? {
        let found = object[name]?.summary ?? "nothing"
        problems.append("\(prefix)\(name) is \(found) where \(expected) is needed")
        return nil
    }
}
