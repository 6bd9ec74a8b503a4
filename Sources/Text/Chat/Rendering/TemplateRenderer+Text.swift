extension TemplateRenderer {
    /// What `{{ value }}` writes: Python's `str`.
    mutating func text(of value: TemplateValue) throws(ChatTemplateError) -> TemplateText {
        switch value {
        case .text(let text): return text
        case .undefined: return TemplateText()
        default:
            var text = TemplateText()
            try appendForm(of: value, to: &text)
            return text
        }
    }

    /// Appends Python's `repr`, which is how a value stands within a list.
    private mutating func appendForm(
        of value: TemplateValue, to text: inout TemplateText
    ) throws(ChatTemplateError) {
        try budget.spend(characters: 8)
        switch value {
        case .undefined: text.append("Undefined")
        case .null: text.append("None")
        case .boolean(let value): text.append(value ? "True" : "False")
        case .integer(let value): text.append(TemplateText("\(value)"))
        case .float(let value): text.append(TemplateText(PythonNumber.text(value)))
        case .text(let part): try appendQuoted(part, to: &text)
        case .sequence(let sequence): try appendForm(of: sequence, to: &text)
        case .mapping(let mapping):
            text.append("{")
            for (index, (key, value)) in zip(mapping.keys, mapping.values).enumerated() {
                if index > 0 { text.append(", ") }
                try appendForm(of: key, to: &text)
                text.append(": ")
                try appendForm(of: value, to: &text)
            }
            text.append("}")
        case .generator, .namespace, .macro, .loop, .function, .method:
            throw budget.fault("writes \(value.kind), which has no text")
        }
    }

    private mutating func appendForm(
        of sequence: TemplateSequence, to text: inout TemplateText
    ) throws(ChatTemplateError) {
        switch sequence.kind {
        case .list: text.append("[")
        case .tuple: text.append("(")
        case .range, .view: throw budget.fault("writes \(sequence.kind.words); make it a list")
        }
        for (index, element) in sequence.elements.enumerated() {
            if index > 0 { text.append(", ") }
            try appendForm(of: element, to: &text)
        }
        if sequence.kind == .list {
            text.append("]")
        } else {
            text.append(sequence.elements.count == 1 ? ",)" : ")")
        }
    }

    /// Appends a text in quotation marks, with escapes for what cannot be seen.
    private mutating func appendQuoted(
        _ part: TemplateText, to text: inout TemplateText
    ) throws(ChatTemplateError) {
        try budget.spend(characters: part.count)
        let single = UInt32(ascii: "'")
        let double = UInt32(ascii: "\"")
        let scalars = part.units.lazy.map(TemplateText.scalar)
        let quote = scalars.contains(single) && !scalars.contains(double) ? double : single
        var units = [quote]
        for unit in part.units {
            let mark = unit & TemplateText.foreignMark
            switch TemplateText.scalar(unit) {
            case UInt32(ascii: "\\"): units += [UInt32(ascii: "\\"), unit]
            case quote: units += [UInt32(ascii: "\\"), unit]
            case UInt32(ascii: "\n"): units += TemplateText("\\n").units
            case UInt32(ascii: "\r"): units += TemplateText("\\r").units
            case UInt32(ascii: "\t"): units += TemplateText("\\t").units
            case let scalar where !Self.isPrintable(scalar):
                let digits = String(scalar, radix: 16)
                let (letter, width) =
                    scalar < 0x100 ? ("x", 2) : scalar < 0x10000 ? ("u", 4) : ("U", 8)
                let zeros = String(repeating: "0", count: max(0, width - digits.utf8.count))
                units += "\\\(letter)\(zeros)\(digits)".unicodeScalars.map { $0.value | mark }
            default: units.append(unit)
            }
        }
        units.append(quote)
        text.append(TemplateText(units: units))
    }

    /// Whether Python shows the character as it is.
    private static func isPrintable(_ value: UInt32) -> Bool {
        if value < 0x7F { return value >= 0x20 }
        guard let scalar = Unicode.Scalar(value) else { return false }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
            .paragraphSeparator, .spaceSeparator:
            return false
        default: return true
        }
    }
}
