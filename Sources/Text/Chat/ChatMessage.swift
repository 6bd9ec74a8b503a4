/// One message of a conversation.
public struct ChatMessage: Sendable {
    /// Who speaks, such as `system`, `user`, `assistant` or `tool`.
    public let role: String
    /// The role, the content and all other fields, as a template sees them.
    let value: TemplateValue

    /// Roles that a template may use as words of its own, for example in `<|` + role + `|>`.
    ///
    /// Any other role is treated like the content of a message, out of which no special token can be
    /// made.
    static let knownRoles: Set<String> = [
        "system", "developer", "user", "assistant", "tool", "function", "ipython", "model",
    ]

    /// A message of text.
    public init(role: String, content: String) {
        var fields = TemplateMapping()
        _ = fields.set(.text("role"), to: .text(Self.text(ofRole: role)))
        _ = fields.set(.text("content"), to: .text(TemplateText(content, isForeign: true)))
        self.role = role
        value = .mapping(fields)
    }

    /// A message as OpenAI's interface has it: an object with `role`, mostly `content` (a text, or a
    /// list of parts) and further fields such as `tool_calls`.
    ///
    /// - Throws: ``FieldFault`` that names the field.
    package init(_ json: JSONValue) throws(FieldFault) {
        guard case .mapping(var fields) = try TemplateValue(json) else {
            throw FieldFault(path: [], "holds \(json.summary) where a message is needed: an object")
        }
        let role = FieldKey(stringValue: "role")
        switch fields["role"] {
        case .text(let text)?:
            self.role = text.string
            _ = fields.set(.text("role"), to: .text(Self.text(ofRole: text.string)))
        case nil: throw FieldFault(path: [role], "is missing; add who speaks, such as “user”")
        case let other?:
            throw FieldFault(path: [role], "holds \(other.kind) where a text is needed")
        }
        value = .mapping(Self.withReasoning(fields))
    }

    /// The fields, with the reasoning of a model under every name that templates read it by.
    private static func withReasoning(_ fields: TemplateMapping) -> TemplateMapping {
        let names = ["reasoning_content", "thinking", "reasoning"]
        let reasoning = names.lazy.compactMap { fields[$0] }.first {
            if case .null = $0 { false } else { true }
        }
        guard let reasoning else { return fields }
        var result = TemplateMapping()
        if fields["thinking"] == nil { _ = result.set(.text("thinking"), to: reasoning) }
        for (key, value) in zip(fields.keys, fields.values) { _ = result.set(key, to: value) }
        _ = result.set(.text("reasoning_content"), to: reasoning)
        return result
    }

    private static func text(ofRole role: String) -> TemplateText {
        TemplateText(role, isForeign: !knownRoles.contains(role))
    }
}
