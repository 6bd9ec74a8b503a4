internal import AttendText

extension SchemaReader {
    /// The most characters of names that other properties must differ from.
    private static let mostNameCharacters = 20_000

    /// An object: its properties in their order, then others.
    ///
    /// Two chains of rules, one before anything was written and one after, since only then a comma comes first.
    mutating func object(_ node: SchemaNode) throws(JSONSchemaError) -> GrammarExpression {
        let properties = try node.properties()
        let required = try node.required()
        var members: [(written: GrammarExpression, isRequired: Bool)] = []
        let requiredNames = Set(required.map { Array($0.utf8) })
        for (name, schema) in zip(properties.names, properties.values) {
            let value = try expression(schema, at: node.place("properties", name))
            members.append((Self.member(name, value), requiredNames.contains(Array(name.utf8))))
        }
        let extra = node["additionalProperties"] ?? .bool(false)
        var others: GrammarExpression?
        if case .bool(false) = extra {
        } else {
            let place = node.place("additionalProperties")
            others = shared(try expression(extra, at: place), place)
        }
        var listed = properties.names
        var listedNames = Set(listed.map { Array($0.utf8) })
        for name in required where listedNames.insert(Array(name.utf8)).inserted {
            if node["additionalProperties"] != nil, others == nil {
                throw .matchesNothing(
                    pointer: node.pointer,
                    reason: "it requires \(name.quoted), which additionalProperties forbids")
            }
            listed.append(name)
            members.append((Self.member(name, others ?? anyValue()), true))
        }
        var other: GrammarExpression?
        if let others {
            other = .sequence([
                JSONText.quoted(try otherNames(than: listed, node)), JSONText.colon, others,
            ])
        }
        return .sequence([.text("{"), chain(members, other, node), .text("}")])
    }

    private static func member(_ name: String, _ value: GrammarExpression) -> GrammarExpression {
        .sequence([.text(JSONText.string(name)), JSONText.colon, value])
    }

    private mutating func chain(
        _ members: [(written: GrammarExpression, isRequired: Bool)], _ other: GrammarExpression?,
        _ node: SchemaNode
    ) -> GrammarExpression {
        let prefix = freshName(node.pointer)
        func name(_ index: Int, _ isFirst: Bool) -> String {
            "\(prefix) \(isFirst ? "first" : "next") property \(index)"
        }
        func next(_ index: Int, _ isFirst: Bool) -> GrammarExpression {
            .rule(name(index, isFirst))
        }
        for (index, member) in members.enumerated() {
            // What a member is written like stands in one rule, which both chains name.
            let written = shared(member.written, node.pointer)
            for isFirst in [true, false] {
                let begin = isFirst ? [] : [JSONText.comma]
                let present = GrammarExpression.sequence(begin + [written, next(index + 1, false)])
                define(
                    name(index, isFirst),
                    member.isRequired ? present : .choice([present, next(index + 1, isFirst)]))
            }
        }
        let rest = other.map {
            GrammarExpression.repetition(
                .sequence([JSONText.comma, $0]), minimum: 0, maximum: nil)
        }
        define(name(members.count, false), rest ?? .nothing)
        define(
            name(members.count, true),
            other.map { .optional(.sequence([$0, rest ?? .nothing])) } ?? .nothing)
        return next(0, true)
    }

    /// Names without escapes that are none of those listed: a walk along the listed ones that must leave them.
    private mutating func otherNames(
        than listed: [String], _ node: SchemaNode
    ) throws(JSONSchemaError) -> GrammarExpression {
        let names = listed.filter(JSONText.isPlain).map { Array($0.unicodeScalars) }
        guard names.reduce(0, { $0 + $1.count }) <= Self.mostNameCharacters else {
            throw node.unsupported(
                "additionalProperties",
                "the names of the properties have more than \(Self.mostNameCharacters) characters together, too many to "
                    + "tell others from them")
        }
        var branches: [[Unicode.Scalar: Int]] = [[:]]
        var isListed = [false]
        for name in names {
            var place = 0
            for scalar in name {
                if let known = branches[place][scalar] {
                    place = known
                } else {
                    branches[place][scalar] = branches.count
                    place = branches.count
                    branches.append([:])
                    isListed.append(false)
                }
            }
            isListed[place] = true
        }
        let any = GrammarExpression.repetition(
            .characters(JSONText.plainCharacters), minimum: 0, maximum: nil)
        let prefix = freshName(node.pointer)
        func rule(_ place: Int) -> String { "\(prefix) other name \(place)" }
        for (place, scalars) in branches.enumerated() {
            let leaving = JSONText.plainCharacters.subtracting(ScalarSet(scalars.keys))
            var alternatives: [GrammarExpression] = [.sequence([.characters(leaving), any])]
            for (scalar, target) in scalars.sorted(by: { $0.key < $1.key }) {
                alternatives.append(.sequence([.text(String(scalar)), .rule(rule(target))]))
            }
            if !isListed[place] { alternatives.append(.nothing) }
            define(rule(place), .choice(alternatives))
        }
        return .rule(rule(0))
    }
}
