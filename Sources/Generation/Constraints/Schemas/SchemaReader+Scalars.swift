internal import AttendText

extension SchemaReader {
    /// A string: its length in code points, or the pattern that it has.
    func string(_ node: SchemaNode) throws(JSONSchemaError) -> GrammarExpression {
        let minimum = try node.count("minLength")
        let maximum = try node.count("maxLength")
        if let pattern = node["pattern"] {
            guard case .string(let text) = pattern else {
                throw node.malformed("pattern", pattern, "a text")
            }
            guard minimum == nil, maximum == nil else {
                throw node.unsupported(
                    "pattern", "a length stands beside it; write it into the pattern as {m,n}")
            }
            do throws(SchemaPattern.Fault) {
                var pattern = SchemaPattern(text)
                return JSONText.quoted(try pattern.expression())
            } catch {
                throw node.unsupported("pattern", "it has \(error.message)")
            }
        }
        if let minimum, let maximum, maximum < minimum {
            throw .matchesNothing(
                pointer: node.pointer, reason: "its minLength is greater than its maxLength")
        }
        return JSONText.quoted(
            .repetition(JSONText.character(of: .all), minimum: minimum ?? 0, maximum: maximum))
    }

    /// A whole number within its bounds, of at most 15 digits.
    func integer(_ node: SchemaNode) throws(JSONSchemaError) -> GrammarExpression {
        let (low, high) = try bounds(node)
        let (first, last) = (
            low.isIncluded ? low.value : low.value + 1,
            high.isIncluded ? high.value : high.value - 1
        )
        guard first <= last else {
            throw .matchesNothing(
                pointer: node.pointer, reason: "no whole number lies between its bounds")
        }
        var alternatives: [GrammarExpression] = []
        if last >= 0 { alternatives.append(DigitRange.whole(max(first, 0)...last)) }
        if first < 0 {
            alternatives.append(
                .sequence([.text("-"), DigitRange.whole(max(-last, 1) ... -first)]))
        }
        return .choice(alternatives)
    }

    /// A number; within bounds, one without an exponent.
    func number(_ node: SchemaNode) throws(JSONSchemaError) -> GrammarExpression {
        let keywords = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"]
        guard keywords.contains(where: { node[$0] != nil }) else { return Self.anyNumber }
        let (low, high) = try bounds(node)
        let zero = DigitRange.Bound(value: 0, isIncluded: true)
        let aboveZero = DigitRange.Bound(value: 0, isIncluded: false)
        var alternatives: [GrammarExpression] = []
        if high.value >= 0,
            let positive = DigitRange.decimal(from: low.value < 0 ? zero : low, to: high)
        {
            alternatives.append(positive)
        }
        let (least, most) = (
            DigitRange.Bound(value: -high.value, isIncluded: high.isIncluded),
            DigitRange.Bound(value: -low.value, isIncluded: low.isIncluded)
        )
        if low.value < 0,
            let negative = DigitRange.decimal(from: high.value >= 0 ? aboveZero : least, to: most)
        {
            alternatives.append(.sequence([.text("-"), negative]))
        }
        if alternatives.isEmpty {
            throw .matchesNothing(
                pointer: node.pointer, reason: "no number lies between its bounds")
        }
        return .choice(alternatives)
    }

    static let anyNumber: GrammarExpression = {
        func digits(_ minimum: Int, _ maximum: Int) -> GrammarExpression {
            .repetition(
                .characters(ScalarSet([0x30...0x39])), minimum: minimum, maximum: maximum)
        }
        return .sequence([
            .optional(.text("-")), DigitRange.whole(0...DigitRange.greatest),
            .optional(.sequence([.text("."), digits(1, DigitRange.most)])),
            .optional(
                .sequence([
                    .characters(ScalarSet("eE".unicodeScalars)),
                    .optional(.characters(ScalarSet("+-".unicodeScalars))), digits(1, 2),
                ])),
        ])
    }()

    /// The tighter of each two bounds.
    private func bounds(_ node: SchemaNode) throws(JSONSchemaError) -> (
        low: DigitRange.Bound, high: DigitRange.Bound
    ) {
        var low = DigitRange.Bound(value: -DigitRange.greatest, isIncluded: true)
        var high = DigitRange.Bound(value: DigitRange.greatest, isIncluded: true)
        if let value = try node.bound("minimum") { low.value = value }
        if let value = try node.bound("maximum") { high.value = value }
        if let value = try node.bound("exclusiveMinimum"), value >= low.value {
            low = DigitRange.Bound(value: value, isIncluded: false)
        }
        if let value = try node.bound("exclusiveMaximum"), value <= high.value {
            high = DigitRange.Bound(value: value, isIncluded: false)
        }
        return (low, high)
    }
}
