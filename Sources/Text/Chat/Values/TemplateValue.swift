/// What an expression of a template gives: Python's types, as far as templates use them.
///
/// Values are immutable, as they are in the sandbox that Hugging Face's transformers renders in.
/// What can change or refer to itself (namespaces, macros, loops, generators) lives in tables of
/// the renderer and is named here by its index, so that no chain of references can be built whose
/// release would need deep recursion.
enum TemplateValue: Sendable {
    /// What was asked for is not there; the text says what it was.
    case undefined(String)
    /// Python's `None`.
    case null
    case boolean(Bool)
    case integer(Int)
    case float(Double)
    case text(TemplateText)
    case sequence(TemplateSequence)
    case mapping(TemplateMapping)
    /// Elements that can be gone through once.
    case generator(Int)
    case namespace(Int)
    case macro(Int)
    case loop(Int)
    case function(TemplateFunction)
    indirect case method(TemplateValue, String)

    /// A text of the template's own.
    static func text(_ string: String) -> TemplateValue { .text(TemplateText(string)) }

    /// How deep lists and mappings stand in one another: 0 for what is neither.
    var depth: Int {
        switch self {
        case .sequence(let sequence): sequence.depth
        case .mapping(let mapping): mapping.depth
        case .method(let receiver, _): receiver.depth + 1
        default: 0
        }
    }

    /// The type in the words of an error.
    var kind: String {
        switch self {
        case .undefined(let name): "an undefined value (\(name))"
        case .null: "none"
        case .boolean: "a Boolean"
        case .integer: "a whole number"
        case .float: "a fraction"
        case .text: "a text"
        case .sequence(let sequence): sequence.kind.words
        case .mapping: "a mapping"
        case .generator: "a generator"
        case .namespace: "a namespace"
        case .macro: "a macro"
        case .loop: "a loop"
        case .function(let function): "the function \(function.rawValue)"
        case .method(_, let name): "the method \(name.quoted)"
        }
    }

    /// The number that Python takes the value for: Booleans are 0 and 1.
    var number: TemplateNumber? {
        switch self {
        case .boolean(let value): .integer(value ? 1 : 0)
        case .integer(let value): .integer(value)
        case .float(let value): .float(value)
        default: nil
        }
    }
}

/// A number of either type.
enum TemplateNumber {
    case integer(Int)
    case float(Double)

    var double: Double {
        switch self {
        case .integer(let value): Double(value)
        case .float(let value): value
        }
    }
}

/// The functions that every template can call.
enum TemplateFunction: String, Sendable, CaseIterable {
    case range, namespace, dict
    case raiseException = "raise_exception"
    case strftimeNow = "strftime_now"
}

/// A list, or one of Python's other sequences.
struct TemplateSequence: Sendable {
    enum Kind: Sendable {
        case list, tuple, range
        /// What a mapping's methods `keys`, `values` and `items` give: it has a length, but no
        /// element at an index.
        case view

        var words: String {
            switch self {
            case .list: "a list"
            case .tuple: "a tuple"
            case .range: "a range"
            case .view: "a view of a mapping"
            }
        }
    }

    let kind: Kind
    let elements: [TemplateValue]
    let depth: Int

    init(_ kind: Kind = .list, _ elements: [TemplateValue]) {
        self.kind = kind
        self.elements = elements
        depth = 1 + (elements.lazy.map(\.depth).max() ?? 0)
    }
}

/// What may be a key of a mapping, in the form in which Python holds keys equal: 1, 1.0 and true
/// are the same.
enum TemplateKey: Hashable, Sendable {
    case null
    case integer(Int)
    case float(Double)
    case text(TemplateText)

    init?(_ value: TemplateValue) {
        switch value {
        case .null: self = .null
        case .boolean(let value): self = .integer(value ? 1 : 0)
        case .integer(let value): self = .integer(value)
        case .float(let value): self = Int(exactly: value).map(TemplateKey.integer) ?? .float(value)
        case .text(let text): self = .text(text)
        default: return nil
        }
    }
}

/// A mapping that keeps the order in which its keys came.
struct TemplateMapping: Sendable {
    private(set) var keys: [TemplateValue] = []
    private(set) var values: [TemplateValue] = []
    private(set) var depth = 1
    private var places: [TemplateKey: Int] = [:]

    var count: Int { keys.count }

    subscript(key: TemplateKey) -> TemplateValue? {
        places[key].map { values[$0] }
    }

    /// The value of a text's key.
    subscript(name: String) -> TemplateValue? {
        self[.text(TemplateText(name))]
    }

    /// Sets the value of a key, which keeps its place where it is there; false where it cannot be a key.
    mutating func set(_ key: TemplateValue, to value: TemplateValue) -> Bool {
        guard let place = TemplateKey(key) else { return false }
        depth = max(depth, 1 + value.depth)
        if let index = places[place] {
            values[index] = value
        } else {
            places[place] = keys.count
            keys.append(key)
            values.append(value)
        }
        return true
    }

    /// Key and value of each entry.
    var items: [TemplateValue] {
        zip(keys, values).map { .sequence(TemplateSequence(.tuple, [$0, $1])) }
    }
}
