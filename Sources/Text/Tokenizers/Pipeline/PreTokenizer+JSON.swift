extension PreTokenizer {
    private static let types = [
        "Sequence", "ByteLevel", "Split", "Whitespace", "WhitespaceSplit", "BertPreTokenizer",
        "Metaspace", "Punctuation", "Digits", "CharDelimiterSplit",
    ]

    /// Reads the component's object.
    ///
    /// - Throws: ``TokenizerError/invalid(_:)`` where the type is not known, or a field is wrong.
    package init(_ fields: ComponentFields, depth: Int = 0) throws(TokenizerError) {
        let type = try fields.requiredText("type")
        switch type {
        case "Sequence":
            self = .sequence(
                try fields.members("pretokenizers", depth: depth) {
                    fields, depth throws(TokenizerError) in
                    try PreTokenizer(fields, depth: depth)
                })
        case "ByteLevel": self = .byteLevel(try ByteLevelSettings(fields))
        case "Split":
            self = .split(
                try SplitPattern(fields), try SplitBehavior(fields, "behavior"),
                isInverted: try fields.flag("invert", default: false))
        case "Whitespace": self = .whitespace
        case "WhitespaceSplit": self = .whitespaceSplit
        case "BertPreTokenizer": self = .bert
        case "Metaspace": self = .metaspace(try Metaspace(fields))
        case "Punctuation":
            self = .punctuation(try SplitBehavior(fields, "behavior", default: .isolated))
        case "Digits":
            self = .digits(individually: try fields.flag("individual_digits", default: false))
        case "CharDelimiterSplit":
            guard let delimiter = try fields.character("delimiter") else {
                throw fields.fault("delimiter", .null, needed: "a single character")
            }
            self = .delimiter(delimiter)
        default: throw fields.unknownType(type, known: Self.types)
        }
        try fields.finish()
    }

    /// The component as it stands in `tokenizer.json`.
    package var json: JSONValue {
        switch self {
        case .sequence(let members):
            .fields(["type": .string("Sequence"), "pretokenizers": .array(members.map(\.json))])
        case .byteLevel(let division): division.json
        case .split(let pattern, let behavior, let isInverted):
            .fields([
                "type": .string("Split"), "pattern": pattern.json,
                "behavior": .string(behavior.rawValue), "invert": .bool(isInverted),
            ])
        case .whitespace: .fields(["type": .string("Whitespace")])
        case .whitespaceSplit: .fields(["type": .string("WhitespaceSplit")])
        case .bert: .fields(["type": .string("BertPreTokenizer")])
        case .metaspace(let metaspace): metaspace.json
        case .punctuation(let behavior):
            .fields(["type": .string("Punctuation"), "behavior": .string(behavior.rawValue)])
        case .digits(let individually):
            .fields(["type": .string("Digits"), "individual_digits": .bool(individually)])
        case .delimiter(let scalar):
            .fields([
                "type": .string("CharDelimiterSplit"), "delimiter": .string(String(scalar)),
            ])
        }
    }
}

extension SplitPattern {
    /// The most bytes of a text at which is divided: each place of the input is compared with it.
    private static let longestLiteral = 256

    /// Reads the field `pattern`: an object with a text or a regular expression.
    fileprivate init(_ fields: ComponentFields) throws(TokenizerError) {
        guard let pattern = try fields.fields("pattern") else {
            throw fields.fault("pattern", .null, needed: #"an object with "String" or "Regex""#)
        }
        if let text = try pattern.text("String") {
            guard (1...Self.longestLiteral).contains(text.utf8.count) else {
                throw pattern.fault(
                    "String", .string(text), needed: "a text of 1 to \(Self.longestLiteral) bytes")
            }
            self = .literal(text)
        } else {
            let text = try pattern.requiredText("Regex")
            guard let expression = WordPattern(text) else {
                throw .invalid(
                    "The tokenizer's field \(pattern.join("Regex").quoted) holds the regular expression "
                        + "\(text.quoted), which is not known here; known are those of GPT-2, cl100k "
                        + "(Llama-3), Qwen2, o200k and Tekken, and runs of one kind of character such "
                        + #"as "\s+"."#)
            }
            self = .expression(expression)
        }
        try pattern.finish()
    }

    /// The field `pattern` as it stands in `tokenizer.json`.
    fileprivate var json: JSONValue {
        switch self {
        case .literal(let text): .fields(["String": .string(text)])
        case .expression(let expression): .fields(["Regex": .string(expression.text)])
        }
    }
}
