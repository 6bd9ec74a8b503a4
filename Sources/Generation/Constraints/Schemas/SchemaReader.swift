internal import AttendText

/// Makes rules of a JSON Schema.
struct SchemaReader {
    let root: JSONValue
    private var defined: [GrammarRule] = []
    /// The schemas that were referred to and are still to be read, by their pointers.
    private var pending: [(pointer: String, rule: String)] = []
    /// The rules of schemas that were referred to, by the bytes of their pointers: é may be one scalar or two.
    private var references: [[UInt8]: String] = [:]
    /// How many rules were named by ``freshName(_:)``.
    private var nameCount = 0
    private var hasAnyValue = false
    /// How many comparisons of schemas are left.
    var comparisons = SchemaReader.mostComparisons

    /// The most comparisons by which the schemas of `oneOf` are told apart.
    static let mostComparisons = 100_000

    /// Keywords that only describe.
    private static let annotations: Set = [
        "$comment", "$defs", "$id", "$schema", "default", "definitions", "deprecated",
        "description", "examples", "readOnly", "title", "writeOnly",
    ]
    /// Keywords that are followed, and the types whose values they are about.
    private static let keywords: [String: [SchemaType]] = [
        "$ref": [], "anyOf": [], "const": [], "enum": [], "oneOf": [], "type": [],
        "properties": [.object], "required": [.object], "additionalProperties": [.object],
        "items": [.array], "prefixItems": [.array], "minItems": [.array], "maxItems": [.array],
        "minLength": [.string], "maxLength": [.string], "pattern": [.string],
        "minimum": [.integer, .number], "maximum": [.integer, .number],
        "exclusiveMinimum": [.integer, .number], "exclusiveMaximum": [.integer, .number],
    ]

    init(root: JSONValue) { self.root = root }

    /// The rules, of which `root` is the whole.
    mutating func rules() throws(JSONSchemaError) -> [GrammarRule] {
        if case .bool(false) = root {
            throw .matchesNothing(pointer: "", reason: "it is false, which forbids all values")
        }
        define("root", try expression(root, at: ""))
        while let (pointer, rule) = pending.popLast() {
            if let schema = definition(pointer) {
                define(rule, try expression(schema, at: pointer))
            }
        }
        return defined
    }

    /// Adds a rule.
    mutating func define(_ name: String, _ expression: GrammarExpression) {
        defined.append(GrammarRule(name: name, expression: expression))
    }

    /// A name that no rule has yet, and that tells of a place of the schema.
    mutating func freshName(_ pointer: String) -> String {
        nameCount += 1
        return "\(pointer) (\(nameCount))"
    }

    /// Makes a rule of an expression, to be used more than once.
    mutating func shared(_ expression: GrammarExpression, _ pointer: String) -> GrammarExpression {
        if case .rule = expression { return expression }
        let name = freshName(pointer)
        define(name, expression)
        return .rule(name)
    }

    /// What a schema at a place stands for.
    mutating func expression(
        _ schema: JSONValue, at pointer: String
    ) throws(JSONSchemaError) -> GrammarExpression {
        switch schema {
        case .bool(true): return anyValue()
        case .bool(false): return .choice([])
        case .object(let object): return try expression(SchemaNode(object, at: pointer))
        default:
            throw .malformed(
                pointer: pointer, found: schema.summary, expected: "an object, true or false")
        }
    }

    private mutating func expression(_ node: SchemaNode) throws(JSONSchemaError)
        -> GrammarExpression
    {
        let used = node.object.names.filter { !Self.annotations.contains($0) }
        for name in used where Self.keywords[name] == nil {
            let nearest = nearestName(to: name, in: Array(Self.keywords.keys).sorted())
            throw node.unsupported(
                name,
                nearest.map {
                    "it is not among those that are followed, of which \($0) is the nearest"
                }
                    ?? "it is not among those that are followed, so remove it")
        }
        if used.isEmpty { return anyValue() }
        for name in ["$ref", "anyOf", "oneOf"] where used.contains(name) {
            guard used.count == 1 else {
                throw node.unsupported(
                    name, "other keywords stand beside it; move them into the schemas that it names"
                )
            }
            switch name {
            case "$ref": return try reference(node)
            case "anyOf": return .choice(try alternatives(node, name))
            default:
                try checkDisjoint(node)
                return .choice(try alternatives(node, name))
            }
        }
        let types = try node.types()
        if let values = try node.values() {
            if let name = used.first(where: { !["type", "const", "enum"].contains($0) }) {
                throw node.unsupported(
                    name, "it stands beside const or enum; leave out the values that it forbids")
            }
            return try constants(values, types, node)
        }
        guard let types else {
            let about = used.lazy.compactMap { Self.keywords[$0]?.last }.first ?? .object
            throw node.unsupported(
                used[0],
                "no type stands beside it, and values of any other type would be valid; add \"type\": \"\(about)\""
            )
        }
        for name in used where name != "type" {
            let about = Self.keywords[name] ?? []
            guard types.contains(where: about.contains) else {
                throw node.unsupported(
                    name, "it says nothing about values of the type \(types[0]); remove it")
            }
        }
        var choices: [GrammarExpression] = []
        for type in types { choices.append(try value(of: type, node)) }
        return .choice(choices)
    }

    private mutating func value(of type: SchemaType, _ node: SchemaNode) throws(JSONSchemaError)
        -> GrammarExpression
    {
        switch type {
        case .null: .text("null")
        case .boolean: .choice([.text("true"), .text("false")])
        case .integer: try integer(node)
        case .number: try number(node)
        case .string: try string(node)
        case .array: try array(node)
        case .object: try object(node)
        }
    }

    /// Any JSON value.
    mutating func anyValue() -> GrammarExpression {
        let value = GrammarExpression.rule("any value")
        if hasAnyValue { return value }
        hasAnyValue = true
        let member = GrammarExpression.sequence([Self.anyString, JSONText.colon, value])
        define(
            "any value",
            .choice([
                .text("null"), .text("true"), .text("false"), Self.anyString, Self.anyNumber,
                Self.list("[", value, "]"), Self.list("{", member, "}"),
            ]))
        return value
    }

    /// Any string.
    static let anyString = JSONText.quoted(
        .repetition(JSONText.character(of: .all), minimum: 0, maximum: nil))

    private static func list(
        _ opening: String, _ element: GrammarExpression, _ closing: String
    ) -> GrammarExpression {
        let rest = GrammarExpression.repetition(
            .sequence([JSONText.comma, element]), minimum: 0, maximum: nil)
        return .sequence([
            .text(opening), .optional(.sequence([element, rest])), .text(closing),
        ])
    }

    private mutating func alternatives(_ node: SchemaNode, _ keyword: String)
        throws(JSONSchemaError) -> [GrammarExpression]
    {
        var result: [GrammarExpression] = []
        for (index, schema) in try node.schemas(keyword).enumerated() {
            result.append(try expression(schema, at: "\(node.pointer)/\(keyword)/\(index)"))
        }
        return result
    }

    private mutating func constants(
        _ values: [JSONValue], _ types: [SchemaType]?, _ node: SchemaNode
    ) throws(JSONSchemaError) -> GrammarExpression {
        let kept = values.filter { value in
            types?.contains { $0.includes(value.schemaType) } ?? true
        }
        if kept.isEmpty {
            throw .matchesNothing(
                pointer: node.pointer, reason: "none of its values is of its type")
        }
        var (texts, others): ([[UInt8]], [GrammarExpression]) = ([], [])
        for literal in kept.map(JSONText.literal) {
            if case .text(let bytes) = literal {
                texts.append(bytes)
            } else {
                others.append(literal)
            }
        }
        if !texts.isEmpty { others.append(oneOf(texts, node.pointer)) }
        return .choice(others)
    }

    private mutating func reference(_ node: SchemaNode) throws(JSONSchemaError)
        -> GrammarExpression
    {
        let pointer = try node.referenced(in: self)
        if pointer.isEmpty { return .rule("root") }
        let key = Array(pointer.utf8)
        if let rule = references[key] { return .rule(rule) }
        let rule = freshName("#" + pointer)
        references[key] = rule
        pending.append((pointer, rule))
        return .rule(rule)
    }

    /// What stands at a pointer of two names into the root.
    func definition(_ pointer: String) -> JSONValue? {
        if pointer.isEmpty { return root }
        let parts = pointer.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[2].contains("/"),
            parts[1] == "$defs" || parts[1] == "definitions",
            case .object(let object) = root,
            case .object(let definitions)? = object.members[String(parts[1])]
        else { return nil }
        let name = String(parts[2]).replacing("~1", with: "/").replacing("~0", with: "~")
        return definitions.members[name]
    }
}
