/// The methods of a text, by the names that they have in Python.
enum TextMethod: String, CaseIterable {
    case strip, lstrip, rstrip, split, rsplit, splitlines, startswith, endswith, upper, lower,
        title, capitalize, replace, find, count, join, removeprefix, removesuffix, isdigit, isalpha,
        isalnum, isspace, isupper, islower
}

extension TemplateRenderer {
    /// The result of a method.
    mutating func call(
        _ method: TextMethod, of text: TemplateText, _ arguments: CallArguments
    ) throws(ChatTemplateError) -> TemplateValue {
        let name = method.rawValue
        try budget.spend(characters: text.count)
        switch method {
        case .strip, .lstrip, .rstrip:
            let values = try arguments.bound(to: "chars", for: name, budget)
            return .text(
                try stripped(text, values[0], start: method != .rstrip, end: method != .lstrip))
        case .split, .rsplit:
            let values = try arguments.bound(to: "sep", "maxsplit", for: name, budget)
            return try split(text, values[0], values[1], fromEnd: method == .rsplit)
        case .splitlines:
            let values = try arguments.bound(to: "keepends", for: name, budget)
            let lines = lines(of: text, keepsEnds: isTrue(values[0] ?? .boolean(false)))
            return try sequence(.list, lines.map(TemplateValue.text))
        case .startswith, .endswith:
            return .boolean(try hasAffix(text, arguments, isPrefix: method == .startswith))
        case .replace:
            let values = try arguments.bound(to: "old", "new", "count", for: name, budget)
            return .text(
                try replaced(
                    text, textArgument(values[0], name), by: textArgument(values[1], name),
                    atMost: countArgument(values[2], name)))
        case .find, .count:
            let values = try arguments.bound(to: "sub", for: name, budget)
            let part = try textArgument(values[0], name)
            if method == .find { return .integer(try firstIndex(of: part, in: text) ?? -1) }
            return .integer(try places(of: part, in: text, atMost: .max).count)
        case .join:
            let values = try arguments.bound(to: "iterable", for: name, budget)
            let elements = try elements(of: values[0] ?? .null, for: "joined")
            for case let element in elements {
                guard case .text = element else {
                    throw budget.fault(
                        "joins \(element.kind) by a method; only texts can be joined so")
                }
            }
            return .text(try joined(elements, by: text))
        case .removeprefix, .removesuffix:
            let values = try arguments.bound(to: "affix", for: name, budget)
            let affix = try textArgument(values[0], name)
            let isPrefix = method == .removeprefix
            guard !affix.isEmpty, text.has(affix, at: isPrefix ? 0 : text.count - affix.count)
            else { return .text(text) }
            return .text(
                TemplateText(
                    units: isPrefix
                        ? text.units[affix.count...] : text.units.dropLast(affix.count)))
        default:
            guard arguments.positional.isEmpty, arguments.named.isEmpty else {
                throw budget.fault("gives \(name) arguments, though it has none")
            }
            return plainResult(method, of: text)
        }
    }

    /// The result of a method without arguments.
    private func plainResult(_ method: TextMethod, of text: TemplateText) -> TemplateValue {
        switch method {
        case .upper: .text(text.uppercased)
        case .lower: .text(text.lowercased)
        case .title: .text(text.titlecased)
        case .capitalize: .text(text.capitalized)
        case .isdigit:
            .boolean(
                text.isAll { scalar in
                    [.decimal, .digit].contains(scalar.properties.numericType)
                })
        case .isalpha: .boolean(text.isAll(\.isLetter))
        case .isalnum:
            .boolean(text.isAll { $0.isLetter || $0.properties.numericType != nil })
        case .isspace: .boolean(text.isAll { $0.value.isPythonSpace })
        case .isupper: .boolean(text.isAllCased(\.isUppercase))
        default: .boolean(text.isAllCased(\.isLowercase))
        }
    }

    /// The text without white space, or the given characters, at its ends.
    mutating func stripped(
        _ text: TemplateText, _ characters: TemplateValue?, start: Bool = true, end: Bool = true
    ) throws(ChatTemplateError) -> TemplateText {
        switch characters {
        case nil, TemplateValue.null?:
            return text.trimmed(start: start, end: end, where: \.isPythonSpace)
        case .text(let characters)?:
            let set = Set(characters.units.map(TemplateText.scalar))
            return text.trimmed(start: start, end: end, where: set.contains)
        case let other?:
            throw budget.fault("strips \(other.kind) from a text; give a text of characters")
        }
    }

    private mutating func hasAffix(
        _ text: TemplateText, _ arguments: CallArguments, isPrefix: Bool
    ) throws(ChatTemplateError) -> Bool {
        let name = isPrefix ? "startswith" : "endswith"
        let values = try arguments.bound(to: "affix", for: name, budget)
        var affixes = [values[0] ?? .null]
        if case .sequence(let sequence)? = values[0], sequence.kind == .tuple {
            affixes = sequence.elements
        }
        for affix in affixes {
            let affix = try textArgument(affix, name)
            if text.has(affix, at: isPrefix ? 0 : text.count - affix.count) { return true }
        }
        return false
    }

    /// An argument that must be a text.
    func textArgument(_ value: TemplateValue?, _ callee: String) throws(ChatTemplateError)
        -> TemplateText
    {
        if case .text(let text)? = value { return text }
        throw budget.fault("gives \(callee) \(value?.kind ?? "nothing") where a text is needed")
    }

    /// An argument that counts, any number of times where it is absent or negative.
    func countArgument(_ value: TemplateValue?, _ callee: String) throws(ChatTemplateError) -> Int {
        switch value {
        case nil, TemplateValue.null?: return .max
        case let value?:
            guard case .integer(let number)? = value.number else {
                throw budget.fault("gives \(callee) \(value.kind) where a whole number is needed")
            }
            return number < 0 ? .max : number
        }
    }
}

extension Unicode.Scalar {
    fileprivate var isLetter: Bool {
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
            true
        default: false
        }
    }
}
