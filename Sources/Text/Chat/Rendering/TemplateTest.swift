/// The tests that templates can use after `is`, by their names in Jinja.
enum TemplateTest: String, CaseIterable {
    case boolean, callable, defined, divisibleby, eq, equalto, escaped, even, float, ge, gt,
        greaterthan, integer, iterable, le, lessthan, lower, lt, mapping, ne, none, number, odd,
        sameas, sequence, string, undefined, upper
    case isTrue = "true"
    case isFalse = "false"
    case isIn = "in"
    case isFilter = "filter"
    case isTest = "test"
}

extension TemplateRenderer {
    /// Whether a value is what a test says.
    mutating func test(
        _ name: String, _ value: TemplateValue, _ arguments: CallArguments
    ) throws(ChatTemplateError) -> Bool {
        guard let test = TemplateTest(rawValue: name) else {
            let nearest = nearestName(to: name, in: TemplateTest.allCases.map(\.rawValue))
            throw budget.fault(
                "has the test \(name.quoted), which is not among those that are understood here"
                    + (nearest.map { "; did you mean \($0.quoted)?" } ?? ""))
        }
        switch test {
        case .divisibleby, .eq, .equalto, .ne, .lt, .lessthan, .le, .gt, .greaterthan, .ge, .sameas,
            .isIn:
            guard let other = try arguments.bound(to: "other", for: name, budget)[0] else {
                throw budget.fault("tests \(name.quoted) without another value; give one")
            }
            return try compare(value, test, other)
        default:
            _ = try arguments.bound(for: name, budget)
            return try kindTest(test, value)
        }
    }

    private mutating func compare(
        _ value: TemplateValue, _ test: TemplateTest, _ other: TemplateValue
    ) throws(ChatTemplateError) -> Bool {
        switch test {
        case .eq, .equalto: return try isEqual(value, other)
        case .ne: return try !isEqual(value, other)
        case .lt, .lessthan: return try isOrdered(value, other, orEqual: false, "<")
        case .le: return try isOrdered(value, other, orEqual: true, "<=")
        case .gt, .greaterthan: return try isOrdered(other, value, orEqual: false, ">")
        case .ge: return try isOrdered(other, value, orEqual: true, ">=")
        case .isIn: return try contains(other, value)
        case .divisibleby: return !isTrue(try combine(value, .modulo, other))
        default:
            // Python's `is`: the same object, which of the values here only these are for certain.
            switch (value, other) {
            case (.null, .null): return true
            case (.boolean(let first), .boolean(let second)): return first == second
            case (.null, _), (_, .null), (.boolean, _), (_, .boolean): return false
            default: return try isEqual(value, other)
            }
        }
    }

    private mutating func kindTest(
        _ test: TemplateTest, _ value: TemplateValue
    ) throws(ChatTemplateError) -> Bool {
        switch (test, value) {
        case (.defined, .undefined): false
        case (.defined, _): true
        case (.undefined, .undefined), (.none, .null), (.boolean, .boolean),
            (.integer, .integer), (.float, .float), (.string, .text), (.mapping, .mapping):
            true
        case (.isTrue, .boolean(let value)): value
        case (.isFalse, .boolean(let value)): !value
        case (.number, _): value.number != nil
        case (.sequence, .sequence(let sequence)): sequence.kind != .view
        case (.sequence, .text), (.sequence, .mapping), (.sequence, .undefined): true
        case (.iterable, .sequence), (.iterable, .text), (.iterable, .mapping),
            (.iterable, .undefined), (.iterable, .generator):
            true
        case (.callable, .macro), (.callable, .function), (.callable, .method): true
        // Calling an undefined value fails, though it has the form of what can be called.
        case (.callable, .undefined): true
        case (.even, _): try remainder(of: value) == 0
        case (.odd, _): try remainder(of: value) == 1
        case (.lower, _): try text(of: value).isAllCased(\.isLowercase)
        case (.upper, _): try text(of: value).isAllCased(\.isUppercase)
        case (.isFilter, .text(let name)): TemplateFilter(rawValue: name.string) != nil
        case (.isTest, .text(let name)): TemplateTest(rawValue: name.string) != nil
        default: false
        }
    }

    /// The value modulo 2.
    private mutating func remainder(of value: TemplateValue) throws(ChatTemplateError) -> Double {
        try combine(value, .modulo, .integer(2)).number?.double ?? 0
    }
}
