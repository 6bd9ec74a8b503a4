extension TemplateParser {
    /// What follows a value without white space of meaning: attributes, subscripts and calls.
    mutating func postfix(of value: TemplateExpression) throws(ChatTemplateError)
        -> TemplateExpression
    {
        var value = value
        while true {
            let line = line
            if skip(.dot) {
                switch token.kind {
                case .name(let name):
                    advance()
                    value = try make(.attribute(value, name), line: line)
                case .integer(let index):
                    advance()
                    let index = try make(.constant(.integer(index)), line: line)
                    value = try make(.subscripted(value, index), line: line)
                default: throw found(insteadOf: "a name or a number")
                }
            } else if skip(.openBracket) {
                value = try subscripted(value, line: line)
            } else if isAt(.openParenthesis) {
                value = try make(.call(value, try arguments()), line: line)
            } else {
                return value
            }
        }
    }

    private mutating func subscripted(
        _ value: TemplateExpression, line: Int
    ) throws(ChatTemplateError) -> TemplateExpression {
        var bounds: [TemplateExpression?] = []
        var isSlice = false
        while true {
            if isAt(.colon) || isAt(.closeBracket) {
                bounds.append(nil)
            } else {
                bounds.append(try expression())
            }
            guard bounds.count < 3, skip(.colon) else { break }
            isSlice = true
        }
        if isAt(.comma) { throw fault("has a subscript of several values; take one at a time") }
        try expect(.closeBracket)
        if isSlice { return try make(.slice(value, bounds), line: line) }
        guard let index = bounds[0] else {
            throw ChatTemplateError(.syntax, line: line, "has an empty subscript; give an index")
        }
        return try make(.subscripted(value, index), line: line)
    }

    /// What stands in the parentheses of a call.
    mutating func arguments() throws(ChatTemplateError) -> TemplateArguments {
        try expect(.openParenthesis)
        var arguments = TemplateArguments()
        var isFirst = true
        while !skip(.closeParenthesis) {
            if !isFirst {
                try expect(.comma)
                if skip(.closeParenthesis) { break }
            }
            isFirst = false
            if isAt(.times) || isAt(.power) {
                throw fault("spreads a list or mapping over a call, which is not understood here")
            }
            if case .name(let name) = token.kind, case .symbol(.assign) = following.kind {
                advance()
                advance()
                guard !arguments.named.contains(where: { $0.name == name }) else {
                    throw fault("gives the argument \(name.quoted) twice; remove one")
                }
                arguments.named.append((name, try expression()))
            } else {
                guard arguments.named.isEmpty else {
                    throw fault("has an argument without a name after one with; swap them")
                }
                arguments.positional.append(try expression())
            }
        }
        return arguments
    }

    /// Filters, tests and further calls that follow a value.
    ///
    /// - Parameter isFirstNamed: whether the first filter comes without its bar.
    mutating func filters(
        of value: TemplateExpression, isFirstNamed: Bool
    ) throws(ChatTemplateError) -> TemplateExpression {
        var value = value
        var isNamed = isFirstNamed
        while true {
            let line = line
            if isNamed || skip(.pipe) {
                isNamed = false
                var name = try expectName()
                while skip(.dot) { name += "." + (try expectName()) }
                let arguments = isAt(.openParenthesis) ? try self.arguments() : .init()
                value = try make(.filter(value, name, arguments), line: line)
            } else if skip(name: "is") {
                value = try test(of: value, line: line)
            } else if isAt(.openParenthesis) {
                value = try make(.call(value, try arguments()), line: line)
            } else {
                return value
            }
        }
    }

    private mutating func test(
        of value: TemplateExpression, line: Int
    ) throws(ChatTemplateError) -> TemplateExpression {
        let isNegated = skip(name: "not")
        let name = try expectTestName()
        var arguments = TemplateArguments()
        if isAt(.openParenthesis) {
            arguments = try self.arguments()
        } else if isAt(name: "is") {
            throw fault("has a test of what a test gives; put the first one into parentheses")
        } else if startsTestArgument {
            arguments.positional = [try testArgument()]
        }
        let test = try make(.test(value, name, arguments), line: line)
        return isNegated ? try make(.not(test), line: line) : test
    }

    private mutating func expectTestName() throws(ChatTemplateError) -> String {
        var name = try expectName()
        while skip(.dot) { name += "." + (try expectName()) }
        return name
    }

    private var startsTestArgument: Bool {
        switch token.kind {
        case .name(let name): !["else", "or", "and", "is", "if"].contains(name)
        case .string, .integer, .float, .symbol(.openBracket), .symbol(.openBrace): true
        default: false
        }
    }

    /// A value without operators, which a test may have without parentheses.
    private mutating func testArgument() throws(ChatTemplateError) -> TemplateExpression {
        try enter()
        let value = try postfix(of: primary())
        leave()
        return value
    }
}
