extension TemplateRenderer {
    /// The value of an expression.
    mutating func value(of expression: TemplateExpression) throws(ChatTemplateError)
        -> TemplateValue
    {
        let line = budget.line
        budget.line = expression.line
        try enter()
        let value = try value(of: expression.kind)
        leave()
        budget.line = line
        return value
    }

    private mutating func value(of kind: TemplateExpression.Kind) throws(ChatTemplateError)
        -> TemplateValue
    {
        switch kind {
        case .constant(let value): return value
        case .name(let name): return value(ofName: name)
        case .enclosed: return .text(enclosed.last ?? TemplateText())
        case .attribute(let base, let name):
            return try attribute(name, of: value(of: base))
        case .subscripted(let base, let index):
            let base = try value(of: base)
            return try element(at: value(of: index), of: base)
        case .slice(let base, let bounds): return try slice(value(of: base), bounds)
        case .call(let callee, let arguments):
            let callee = try value(of: callee)
            return try call(callee, evaluated(arguments))
        case .filter(let base, let name, let arguments):
            let base = try value(of: base)
            return try filter(name, base, evaluated(arguments))
        case .test(let base, let name, let arguments):
            let base = try value(of: base)
            return .boolean(try test(name, base, evaluated(arguments)))
        case .not(let operand): return .boolean(!isTrue(try value(of: operand)))
        case .negative(let operand): return try signed(value(of: operand), isNegative: true)
        case .positive(let operand): return try signed(value(of: operand), isNegative: false)
        case .binary(let symbol, let left, let right):
            let left = try value(of: left)
            return try combine(left, symbol, value(of: right))
        case .and(let left, let right):
            let left = try value(of: left)
            return isTrue(left) ? try value(of: right) : left
        case .or(let left, let right):
            let left = try value(of: left)
            return isTrue(left) ? left : try value(of: right)
        case .concatenation(let parts): return .text(try concatenation(of: parts))
        case .comparison(let first, let others): return try comparison(of: first, with: others)
        case .conditional(let condition, let then, let otherwise):
            if isTrue(try value(of: condition)) { return try value(of: then) }
            guard let otherwise else {
                return .undefined("the other branch of an “if” without “else”")
            }
            return try value(of: otherwise)
        case .list(let parts): return try sequence(.list, values(of: parts))
        case .tuple(let parts): return try sequence(.tuple, values(of: parts))
        case .mapping(let keys, let values): return try mapping(keys, values)
        }
    }

    private func value(ofName name: String) -> TemplateValue {
        if let value = variable(name) { return value }
        if let function = TemplateFunction(rawValue: name) { return .function(function) }
        return .undefined(name.quoted)
    }

    private mutating func values(of parts: [TemplateExpression]) throws(ChatTemplateError)
        -> [TemplateValue]
    {
        var values: [TemplateValue] = []
        for part in parts { values.append(try value(of: part)) }
        return values
    }

    /// A list of values, which may not be nested too deep.
    mutating func sequence(
        _ kind: TemplateSequence.Kind, _ elements: [TemplateValue]
    ) throws(ChatTemplateError) -> TemplateValue {
        try budget.spend(elements: elements.count)
        let sequence = TemplateSequence(kind, elements)
        try checkDepth(sequence.depth)
        return .sequence(sequence)
    }

    func checkDepth(_ depth: Int) throws(ChatTemplateError) {
        guard depth <= budget.limits.valueDepth else {
            throw budget.exceeded(
                "makes a list or mapping nested deeper than \(budget.limits.valueDepth) levels; give a "
                    + "template that nests less")
        }
    }

    private mutating func mapping(
        _ keys: [TemplateExpression], _ values: [TemplateExpression]
    ) throws(ChatTemplateError) -> TemplateValue {
        try budget.spend(elements: 2 * keys.count)
        var mapping = TemplateMapping()
        for (key, value) in zip(keys, values) {
            let key = try self.value(of: key)
            guard mapping.set(key, to: try self.value(of: value)) else {
                throw budget.fault(
                    "takes \(key.kind) for a key of a mapping; a key is a text or a number")
            }
        }
        try checkDepth(mapping.depth)
        return .mapping(mapping)
    }

    private mutating func concatenation(of parts: [TemplateExpression]) throws(ChatTemplateError)
        -> TemplateText
    {
        var text = TemplateText()
        for part in parts {
            text.append(try self.text(of: try value(of: part)))
        }
        try budget.spend(characters: text.count)
        return text
    }

    private mutating func comparison(
        of first: TemplateExpression, with others: [TemplateComparison]
    ) throws(ChatTemplateError) -> TemplateValue {
        var left = try value(of: first)
        for other in others {
            let right = try value(of: other.operand)
            let holds: Bool
            switch other.comparison {
            case .equal: holds = try isEqual(left, right)
            case .notEqual: holds = try !isEqual(left, right)
            case .less: holds = try isOrdered(left, right, orEqual: false, "<")
            case .lessOrEqual: holds = try isOrdered(left, right, orEqual: true, "<=")
            case .greater: holds = try isOrdered(right, left, orEqual: false, ">")
            case .greaterOrEqual: holds = try isOrdered(right, left, orEqual: true, ">=")
            case .contained: holds = try contains(right, left)
            case .notContained: holds = try !contains(right, left)
            }
            guard holds else { return .boolean(false) }
            left = right
        }
        return .boolean(true)
    }

    /// Python's truth of a value.
    func isTrue(_ value: TemplateValue) -> Bool {
        switch value {
        case .undefined, .null: false
        case .boolean(let value): value
        case .integer(let value): value != 0
        case .float(let value): value != 0
        case .text(let text): !text.isEmpty
        case .sequence(let sequence): !sequence.elements.isEmpty
        case .mapping(let mapping): mapping.count > 0
        case .loop, .generator, .namespace, .macro, .function, .method: true
        }
    }

    /// The values of a call's arguments.
    mutating func evaluated(_ arguments: TemplateArguments) throws(ChatTemplateError)
        -> CallArguments
    {
        var result = CallArguments(positional: try values(of: arguments.positional))
        for (name, expression) in arguments.named {
            result.named.append((name, try value(of: expression)))
        }
        return result
    }

    /// The elements that a loop over the value goes through.
    mutating func elements(
        of value: TemplateValue, for purpose: String
    ) throws(ChatTemplateError) -> [TemplateValue] {
        switch value {
        case .undefined: return []
        case .sequence(let sequence): return sequence.elements
        case .mapping(let mapping): return mapping.keys
        case .text(let text):
            try budget.spend(elements: text.count)
            return text.units.map { .text(TemplateText(units: [$0])) }
        case .generator(let index):
            let elements = generators[index]
            generators[index] = nil
            return elements ?? []
        default:
            throw budget.fault(
                "has \(value.kind) \(purpose), where a list, mapping or text is needed")
        }
    }

    /// A generator of these elements.
    mutating func generator(_ elements: [TemplateValue]) throws(ChatTemplateError) -> TemplateValue
    {
        try budget.spend(elements: elements.count)
        generators.append(elements)
        return .generator(generators.count - 1)
    }
}
