/// Turns the words of a template into statements.
///
/// What is understood is the part of Jinja that chat templates use: text, output, `if`, `for`,
/// `set`, `macro`, `call`, `filter`, `with`, `generation`, `break`, `continue`, comments and raw
/// text. Anything that would read another file (`include`, `import`, `extends`) is not.
struct TemplateParser {
    private let tokens: [TemplateToken]
    private var index = 0
    private var depth = 0
    let limits: ChatTemplateLimits
    private var loopDepth = 0
    /// Where the blocks begin that are being read.
    private var blockLines: [Int] = []
    /// The names that the macro being read mentions, which say what it can be called with.
    var mentionedNames: Set<String> = []

    /// The statements of a template.
    static func statements(
        of source: String, limits: ChatTemplateLimits
    ) throws(ChatTemplateError) -> [TemplateStatement] {
        guard source.utf8.count <= limits.templateBytes else {
            throw ChatTemplateError(
                .limit, line: nil,
                "has \(source.utf8.count) bytes where at most \(limits.templateBytes) are read")
        }
        var parser = TemplateParser(
            tokens: try TemplateLexer.tokens(of: source), limits: limits)
        let statements = try parser.body(until: [])
        return statements
    }

    private init(tokens: [TemplateToken], limits: ChatTemplateLimits) {
        self.tokens = tokens
        self.limits = limits
    }

    // MARK: Words

    var token: TemplateToken { tokens[index] }
    var line: Int { token.line }

    /// The word after the present one.
    var following: TemplateToken { tokens[min(index + 1, tokens.count - 1)] }

    mutating func advance() {
        if index < tokens.count - 1 { index += 1 }
    }

    func fault(_ explanation: String) -> ChatTemplateError {
        ChatTemplateError(.syntax, line: line, explanation)
    }

    func found(insteadOf expected: String) -> ChatTemplateError {
        fault("has \(token.words) where \(expected) is needed")
    }

    func isAt(_ symbol: TemplateSymbol) -> Bool {
        if case .symbol(symbol) = token.kind { true } else { false }
    }

    func isAt(name: String) -> Bool {
        if case .name(let word) = token.kind { word == name } else { false }
    }

    mutating func skip(_ symbol: TemplateSymbol) -> Bool {
        guard isAt(symbol) else { return false }
        advance()
        return true
    }

    mutating func skip(name: String) -> Bool {
        guard isAt(name: name) else { return false }
        advance()
        return true
    }

    mutating func expect(_ symbol: TemplateSymbol) throws(ChatTemplateError) {
        if !skip(symbol) { throw found(insteadOf: symbol.rawValue.quoted) }
    }

    mutating func expectName() throws(ChatTemplateError) -> String {
        guard case .name(let name) = token.kind else { throw found(insteadOf: "a name") }
        advance()
        return name
    }

    private mutating func expectBlockEnd() throws(ChatTemplateError) {
        guard case .blockEnd = token.kind else { throw found(insteadOf: "“%}”") }
        advance()
    }

    /// Goes one level deeper, which brackets and blocks can only so often.
    mutating func enter() throws(ChatTemplateError) {
        depth += 1
        guard depth <= limits.syntaxDepth else { throw tooDeep() }
    }

    mutating func leave() {
        depth -= 1
    }

    func tooDeep() -> ChatTemplateError {
        ChatTemplateError(
            .limit, line: line,
            "nests brackets, operators or blocks deeper than \(limits.syntaxDepth) levels; divide it"
        )
    }

    // MARK: Statements

    /// Reads statements up to a block that begins with one of the names, whose name is left to be
    /// read; to the end of the template where there are none.
    private mutating func body(until ends: [String]) throws(ChatTemplateError)
        -> [TemplateStatement]
    {
        var statements: [TemplateStatement] = []
        while true {
            let line = line
            switch token.kind {
            case .text(let text):
                advance()
                statements.append(TemplateStatement(kind: .text(text), line: line))
            case .outputStart:
                advance()
                let value = try tuple()
                guard case .outputEnd = token.kind else { throw found(insteadOf: "“}}”") }
                advance()
                statements.append(TemplateStatement(kind: .output(value), line: line))
            case .blockStart:
                advance()
                guard case .name(let name) = token.kind else {
                    throw found(insteadOf: "the name of a block")
                }
                if ends.contains(name) { return statements }
                try enter()
                blockLines.append(line)
                statements.append(TemplateStatement(kind: try block(), line: line))
                blockLines.removeLast()
                leave()
            case .end where ends.isEmpty: return statements
            case .end:
                throw ChatTemplateError(
                    .syntax, line: blockLines.last,
                    "begins a block that does not end; add “{% \(ends.last ?? "") %}”")
            default: throw found(insteadOf: "text or a tag")
            }
        }
    }

    private mutating func block() throws(ChatTemplateError) -> TemplateStatement.Kind {
        guard case .name(let name) = token.kind else { throw found(insteadOf: "a name") }
        switch name {
        case "if":
            advance()
            return try conditional()
        case "for":
            advance()
            return try loop()
        case "set":
            advance()
            return try assignment()
        case "macro":
            advance()
            return try .macro(macro(name: expectName(), end: "endmacro"))
        case "call":
            advance()
            return try callBlock()
        case "filter":
            advance()
            let expression = try filters(
                of: make(.enclosed), isFirstNamed: true)
            try expectBlockEnd()
            return .filter(expression, try enclosedBody(end: "endfilter"))
        case "with":
            advance()
            return try with()
        case "generation":
            advance()
            try expectBlockEnd()
            return .scope(try enclosedBody(end: "endgeneration"))
        case "break", "continue":
            guard loopDepth > 0 else { throw fault("has \(name.quoted) outside any loop") }
            advance()
            try expectBlockEnd()
            return name == "break" ? .leaveLoop : .nextTurn
        default:
            let known = [
                "if", "for", "set", "macro", "call", "filter", "with", "generation", "break",
                "continue", "raw",
            ]
            let nearest = nearestName(to: name, in: known).map { "; did you mean \($0.quoted)?" }
            throw fault(
                "has the block \(name.quoted), which does not belong here or is not among those that "
                    + "are understood (\(known.joined(separator: ", ")))\(nearest ?? "")")
        }
    }

    /// A body and the tag that ends it.
    private mutating func enclosedBody(end: String) throws(ChatTemplateError)
        -> [TemplateStatement]
    {
        let statements = try body(until: [end])
        advance()
        try expectBlockEnd()
        return statements
    }

    private mutating func conditional() throws(ChatTemplateError) -> TemplateStatement.Kind {
        var branches: [(condition: TemplateExpression, body: [TemplateStatement])] = []
        while true {
            let condition = try tuple(allowsConditional: false)
            try expectBlockEnd()
            branches.append((condition, try body(until: ["elif", "else", "endif"])))
            if skip(name: "elif") { continue }
            var otherwise: [TemplateStatement] = []
            if skip(name: "else") {
                try expectBlockEnd()
                otherwise = try body(until: ["endif"])
            }
            advance()
            try expectBlockEnd()
            return .conditional(branches: branches, otherwise: otherwise)
        }
    }

    private mutating func loop() throws(ChatTemplateError) -> TemplateStatement.Kind {
        let target = try target(allowsAttribute: false)
        guard skip(name: "in") else { throw found(insteadOf: "“in”") }
        let elements = try tuple(allowsConditional: false)
        var condition: TemplateExpression?
        if skip(name: "if") { condition = try expression() }
        if isAt(name: "recursive") {
            throw fault("has a recursive loop, which is not understood here; use a macro")
        }
        try expectBlockEnd()
        loopDepth += 1
        let statements = try body(until: ["else", "endfor"])
        loopDepth -= 1
        var otherwise: [TemplateStatement] = []
        if skip(name: "else") {
            try expectBlockEnd()
            otherwise = try body(until: ["endfor"])
        }
        advance()
        try expectBlockEnd()
        return .loop(
            .init(
                target: target, elements: elements, condition: condition, body: statements,
                otherwise: otherwise))
    }

    private mutating func assignment() throws(ChatTemplateError) -> TemplateStatement.Kind {
        let target = try target(allowsAttribute: true)
        if skip(.assign) {
            let value = try tuple()
            try expectBlockEnd()
            return .assign(target, value)
        }
        let value = try filters(of: make(.enclosed), isFirstNamed: false)
        try expectBlockEnd()
        return .assignBody(target, value, try enclosedBody(end: "endset"))
    }

    private mutating func with() throws(ChatTemplateError) -> TemplateStatement.Kind {
        var values: [(TemplateStatement.Target, TemplateExpression)] = []
        while true {
            if case .blockEnd = token.kind { break }
            if !values.isEmpty { try expect(.comma) }
            let target = try target(allowsAttribute: false)
            try expect(.assign)
            values.append((target, try expression()))
        }
        try expectBlockEnd()
        return .with(values, try enclosedBody(end: "endwith"))
    }

    private mutating func callBlock() throws(ChatTemplateError) -> TemplateStatement.Kind {
        let parameters = isAt(.openParenthesis) ? try self.parameters() : []
        guard case .call(let callee, let arguments) = try expression().kind else {
            throw found(insteadOf: "a call of a macro")
        }
        return .call(
            callee, callee: arguments,
            try macro(name: "caller", end: "endcall", parameters: parameters))
    }

    private mutating func macro(
        name: String, end: String,
        parameters known: [(name: String, value: TemplateExpression?)]? = nil
    ) throws(ChatTemplateError) -> TemplateStatement.Macro {
        var parameters = known ?? []
        if known == nil { parameters = try self.parameters() }
        try expectBlockEnd()
        let outerNames = mentionedNames
        let outerLoops = loopDepth
        mentionedNames = []
        // A loop around a macro cannot be left from within it.
        loopDepth = 0
        let statements = try enclosedBody(end: end)
        let names = mentionedNames
        mentionedNames = outerNames.union(names)
        loopDepth = outerLoops
        return .init(
            name: name, parameters: parameters, body: statements,
            usesMore: (
                names.contains("varargs"), names.contains("kwargs"), names.contains("caller")
            ))
    }

    private mutating func parameters() throws(ChatTemplateError) -> [(
        name: String, value: TemplateExpression?
    )] {
        var parameters: [(name: String, value: TemplateExpression?)] = []
        try expect(.openParenthesis)
        while !skip(.closeParenthesis) {
            if !parameters.isEmpty { try expect(.comma) }
            let name = try expectName()
            let value = skip(.assign) ? try expression() : nil
            if value == nil, parameters.last?.value != nil {
                throw fault(
                    "has the parameter \(name.quoted) without a value after one with; swap them")
            }
            parameters.append((name, value))
        }
        return parameters
    }

    private mutating func target(allowsAttribute: Bool) throws(ChatTemplateError)
        -> TemplateStatement.Target
    {
        try enter()
        var targets: [TemplateStatement.Target] = []
        var isTuple = false
        repeat {
            if skip(.openParenthesis) {
                targets.append(try target(allowsAttribute: false))
                try expect(.closeParenthesis)
                continue
            }
            guard case .name(let name) = token.kind, !(isTuple && name == "in") else {
                if isTuple { break }
                throw found(insteadOf: "a name")
            }
            if ["true", "false", "none", "True", "False", "None"].contains(name) {
                throw fault("assigns to \(name.quoted), which is a constant; take another name")
            }
            advance()
            if allowsAttribute, targets.isEmpty, skip(.dot) {
                targets.append(.attribute(namespace: name, try expectName()))
            } else {
                targets.append(.name(name))
            }
            if isAt(.comma) { isTuple = true }
        } while skip(.comma)
        leave()
        return isTuple ? .tuple(targets) : targets[0]
    }
}
