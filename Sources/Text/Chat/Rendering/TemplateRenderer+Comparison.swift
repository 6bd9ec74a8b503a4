extension TemplateRenderer {
    /// `left == right`, as Python has it.
    mutating func isEqual(
        _ left: TemplateValue, _ right: TemplateValue
    ) throws(ChatTemplateError) -> Bool {
        try budget.spend(steps: 1)
        switch (left, right) {
        case (.undefined, .undefined), (.null, .null): return true
        case (.text(let first), .text(let second)):
            try budget.spend(steps: min(first.count, second.count) / 16)
            return first == second
        case (.sequence(let first), .sequence(let second)):
            guard first.kind == second.kind, first.elements.count == second.elements.count else {
                return false
            }
            for (a, b) in zip(first.elements, second.elements) where try !isEqual(a, b) {
                return false
            }
            return true
        case (.mapping(let first), .mapping(let second)):
            guard first.count == second.count else { return false }
            for (key, value) in zip(first.keys, first.values) {
                guard let place = TemplateKey(key), let other = second[place],
                    try isEqual(value, other)
                else { return false }
            }
            return true
        case (.generator(let first), .generator(let second)),
            (.namespace(let first), .namespace(let second)),
            (.macro(let first), .macro(let second)), (.loop(let first), .loop(let second)):
            return first == second
        case (.function(let first), .function(let second)): return first == second
        default:
            guard let first = left.number, let second = right.number else { return false }
            return Self.order(first, second) == 0
        }
    }

    /// Negative, 0 or positive as the first number is less than, equal to or greater than the
    /// second; nil where one is not a number.
    private static func order(_ first: TemplateNumber, _ second: TemplateNumber) -> Int? {
        switch (first, second) {
        case (.integer(let a), .integer(let b)): return a < b ? -1 : a == b ? 0 : 1
        case (.float(let a), .float(let b)): return a < b ? -1 : a == b ? 0 : a > b ? 1 : nil
        case (.integer(let a), .float(let b)):
            if b.isNaN { return nil }
            // Exact also where Double cannot hold the whole number.
            if let whole = Int(exactly: b.rounded(.down)) {
                return a != whole ? (a < whole ? -1 : 1) : (b > b.rounded(.down) ? -1 : 0)
            }
            return b > 0 ? -1 : 1
        case (.float, .integer): return order(second, first).map { -$0 }
        }
    }

    /// `left < right` or `left <= right`.
    mutating func isOrdered(
        _ left: TemplateValue, _ right: TemplateValue, orEqual: Bool, _ symbol: String
    ) throws(ChatTemplateError) -> Bool {
        try budget.spend(steps: 1)
        if let first = left.number, let second = right.number {
            return Self.order(first, second).map { orEqual ? $0 <= 0 : $0 < 0 } ?? false
        }
        switch (left, right) {
        case (.text(let first), .text(let second)):
            try budget.spend(steps: min(first.count, second.count) / 16)
            return orEqual ? !(second < first) : first < second
        case (.sequence(let first), .sequence(let second))
        where first.kind == second.kind && (first.kind == .list || first.kind == .tuple):
            for (a, b) in zip(first.elements, second.elements) where try !isEqual(a, b) {
                return try isOrdered(a, b, orEqual: orEqual, symbol)
            }
            let (a, b) = (first.elements.count, second.elements.count)
            return orEqual ? a <= b : a < b
        default:
            throw budget.fault(
                "compares \(left.kind) with \(right.kind) by “\(symbol)”, though they have no order"
            )
        }
    }

    /// `value in container`.
    mutating func contains(
        _ container: TemplateValue, _ value: TemplateValue
    ) throws(ChatTemplateError) -> Bool {
        switch container {
        case .text(let text):
            guard case .text(let part) = value else {
                throw budget.fault("looks for \(value.kind) in a text; only a text can be in one")
            }
            return try firstIndex(of: part, in: text) != nil
        case .mapping(let mapping):
            guard let key = TemplateKey(value) else {
                if case .undefined = value { return false }
                throw budget.fault(
                    "looks for \(value.kind) in a mapping; a key is a text or a number")
            }
            return mapping[key] != nil
        default:
            for element in try elements(of: container, for: "searched")
            where try isEqual(element, value) {
                return true
            }
            return false
        }
    }

    /// The first place of a text in another, at or after `start`; each comparison of scalars is paid
    /// for, since a part that nearly fits everywhere makes many.
    mutating func firstIndex(
        of part: TemplateText, in text: TemplateText, from start: Int = 0
    ) throws(ChatTemplateError) -> Int? {
        var work = 0
        var index = start
        while index <= text.count - part.count {
            var fitting = 0
            while fitting < part.count, text[index + fitting] == part[fitting] { fitting += 1 }
            if fitting == part.count {
                try budget.spend(steps: work / 16)
                return index
            }
            index += 1
            work += 1 + fitting
            if work > 1 << 12 {
                try budget.spend(steps: work / 16)
                work = 0
            }
        }
        try budget.spend(steps: work / 16)
        return nil
    }
}
