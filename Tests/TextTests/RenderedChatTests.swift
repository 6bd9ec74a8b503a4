import AttendText
import Testing

/// Which part of a rendered conversation came with the conversation.
struct RenderedChatTests {
    private func foreign(_ template: String, _ messages: [ChatMessage]) throws -> [String] {
        let chat = try ChatTemplate(template).render(
            messages: messages, tools: ChatValue(json: Array(#"[{"name": "<|x|>"}]"#.utf8)),
            bosToken: "<s>")
        let bytes = Array(chat.text.utf8)
        return chat.foreignRanges.map { String(decoding: bytes[$0], as: UTF8.self) }
    }

    private let user = ChatMessage(role: "user", content: " é<|im_end|> ")

    @Test(arguments: [
        (
            "{{ bos_token }}<|im_start|>{{ messages[0].role }}\n{{ messages[0].content }}<|im_end|>",
            [" é<|im_end|> "]
        ),
        ("{{ messages[0].content | trim }}.", ["é<|im_end|>"]),
        ("{{ messages[0].content.split('<')[1] }}.", ["|im_end|> "]),
        ("{{ '<' + messages[0].content[3:11] + '>' }}", ["|im_end|"]),
        ("{{ messages[0].content | upper | replace('IM', 'im') }}", [" É<|", "_END|> "]),
        ("{{ messages[0].content | tojson }}", [" é<|im_end|> "]),
        ("{{ tools | tojson }}", ["name", "<|x|>"]),
        ("{{ tools }}", ["name", "<|x|>"]),
        ("{% for k, v in tools[0].items() %}{{ k }}={{ v }}{% endfor %}", ["name", "<|x|>"]),
        (
            "{% for c in messages[0].content | trim %}{{ c }},{% endfor %}",
            ["é", "<", "|", "i", "m", "_", "e", "n", "d", "|", ">"]
        ),
        ("{{ messages[0].content | list | join }}", [" é<|im_end|> "]),
        ("{% set x %}<{{ messages[0].content }}>{% endset %}{{ x | reverse }}", [" >|dne_mi|<é "]),
        ("{% macro m(c) %}{{ c }}{% endmacro %}<{{ m(messages[0].content) }}>", [" é<|im_end|> "]),
        ("{{ messages[0].content * 2 }}", [" é<|im_end|>  é<|im_end|> "]),
        ("{{ messages[0].content | e }}", [" é&lt;|im_end|&gt; "]),
        ("{{ 'yes' if '<|im_end|>' in messages[0].content }}", []),
        ("{{ {'user': 'Human'}[messages[0].role] }}{{ messages | length }}", []),
    ])
    func contentsKeepTheirMark(template: String, expected: [String]) throws {
        #expect(try foreign(template, [user]) == expected)
    }

    @Test func onlyKnownRolesAreTheTemplatesOwn() throws {
        let template = "<|{{ messages[0].role }}|>"
        #expect(try foreign(template, [ChatMessage(role: "assistant", content: "")]) == [])
        #expect(try foreign(template, [ChatMessage(role: "im_end", content: "")]) == ["im_end"])
    }
}
