/// A conversation as it is kept in a file.
public struct Conversation: Sendable {
    /// What was said.
    public var messages: [ChatMessage]
    /// Descriptions of the tools that the model may call; nil where there are none.
    public var tools: ChatValue?

    /// A conversation.
    public init(messages: [ChatMessage], tools: ChatValue? = nil) {
        self.messages = messages
        self.tools = tools
    }

    /// The largest file of conversations that is read, in bytes.
    public static let largestSize = 64 << 20

    /// The conversations that a JSON text describes: a list of messages, an object with `messages`
    /// and perhaps `tools`, or one of these on each line.
    ///
    /// - Parameter json: the text in UTF-8.
    /// - Throws: ``ChatMessageError`` that names the line and the field.
    public static func all(inJSON json: [UInt8]) throws(ChatMessageError) -> [Conversation] {
        guard json.count <= largestSize else {
            throw ChatMessageError(
                "has \(json.count) bytes where at most \(largestSize) are read; divide the file")
        }
        let whole: JSONScanner.Fault
        switch parsed(json) {
        case .success(let value): return [try conversation(value, line: nil)]
        case .failure(let fault): whole = fault
        }
        let lines = json.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        var conversations: [Conversation] = []
        for (index, line) in lines.enumerated() where !line.allSatisfy(\.isBlank) {
            switch parsed(Array(line)) {
            case .success(let value):
                conversations.append(try conversation(value, line: index + 1))
            case .failure(let fault):
                // Where not even the first line is a value, the file is meant as one.
                if !conversations.isEmpty {
                    throw ChatMessageError("has a fault: line \(index + 1) \(fault.message)")
                }
                let line = json.prefix(whole.offset).count { $0 == UInt8(ascii: "\n") } + 1
                throw ChatMessageError("has a fault: line \(line) \(whole.message)")
            }
        }
        return conversations
    }

    private static func parsed(_ json: [UInt8]) -> Result<JSONValue, JSONScanner.Fault> {
        do throws(JSONScanner.Fault) {
            return .success(try JSONValue(json))
        } catch {
            return .failure(error)
        }
    }

    private static func conversation(_ json: JSONValue, line: Int?) throws(ChatMessageError)
        -> Conversation
    {
        do throws(FieldFault) {
            switch json {
            case .array(let elements):
                return Conversation(messages: try messages(elements, at: []))
            case .object(let object):
                let key = FieldKey(stringValue: "messages")
                guard case .array(let elements)? = object["messages"] else {
                    throw FieldFault(
                        path: [key], "is missing or not a list; give a list of messages")
                }
                let messages = try messages(elements, at: [key])
                guard let tools = object["tools"] else { return Conversation(messages: messages) }
                if case .null = tools { return Conversation(messages: messages) }
                return Conversation(messages: messages, tools: ChatValue(try TemplateValue(tools)))
            default:
                throw FieldFault(
                    path: [], "holds \(json.summary) where a list of messages is needed")
            }
        } catch {
            let place = line.map { "on line \($0) has a fault: " } ?? "has a fault: "
            throw ChatMessageError(place + error.sentence)
        }
    }

    private static func messages(
        _ elements: [JSONValue], at path: [any CodingKey]
    ) throws(FieldFault) -> [ChatMessage] {
        var messages: [ChatMessage] = []
        for (index, element) in elements.enumerated() {
            do throws(FieldFault) {
                messages.append(try ChatMessage(element))
            } catch {
                throw FieldFault(
                    path: path + [FieldKey(intValue: index)] + error.path, error.message)
            }
        }
        return messages
    }
}

extension UInt8 {
    fileprivate var isBlank: Bool { self == 0x20 || self == 0x09 || self == 0x0D }
}
