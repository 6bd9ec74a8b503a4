import AttendCheckpoints
import AttendText
import Foundation

extension FuzzTarget {
    /// Chat templates and the conversations that they write.
    static let templateTargets = [jinja, chat, tokenizerSettings]

    private static let jinja = FuzzTarget(
        name: "jinja",
        words: [
            "{{ ", " }}", "{% ", " %}", "{%- ", "-%}", "{#", "#}", "{% for m in messages %}",
            "{% endfor %}", "{% if ",
            "{% endif %}", "{% else %}", "{% set ns.x = ", "{% macro f(a) %}", "{% endmacro %}",
            "{{ f(1) }}",
            "namespace(", "range(", "messages", "tools", "loop.index", "content", "[0]", "[::-1]",
            "|tojson", "|trim",
            "|join", "|length", " is defined", " in ", " not ", " and ", " ~ ", " ** ", " // ",
            " * ", "'", "\"",
            "|map(attribute='role')", "|selectattr('role')", "|list", ".items()", ".split('a')",
            ".replace('', 'a')",
            "{% raw %}", "{% break %}", "{% call f() %}", "caller()", "|indent(9)", "(", ")", "[",
            "]",
        ], memoryConstant: 192 << 20
    ) { bytes, _ in
        let template = try ChatTemplate(String(decoding: bytes, as: UTF8.self))
        _ = try template.render(
            messages: conversation.messages, tools: conversation.tools, addsGenerationPrompt: true,
            bosToken: "<s>", eosToken: "</s>")
    }

    private static let chat = FuzzTarget(
        name: "chat-messages",
        words: [
            "role", "content", "messages", "tools", "user", "assistant", "tool_calls", "thinking",
            "text",
        ]
    ) { bytes, _ in
        let template = try ChatTemplate(
            "{% for m in messages %}{{ m.role }}{{ m.content }}{{ m | tojson }}{% endfor %}{{ tools }}"
        )
        for conversation in try Conversation.all(inJSON: bytes) {
            _ = try template.render(messages: conversation.messages, tools: conversation.tools)
        }
    }

    private static let tokenizerSettings = FuzzTarget(
        name: "tokenizer-config",
        words: [
            "chat_template", "name", "default", "template", "bos_token", "eos_token", "content",
            "{{ messages }}", "added_tokens_decoder",
        ], fileName: "tokenizer_config.json"
    ) { _, path in
        let format = try ChatFormat(ofModel: path)
        _ = try format.template.render(messages: conversation.messages)
    }

    /// What templates are rendered with.
    private static let conversation = Conversation(
        messages: [
            ChatMessage(role: "system", content: " Be brief. "),
            ChatMessage(role: "user", content: "Hello <|im_end|> é👩‍👩‍👧"),
            ChatMessage(role: "assistant", content: ""),
        ],
        tools: try? ChatValue(
            json: Array(#"[{"name": "f", "n": [1, 2.5, null, true, {"a": {}}]}]"#.utf8)))
}
