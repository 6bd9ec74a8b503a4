import AttendText
import Foundation
import Testing

/// Held to what Hugging Face's transformers renders; see Scripts/record-chat-fixtures.py.
struct ChatTemplateTests {
    /// The clock of the recorded renderings.
    private static let clock: @Sendable (String) -> String = { format in
        let parts = DateComponents(
            timeZone: TimeZone(secondsFromGMT: 0), year: 2026, month: 3, day: 5, hour: 14,
            minute: 7,
            second: 9)
        guard let date = Calendar(identifier: .gregorian).date(from: parts),
            let zone = TimeZone(secondsFromGMT: 0)
        else { return "" }
        return DateText(date, in: zone).formatted(format)
    }

    private static func settings(_ json: JSONValue?) throws -> [String: ChatValue] {
        let members = try #require(json?.members)
        return try Dictionary(
            uniqueKeysWithValues: zip(members.names, members.values).map { name, value in
                (name, try ChatValue(value))
            })
    }

    @Test func rendersConversationsAsTransformersDoes() throws {
        let fixture = try ChatFixture("chat-templates.json")
        var templates: [String: ChatTemplate] = [:]
        var conversations: [String: [ChatMessage]] = [:]
        for (name, value) in try fixture.members("templates") {
            templates[name] = try ChatTemplate(#require(value.string))
        }
        for (name, value) in try fixture.members("conversations") {
            conversations[name] = try #require(value.elements).map(ChatMessage.init)
        }
        let settings = try #require(fixture.root["settings"]?.elements).map {
            try Self.settings($0)
        }
        #expect(fixture.cases.count > 200)
        for item in fixture.cases {
            let name = try #require(item["template"]?.string)
            let title = try #require(item["conversation"]?.string)
            let number = try #require(item["settings"]?.integer)
            let text = try? templates[name]?.render(
                messages: #require(conversations[title]), tools: settings[number]["tools"],
                addsGenerationPrompt: item["prompt"]?.bool == true, bosToken: "<s>",
                eosToken: "</s>", settings: settings[number].filter { $0.key != "tools" },
                formatDate: Self.clock
            ).text
            expectSame(text, item["text"]?.string, "\(name), \(title), settings \(number)")
        }
    }

    @Test func evaluatesSnippetsAsJinjaDoes() throws {
        let fixture = try ChatFixture("chat-snippets.json")
        let variables = try Self.settings(fixture.root["variables"])
        #expect(fixture.cases.count > 700)
        for item in fixture.cases {
            let template = try #require(item["template"]?.string)
            let text = try? ChatTemplate(template).rendered(
                variables: variables, formatDate: Self.clock)
            expectSame(text, item["text"]?.string, template)
        }
    }

    /// Compares by scalars, since strings compare by canonical equivalence.
    private func expectSame(_ text: String?, _ recorded: String?, _ name: String) {
        #expect(
            text.map { Array($0.unicodeScalars) } == recorded.map { Array($0.unicodeScalars) },
            "\(name): \(text.map(\.debugDescription) ?? "refused"), recorded \(recorded.map(\.debugDescription) ?? "refused")"
        )
    }
}

/// A file of recorded cases.
struct ChatFixture {
    let root: JSONObject
    let cases: [JSONObject]

    init(_ name: String) throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Fixtures/\(name)")
        root = try #require(try JSONValue(Array(Data(contentsOf: path))).object)
        cases = try #require(root["cases"]?.elements).map { try #require($0.object) }
    }

    func members(_ name: String) throws -> [(String, JSONValue)] {
        let members = try #require(root[name]?.members)
        return Array(zip(members.names, members.values))
    }
}

extension JSONValue {
    var object: JSONObject? { if case .object(let object) = self { object } else { nil } }
    var members: JSONMembers? { object?.members }
    var elements: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }
    var string: String? { if case .string(let text) = self { text } else { nil } }
    var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    var integer: Int? { if case .number(let text) = self { Int(text) } else { nil } }
}
