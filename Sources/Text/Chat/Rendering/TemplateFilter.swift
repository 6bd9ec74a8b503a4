/// The filters that templates can use, by their names in Jinja.
enum TemplateFilter: String, CaseIterable {
    case abs, attr, capitalize, count, d, dictsort, e, escape, first, float, indent, int, items,
        join, last, length, list, lower, map, max, min, reject, rejectattr, replace, reverse, round,
        safe, select, selectattr, sort, string, sum, title, tojson, trim, unique, upper, wordcount
    case defaultValue = "default"
}

extension TemplateRenderer {
    /// What a filter makes of a value.
    mutating func filter(
        _ name: String, _ value: TemplateValue, _ arguments: CallArguments
    ) throws(ChatTemplateError) -> TemplateValue {
        guard let filter = TemplateFilter(rawValue: name) else {
            let nearest = nearestName(to: name, in: TemplateFilter.allCases.map(\.rawValue))
            throw budget.fault(
                "has the filter \(name.quoted), which is not among those that are understood here"
                    + (nearest.map { "; did you mean \($0.quoted)?" } ?? ""))
        }
        switch filter {
        case .capitalize, .e, .escape, .indent, .lower, .replace, .safe, .string, .title, .tojson,
            .trim, .upper:
            return .text(try textFilter(filter, value, arguments))
        case .wordcount:
            guard arguments.positional.isEmpty, arguments.named.isEmpty else {
                throw budget.fault("gives the filter \(name) arguments, though it has none")
            }
            let text = try text(of: value)
            try budget.spend(characters: text.count)
            return .integer(Self.wordCount(text))
        case .abs, .float, .int, .round: return try numberFilter(filter, value, arguments)
        case .d, .defaultValue:
            let values = try arguments.bound(to: "default_value", "boolean", for: name, budget)
            let isMissing: Bool
            if case .undefined = value { isMissing = true } else { isMissing = false }
            let replacesFalse = isTrue(values[1] ?? .boolean(false))
            return isMissing || replacesFalse && !isTrue(value) ? values[0] ?? .text("") : value
        case .attr:
            let values = try arguments.bound(to: "name", for: name, budget)
            let attribute = try textArgument(values[0], name).string
            if case .mapping = value {
                return .undefined("\(attribute.quoted) of a mapping, by “attr”")
            }
            return try self.attribute(attribute, of: value)
        default: return try sequenceFilter(filter, value, arguments)
        }
    }

    // MARK: Texts

    private mutating func textFilter(
        _ filter: TemplateFilter, _ value: TemplateValue, _ arguments: CallArguments
    ) throws(ChatTemplateError) -> TemplateText {
        let name = filter.rawValue
        if filter == .tojson { return try json(of: value, layout: jsonLayout(arguments)) }
        let text = try text(of: value)
        try budget.spend(characters: text.count)
        switch filter {
        case .trim:
            return try stripped(text, arguments.bound(to: "chars", for: name, budget)[0])
        case .replace:
            let values = try arguments.bound(to: "old", "new", "count", for: name, budget)
            guard let old = values[0], let new = values[1] else {
                throw budget.fault("calls replace without what to replace and by what; give both")
            }
            return try replaced(
                text, self.text(of: old), by: self.text(of: new),
                atMost: countArgument(values[2], name))
        case .indent: return try indented(text, arguments)
        default: break
        }
        guard arguments.positional.isEmpty, arguments.named.isEmpty else {
            throw budget.fault("gives the filter \(name) arguments, though it has none")
        }
        switch filter {
        case .upper: return text.uppercased
        case .lower: return text.lowercased
        case .title: return text.titledWords
        case .capitalize: return text.capitalized
        case .e, .escape: return try escaped(text)
        default: return text
        }
    }

    private static func wordCount(_ text: TemplateText) -> Int {
        var count = 0
        var isInWord = false
        for index in 0..<text.count {
            guard let scalar = Unicode.Scalar(text[index]) else { continue }
            let properties = scalar.properties
            let isWord =
                properties.isAlphabetic || properties.numericType != nil || scalar == "_"
            if isWord, !isInWord { count += 1 }
            isInWord = isWord
        }
        return count
    }

    private mutating func escaped(_ text: TemplateText) throws(ChatTemplateError) -> TemplateText {
        var units: [UInt32] = []
        for unit in text.units {
            let mark = unit & TemplateText.foreignMark
            let entity: String? =
                switch Unicode.Scalar(TemplateText.scalar(unit)) {
                case "&": "&amp;"
                case "<": "&lt;"
                case ">": "&gt;"
                case "'": "&#39;"
                case "\"": "&#34;"
                default: nil
                }
            if let entity {
                units += entity.unicodeScalars.map { $0.value | mark }
            } else {
                units.append(unit)
            }
        }
        try budget.spend(characters: units.count)
        return TemplateText(units: units)
    }

    private mutating func indented(
        _ text: TemplateText, _ arguments: CallArguments
    ) throws(ChatTemplateError) -> TemplateText {
        let values = try arguments.bound(to: "width", "first", "blank", for: "indent", budget)
        let indent: TemplateText
        switch values[0] {
        case nil: indent = TemplateText("    ")
        case .text(let given)?: indent = given
        case let width?:
            guard case .integer(let count)? = width.number else {
                throw budget.fault("indents by \(width.kind); give a number or a text")
            }
            try budget.spend(characters: max(0, count))
            indent = TemplateText(units: Array(repeating: 0x20, count: max(0, count)))
        }
        let indentsBlank = isTrue(values[2] ?? .boolean(false))
        var extended = text
        extended.append("\n")
        var result = isTrue(values[1] ?? .boolean(false)) ? indent : TemplateText()
        for (index, line) in lines(of: extended, keepsEnds: false).enumerated() {
            try budget.spend(characters: indent.count + line.count + 1)
            if index > 0 {
                result.append("\n")
                if indentsBlank || !line.isEmpty { result.append(indent) }
            }
            result.append(line)
        }
        return result
    }

    private mutating func jsonLayout(_ arguments: CallArguments) throws(ChatTemplateError)
        -> JSONLayout
    {
        let values = try arguments.bound(
            to: "ensure_ascii", "indent", "separators", "sort_keys", for: "tojson", budget)
        var layout = JSONLayout()
        layout.isASCII = isTrue(values[0] ?? .boolean(false))
        layout.sortsKeys = isTrue(values[3] ?? .boolean(false))
        switch values[1] {
        case nil, TemplateValue.null?: break
        case .text(let indent)?: layout.indent = indent
        case let indent?:
            guard case .integer(let count)? = indent.number else {
                throw budget.fault("indents JSON by \(indent.kind); give a number or a text")
            }
            try budget.spend(characters: max(0, count))
            layout.indent = TemplateText(units: Array(repeating: 0x20, count: max(0, count)))
        }
        if layout.indent != nil { layout.itemSeparator = TemplateText(",") }
        switch values[2] {
        case nil, TemplateValue.null?: break
        case let separators?:
            let pair = try elements(of: separators, for: "taken for JSON's separators")
            guard pair.count == 2 else {
                throw budget.fault("gives JSON \(pair.count) separators; give two")
            }
            layout.itemSeparator = try textArgument(pair[0], "tojson")
            layout.keySeparator = try textArgument(pair[1], "tojson")
        }
        return layout
    }

    // MARK: Numbers

    private mutating func numberFilter(
        _ filter: TemplateFilter, _ value: TemplateValue, _ arguments: CallArguments
    ) throws(ChatTemplateError) -> TemplateValue {
        let name = filter.rawValue
        if case .undefined(let what) = value {
            throw budget.fault("takes \(what) for a number, though it is not defined")
        }
        switch filter {
        case .int:
            let values = try arguments.bound(to: "default", "base", for: name, budget)
            if let base = values[1], case .integer(let base)? = base.number, base != 10 {
                throw budget.fault("reads a number to base \(base); only 10 is understood here")
            }
            if let number = Self.wholeNumber(value) { return .integer(number) }
            let fraction =
                if case .text(let text) = value { Self.fraction(text) } else {
                    value.number?.double
                }
            if let fraction, fraction.isFinite {
                throw budget.fault("makes \(fraction) a whole number, which has more than 64 bits")
            }
            return values[0] ?? .integer(0)
        case .float:
            let values = try arguments.bound(to: "default", for: name, budget)
            if let number = value.number { return .float(number.double) }
            if case .text(let text) = value, let number = Self.fraction(text) {
                return .float(number)
            }
            return values[0] ?? .float(0)
        case .round: return try rounded(value, arguments)
        default:
            guard arguments.positional.isEmpty, arguments.named.isEmpty else {
                throw budget.fault("gives the filter \(name) arguments, though it has none")
            }
            switch value.number {
            case .integer(let number)?:
                return number < 0 ? try signed(value, isNegative: true) : .integer(number)
            case .float(let number)?: return .float(number.magnitude)
            case nil: throw budget.fault("takes the amount of \(value.kind); only numbers have one")
            }
        }
    }

    private static func fraction(_ text: TemplateText) -> Double? {
        let trimmed = text.trimmed(where: \.isPythonSpace).string
        // Swift also reads hexadecimal fractions, which Python does not.
        return trimmed.utf8.contains(where: { $0 == UInt8(ascii: "x") || $0 == UInt8(ascii: "X") })
            ? nil : Double(trimmed)
    }

    private static func wholeNumber(_ value: TemplateValue) -> Int? {
        switch value {
        case .text(let text):
            let trimmed = text.trimmed(where: \.isPythonSpace).string
            // Python lets single underscores stand between digits.
            let parts = trimmed.split(separator: "_", omittingEmptySubsequences: false)
            let isGrouped = parts.count > 1 && parts.allSatisfy { $0.utf8.first?.isDecimal == true }
            let digits = isGrouped ? parts.joined() : trimmed
            return Int(digits) ?? fraction(text).flatMap { Int(exactly: $0.rounded(.towardZero)) }
        default:
            switch value.number {
            case .integer(let number)?: return number
            case .float(let number)?: return Int(exactly: number.rounded(.towardZero))
            case nil: return nil
            }
        }
    }

    private mutating func rounded(
        _ value: TemplateValue, _ arguments: CallArguments
    ) throws(ChatTemplateError) -> TemplateValue {
        let values = try arguments.bound(to: "precision", "method", for: "round", budget)
        let method = try values[1].map { value throws(ChatTemplateError) in
            try textArgument(value, "round").string
        }
        guard let number = value.number,
            case .integer(let precision)? =
                (values[0] ?? .integer(0)).number, (0...15).contains(precision)
        else {
            throw budget.fault(
                "rounds \(value.kind), or to other than 0 to 15 places; give a number")
        }
        let rules: [String: FloatingPointRoundingRule] = [
            "common": .toNearestOrEven, "ceil": .up, "floor": .down,
        ]
        guard let rule = rules[method ?? "common"] else {
            throw budget.fault(
                "rounds by the method \((method ?? "").quoted); give common, ceil or floor")
        }
        if case .integer(let whole) = number, method == nil || method == "common" {
            return .integer(whole)
        }
        var scale = 1.0
        for _ in 0..<precision { scale *= 10 }
        let scaled = (number.double * scale).rounded(rule)
        return .float(scaled.isFinite ? scaled / scale : number.double)
    }
}

extension UInt8 {
    fileprivate var isDecimal: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
