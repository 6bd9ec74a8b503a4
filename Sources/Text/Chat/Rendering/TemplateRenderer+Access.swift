extension TemplateRenderer {
    /// `value.name`: the value's own attribute or method, else its entry of that name.
    mutating func attribute(
        _ name: String, of value: TemplateValue
    ) throws(ChatTemplateError) -> TemplateValue {
        if let own = try ownAttribute(name, of: value) { return own }
        switch value {
        case .undefined(let what):
            throw budget.fault(
                "asks for \(name.quoted) of \(what), which is not defined; test it by “is defined”")
        case .mapping(let mapping): return mapping[name] ?? missing(name, in: value)
        default: return missing(name, in: value)
        }
    }

    private func missing(_ name: String, in value: TemplateValue) -> TemplateValue {
        .undefined("\(name.quoted) of \(value.kind)")
    }

    /// `value[index]`: the element or entry there, else the value's own attribute of that name.
    mutating func element(
        at index: TemplateValue, of value: TemplateValue
    ) throws(ChatTemplateError) -> TemplateValue {
        switch (value, index) {
        case (.undefined(let what), _):
            throw budget.fault(
                "takes an element of \(what), which is not defined; test it by “is defined”")
        case (.mapping(let mapping), _):
            if let key = TemplateKey(index), let found = mapping[key] { return found }
        case (.sequence(let sequence), _) where sequence.kind != .view:
            if case .integer(let place)? = index.number {
                let count = sequence.elements.count
                if let place = Self.place(place, of: count) { return sequence.elements[place] }
                return .undefined("element \(place) of a list of \(count)")
            }
        case (.text(let text), _):
            if case .integer(let place)? = index.number {
                if let place = Self.place(place, of: text.count) {
                    return .text(TemplateText(units: [text.units[place]]))
                }
                return .undefined("character \(place) of a text of \(text.count)")
            }
        default: break
        }
        if case .text(let name) = index {
            return try ownAttribute(name.string, of: value) ?? missing(name.string, in: value)
        }
        return .undefined("an element of \(value.kind)")
    }

    /// An index that may count from the end, nil where it is outside.
    private static func place(_ index: Int, of count: Int) -> Int? {
        let place = index < 0 ? index.addingReportingOverflow(count).partialValue : index
        return (0..<count).contains(place) ? place : nil
    }

    /// `value[start:end:step]`.
    mutating func slice(
        _ value: TemplateValue, _ bounds: [TemplateExpression?]
    ) throws(ChatTemplateError) -> TemplateValue {
        var numbers: [Int?] = []
        for bound in bounds {
            guard let bound else {
                numbers.append(nil)
                continue
            }
            switch try self.value(of: bound) {
            case .null: numbers.append(nil)
            case let bound:
                guard case .integer(let number)? = bound.number else {
                    throw budget.fault(
                        "has \(bound.kind) for a bound of a slice; give a whole number")
                }
                numbers.append(number)
            }
        }
        while numbers.count < 3 { numbers.append(nil) }
        let step = numbers[2] ?? 1
        guard step != 0 else { throw budget.fault("has a slice in steps of 0; give another step") }
        switch value {
        case .text(let text):
            let places = Self.places(numbers[0], numbers[1], step, of: text.count)
            try budget.spend(characters: places.count)
            return .text(TemplateText(units: places.map { text.units[$0] }))
        case .sequence(let sequence) where sequence.kind != .view:
            let places = Self.places(numbers[0], numbers[1], step, of: sequence.elements.count)
            return try self.sequence(sequence.kind, places.map { sequence.elements[$0] })
        case .undefined(let what):
            throw budget.fault(
                "takes a slice of \(what), which is not defined; test it by “is defined”")
        default: return .undefined("a slice of \(value.kind)")
        }
    }

    /// The places that a slice takes, as Python counts them.
    private static func places(_ start: Int?, _ end: Int?, _ step: Int, of count: Int)
        -> [Int]
    {
        // Steps beyond the length all mean one element; so cut, no sum overflows.
        let step = max(-count - 1, min(count + 1, step))
        func clamp(_ bound: Int, _ low: Int, _ high: Int) -> Int {
            let place = bound < 0 ? bound.addingReportingOverflow(count).partialValue : bound
            return max(low, min(high, place))
        }
        if step > 0 {
            return Array(
                stride(
                    from: start.map { clamp($0, 0, count) } ?? 0,
                    to: end.map { clamp($0, 0, count) } ?? count, by: step))
        }
        return Array(
            stride(
                from: start.map { clamp($0, -1, count - 1) } ?? count - 1,
                to: end.map { clamp($0, -1, count - 1) } ?? -1, by: step))
    }

    /// An attribute that values of the type have by themselves, such as a method.
    private mutating func ownAttribute(
        _ name: String, of value: TemplateValue
    ) throws(ChatTemplateError) -> TemplateValue? {
        // Python's inner names are out of a template's reach.
        if name.hasPrefix("_") { return nil }
        switch value {
        case .text:
            return TextMethod(rawValue: name) == nil ? nil : .method(value, name)
        case .mapping:
            switch name {
            case "get", "items", "keys", "values", "copy": return .method(value, name)
            case "clear", "pop", "popitem", "setdefault", "update", "fromkeys":
                return .undefined("the method \(name.quoted), which would change a mapping")
            default: return nil
            }
        case .sequence(let sequence) where sequence.kind == .list || sequence.kind == .tuple:
            switch name {
            case "index", "count": return .method(value, name)
            case "copy" where sequence.kind == .list: return .method(value, name)
            case "append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove":
                return .undefined("the method \(name.quoted), which would change a list")
            default: return nil
            }
        case .loop(let index): return try loopAttribute(name, of: index)
        case .namespace(let index): return namespaces[index][name]
        case .macro(let index) where name == "name":
            return .text(macros[index].definition.name)
        default: return nil
        }
    }

    private func loopAttribute(
        _ name: String, of number: Int
    ) throws(ChatTemplateError) -> TemplateValue? {
        guard loops.indices.contains(number) else {
            throw budget.fault("asks for \(name.quoted) of a loop that has ended")
        }
        let loop = loops[number]
        let (index, count) = (loop.index, loop.elements.count)
        switch name {
        case "index": return .integer(index + 1)
        case "index0": return .integer(index)
        case "revindex": return .integer(count - index)
        case "revindex0": return .integer(count - index - 1)
        case "first": return .boolean(index == 0)
        case "last": return .boolean(index == count - 1)
        case "length": return .integer(count)
        // Only recursive loops, which are not understood here, have further levels.
        case "depth": return .integer(1)
        case "depth0": return .integer(0)
        case "previtem":
            return index > 0 ? loop.elements[index - 1] : .undefined("the element before the first")
        case "nextitem":
            return index + 1 < count
                ? loop.elements[index + 1] : .undefined("the element after the last")
        case "cycle", "changed": return .method(.loop(number), name)
        default: return nil
        }
    }
}
