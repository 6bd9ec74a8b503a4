internal import AttendText

extension SchemaReader {
    /// A list: the elements with schemas of their own, then others.
    mutating func array(_ node: SchemaNode) throws(JSONSchemaError) -> GrammarExpression {
        let prefix = try node.schemas("prefixItems")
        let minimum = try node.count("minItems") ?? 0
        let maximum = try node.count("maxItems")
        if let maximum, maximum < minimum {
            throw .matchesNothing(
                pointer: node.pointer, reason: "its minItems is greater than its maxItems")
        }
        var elements: [GrammarExpression] = []
        for (index, schema) in prefix.enumerated() {
            elements.append(try expression(schema, at: "\(node.place("prefixItems"))/\(index)"))
        }
        let others = try expression(node["items"] ?? .bool(true), at: node.place("items"))
        let item = shared(others, node.place("items"))
        let name = freshName(node.pointer)
        func rule(_ index: Int) -> String { "\(name) from \(index)" }
        for (index, element) in elements.enumerated() {
            let comma = index > 0 ? [JSONText.comma] : []
            var alternatives: [GrammarExpression] = []
            if maximum.map({ index < $0 }) ?? true {
                alternatives.append(.sequence(comma + [element, .rule(rule(index + 1))]))
            }
            if index >= minimum { alternatives.append(.nothing) }
            define(rule(index), .choice(alternatives))
        }
        let count = elements.count
        let following = GrammarExpression.sequence([JSONText.comma, item])
        let rest: GrammarExpression
        if let maximum, maximum <= count {
            rest = minimum <= count ? .nothing : .choice([])
        } else if count > 0 {
            rest = .repetition(
                following, minimum: max(minimum - count, 0), maximum: maximum.map { $0 - count })
        } else {
            let some = GrammarExpression.sequence([
                item,
                .repetition(
                    following, minimum: max(minimum - 1, 0), maximum: maximum.map { $0 - 1 }),
            ])
            rest = minimum == 0 ? .optional(some) : some
        }
        define(rule(count), rest)
        return .sequence([.text("["), .rule(rule(0)), .text("]")])
    }
}
