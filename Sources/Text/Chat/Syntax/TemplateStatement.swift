/// A part of a template that does something.
struct TemplateStatement: Sendable {
    indirect enum Kind: Sendable {
        case text(TemplateText)
        case output(TemplateExpression)
        case conditional(
            branches: [(condition: TemplateExpression, body: [TemplateStatement])],
            otherwise: [TemplateStatement])
        case loop(Loop)
        case assign(Target, TemplateExpression)
        /// `set` with a body; the expression is made of ``TemplateExpression/Kind/enclosed``.
        case assignBody(Target, TemplateExpression, [TemplateStatement])
        /// `filter`: what the expression makes of the body is written.
        case filter(TemplateExpression, [TemplateStatement])
        case macro(Macro)
        /// `call`: the macro may write the body where it calls `caller`.
        case call(TemplateExpression, callee: TemplateArguments, Macro)
        case with([(Target, TemplateExpression)], [TemplateStatement])
        /// A body with names of its own.
        case scope([TemplateStatement])
        case leaveLoop, nextTurn
    }

    struct Loop: Sendable {
        let target: Target
        let elements: TemplateExpression
        let condition: TemplateExpression?
        let body: [TemplateStatement]
        let otherwise: [TemplateStatement]
    }

    struct Macro: Sendable {
        let name: String
        let parameters: [(name: String, value: TemplateExpression?)]
        let body: [TemplateStatement]
        /// Whether the body asks for arguments beyond the parameters.
        let usesMore: (positional: Bool, named: Bool, caller: Bool)
    }

    /// What a value is given to.
    indirect enum Target: Sendable {
        case name(String)
        case attribute(namespace: String, String)
        case tuple([Target])
    }

    let kind: Kind
    let line: Int
}
