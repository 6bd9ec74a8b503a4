internal import AttendText

extension SchemaReader {
    /// The most schemas of one `oneOf`.
    private static let mostAlternatives = 256
    /// How deep properties are compared within one another.
    private static let deepestComparison = 8

    /// Throws unless no value can be of two of the schemas of `oneOf`.
    mutating func checkDisjoint(_ node: SchemaNode) throws(JSONSchemaError) {
        let schemas = try node.schemas("oneOf")
        guard schemas.count <= Self.mostAlternatives else {
            throw node.unsupported(
                "oneOf", "it has more than \(Self.mostAlternatives) schemas to compare; use anyOf")
        }
        for (index, first) in schemas.enumerated() {
            for other in schemas.indices.dropFirst(index + 1) {
                guard try areDisjoint(first, schemas[other], depth: 0) else {
                    throw node.unsupported(
                        "oneOf",
                        "a value may be of both its schemas \(index) and \(other), which makes it invalid; use anyOf, or let "
                            + "them differ in type, or in the const of a required property")
                }
            }
        }
    }

    /// Whether it is certain that no value is of both schemas.
    private mutating func areDisjoint(
        _ first: JSONValue, _ second: JSONValue, depth: Int
    ) throws(JSONSchemaError) -> Bool {
        comparisons -= 1
        guard comparisons > 0, depth < Self.deepestComparison else { return false }
        guard case .object(var one) = first, case .object(var other) = second else {
            if case .bool(false) = first { return true }
            if case .bool(false) = second { return true }
            return false
        }
        one = try followed(one)
        other = try followed(other)
        let (a, b) = (SchemaNode(one, at: ""), SchemaNode(other, at: ""))
        if let values = try a.values(), let others = try b.values() {
            let (left, right) = (
                values.compactMap(\.canonicalText), others.compactMap(\.canonicalText)
            )
            return left.count == values.count && right.count == others.count
                && Set(left).isDisjoint(with: right)
        }
        guard let types = try possibleTypes(a), let others = try possibleTypes(b) else {
            return false
        }
        let common = types.filter { type in others.contains { type.overlaps($0) } }
        guard common.allSatisfy({ $0 == .object }) else { return false }
        if common.isEmpty { return true }
        return try differ(a, b, depth: depth)
    }

    /// The schema that an object of `$ref` alone refers to, through as many as there are names to differ in.
    private func followed(_ object: JSONObject) throws(JSONSchemaError) -> JSONObject {
        var object = object
        for _ in 0..<Self.deepestComparison {
            let node = SchemaNode(object, at: "")
            guard node["$ref"] != nil,
                case .object(let target)? = definition(try node.referenced(in: self))
            else { break }
            object = target
        }
        return object
    }

    private func possibleTypes(_ node: SchemaNode) throws(JSONSchemaError) -> [SchemaType]? {
        if let values = try node.values() { return values.map(\.schemaType) }
        return try node.types()
    }

    /// Whether a property that one schema requires has no value in common with the other, or is forbidden there.
    private mutating func differ(
        _ a: SchemaNode, _ b: SchemaNode, depth: Int
    ) throws(JSONSchemaError) -> Bool {
        // A list of values may stand for objects whose properties no schema names.
        guard a["const"] == nil, a["enum"] == nil, b["const"] == nil, b["enum"] == nil else {
            return false
        }
        let (properties, others) = (try a.properties(), try b.properties())
        let (required, otherRequired) = (try a.required(), try b.required())
        if forbids(b, any: required, beside: others) { return true }
        if forbids(a, any: otherRequired, beside: properties) { return true }
        let shared = Set(otherRequired.map { Array($0.utf8) })
        for name in required where shared.contains(Array(name.utf8)) {
            if let first = properties[name], let second = others[name],
                try areDisjoint(first, second, depth: depth + 1)
            {
                return true
            }
        }
        return false
    }

    private func forbids(
        _ node: SchemaNode, any names: [String], beside properties: JSONMembers
    ) -> Bool {
        guard case .bool(false)? = node["additionalProperties"] else { return false }
        return names.contains { properties[$0] == nil }
    }
}
