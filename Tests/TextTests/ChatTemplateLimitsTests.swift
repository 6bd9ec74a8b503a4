import AttendText
import Foundation
import Testing

/// Templates that would run for ever, or eat all memory, end with an error that says why.
struct ChatTemplateLimitsTests {
    private func error(
        _ template: String, messages: [ChatMessage] = [], limits: ChatTemplateLimits = .standard
    ) -> ChatTemplateError? {
        do throws(ChatTemplateError) {
            _ = try ChatTemplate(template, limits: limits).render(messages: messages)
            return nil
        } catch {
            return error
        }
    }

    static let greedy: [(template: String, words: String)] = [
        ("{{ range(100001) }}", "range"),
        ("{{ range(-9223372036854775807, 9223372036854775807) }}", "range"),
        (
            "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
            "bytes"
        ),
        ("{% for a in range(100000) %}{% set x = 'a' * 1000000 %}{% endfor %}", "bytes"),
        ("{{ 'a' * 9223372036854775807 }}", "steps"),
        ("{{ [0] * 9223372036854775807 }}", "steps"),
        (
            "{% set ns = namespace(x='aaaaaaaa') %}{% for i in range(99) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
            "bytes"
        ),
        (
            "{% set ns = namespace(x=[0]) %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
            "bytes"
        ),
        (
            "{% set ns = namespace(x='aaaaaaaa') %}{% for i in range(99) %}{% set ns.x = ns.x.replace('a', ns.x) %}{% endfor %}",
            "steps"
        ),
        (
            "{% set ns = namespace(x=[0]) %}{% for i in range(999) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}",
            "nested"
        ),
        (
            "{% set ns = namespace(x=[0]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}",
            "steps"
        ),
        (
            "{% set ns = namespace(x=[0]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x | tojson }}",
            "steps"
        ),
        (
            "{% set ns = namespace(x=[0], y=[0]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% set ns.y = [ns.y, ns.y] %}{% endfor %}{{ ns.x == ns.y }}",
            "steps"
        ),
        (
            "{% set ns = namespace(x={}) %}{% for i in range(999) %}{% set ns.x = {'x': ns.x} %}{% endfor %}",
            "nested"
        ),
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "macros"),
        (
            "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a() }}",
            "macros"
        ),
        (
            "{% macro m() %}{% call m() %}{{ caller() }}{% endcall %}{{ caller() }}{% endmacro %}{% call m() %}x{% endcall %}",
            "macros"
        ),
        ("{% for a in range(100000) %}{{ 'a' * 1000 }}{% endfor %}", "writes more"),
        ("{{ [1]|tojson(indent=999999999) }}", "steps"),
        ("{{ 'a'|indent(9223372036854775807, true) }}", "steps"),
        ("{% set x = 'a' * 3000000 %}{% set y = 'a' * 1500000 ~ 'b' %}{{ y in x }}", "steps"),
        (
            "{{ ('\(String(repeating: "a", count: 50))' * 20000) | upper | lower | title }}{% for a in range(99999) %}{{ ('a' * 9999) | upper | length }}{% endfor %}",
            "bytes"
        ),
    ]

    @Test(arguments: greedy)
    func theErrorNamesTheLimit(template: String, words: String) {
        let error = error(template)
        #expect(error?.kind == .limit, "\(error?.description ?? "rendered")")
        #expect(error?.explanation.contains(words) == true, "\(error?.description ?? "")")
    }

    struct Deep: Sendable, CustomTestStringConvertible {
        let start: String
        let unit: String
        let end: String
        var testDescription: String { start + unit + end }

        init(_ start: String, _ unit: String, _ end: String = "") {
            (self.start, self.unit, self.end) = (start, unit, end)
        }

        func expression(_ count: Int) -> String {
            start + String(repeating: unit, count: count) + "1"
                + String(repeating: end, count: count)
        }
    }

    static let deep = [
        Deep("", "(", ")"), Deep("", "[", "]"), Deep("", "{'a':", "}"), Deep("", "f(", ")"),
        Deep("", "a[", "]"), Deep("", "not "), Deep("", "-"), Deep("a", ".a"), Deep("", "1+"),
        Deep("", "2**"), Deep("", "1 or "), Deep("", "1 and "), Deep("", "1 if 1 else "),
        Deep("", "1 is in(", ")"), Deep("1", "|abs", ""), Deep("a", "()", ""), Deep("a", "[0]", ""),
    ]

    @Test(arguments: deep)
    func deepExpressionsAreRefused(deep: Deep) {
        // Without the last 1, what follows a value; with it, what comes before one.
        let expression =
            deep.start.isEmpty
            ? deep.expression(10_000) : deep.start + String(repeating: deep.unit, count: 10_000)
        #expect(error("{{ \(expression) }}")?.kind == .limit)
    }

    @Test func longButFlatTemplatesAreNot() {
        let cases = String(repeating: "{% elif 0 %}", count: 10_000)
        #expect(error("{% if 0 %}\(cases){% endif %}") == nil)
        #expect(error("{{ 1" + String(repeating: " ~ 1", count: 10_000) + " }}") == nil)
        #expect(error("{{ 1" + String(repeating: " == 1", count: 10_000) + " }}") == nil)
        #expect(error("{{ [1" + String(repeating: ", 1", count: 10_000) + "] }}") == nil)
    }

    @Test(arguments: [
        "if 1", "for x in [1]", "macro m()", "set x", "filter upper", "with", "generation",
    ])
    func deepBlocksAreRefused(block: String) {
        let template = String(repeating: "{% \(block) %}", count: 100_000)
        #expect(error(template)?.kind == .limit)
    }

    @Test func templatesThatAreTooLongAreRefused() {
        #expect(error(String(repeating: "a", count: 1 << 20)) == nil)
        #expect(error(String(repeating: "a", count: 1 << 20 + 1))?.kind == .limit)
    }

    @Test func theDeepestThatIsAllowedFitsOnASmallStack() async throws {
        // The deepest brackets within the deepest macros; threads that are not the first one have as
        // little as half a megabyte of stack.
        let inner =
            String(repeating: "[", count: 30) + "m(n - 1)" + String(repeating: "]", count: 30)
        let template =
            "{% macro m(n) %}{% if n %}{{ \(inner) }}{% endif %}{% endmacro %}{{ m(40) }}"
        let thread = SmallStack {
            do throws(ChatTemplateError) {
                _ = try ChatTemplate(template).render(messages: [])
                return "rendered"
            } catch {
                return error.kind == .limit ? "limit" : error.description
            }
        }
        #expect(await thread.result() == "limit")
    }

    @Test func aLongConversationHasRoom() throws {
        let template = try ChatTemplate(
            "{% for m in messages %}{% set c = m.content | trim %}{{ m.role ~ ': ' ~ c.replace('a', 'b') }}{% endfor %}"
        )
        let messages = (0..<2000).map { ChatMessage(role: "user", content: "\($0) banana ") }
        let text = try template.render(messages: messages).text
        #expect(text.hasSuffix("user: 1999 bbnbnb"))
        let long = ChatMessage(role: "user", content: String(repeating: "a", count: 2_000_000))
        #expect(try template.render(messages: [long]).text.utf8.count == 2_000_006)
    }

    @Test func errorsNameTheLine() {
        #expect(error("a\nb\n{{ x.y }}")?.line == 3)
        #expect(error("a\n\n{{ [\n1,\nx.y] }}")?.line == 5)
        #expect(error("{# a\n\n#}{% if %}")?.line == 3)
        #expect(error("a\n{% if 1 %}\n\nb")?.line == 2)
        #expect(error("{{ 'a\nb' }}{{ 1/0 }}")?.line == 2)
        #expect(
            error("a\n{{ raise_exception('no\u{1B}') }}")?.description
                == "Line 2 of the chat template refuses the conversation: no\\u{1b}.")
        #expect(
            error("{{ 'a' | uper }}")?.description
                == "Line 1 of the chat template has the filter “uper”, which is not among those that are "
                + "understood here; did you mean “upper”?.")
    }
}

/// Work on a thread whose stack is as small as that of any.
private final class SmallStack: Sendable {
    private let work: @Sendable () -> String

    init(_ work: @escaping @Sendable () -> String) {
        self.work = work
    }

    func result() async -> String {
        await withCheckedContinuation { continuation in
            let thread = Thread { [work] in continuation.resume(returning: work()) }
            thread.stackSize = 512 << 10
            thread.start()
        }
    }
}
