/// What changes a text before it is divided: the `normalizer` of a `tokenizer.json`.
package indirect enum Normalizer: Hashable, Sendable {
    /// One after another.
    case sequence([Normalizer])
    /// BERT's preparation.
    case bert(BertNormalizer)
    /// One of Unicode's normalisation forms.
    case form(CanonicalForms.Form)
    /// Letters become small.
    case lowercase
    /// Combining marks go.
    case stripAccents
    /// One text takes the place of another.
    case replace(Replacement)
    /// A text comes first.
    case prepend(String)
    /// White space at the ends goes.
    case strip(left: Bool, right: Bool)
    /// SentencePiece's table; nil where a file has an empty one, which changes nothing.
    case characterMap(CharacterMap?)
    /// Control characters go, and other separators become spaces.
    case translation
    /// Each byte becomes the character that stands for it.
    case byteLevel

    private static let types =
        [
            "BertNormalizer", "ByteLevel", "Lowercase", "Nmt", "Precompiled", "Prepend", "Replace",
            "Sequence", "Strip", "StripAccents",
        ] + CanonicalForms.Form.allCases.map(\.rawValue)

    /// Reads the component's object.
    ///
    /// - Throws: ``TokenizerError/invalid(_:)`` where the type is not known, or a field is wrong.
    package init(_ fields: ComponentFields, depth: Int = 0) throws(TokenizerError) {
        let type = try fields.requiredText("type")
        switch type {
        case "Sequence":
            self = .sequence(
                try fields.members("normalizers", depth: depth) {
                    fields, depth throws(TokenizerError) in
                    try Normalizer(fields, depth: depth)
                })
        case "BertNormalizer": self = .bert(try BertNormalizer(fields))
        case "Lowercase": self = .lowercase
        case "StripAccents": self = .stripAccents
        case "Nmt": self = .translation
        case "ByteLevel": self = .byteLevel
        case "Replace": self = .replace(try Replacement(fields))
        case "Prepend": self = .prepend(try fields.requiredText("prepend"))
        case "Strip":
            self = .strip(
                left: try fields.flag("strip_left", default: true),
                right: try fields.flag("strip_right", default: true))
        case "Precompiled":
            let table = try fields.text("precompiled_charsmap") ?? ""
            self = .characterMap(table.isEmpty ? nil : try CharacterMap(base64: table))
        default:
            guard let form = CanonicalForms.Form(rawValue: type) else {
                throw fields.unknownType(type, known: Self.types)
            }
            self = .form(form)
        }
        try fields.finish()
    }

    /// The component as it stands in `tokenizer.json`.
    package var json: JSONValue {
        switch self {
        case .sequence(let members):
            .fields(["type": .string("Sequence"), "normalizers": .array(members.map(\.json))])
        case .bert(let normalizer): normalizer.json
        case .form(let form): .fields(["type": .string(form.rawValue)])
        case .lowercase: .fields(["type": .string("Lowercase")])
        case .stripAccents: .fields(["type": .string("StripAccents")])
        case .translation: .fields(["type": .string("Nmt")])
        case .byteLevel: .fields(["type": .string("ByteLevel")])
        case .replace(let replacement): replacement.json
        case .prepend(let text): .fields(["type": .string("Prepend"), "prepend": .string(text)])
        case .strip(let left, let right):
            .fields([
                "type": .string("Strip"), "strip_left": .bool(left), "strip_right": .bool(right),
            ])
        case .characterMap(let map):
            .fields([
                "type": .string("Precompiled"),
                "precompiled_charsmap": map.map { .string($0.base64) } ?? .null,
            ])
        }
    }

    /// Changes the text.
    ///
    /// - Throws: ``TokenizerError/invalid(_:)`` where the text would grow beyond all reason: a file can hold
    ///   replacements that double a text again and again.
    package func normalize(_ text: inout NormalizedText) throws(TokenizerError) {
        try normalize(&text, limit: Self.mostGrowth * max(text.bytes.count, 64))
    }

    /// How many times as long a text may become; no form of Unicode makes one longer than elevenfold.
    private static let mostGrowth = 64

    private func normalize(_ text: inout NormalizedText, limit: Int) throws(TokenizerError) {
        switch self {
        case .sequence(let members):
            for member in members { try member.normalize(&text, limit: limit) }
        case .bert(let normalizer): normalizer.normalize(&text)
        case .form(let form): text.normalize(to: form)
        case .lowercase: text.lowercase()
        case .stripAccents: text.stripAccents()
        case .replace(let replacement): try text.replace(replacement, limit: limit)
        case .prepend(let prefix): text.prepend(prefix)
        case .strip(let left, let right): text.strip(left: left, right: right)
        case .characterMap(let map):
            if let map { try text.apply(map, limit: limit) }
        case .translation: text.cleanForTranslation()
        case .byteLevel: text.spellBytes()
        }
        guard text.bytes.count <= limit else { throw TokenizerError.growth(beyond: limit) }
    }
}

extension TokenizerError {
    /// The error for a normalizer that makes too much of a text.
    static func growth(beyond limit: Int) -> TokenizerError {
        .invalid(
            "The tokenizer's normalizer makes more than \(limit) bytes of a text; remove replacements that "
                + "make it ever longer.")
    }
}
