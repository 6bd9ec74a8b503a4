/// Writes a conversation in the way that a model was trained to read it.
///
/// A chat template comes with a model, in `tokenizer_config.json` or `chat_template.jinja`, as a
/// program in the template language Jinja. What is understood here is the part of the language that
/// such templates use, with the settings of Hugging Face's transformers; values behave as Python's
/// do. Rendering reads no file and runs no other code, and ends within ``ChatTemplateLimits``.
///
/// ```swift
/// let template = try ChatTemplate("{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}")
/// let chat = try template.render(messages: [ChatMessage(role: "user", content: "Hello")])
/// print(chat.text)  // <user>Hello
/// ```
public struct ChatTemplate: Sendable {
    /// The template's text.
    public let source: String
    private let statements: [TemplateStatement]
    private let limits: ChatTemplateLimits

    /// Reads a template.
    ///
    /// - Parameters:
    ///   - source: the template's text.
    ///   - limits: how much the template may ask for.
    /// - Throws: ``ChatTemplateError`` with the line where the text is not in the language.
    public init(
        _ source: String, limits: ChatTemplateLimits = .standard
    ) throws(ChatTemplateError) {
        self.source = source
        self.limits = limits
        statements = try TemplateParser.statements(of: source, limits: limits)
    }

    /// Writes a conversation.
    ///
    /// - Parameters:
    ///   - messages: what was said.
    ///   - tools: descriptions of the tools that the model may call; nil for none.
    ///   - documents: documents to answer from; nil for none.
    ///   - addsGenerationPrompt: whether the beginning of the assistant's next message is added.
    ///   - bosToken: how the special token at the start of a text is written; nil where there is none.
    ///   - eosToken: how the special token at the end of a text is written.
    ///   - specialTokens: further special tokens by name, such as `pad_token`.
    ///   - settings: what else the template looks at, such as `enable_thinking`.
    /// - Throws: ``ChatTemplateError`` with the line where the template asks for what is not there,
    ///   refuses the conversation or exceeds a limit.
    public func render(
        messages: [ChatMessage], tools: ChatValue? = nil, documents: ChatValue? = nil,
        addsGenerationPrompt: Bool = false, bosToken: String? = nil, eosToken: String? = nil,
        specialTokens: [String: String] = [:], settings: [String: ChatValue] = [:]
    ) throws(ChatTemplateError) -> RenderedChat {
        try render(
            messages: messages, tools: tools, documents: documents,
            addsGenerationPrompt: addsGenerationPrompt, bosToken: bosToken, eosToken: eosToken,
            specialTokens: specialTokens, settings: settings,
            formatDate: { DateText.now.formatted($0) })
    }

    /// Writes a conversation, with a clock of the caller's.
    package func render(
        messages: [ChatMessage], tools: ChatValue? = nil, documents: ChatValue? = nil,
        addsGenerationPrompt: Bool = false, bosToken: String? = nil, eosToken: String? = nil,
        specialTokens: [String: String] = [:], settings: [String: ChatValue] = [:],
        formatDate: @escaping @Sendable (String) -> String
    ) throws(ChatTemplateError) -> RenderedChat {
        var variables = specialTokens.mapValues { TemplateValue.text($0) }
        for (name, value) in settings { variables[name] = value.value }
        variables["bos_token"] = bosToken.map { .text($0) }
        variables["eos_token"] = eosToken.map { .text($0) }
        variables["tools"] = tools?.value ?? .null
        variables["documents"] = documents?.value ?? .null
        variables["add_generation_prompt"] = .boolean(addsGenerationPrompt)
        variables["messages"] = .sequence(TemplateSequence(.list, messages.map(\.value)))
        return RenderedChat(try output(variables: variables, formatDate: formatDate))
    }

    /// What the template writes where it knows nothing but these variables.
    package func rendered(
        variables: [String: ChatValue], formatDate: @escaping @Sendable (String) -> String
    ) throws(ChatTemplateError) -> String {
        try output(variables: variables.mapValues(\.value), formatDate: formatDate).string
    }

    private func output(
        variables: [String: TemplateValue], formatDate: @escaping @Sendable (String) -> String
    ) throws(ChatTemplateError) -> TemplateText {
        var renderer = TemplateRenderer(
            budget: RenderingBudget(
                limits, inputBytes: variables.values.reduce(0) { $0 + $1.byteCount }),
            variables: variables, formatDate: formatDate)
        _ = try renderer.run(statements)
        return renderer.output
    }
}
