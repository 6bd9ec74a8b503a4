extension TemplateParser {
    /// An expression, whose parts may be no deeper than the limit.
    func make(_ kind: TemplateExpression.Kind, line: Int? = nil) throws(ChatTemplateError)
        -> TemplateExpression
    {
        let height = 1 + kind.heightOfParts
        guard height <= 2 * limits.syntaxDepth else { throw tooDeep() }
        return TemplateExpression(kind: kind, line: line ?? self.line, height: height)
    }

    /// One expression, or several with commas between them, which make a tuple.
    mutating func tuple(allowsConditional: Bool = true) throws(ChatTemplateError)
        -> TemplateExpression
    {
        let line = line
        let first = try allowsConditional ? expression() : disjunction()
        guard isAt(.comma) else { return first }
        var elements = [first]
        while skip(.comma), !endsTuple {
            elements.append(try allowsConditional ? expression() : disjunction())
        }
        return try make(.tuple(elements), line: line)
    }

    private var endsTuple: Bool {
        switch token.kind {
        case .blockEnd, .outputEnd, .end, .symbol(.closeParenthesis), .symbol(.assign): true
        default: isAt(name: "if") || isAt(name: "in")
        }
    }

    /// `a if b else c`, and whatever binds tighter.
    mutating func expression() throws(ChatTemplateError) -> TemplateExpression {
        try enter()
        var value = try disjunction()
        while isAt(name: "if") {
            let line = line
            advance()
            let condition = try disjunction()
            let otherwise = skip(name: "else") ? try expression() : nil
            value = try make(
                .conditional(condition: condition, then: value, else: otherwise), line: line)
        }
        leave()
        return value
    }

    mutating func disjunction() throws(ChatTemplateError) -> TemplateExpression {
        var left = try conjunction()
        while isAt(name: "or") {
            let line = line
            advance()
            left = try make(.or(left, try conjunction()), line: line)
        }
        return left
    }

    private mutating func conjunction() throws(ChatTemplateError) -> TemplateExpression {
        var left = try negation()
        while isAt(name: "and") {
            let line = line
            advance()
            left = try make(.and(left, try negation()), line: line)
        }
        return left
    }

    private mutating func negation() throws(ChatTemplateError) -> TemplateExpression {
        let line = line
        guard skip(name: "not") else { return try comparison() }
        try enter()
        let value = try make(.not(try negation()), line: line)
        leave()
        return value
    }

    private mutating func comparison() throws(ChatTemplateError) -> TemplateExpression {
        let line = line
        let left = try sum()
        var comparisons: [TemplateComparison] = []
        while let comparison = comparisonOperator() {
            comparisons.append(TemplateComparison(comparison: comparison, operand: try sum()))
        }
        return comparisons.isEmpty ? left : try make(.comparison(left, comparisons), line: line)
    }

    private mutating func comparisonOperator() -> TemplateComparison.Operator? {
        if skip(name: "in") { return .contained }
        if isAt(name: "not"), case .name("in") = following.kind {
            advance()
            advance()
            return .notContained
        }
        guard case .symbol(let symbol) = token.kind else { return nil }
        let result: TemplateComparison.Operator
        switch symbol {
        case .equal: result = .equal
        case .notEqual: result = .notEqual
        case .less: result = .less
        case .lessOrEqual: result = .lessOrEqual
        case .greater: result = .greater
        case .greaterOrEqual: result = .greaterOrEqual
        default: return nil
        }
        advance()
        return result
    }

    private mutating func sum() throws(ChatTemplateError) -> TemplateExpression {
        var left = try concatenation()
        while isAt(.plus) || isAt(.minus) {
            left = try binary(left) { parser throws(ChatTemplateError) in
                try parser.concatenation()
            }
        }
        return left
    }

    private mutating func concatenation() throws(ChatTemplateError) -> TemplateExpression {
        let line = line
        var parts = [try product()]
        while skip(.tilde) { parts.append(try product()) }
        return parts.count == 1 ? parts[0] : try make(.concatenation(parts), line: line)
    }

    private mutating func product() throws(ChatTemplateError) -> TemplateExpression {
        var left = try power()
        while isAt(.times) || isAt(.divide) || isAt(.floorDivide) || isAt(.modulo) {
            left = try binary(left) { parser throws(ChatTemplateError) in try parser.power() }
        }
        return left
    }

    private mutating func power() throws(ChatTemplateError) -> TemplateExpression {
        var left = try unary()
        while isAt(.power) {
            left = try binary(left) { parser throws(ChatTemplateError) in try parser.unary() }
        }
        return left
    }

    private mutating func binary(
        _ left: TemplateExpression,
        right: (inout TemplateParser) throws(ChatTemplateError) -> TemplateExpression
    ) throws(ChatTemplateError) -> TemplateExpression {
        guard case .symbol(let symbol) = token.kind else { throw found(insteadOf: "an operator") }
        let line = line
        advance()
        return try make(.binary(symbol, left, try right(&self)), line: line)
    }

    private mutating func unary(allowsFilters: Bool = true) throws(ChatTemplateError)
        -> TemplateExpression
    {
        let line = line
        var value: TemplateExpression
        if isAt(.minus) || isAt(.plus) {
            let isNegative = isAt(.minus)
            advance()
            try enter()
            let operand = try unary(allowsFilters: false)
            leave()
            value = try make(isNegative ? .negative(operand) : .positive(operand), line: line)
        } else {
            value = try primary()
        }
        value = try postfix(of: value)
        return allowsFilters ? try filters(of: value, isFirstNamed: false) : value
    }

    mutating func primary() throws(ChatTemplateError) -> TemplateExpression {
        let line = line
        switch token.kind {
        case .name(let name):
            advance()
            switch name {
            case "true", "True": return try make(.constant(.boolean(true)), line: line)
            case "false", "False": return try make(.constant(.boolean(false)), line: line)
            case "none", "None": return try make(.constant(.null), line: line)
            default:
                mentionedNames.insert(name)
                return try make(.name(name), line: line)
            }
        case .string:
            var text = TemplateText()
            while case .string(let part) = token.kind {
                text.append(part)
                advance()
            }
            return try make(.constant(.text(text)), line: line)
        case .integer(let value):
            advance()
            return try make(.constant(.integer(value)), line: line)
        case .float(let value):
            advance()
            return try make(.constant(.float(value)), line: line)
        case .symbol(.openParenthesis):
            advance()
            if skip(.closeParenthesis) { return try make(.tuple([]), line: line) }
            let value = try tuple()
            try expect(.closeParenthesis)
            return value
        case .symbol(.openBracket):
            advance()
            return try make(.list(try elements(end: .closeBracket)), line: line)
        case .symbol(.openBrace):
            advance()
            return try mapping(line: line)
        default: throw found(insteadOf: "a value")
        }
    }

    private mutating func elements(end: TemplateSymbol) throws(ChatTemplateError)
        -> [TemplateExpression]
    {
        var elements: [TemplateExpression] = []
        while !skip(end) {
            if !elements.isEmpty {
                try expect(.comma)
                if skip(end) { break }
            }
            elements.append(try expression())
        }
        return elements
    }

    private mutating func mapping(line: Int) throws(ChatTemplateError) -> TemplateExpression {
        var keys: [TemplateExpression] = []
        var values: [TemplateExpression] = []
        while !skip(.closeBrace) {
            if !keys.isEmpty {
                try expect(.comma)
                if skip(.closeBrace) { break }
            }
            keys.append(try expression())
            try expect(.colon)
            values.append(try expression())
        }
        return try make(.mapping(keys, values), line: line)
    }
}

extension TemplateExpression.Kind {
    /// The height of the highest part.
    fileprivate var heightOfParts: Int {
        switch self {
        case .constant, .name, .enclosed: 0
        case .attribute(let part, _), .not(let part), .negative(let part), .positive(let part):
            part.height
        case .subscripted(let first, let second), .binary(_, let first, let second),
            .and(let first, let second), .or(let first, let second):
            max(first.height, second.height)
        case .slice(let base, let bounds):
            max(base.height, bounds.map { $0?.height ?? 0 }.max() ?? 0)
        case .call(let base, let arguments), .filter(let base, _, let arguments),
            .test(let base, _, let arguments):
            max(base.height, arguments.height)
        case .concatenation(let parts), .list(let parts), .tuple(let parts):
            parts.map(\.height).max() ?? 0
        case .comparison(let first, let others):
            max(first.height, others.map(\.operand.height).max() ?? 0)
        case .conditional(let condition, let then, let otherwise):
            max(condition.height, then.height, otherwise?.height ?? 0)
        case .mapping(let keys, let values):
            max(keys.map(\.height).max() ?? 0, values.map(\.height).max() ?? 0)
        }
    }
}
