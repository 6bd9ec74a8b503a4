public import AttendText

/// How a model is to be given conversations: its chat template and the tokens that it writes.
///
/// Hugging Face directories keep the template in `chat_template.jinja`, or else in the field `chat_template` of
/// `tokenizer_config.json`: a text, or a list of several with names, of which `default` is taken. Files of llama.cpp have it
/// in their metadata.
public struct ChatFormat: Sendable {
    /// What writes a conversation.
    public let template: ChatTemplate
    /// How the special tokens are written, by the names that templates call them: `bos_token` and the like.
    public let specialTokens: [String: String]
    /// The file that the template is from, for errors; nil where it is from none.
    private var path: String?

    static let templateName = "chat_template.jinja"
    private static let tokenNames = [
        "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token",
    ]

    /// A format.
    public init(template: ChatTemplate, specialTokens: [String: String] = [:]) {
        self.template = template
        self.specialTokens = specialTokens
    }

    /// Reads the format of a model.
    ///
    /// - Parameter path: the directory of the model, or a file of its tokenizer in there, or a `.gguf` file.
    /// - Throws: ``CheckpointError`` where there is no template, or it is not one that can be read.
    public init(ofModel path: String) throws(CheckpointError) {
        if path.hasSuffix(".gguf") {
            self = try Self.ofGGUF(path)
            return
        }
        let found = try Self.source(inDirectoryOf: path)
        self.path = found.path
        do {
            template = try ChatTemplate(found.text)
        } catch {
            throw CheckpointError(
                .unsupported, path: found.path, "cannot be used: \(error.withoutStop)")
        }
        specialTokens = Self.tokens(in: found.settings)
    }

    /// The text of a model's template as its files have it; nil where it has none.
    ///
    /// - Parameter path: the directory of the model, or a `.gguf` file.
    static func templateText(ofModel path: String) throws(CheckpointError) -> String? {
        if path.hasSuffix(".gguf") { return try GGUFFile(InputFile(path: path)).chatTemplate }
        guard FileKind.of(path, followingLinks: true) == .directory else { return nil }
        do {
            return try source(inDirectoryOf: path).text
        } catch {
            if error.kind == .missing { return nil }
            throw error
        }
    }

    /// The template's text, the file that it is in, and the settings beside it.
    private static func source(
        inDirectoryOf path: String
    ) throws(CheckpointError) -> (text: String, path: String, settings: JSONObject?) {
        let isDirectory = FileKind.of(path, followingLinks: true) == .directory
        let directory = isDirectory ? path : path.parentPath
        let files = ContainedFiles(directory: directory)
        let settingsName = HuggingFaceDirectory.tokenizerSettingsName
        let settings = try files.object(settingsName)
        let settingsPath = directory.appending(component: settingsName)
        if let templatePath = try files.path(of: Self.templateName) {
            let limit = ChatTemplateLimits.standard.templateBytes
            let bytes = try InputFile(path: templatePath, followingLinks: false)
                .bytes(atMost: limit)
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw CheckpointError(
                    .malformed, path: templatePath, "is not UTF-8; fetch the file again")
            }
            return (text, templatePath, settings)
        }
        return (try Self.source(settings?["chat_template"], settingsPath), settingsPath, settings)
    }

    /// The text of a template in its field.
    private static func source(_ field: JSONValue?, _ path: String) throws(CheckpointError)
        -> String
    {
        switch field {
        case .string(let text)?: return text
        case .array(let elements)?:
            var named: [(name: String, text: String)] = []
            for case .object(let element) in elements {
                if case .string(let name)? = element["name"],
                    case .string(let text)? = element["template"]
                {
                    named.append((name, text))
                }
            }
            if let template = named.first(where: { $0.name == "default" }) ?? named.first {
                return template.text
            }
            throw CheckpointError(
                .malformed, path: path,
                "has a list chat_template without a name and a template in it; fetch the file again"
            )
        case nil, .null?:
            throw CheckpointError(
                .missing, path: path,
                "has no chat_template, and there is no \(templateName) beside it; the model was not made for "
                    + "conversations, or put its template there")
        case let other?:
            throw CheckpointError(
                .malformed, path: path,
                "holds \(other.summary) for chat_template, where a text is needed; fetch the file again"
            )
        }
    }

    /// Special tokens are texts, or objects with the text as `content`.
    private static func tokens(in settings: JSONObject?) -> [String: String] {
        var tokens: [String: String] = [:]
        for name in tokenNames {
            switch settings?[name] {
            case .string(let text)?: tokens[name] = text
            case .object(let object)?:
                if case .string(let text)? = object["content"] { tokens[name] = text }
            default: break
            }
        }
        return tokens
    }

    /// Reads a file of conversations.
    ///
    /// - Throws: ``CheckpointError`` that names the line and the field that is wrong.
    public static func conversations(at path: String) throws(CheckpointError) -> [Conversation] {
        let bytes = try InputFile(path: path).bytes(atMost: Conversation.largestSize)
        do {
            return try Conversation.all(inJSON: bytes)
        } catch {
            throw CheckpointError(.malformed, path: path, error.explanation)
        }
    }

    /// The tokens of a conversation.
    ///
    /// The template's output is encoded as it is: nothing is added, and what the template itself writes becomes special
    /// tokens. What came with the conversation never does, though it is divided into tokens together with what stands
    /// around it, so that ids are those of Hugging Face's transformers wherever no message spells a special token.
    ///
    /// - Throws: ``CheckpointError`` that names the template's file, or ``ChatTemplateError`` where it is from none, where
    ///   the template refuses the conversation; ``TokenizerError`` where its text cannot be encoded.
    public func tokenized(
        _ conversation: Conversation, by tokenizer: some Tokenizer,
        addsGenerationPrompt: Bool = false, givesOffsets: Bool = false
    ) throws -> TokenizedText {
        let chat = try rendered(conversation, addsGenerationPrompt: addsGenerationPrompt)
        return try TokenizedText(
            chat.text, by: tokenizer, options: Self.options(for: chat), givesOffsets: givesOffsets)
    }

    /// The text of a conversation.
    ///
    /// - Throws: ``CheckpointError`` that names the template's file, or ``ChatTemplateError`` where it is from none, where
    ///   the template refuses the conversation.
    public func rendered(
        _ conversation: Conversation, addsGenerationPrompt: Bool = false
    ) throws -> RenderedChat {
        do {
            return try template.render(
                messages: conversation.messages, tools: conversation.tools,
                addsGenerationPrompt: addsGenerationPrompt, bosToken: specialTokens["bos_token"],
                eosToken: specialTokens["eos_token"],
                specialTokens: specialTokens.filter {
                    !["bos_token", "eos_token"].contains($0.key)
                })
        } catch {
            guard let path else { throw error }
            throw CheckpointError(
                .unsupported, path: path, "cannot write this conversation: \(error.withoutStop)")
        }
    }

    /// How the text of a conversation is to be encoded.
    public static func options(for chat: RenderedChat) -> EncodingOptions {
        EncodingOptions(
            addsSpecialTokens: false, parsesSpecialTokens: true,
            ordinaryRanges: chat.foreignRanges)
    }
}

extension ChatTemplateError {
    /// The sentence without its full stop, to stand in another.
    var withoutStop: String {
        let text = "\(self)"
        return text.hasSuffix(".") ? String(text.dropLast()) : text
    }
}
