internal import AttendText

/// A schema that is an object, and where it stands.
struct SchemaNode {
    let object: JSONObject
    /// A JSON pointer, empty at the root.
    let pointer: String

    init(_ object: JSONObject, at pointer: String) {
        self.object = object
        self.pointer = pointer
    }

    subscript(keyword: String) -> JSONValue? { object.members[keyword] }

    /// The place of a keyword, or of a name within one.
    func place(_ keyword: String, _ name: String? = nil) -> String {
        let escaped = name.map { $0.replacing("~", with: "~0").replacing("/", with: "~1") }
        return "\(pointer)/\(keyword)" + (escaped.map { "/" + $0 } ?? "")
    }

    func unsupported(_ keyword: String, _ reason: String) -> JSONSchemaError {
        .unsupported(pointer: pointer, keyword: keyword, reason: reason)
    }

    func malformed(_ keyword: String, _ value: JSONValue, _ expected: String) -> JSONSchemaError {
        .malformed(pointer: place(keyword), found: value.summary, expected: expected)
    }

    /// The types that it names; nil where it names none.
    func types() throws(JSONSchemaError) -> [SchemaType]? {
        guard let value = self["type"] else { return nil }
        let expected =
            "one or several of " + SchemaType.allCases.map(\.rawValue).joined(separator: ", ")
        let names: [JSONValue]
        switch value {
        case .array(let elements) where !elements.isEmpty: names = elements
        case .string: names = [value]
        default: throw malformed("type", value, expected)
        }
        var types: [SchemaType] = []
        for name in names {
            guard case .string(let text) = name, let type = SchemaType(rawValue: text) else {
                throw malformed("type", name, expected)
            }
            if types.contains(type) { throw malformed("type", name, "each type once") }
            types.append(type)
        }
        return types
    }

    /// The values of `const` or `enum`; nil where neither is there.
    func values() throws(JSONSchemaError) -> [JSONValue]? {
        if let value = self["const"] {
            if self["enum"] != nil {
                throw unsupported("enum", "const stands beside it; leave out one of them")
            }
            return [value]
        }
        guard let value = self["enum"] else { return nil }
        guard case .array(let values) = value, !values.isEmpty else {
            throw malformed("enum", value, "a list of at least one value")
        }
        return values
    }

    /// The schemas of a list that must have one at least.
    func schemas(_ keyword: String) throws(JSONSchemaError) -> [JSONValue] {
        guard let value = self[keyword] else { return [] }
        guard case .array(let schemas) = value, !schemas.isEmpty else {
            throw malformed(keyword, value, "a list of at least one schema")
        }
        return schemas
    }

    /// A count of elements or characters.
    func count(_ keyword: String) throws(JSONSchemaError) -> Int? {
        guard let value = self[keyword] else { return nil }
        guard case .number(let text) = value, let count = Int(text), count >= 0 else {
            throw malformed(
                keyword, value, "a whole number from 0 to \(TextGrammar.mostRepetitions)")
        }
        guard count <= TextGrammar.mostRepetitions else {
            throw unsupported(
                keyword,
                "\(count) is more than \(TextGrammar.mostRepetitions); lower it, or remove it")
        }
        return count
    }

    /// A bound of numbers.
    func bound(_ keyword: String) throws(JSONSchemaError) -> Int? {
        guard let value = self[keyword] else { return nil }
        guard case .number(let text) = value else { throw malformed(keyword, value, "a number") }
        guard let bound = Int(text), bound.magnitude <= UInt(DigitRange.greatest) else {
            throw unsupported(
                keyword,
                "\(text.legible) is not written as a whole number of at most \(DigitRange.most) digits"
            )
        }
        return bound
    }

    /// The names of `required`.
    func required() throws(JSONSchemaError) -> [String] {
        guard let value = self["required"] else { return [] }
        guard case .array(let elements) = value else {
            throw malformed("required", value, "a list of names")
        }
        var names: [String] = []
        for element in elements {
            guard case .string(let name) = element else {
                throw malformed("required", element, "a list of names")
            }
            names.append(name)
        }
        return names
    }

    /// The properties by their names.
    func properties() throws(JSONSchemaError) -> JSONMembers {
        guard let value = self["properties"] else { return JSONMembers() }
        guard case .object(let properties) = value else {
            throw malformed("properties", value, "an object of schemas")
        }
        return properties.members
    }

    /// The pointer of what `$ref` refers to.
    func referenced(in reader: SchemaReader) throws(JSONSchemaError) -> String {
        guard let value = self["$ref"] else { return "" }
        guard case .string(let text) = value else { throw malformed("$ref", value, "a text") }
        let pointer = String(text.dropFirst())
        guard text.hasPrefix("#"), reader.definition(pointer) != nil else {
            throw unsupported(
                "$ref",
                "\(text.quoted) is neither # nor the name of one of the root's $defs, such as #/$defs/name"
            )
        }
        return pointer
    }
}
