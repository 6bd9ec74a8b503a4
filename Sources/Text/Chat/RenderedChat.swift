/// The text that a chat template makes of a conversation.
public struct RenderedChat: Hashable, Sendable {
    /// The text.
    public let text: String

    /// The bytes of the text's UTF-8 form that came with the conversation.
    ///
    /// These are contents of messages, descriptions of tools and the like; the ranges ascend and do not
    /// touch. Everything else is the template's own, and only there may a special token such as
    /// `<|im_start|>` be taken for one: a user who writes it must not be able to end the message.
    public let foreignRanges: [Range<Int>]

    init(_ rendered: TemplateText) {
        var text = String.UnicodeScalarView()
        var ranges: [Range<Int>] = []
        var offset = 0
        for unit in rendered.units {
            guard let scalar = Unicode.Scalar(TemplateText.scalar(unit)) else { continue }
            let end = offset + UTF8.width(scalar)
            if unit & TemplateText.foreignMark != 0 {
                if let last = ranges.last, last.upperBound == offset {
                    ranges[ranges.count - 1] = last.lowerBound..<end
                } else {
                    ranges.append(offset..<end)
                }
            }
            text.append(scalar)
            offset = end
        }
        self.text = String(text)
        foreignRanges = ranges
    }
}
