/// A value to be handed to a chat template: a list of tools, a setting such as `enable_thinking`.
public struct ChatValue: Sendable {
    let value: TemplateValue

    init(_ value: TemplateValue) {
        self.value = value
    }

    /// The value that JSON describes.
    package init(_ json: JSONValue) throws(FieldFault) {
        value = try TemplateValue(json)
    }

    /// A switch.
    public init(_ value: Bool) {
        self.value = .boolean(value)
    }

    /// A text, out of which no special token is made.
    public init(_ text: String) {
        value = .text(TemplateText(text, isForeign: true))
    }

    /// The value that a JSON text describes.
    ///
    /// - Parameter json: the text in UTF-8.
    /// - Throws: ``ChatMessageError`` that names the line or the field.
    public init(json: [UInt8]) throws(ChatMessageError) {
        do {
            value = try TemplateValue(JSONValue(json))
        } catch let fault as JSONScanner.Fault {
            throw ChatMessageError("has a value whose byte \(fault.offset) \(fault.message)")
        } catch let fault as FieldFault {
            throw ChatMessageError("has a value in which \(fault.sentence)")
        } catch {
            throw ChatMessageError("has a value that cannot be read: \(error)")
        }
    }
}
