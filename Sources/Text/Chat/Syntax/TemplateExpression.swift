/// A part of a template that has a value.
struct TemplateExpression: Sendable {
    indirect enum Kind: Sendable {
        case constant(TemplateValue)
        case name(String)
        /// The text that a block of `set` or `filter` enclosed.
        case enclosed
        case attribute(TemplateExpression, String)
        case subscripted(TemplateExpression, TemplateExpression)
        case slice(TemplateExpression, [TemplateExpression?])
        case call(TemplateExpression, TemplateArguments)
        case filter(TemplateExpression, String, TemplateArguments)
        case test(TemplateExpression, String, TemplateArguments)
        case not(TemplateExpression)
        case negative(TemplateExpression)
        case positive(TemplateExpression)
        case binary(TemplateSymbol, TemplateExpression, TemplateExpression)
        case and(TemplateExpression, TemplateExpression)
        case or(TemplateExpression, TemplateExpression)
        case concatenation([TemplateExpression])
        case comparison(TemplateExpression, [TemplateComparison])
        case conditional(
            condition: TemplateExpression, then: TemplateExpression, else: TemplateExpression?)
        case list([TemplateExpression])
        case tuple([TemplateExpression])
        case mapping([TemplateExpression], [TemplateExpression])
    }

    let kind: Kind
    let line: Int
    /// The longest way down to a part without parts.
    let height: Int
}

/// One step of a chain such as `1 < x <= 5`.
struct TemplateComparison: Sendable {
    enum Operator: Sendable {
        case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual, contained, notContained
    }

    let comparison: Operator
    let operand: TemplateExpression
}

/// What a call, a filter or a test is given.
struct TemplateArguments: Sendable {
    var positional: [TemplateExpression] = []
    var named: [(name: String, value: TemplateExpression)] = []

    var height: Int {
        max(positional.map(\.height).max() ?? 0, named.map(\.value.height).max() ?? 0)
    }
}
