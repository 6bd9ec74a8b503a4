extension TemplateRenderer {
    /// How JSON is laid out; the names are those of Python's `json.dumps`.
    struct JSONLayout {
        /// What one level is indented by; nil for everything on one line.
        var indent: TemplateText?
        var itemSeparator = TemplateText(", ")
        var keySeparator = TemplateText(": ")
        var sortsKeys = false
        /// Whether only ASCII is written.
        var isASCII = false
    }

    /// The value as JSON, as the filter `tojson` of Hugging Face's transformers writes it: what is
    /// not ASCII stays as it is, and nothing is escaped for HTML.
    mutating func json(
        of value: TemplateValue, layout: JSONLayout
    ) throws(ChatTemplateError) -> TemplateText {
        var text = TemplateText()
        try append(value, to: &text, layout, level: 0)
        try budget.spend(characters: text.count)
        return text
    }

    private mutating func append(
        _ value: TemplateValue, to text: inout TemplateText, _ layout: JSONLayout, level: Int
    ) throws(ChatTemplateError) {
        try budget.spend(characters: 8)
        switch value {
        case .null: text.append("null")
        case .boolean(let value): text.append(value ? "true" : "false")
        case .integer(let value): text.append(TemplateText("\(value)"))
        case .float(let value): text.append(TemplateText(Self.jsonNumber(value)))
        case .text(let part): try appendQuoted(part, to: &text, layout)
        case .sequence(let sequence) where sequence.kind == .list || sequence.kind == .tuple:
            guard !sequence.elements.isEmpty else { return text.append("[]") }
            text.append("[")
            for (index, element) in sequence.elements.enumerated() {
                try appendSeparator(isFirst: index == 0, to: &text, layout, level: level + 1)
                try append(element, to: &text, layout, level: level + 1)
            }
            try appendLineEnd(to: &text, layout, level: level)
            text.append("]")
        case .mapping(let mapping): try append(mapping, to: &text, layout, level: level)
        default:
            throw budget.fault("writes \(value.kind) as JSON, which has no form for it")
        }
    }

    private mutating func append(
        _ mapping: TemplateMapping, to text: inout TemplateText, _ layout: JSONLayout, level: Int
    ) throws(ChatTemplateError) {
        guard mapping.count > 0 else { return text.append("{}") }
        var entries = Array(zip(mapping.keys, mapping.values))
        if layout.sortsKeys {
            entries = try sortedEntries(of: mapping).map { ($0.key, $0.value) }
        }
        text.append("{")
        for (index, (key, value)) in entries.enumerated() {
            try appendSeparator(isFirst: index == 0, to: &text, layout, level: level + 1)
            try appendQuoted(Self.jsonKey(key), to: &text, layout)
            text.append(layout.keySeparator)
            try append(value, to: &text, layout, level: level + 1)
        }
        try appendLineEnd(to: &text, layout, level: level)
        text.append("}")
    }

    private static func jsonKey(_ key: TemplateValue) -> TemplateText {
        switch key {
        case .text(let text): text
        case .boolean(let value): TemplateText(value ? "true" : "false")
        case .integer(let value): TemplateText("\(value)")
        case .float(let value): TemplateText(jsonNumber(value))
        default: TemplateText("null")
        }
    }

    private static func jsonNumber(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
        return PythonNumber.text(value)
    }

    private mutating func appendSeparator(
        isFirst: Bool, to text: inout TemplateText, _ layout: JSONLayout, level: Int
    ) throws(ChatTemplateError) {
        if !isFirst {
            try budget.spend(characters: layout.itemSeparator.count)
            text.append(layout.itemSeparator)
        }
        try appendLineEnd(to: &text, layout, level: level)
    }

    private mutating func appendLineEnd(
        to text: inout TemplateText, _ layout: JSONLayout, level: Int
    ) throws(ChatTemplateError) {
        guard let indent = layout.indent else { return }
        let (size, overflow) = indent.count.multipliedReportingOverflow(by: level)
        try budget.spend(characters: overflow ? .max : size)
        text.append("\n")
        for _ in 0..<level { text.append(indent) }
    }

    private mutating func appendQuoted(
        _ part: TemplateText, to text: inout TemplateText, _ layout: JSONLayout
    ) throws(ChatTemplateError) {
        try budget.spend(characters: part.count)
        var units = [UInt32(ascii: "\"")]
        for unit in part.units {
            let mark = unit & TemplateText.foreignMark
            switch TemplateText.scalar(unit) {
            case UInt32(ascii: "\""), UInt32(ascii: "\\"): units += [UInt32(ascii: "\\"), unit]
            case 0x0A: units += TemplateText("\\n").units
            case 0x0D: units += TemplateText("\\r").units
            case 0x09: units += TemplateText("\\t").units
            case 0x08: units += TemplateText("\\b").units
            case 0x0C: units += TemplateText("\\f").units
            case let scalar where scalar < 0x20 || layout.isASCII && scalar > 0x7E:
                units += Self.jsonEscapes(scalar).unicodeScalars.map { $0.value | mark }
            default: units.append(unit)
            }
        }
        units.append(UInt32(ascii: "\""))
        text.append(TemplateText(units: units))
    }

    /// `\u` escapes, two of them for what lies beyond 16 bits.
    private static func jsonEscapes(_ scalar: UInt32) -> String {
        return Unicode.Scalar(scalar).map { scalar in
            UTF16.encode(scalar)?.map { unit in
                let digits = String(unit, radix: 16)
                return "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            }.joined() ?? ""
        } ?? ""
    }
}
