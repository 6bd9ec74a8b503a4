extension TemplateRenderer {
    /// The result of a call.
    mutating func call(
        _ callee: TemplateValue, _ arguments: CallArguments
    ) throws(ChatTemplateError) -> TemplateValue {
        switch callee {
        case .function(let function): return try call(function, arguments)
        case .macro(let index): return .text(try call(macros[index], arguments))
        case .method(.loop(let number), let name):
            return try call(loopMethod: name, of: number, arguments)
        case .method(.text(let text), let name):
            guard let method = TextMethod(rawValue: name) else { break }
            return try call(method, of: text, arguments)
        case .method(.mapping(let mapping), let name):
            return try call(name, of: mapping, arguments)
        case .method(.sequence(let sequence), let name):
            return try call(name, of: sequence, arguments)
        default: break
        }
        throw budget.fault("calls \(callee.kind), which is no function")
    }

    // MARK: Macros

    /// A macro that sees the present frame around its own.
    mutating func add(_ definition: TemplateStatement.Macro) -> TemplateValue {
        macros.append(Macro(definition: definition, home: frames.count - 1))
        return .macro(macros.count - 1)
    }

    private mutating func call(
        _ macro: Macro, _ arguments: CallArguments
    ) throws(ChatTemplateError) -> TemplateText {
        guard frames.indices.contains(macro.home) else {
            throw budget.fault("calls the macro \(macro.definition.name.quoted) outside its block")
        }
        macroDepth += 1
        guard macroDepth <= budget.limits.macroDepth else {
            throw budget.exceeded(
                "calls macros within macros more than \(budget.limits.macroDepth) times; give a template "
                    + "whose macros end")
        }
        // A call may add a macro of its own for `caller`.
        try budget.spend(elements: 4)
        try enter()
        let text = try captured { renderer throws(ChatTemplateError) in
            try renderer.inFrame(parent: macro.home) { renderer throws(ChatTemplateError) in
                try renderer.bind(arguments, to: macro.definition)
                _ = try renderer.run(macro.definition.body)
            }
        }
        leave()
        macroDepth -= 1
        return text
    }

    private mutating func bind(
        _ arguments: CallArguments, to macro: TemplateStatement.Macro
    ) throws(ChatTemplateError) {
        let parameters = macro.parameters
        let extra = arguments.positional.dropFirst(parameters.count)
        guard extra.isEmpty || macro.usesMore.positional else {
            throw budget.fault(
                "gives the macro \(macro.name.quoted) \(arguments.positional.count) arguments where it has "
                    + "\(parameters.count)")
        }
        var named = arguments.named
        if macro.usesMore.caller, let index = named.firstIndex(where: { $0.name == "caller" }) {
            set("caller", to: named.remove(at: index).value)
        }
        for (index, parameter) in parameters.enumerated() {
            let place = named.firstIndex { $0.name == parameter.name }
            if index < arguments.positional.count {
                guard place == nil else {
                    throw budget.fault(
                        "gives the macro \(macro.name.quoted) the argument \(parameter.name.quoted) twice"
                    )
                }
                set(parameter.name, to: arguments.positional[index])
            } else if let place {
                set(parameter.name, to: named.remove(at: place).value)
            } else if let expression = parameter.value {
                set(parameter.name, to: try value(of: expression))
            } else {
                set(
                    parameter.name,
                    to: .undefined("\(parameter.name.quoted), which the macro was not given"))
            }
        }
        if macro.usesMore.positional { set("varargs", to: try sequence(.tuple, Array(extra))) }
        if macro.usesMore.named {
            var mapping = TemplateMapping()
            for (name, value) in named { _ = mapping.set(.text(name), to: value) }
            try checkDepth(mapping.depth)
            set("kwargs", to: .mapping(mapping))
        } else if let unknown = named.first {
            throw budget.fault(
                "gives the macro \(macro.name.quoted) the argument \(unknown.name.quoted), which it does "
                    + "not have")
        }
    }

    // MARK: Functions

    private mutating func call(
        _ function: TemplateFunction, _ arguments: CallArguments
    ) throws(ChatTemplateError) -> TemplateValue {
        switch function {
        case .range: return try range(arguments)
        case .dict: return .mapping(try mapping(from: arguments))
        case .namespace:
            let attributes = try mapping(from: arguments)
            namespaces.append(TemplateMapping())
            for (key, value) in zip(attributes.keys, attributes.values) {
                guard case .text(let name) = key else { continue }
                try setAttribute(name.string, of: namespaces.count - 1, to: value)
            }
            return .namespace(namespaces.count - 1)
        case .raiseException:
            let values = try arguments.bound(to: "message", for: "raise_exception", budget)
            let message = try values[0].map { value throws(ChatTemplateError) in
                try text(of: value).string
            }
            throw ChatTemplateError(
                .raised, line: budget.line, "refuses the conversation: \((message ?? "").legible)")
        case .strftimeNow:
            guard
                case .text(let format)?? = try arguments.bound(
                    to: "format", for: "strftime_now", budget
                ).first
            else { throw budget.fault("calls strftime_now without a format; give one") }
            let text = TemplateText(formatDate(format.string))
            try budget.spend(characters: text.count)
            return .text(text)
        }
    }

    private mutating func range(_ arguments: CallArguments) throws(ChatTemplateError)
        -> TemplateValue
    {
        var numbers: [Int] = []
        for value in arguments.positional {
            guard case .integer(let number)? = value.number else {
                throw budget.fault("gives range \(value.kind); give whole numbers")
            }
            numbers.append(number)
        }
        guard (1...3).contains(numbers.count), arguments.named.isEmpty else {
            throw budget.fault("calls range with other than one to three whole numbers")
        }
        let (start, end) = numbers.count == 1 ? (0, numbers[0]) : (numbers[0], numbers[1])
        let step = numbers.count == 3 ? numbers[2] : 1
        guard step != 0 else {
            throw budget.fault("calls range with steps of 0; give another step")
        }
        let (distance, overflow) =
            step > 0
            ? end.subtractingReportingOverflow(start) : start.subtractingReportingOverflow(end)
        let stepSize = step.magnitude
        let count = distance > 0 ? (UInt(distance) - 1) / stepSize + 1 : 0
        guard !overflow, count <= UInt(budget.limits.rangeLength) else {
            // A distance that overflows is either beyond any range or, the wrong way, none at all.
            if overflow, (end < start) == (step > 0) {
                return .sequence(TemplateSequence(.range, []))
            }
            throw budget.exceeded(
                "asks for a range of more than \(budget.limits.rangeLength) numbers; give a template with "
                    + "shorter ones")
        }
        try budget.spend(elements: Int(count))
        let elements = stride(from: 0, to: Int(count), by: 1).map {
            TemplateValue.integer(start &+ $0 &* step)
        }
        return .sequence(TemplateSequence(.range, elements))
    }

    /// What `dict` and `namespace` make: the entries of a mapping or of pairs, then the named ones.
    private mutating func mapping(from arguments: CallArguments) throws(ChatTemplateError)
        -> TemplateMapping
    {
        guard arguments.positional.count <= 1 else {
            throw budget.fault("makes a mapping of \(arguments.positional.count) values; give one")
        }
        var mapping = TemplateMapping()
        switch arguments.positional.first {
        case nil: break
        case .mapping(let given): mapping = given
        case .some(let pairs):
            for pair in try elements(of: pairs, for: "made a mapping of") {
                let pair = try elements(of: pair, for: "taken for a pair")
                guard pair.count == 2, mapping.set(pair[0], to: pair[1]) else {
                    throw budget.fault("makes a mapping of what are not pairs of a key and a value")
                }
            }
        }
        for (name, value) in arguments.named { _ = mapping.set(.text(name), to: value) }
        try budget.spend(elements: 2 * mapping.count + 2)
        try checkDepth(mapping.depth)
        return mapping
    }

    // MARK: Methods

    private mutating func call(
        loopMethod name: String, of number: Int, _ arguments: CallArguments
    ) throws(ChatTemplateError) -> TemplateValue {
        guard loops.indices.contains(number) else {
            throw budget.fault("calls \(name.quoted) of a loop that has ended")
        }
        guard name == "changed" else {
            guard !arguments.positional.isEmpty else {
                throw budget.fault("calls loop.cycle without values; give some")
            }
            return arguments.positional[loops[number].index % arguments.positional.count]
        }
        let value = try sequence(.tuple, arguments.positional)
        if let watched = loops[number].watched, try isEqual(watched, value) {
            return .boolean(false)
        }
        loops[number].watched = value
        return .boolean(true)
    }

    private mutating func call(
        _ name: String, of mapping: TemplateMapping, _ arguments: CallArguments
    ) throws(ChatTemplateError) -> TemplateValue {
        if name == "get" {
            let values = try arguments.bound(to: "key", "default", for: "get", budget)
            guard let value = values[0], let key = TemplateKey(value) else {
                throw budget.fault("calls get without a text or number for the key; give one")
            }
            return mapping[key] ?? values[1] ?? .null
        }
        guard arguments.positional.isEmpty, arguments.named.isEmpty else {
            throw budget.fault("gives \(name) arguments, though it has none")
        }
        switch name {
        case "keys": return try sequence(.view, mapping.keys)
        case "values": return try sequence(.view, mapping.values)
        case "copy": return .mapping(mapping)
        default: return try sequence(.view, items(of: mapping))
        }
    }

    /// The pairs of a mapping.
    mutating func items(of mapping: TemplateMapping) throws(ChatTemplateError) -> [TemplateValue] {
        try budget.spend(elements: 3 * mapping.count)
        return mapping.items
    }

    private mutating func call(
        _ name: String, of sequence: TemplateSequence, _ arguments: CallArguments
    ) throws(ChatTemplateError) -> TemplateValue {
        if name == "copy" { return .sequence(sequence) }
        guard arguments.positional.count == 1, arguments.named.isEmpty else {
            throw budget.fault("calls \(name) of a list with other than one value; give one")
        }
        var count = 0
        for (index, element) in sequence.elements.enumerated()
        where try isEqual(element, arguments.positional[0]) {
            if name == "index" { return .integer(index) }
            count += 1
        }
        if name == "index" {
            throw budget.fault("asks for the index of a value that is not in the list")
        }
        return .integer(count)
    }
}
