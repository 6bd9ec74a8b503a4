internal import AttendText

extension GGUFFile {
    static let chatTemplateKey = "tokenizer.chat_template"

    /// The text of the chat template; nil where the file has none.
    var chatTemplate: String? {
        get throws(CheckpointError) { try metadata.text(Self.chatTemplateKey) }
    }
}

extension ChatFormat {
    /// The format in a file of llama.cpp.
    static func ofGGUF(_ path: String) throws(CheckpointError) -> ChatFormat {
        let file = try GGUFFile(InputFile(path: path))
        guard let text = try file.chatTemplate else {
            throw file.metadata.missing(GGUFFile.chatTemplateKey)
        }
        let template: ChatTemplate
        do {
            template = try ChatTemplate(text)
        } catch {
            throw file.metadata.unsupported(
                GGUFFile.chatTemplateKey, "cannot be used: \(error.withoutStop)")
        }
        let vocabulary = try GGUFVocabulary(file.metadata)
        var tokens: [String: String] = [:]
        for (name, key) in [
            ("bos_token", "bos"), ("eos_token", "eos"), ("unk_token", "unknown"),
            ("sep_token", "seperator"), ("pad_token", "padding"), ("mask_token", "mask"),
        ] {
            if let id = try vocabulary.id(key) { tokens[name] = vocabulary.texts[Int(id)] }
        }
        return ChatFormat(template: template, specialTokens: tokens)
    }
}
