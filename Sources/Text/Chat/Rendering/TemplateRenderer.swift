/// Evaluates the statements of a template.
///
/// Names belong to frames: that of the template, and one for each turn of a loop, call of a macro
/// and body of `set`, `filter`, `call` and `with`. Reading a name goes outwards through the frames,
/// setting one stays in the innermost.
struct TemplateRenderer {
    struct Frame {
        var variables: [String: TemplateValue] = [:]
        /// The frame around it; nil for that of the template.
        let parent: Int?
    }

    struct Loop {
        let elements: [TemplateValue]
        var index = 0
        /// What `changed` was last called with.
        var watched: TemplateValue?
    }

    struct Macro {
        let definition: TemplateStatement.Macro
        /// The frame that its body sees around its own.
        let home: Int
    }

    /// What a statement asks the loop around it to do.
    enum Turn {
        case on, next, leave
    }

    var budget: RenderingBudget
    var frames: [Frame]
    var loops: [Loop] = []
    var macros: [Macro] = []
    var namespaces: [TemplateMapping] = []
    /// The elements of generators, nil once gone through.
    var generators: [[TemplateValue]?] = []
    var macroDepth = 0
    var output = TemplateText()
    /// The texts that blocks of `set` and `filter` enclosed.
    var enclosed: [TemplateText] = []
    let formatDate: @Sendable (String) -> String
    private var depth = 0

    init(
        budget: RenderingBudget, variables: [String: TemplateValue],
        formatDate: @escaping @Sendable (String) -> String
    ) {
        self.budget = budget
        frames = [Frame(variables: variables, parent: nil)]
        self.formatDate = formatDate
    }

    // MARK: Depth

    mutating func enter() throws(ChatTemplateError) {
        depth += 1
        guard depth <= budget.limits.evaluationDepth else {
            throw budget.exceeded(
                "goes deeper than \(budget.limits.evaluationDepth) levels of blocks, calls and brackets; "
                    + "give a template that recurs less")
        }
        try budget.spend(steps: 1)
    }

    mutating func leave() {
        depth -= 1
    }

    // MARK: Names

    func variable(_ name: String) -> TemplateValue? {
        var index: Int? = frames.count - 1
        while let place = index, frames.indices.contains(place) {
            if let value = frames[place].variables[name] { return value }
            index = frames[place].parent
        }
        return nil
    }

    mutating func set(_ name: String, to value: TemplateValue) {
        frames[frames.count - 1].variables[name] = value
    }

    /// Runs a body within a frame of its own.
    mutating func inFrame<Result>(
        parent: Int? = nil, _ body: (inout TemplateRenderer) throws(ChatTemplateError) -> Result
    ) throws(ChatTemplateError) -> Result {
        frames.append(Frame(parent: parent ?? frames.count - 1))
        let result = try body(&self)
        frames.removeLast()
        return result
    }

    // MARK: Statements

    mutating func run(_ statements: [TemplateStatement]) throws(ChatTemplateError) -> Turn {
        for statement in statements {
            budget.line = statement.line
            try enter()
            let turn = try run(statement.kind)
            leave()
            if turn != .on { return turn }
        }
        return .on
    }

    private mutating func run(_ statement: TemplateStatement.Kind) throws(ChatTemplateError) -> Turn
    {
        switch statement {
        case .text(let text): try write(text)
        case .output(let expression): try write(text(of: try value(of: expression)))
        case .conditional(let branches, let otherwise):
            for branch in branches where try isTrue(value(of: branch.condition)) {
                return try run(branch.body)
            }
            return try run(otherwise)
        case .loop(let loop): try run(loop)
        case .assign(let target, let expression):
            try assign(value(of: expression), to: target)
        case .assignBody(let target, let expression, let body):
            try assign(value(of: expression, enclosing: body), to: target)
        case .filter(let expression, let body):
            try write(text(of: try value(of: expression, enclosing: body)))
        case .macro(let macro): set(macro.name, to: add(macro))
        case .call(let callee, let arguments, let caller):
            try run(call: callee, arguments, caller)
        case .with(let values, let body): return try run(body, with: values)
        case .scope(let body):
            return try inFrame { renderer throws(ChatTemplateError) in try renderer.run(body) }
        case .leaveLoop: return .leave
        case .nextTurn: return .next
        }
        return .on
    }

    mutating func write(_ text: TemplateText) throws(ChatTemplateError) {
        try budget.spend(characters: text.count)
        try budget.spend(output: text.utf8Count)
        output.append(text)
    }

    private mutating func run(
        _ body: [TemplateStatement],
        with values: [(TemplateStatement.Target, TemplateExpression)]
    ) throws(ChatTemplateError) -> Turn {
        var evaluated: [TemplateValue] = []
        for (_, expression) in values { evaluated.append(try value(of: expression)) }
        return try inFrame { renderer throws(ChatTemplateError) in
            for (index, value) in evaluated.enumerated() {
                try renderer.assign(value, to: values[index].0)
            }
            return try renderer.run(body)
        }
    }

    private mutating func run(
        call callee: TemplateExpression, _ arguments: TemplateArguments,
        _ caller: TemplateStatement.Macro
    ) throws(ChatTemplateError) {
        let called = try value(of: callee)
        var evaluated = try self.evaluated(arguments)
        evaluated.named.append(("caller", add(caller)))
        try write(text(of: try call(called, evaluated)))
    }

    /// What a body writes, without writing it.
    mutating func captured(
        _ body: (inout TemplateRenderer) throws(ChatTemplateError) -> Void
    ) throws(ChatTemplateError) -> TemplateText {
        let outer = output
        output = TemplateText()
        try body(&self)
        let text = output
        output = outer
        return text
    }

    private mutating func value(
        of expression: TemplateExpression, enclosing body: [TemplateStatement]
    ) throws(ChatTemplateError) -> TemplateValue {
        let text = try captured { renderer throws(ChatTemplateError) in
            _ = try renderer.inFrame { renderer throws(ChatTemplateError) in try renderer.run(body)
            }
        }
        enclosed.append(text)
        let result = try value(of: expression)
        enclosed.removeLast()
        return result
    }

    // MARK: Assignment

    private mutating func assign(
        _ value: TemplateValue, to target: TemplateStatement.Target
    ) throws(ChatTemplateError) {
        switch target {
        case .name(let name): set(name, to: value)
        case .attribute(let name, let attribute):
            guard case .namespace(let index)? = variable(name) else {
                throw budget.fault(
                    "sets an attribute of \(name.quoted), which is not a namespace; make it by namespace()"
                )
            }
            try setAttribute(attribute, of: index, to: value)
        case .tuple(let targets):
            let elements = try self.elements(of: value, for: "given to several names")
            guard elements.count == targets.count else {
                throw budget.fault(
                    "gives \(elements.count) values to \(targets.count) names; make them as many")
            }
            for (target, element) in zip(targets, elements) { try assign(element, to: target) }
        }
    }

    mutating func setAttribute(
        _ name: String, of namespace: Int, to value: TemplateValue
    ) throws(ChatTemplateError) {
        guard !name.hasPrefix("_") else {
            throw budget.fault(
                "gives a namespace the attribute \(name.quoted); take a name without a leading underscore"
            )
        }
        _ = namespaces[namespace].set(.text(name), to: value)
    }

    // MARK: Loops

    private mutating func run(_ loop: TemplateStatement.Loop) throws(ChatTemplateError) {
        var elements = try self.elements(of: try value(of: loop.elements), for: "gone through")
        if let condition = loop.condition {
            var kept: [TemplateValue] = []
            for element in elements {
                let isKept = try inFrame { renderer throws(ChatTemplateError) in
                    try renderer.budget.spend(steps: 1)
                    try renderer.assign(element, to: loop.target)
                    return renderer.isTrue(try renderer.value(of: condition))
                }
                if isKept { kept.append(element) }
            }
            try budget.spend(elements: kept.count)
            elements = kept
        }
        let number = loops.count
        loops.append(Loop(elements: elements))
        for (index, element) in elements.enumerated() {
            loops[number].index = index
            let turn = try inFrame { renderer throws(ChatTemplateError) in
                try renderer.budget.spend(steps: 1)
                try renderer.assign(element, to: loop.target)
                renderer.set("loop", to: .loop(number))
                return try renderer.run(loop.body)
            }
            if turn == .leave { break }
        }
        loops.removeLast(loops.count - number)
        if elements.isEmpty {
            _ = try inFrame { renderer throws(ChatTemplateError) in
                try renderer.run(loop.otherwise)
            }
        }
    }
}

extension TemplateText {
    /// The length of the text in UTF-8.
    var utf8Count: Int {
        units.reduce(0) { count, unit in
            switch Self.scalar(unit) {
            case ..<0x80: count + 1
            case ..<0x800: count + 2
            case ..<0x10000: count + 3
            default: count + 4
            }
        }
    }
}
